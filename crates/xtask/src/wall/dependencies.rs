//! Which crates `exo365-core` may depend on.

use crate::{run, tools};
use anyhow::{Result, bail};

/// Small pure crates. Whoever adds one here says why in `crates/core/Cargo.toml`.
const ALLOWED: &[&str] = &[
    "exo365-core",
    "itoa",
    "memchr",
    "serde",
    "serde_core",
    "serde_json",
    "zmij",
];

/// Fails where `exo365-core` depends on a crate that is not on the list.
pub(crate) fn check() -> Result<()> {
    let mut tree = run::cargo();
    tree.args(["tree", "--package", "exo365-core", "--target", tools::WASM]);
    tree.args([
        "--edges",
        "normal,no-proc-macro",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ]);
    let text = run::read(&mut tree, "cargo tree")?;
    let strangers = strangers(&text);
    if !strangers.is_empty() {
        bail!(
            "exo365-core depends on {}: it stays pure (no clock, random, network, wasm-bindgen); \
             see crates/xtask/src/wall/dependencies.rs",
            strangers.join(", ")
        );
    }
    Ok(())
}

fn strangers(tree: &str) -> Vec<&str> {
    let names = tree
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    let mut odd: Vec<_> = names.filter(|name| !ALLOWED.contains(name)).collect();
    odd.sort_unstable();
    odd.dedup();
    odd
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_is_named_once() {
        let tree = "exo365-core v0.1.0 (/x)\nserde v1.0.0\njs-sys v0.3.0\nserde v1.0.0 (*)\njs-sys v0.3.0 (*)\n";
        assert_eq!(strangers(tree), ["js-sys"]);
        assert!(strangers("exo365-core v0.1.0\nserde_json v1.0.1\n").is_empty());
    }
}
