//! The bodies of the fuzz targets (`crates/core/fuzz`) on every `cargo test`: over the seeds, and over seeds that were
//! changed at random. libFuzzer finds more (`cargo xtask fuzz`); this keeps the targets alive, and needs no set-up.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

// A library of its own in crates/core/fuzz, hence its `pub`.
#[allow(unreachable_pub)]
#[path = "../fuzz/src/lib.rs"]
mod bodies;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

/// The seeds of a target, in the order of their names.
fn seeds(target: &str) -> Vec<String> {
    let entries = fs::read_dir(folder().join("seeds").join(target)).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |path: &PathBuf| fs::read_to_string(path).unwrap();
    files.iter().map(read).collect()
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

/// A change: from where, how much of it, and what is put there.
type Change = (prop::sample::Index, usize, String);

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let put = prop_oneof![
        2 => prop::sample::select(words()),
        1 => "[ -~]{0,6}",
        1 => "\\PC{0,3}",
        1 => Just(String::new()),
    ];
    prop::collection::vec((any::<prop::sample::Index>(), 0..12_usize, put), 0..6)
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
    let input = prop_oneof![
        8 => (prop::sample::select(seeds), changes()).prop_map(|(seed, changes)| changed(&seed, &changes)),
        1 => "\\PC{0,120}",
        1 => prop::collection::vec("[ -~]{0,40}", 0..6).prop_map(|lines| lines.join("\n")),
    ];
    let mut config = ProptestConfig::with_cases(1500);
    config.failure_persistence = None; // the input stands in the failure: it becomes a seed
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let outcome = runner.run(&input, |input| {
        bodies::run(target, input.as_bytes());
        Ok(())
    });
    let failure = outcome.err().map(|failure| failure.to_string());
    assert_eq!(failure, None, "{target}");
}

macro_rules! targets {
    ($($name:ident)+) => {
        /// Those that are tested below.
        const TESTED: &[&str] = &[$(stringify!($name)),+];
        $(#[test] fn $name() { holds(stringify!($name)); })+
    };
}

targets! { authorization_response headers id_token json links options token_reply }

#[test]
fn cargo_fuzz_has_the_same_targets() {
    let known: Vec<_> = bodies::TARGETS.iter().map(|target| target.0).collect();
    assert_eq!(known, TESTED);
    let manifest = fs::read_to_string(folder().join("Cargo.toml")).unwrap();
    assert_eq!(manifest.matches("[[bin]]").count(), known.len());
    for name in known {
        let path = format!("fuzz_targets/{name}.rs");
        assert!(manifest.contains(&format!("name = \"{name}\"\npath = \"{path}\"")));
        let main = fs::read_to_string(folder().join(&path)).unwrap();
        let wanted = format!("exo365_core_fuzz::run(\"{name}\", input)");
        assert!(main.contains(&wanted), "{path}");
    }
}
