//! The names of the WebAssembly's functions, for those who read a stack trace.

use crate::order;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::Path;

const ABOUT: &str = "Names of the functions of exo365_bg.wasm, by index: \
    wasm-function[123] in a stack trace is functions[123].";

/// Writes them as JSON. `symbols` is what Binaryen's pass `symbolmap` wrote: a line `index:name` for each function.
pub(crate) fn write(symbols: &Path, to: &Path) -> Result<()> {
    let text =
        fs::read_to_string(symbols).with_context(|| format!("reading {}", symbols.display()))?;
    let names = serde_json::json!({ "about": ABOUT, "functions": in_order(&text)? });
    fs::write(to, serde_json::to_string_pretty(&names)?)
        .with_context(|| format!("writing {}", to.display()))
}

fn in_order(symbols: &str) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for line in symbols.lines() {
        match line.split_once(':') {
            Some((index, name)) if index == names.len().to_string() => {
                names.push(plain(order::without_number(name)));
            }
            _ => bail!("the names of functions come one by one, by index, but not at: {line}"),
        }
    }
    Ok(names)
}

/// The name without the compiler's hashes: `core[0f1e2d3c4b5a6978]::str` is `core::str`, and so is
/// `core::str::h0f1e2d3c4b5a6978`.
fn plain(name: &str) -> String {
    let hash = |text: &str| text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let name = match name.rsplit_once("::h") {
        Some((path, end)) if hash(end) => path,
        _ => name,
    };
    let mut parts = name.split('[');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(']') {
            Some((inner, rest)) if hash(inner) => plain.push_str(rest),
            _ => {
                plain.push('[');
                plain.push_str(part);
            }
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn names_lose_their_hashes_and_nothing_else() {
        let table = [
            (
                "alloc::vec::Vec<T,A>::push::h0123456789abcdef",
                "alloc::vec::Vec<T,A>::push",
            ),
            (
                "<&str as core[c5930c85a12de822]::str::pattern::Pattern>::strip",
                "<&str as core::str::pattern::Pattern>::strip",
            ),
            ("<[u8]>::starts_with", "<[u8]>::starts_with"),
            ("page::hello", "page::hello"),
        ];
        for (name, want) in table {
            assert_eq!(plain(name), want);
        }
    }

    #[test]
    fn a_gap_is_refused() {
        assert_eq!(in_order("0:a\n1:b::c\n").unwrap(), ["a", "b::c"]);
        assert!(in_order("0:a\n2:b\n").is_err());
        assert!(in_order("a").is_err());
    }
}
