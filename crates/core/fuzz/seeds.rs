//! A fuzz target over its seeds, and over seeds that were changed at random: for the tests of core and tenant.

use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

/// The targets of one crate.
pub(crate) struct Targets<'a> {
    /// The folder with `seeds`, `fuzz_targets` and `Cargo.toml`.
    pub(crate) folder: &'a Path,
    /// The name of its library.
    pub(crate) library: &'a str,
    /// Runs a target over an input; panics where something does not hold.
    pub(crate) run: fn(&str, &[u8]),
    /// What is put into a seed.
    pub(crate) words: Vec<String>,
    /// Inputs for each target.
    pub(crate) cases: u32,
}

impl Targets<'_> {
    /// A target over all its seeds as they are, and over what becomes of them.
    pub(crate) fn hold(&self, target: &str) {
        let seeds = self.seeds(target);
        assert!(!seeds.is_empty(), "{target} has no seeds");
        for seed in &seeds {
            (self.run)(target, seed.as_bytes());
        }
        let input = prop_oneof![
            8 => (prop::sample::select(seeds), changes(self.words.clone())).prop_map(|(seed, changes)| changed(&seed, &changes)),
            1 => "\\PC{0,120}",
            1 => prop::collection::vec("[ -~]{0,40}", 0..6).prop_map(|lines| lines.join("\n")),
        ];
        let mut config = ProptestConfig::with_cases(self.cases);
        config.failure_persistence = None; // the input stands in the failure: it becomes a seed
        let mut runner = proptest::test_runner::TestRunner::new(config);
        let outcome = runner.run(&input, |input| {
            (self.run)(target, input.as_bytes());
            Ok(())
        });
        let failure = outcome.err().map(|failure| failure.to_string());
        assert_eq!(failure, None, "{target}");
    }

    /// cargo-fuzz has a program for each of `known`, and for no other.
    pub(crate) fn have_programs(&self, known: &[&str]) {
        let manifest = fs::read_to_string(self.folder.join("Cargo.toml")).unwrap();
        assert_eq!(manifest.matches("[[bin]]").count(), known.len());
        for name in known {
            let path = format!("fuzz_targets/{name}.rs");
            assert!(manifest.contains(&format!("name = \"{name}\"\npath = \"{path}\"")));
            let main = fs::read_to_string(self.folder.join(&path)).unwrap();
            let wanted = format!("{}::run(\"{name}\", input)", self.library);
            assert!(main.contains(&wanted), "{path}");
        }
    }

    /// The seeds of a target, in the order of their names.
    fn seeds(&self, target: &str) -> Vec<String> {
        let entries = fs::read_dir(self.folder.join("seeds").join(target)).unwrap();
        let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let read = |path: &PathBuf| fs::read_to_string(path).unwrap();
        files.iter().map(read).collect()
    }
}

/// A change: from where, how much of it, and what is put there.
type Change = (prop::sample::Index, usize, String);

fn changes(words: Vec<String>) -> impl Strategy<Value = Vec<Change>> {
    let put = prop_oneof![
        2 => prop::sample::select(words),
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
