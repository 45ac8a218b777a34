//! The bodies of the fuzz targets (`crates/tenant/fuzz`) on every `cargo test`: over the seeds, and over seeds that were
//! changed at random. libFuzzer finds more (`cargo xtask fuzz`).

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

// A library of its own in crates/tenant/fuzz, hence its `pub`.
#[allow(unreachable_pub)]
#[path = "../fuzz/src/lib.rs"]
mod bodies;

/// What is put into a seed: pieces of queries and of bodies.
const WORDS: [&str; 24] = [
    "(",
    ")",
    "'",
    "\"",
    "not ",
    " or ",
    " and ",
    "/any(a:",
    " eq ",
    "null",
    "true",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "-1",
    "9999999999999999999",
    "2026-02-30T25:61:00Z",
    "W. Europe Standard Time",
    "UTC",
    "\\u0000",
    "\n",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

fn seeds(target: &str) -> Vec<String> {
    let entries = fs::read_dir(folder().join("seeds").join(target)).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
        .iter()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect()
}

/// A change: from where, how much of it, and what is put there.
type Change = (prop::sample::Index, usize, String);

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let put = prop_oneof![
        3 => prop::sample::select(WORDS.to_vec()).prop_map(str::to_owned),
        1 => "[ -~]{0,6}",
        1 => "\\PC{0,3}",
        1 => Just(String::new()),
    ];
    prop::collection::vec((any::<prop::sample::Index>(), 0..12_usize, put), 0..5)
}

fn changed(seed: &str, changes: &[Change]) -> String {
    let mut letters: Vec<char> = seed.chars().collect();
    for (at, length, put) in changes {
        let begin = at.index(letters.len() + 1);
        let end = (begin + length).min(letters.len());
        letters.splice(begin..end, put.chars());
    }
    letters.into_iter().collect()
}

/// Over all its seeds as they are, and over what becomes of them.
fn holds(target: &str) {
    let seeds = seeds(target);
    assert!(!seeds.is_empty(), "{target} has no seeds");
    for seed in &seeds {
        bodies::run(target, seed.as_bytes());
    }
    let input = (prop::sample::select(seeds), changes())
        .prop_map(|(seed, changes)| changed(&seed, &changes));
    let mut config = ProptestConfig::with_cases(400);
    config.failure_persistence = None; // the input stands in the failure: it becomes a seed
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let outcome = runner.run(&input, |input| {
        bodies::run(target, input.as_bytes());
        Ok(())
    });
    let failure = outcome.err().map(|failure| failure.to_string());
    assert_eq!(failure, None, "{target}");
}

#[test]
fn body() {
    holds("body");
}

#[test]
fn query() {
    holds("query");
}

#[test]
fn cargo_fuzz_has_the_same_targets() {
    let known: Vec<_> = bodies::TARGETS.iter().map(|target| target.0).collect();
    assert_eq!(known, ["body", "query"]);
    let manifest = fs::read_to_string(folder().join("Cargo.toml")).unwrap();
    assert_eq!(manifest.matches("[[bin]]").count(), known.len());
    for name in known {
        let path = format!("fuzz_targets/{name}.rs");
        assert!(manifest.contains(&format!("name = \"{name}\"\npath = \"{path}\"")));
        let main = fs::read_to_string(folder().join(&path)).unwrap();
        let wanted = format!("exo365_tenant_fuzz::run(\"{name}\", input)");
        assert!(main.contains(&wanted), "{path}");
    }
}
