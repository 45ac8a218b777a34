//! The bodies of the fuzz targets (`crates/core/fuzz`) on every `cargo test`: over the seeds, and over seeds that were
//! changed at random. libFuzzer finds more (`cargo xtask fuzz`); this keeps the targets alive, and needs no set-up.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::path::{Path, PathBuf};

// A library of its own in crates/core/fuzz, hence its `pub`.
#[allow(unreachable_pub)]
#[path = "../fuzz/src/lib.rs"]
mod bodies;
#[path = "../fuzz/seeds.rs"]
mod seeds;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

fn all(folder: &Path) -> seeds::Targets<'_> {
    seeds::Targets {
        folder,
        library: "exo365_core_fuzz",
        run: bodies::run,
        words: words(),
        cases: 1500,
    }
}

/// The words that libFuzzer is told; each escape of theirs is one byte.
fn words() -> Vec<String> {
    let text = fs::read_to_string(folder().join("words.dict")).unwrap();
    let quoted = text.lines().filter_map(|line| line.strip_prefix('"'));
    quoted
        .map(|line| unescape(line.strip_suffix('"').unwrap()))
        .collect()
}

fn unescape(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text);
    while let Some((before, behind)) = rest.split_once('\\') {
        bytes.extend(before.bytes());
        if let Some(hex) = behind.strip_prefix('x') {
            bytes.push(u8::from_str_radix(&hex[..2], 16).unwrap());
            rest = &hex[2..];
        } else {
            bytes.extend(behind.bytes().take(1));
            rest = &behind[1..];
        }
    }
    bytes.extend(rest.bytes());
    String::from_utf8(bytes).unwrap()
}

macro_rules! targets {
    ($($name:ident)+) => {
        /// Those that are tested below.
        const TESTED: &[&str] = &[$(stringify!($name)),+];
        $(#[test] fn $name() { all(&folder()).hold(stringify!($name)); })+
    };
}

targets! { authorization_response headers id_token json links options token_reply }

#[test]
fn cargo_fuzz_has_the_same_targets() {
    let known: Vec<_> = bodies::TARGETS.iter().map(|target| target.0).collect();
    assert_eq!(known, TESTED);
    all(&folder()).have_programs(&known);
}
