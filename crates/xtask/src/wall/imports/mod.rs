//! Which file of a crate imports which: `use` lines and paths in the code, read by `syn`.
//!
//! A path counts where it begins with `crate::`, `super::`, `self::`, the crate's own name or the name of a child module.
//! What is for tests alone does not count, and neither do `mod` lines. Within macros, paths are read from their tokens.

mod reader;

use crate::files;
use anyhow::{Context, Result};
use reader::Reader;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use syn::visit::Visit as _;

/// A source file and what it imports; paths from the source folder, with `/`.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) imports: BTreeSet<String>,
}

/// Reads all files below `source`, of the crate `package`, but those that are for tests alone.
///
/// # Errors
/// A file that cannot be read, or is no Rust.
pub(crate) fn read(source: &Path, package: &str) -> Result<Vec<File>> {
    let mut texts = BTreeMap::new();
    for path in files::walk(source)? {
        if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path)
                .with_context(|| format!("reading {}", path.display()))?;
            let name = path
                .strip_prefix(source)?
                .to_string_lossy()
                .replace('\\', "/");
            texts.insert(name, text);
        }
    }
    parse(&texts, package)
}

/// The same for files in memory: their paths and texts.
pub(crate) fn parse(texts: &BTreeMap<String, String>, package: &str) -> Result<Vec<File>> {
    // From the last name on, so that `lib.rs` and not `main.rs` is the root.
    let names = texts.keys().rev().filter(|name| !is_test(name));
    let modules = names.map(|name| (module(name), name.clone())).collect();
    let mut found = Vec::new();
    let mut only_tests = Vec::new();
    for (name, text) in texts.iter().filter(|(name, _)| !is_test(name)) {
        let tree = syn::parse_file(text).with_context(|| format!("parsing {name}"))?;
        let mut reader = Reader {
            modules: &modules,
            package: package.replace('-', "_"),
            file: name,
            here: module(name),
            imports: BTreeSet::new(),
            only_tests: Vec::new(),
        };
        reader.visit_file(&tree);
        found.push(File {
            path: name.clone(),
            imports: reader.imports,
        });
        only_tests.extend(reader.only_tests);
    }
    let is_left_out = |path: &str| {
        let module = module(path);
        only_tests.iter().any(|test| module.starts_with(test))
    };
    found.retain(|file| !is_left_out(&file.path));
    for file in &mut found {
        file.imports.retain(|path| !is_left_out(path));
    }
    Ok(found)
}

/// Files of tests: `tests.rs`, and whatever lies below a folder `tests`.
fn is_test(name: &str) -> bool {
    name.split('/')
        .any(|part| part == "tests" || part == "tests.rs")
}

/// The module of a file: `store/mod.rs` and `store.rs` are `store`, `lib.rs` and `main.rs` the root.
fn module(name: &str) -> Vec<String> {
    let mut parts: Vec<String> = name
        .trim_end_matches(".rs")
        .split('/')
        .map(Into::into)
        .collect();
    let is_root = parts.len() == 1 && ["lib", "main"].contains(&parts[0].as_str());
    if is_root || parts.last().is_some_and(|part| part == "mod") {
        parts.pop();
    }
    parts
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn imports(files: &[(&str, &str)], of: &str) -> Vec<String> {
        let texts = files
            .iter()
            .map(|(name, text)| ((*name).into(), (*text).into()))
            .collect();
        let found = parse(&texts, "my-crate").unwrap();
        let file = found.into_iter().find(|file| file.path == of).unwrap();
        file.imports.into_iter().collect()
    }

    const REST: [(&str, &str); 4] = [
        ("lib.rs", "mod clock; mod store; mod roof;"),
        ("clock.rs", "pub struct Clock;"),
        (
            "store/mod.rs",
            "mod file; pub use file::Store; pub struct Key;",
        ),
        ("store/file.rs", "use super::Key; pub struct Store;"),
    ];

    fn roof(text: &'static str) -> Vec<String> {
        let mut files = REST.to_vec();
        files.push(("roof.rs", text));
        imports(&files, "roof.rs")
    }

    #[test]
    fn uses_and_paths_count_in_every_form() {
        for (text, wanted) in [
            ("use crate::clock::Clock;", vec!["clock.rs"]),
            (
                "use crate::{clock, store::{self, file::Store}};",
                vec!["clock.rs", "store/file.rs", "store/mod.rs"],
            ),
            ("use super::clock::*;", vec!["clock.rs"]),
            ("use my_crate::clock;", vec!["clock.rs"]),
            ("fn f(key: crate::store::Key) {}", vec!["store/mod.rs"]),
            (
                "fn f() { print!(\"{}\", crate::clock::NOW); }",
                vec!["clock.rs"],
            ),
            (
                "mod inner { use super::super::clock::Clock; }",
                vec!["clock.rs"],
            ),
            (
                "impl From<crate::store::Key> for u8 { fn from(_: crate::store::Key) -> u8 { 1 } }",
                vec!["store/mod.rs"],
            ),
            ("use crate::Root;", vec!["lib.rs"]),
        ] {
            assert_eq!(roof(text), wanted, "{text}");
        }
        assert_eq!(imports(&REST, "store/mod.rs"), ["store/file.rs"]);
        assert_eq!(imports(&REST, "store/file.rs"), ["store/mod.rs"]);
    }

    #[test]
    fn tests_modules_visibility_and_other_crates_do_not_count() {
        for text in [
            "#[cfg(test)] mod tests { use crate::clock::Clock; }",
            "#[cfg(test)] use crate::clock::Clock;",
            "struct A; impl A { #[cfg(test)] fn f() { crate::clock::now() } }",
            "pub(in crate::store) struct A;",
            "use clock::Clock; use ::store::Key; use std::fs::File;",
            "/// [`crate::clock::Clock`]\npub struct A;",
            "fn f() { let store = 1; print!(\"{}\", store); }",
        ] {
            assert_eq!(roof(text), [""; 0], "{text}");
        }
        assert_eq!(imports(&REST, "lib.rs"), [""; 0], "`mod` lines");
        assert_eq!(
            roof("#[cfg(not(test))] use crate::clock::Clock;"),
            ["clock.rs"]
        );
    }

    #[test]
    fn files_that_are_for_tests_alone_are_left_out() {
        let files = [
            ("lib.rs", "#[cfg(test)] mod double; mod tests; mod a;"),
            ("double.rs", "use crate::a::A;"),
            ("a.rs", "use crate::tests::help;"),
            ("tests/mod.rs", "use crate::a::A;"),
        ];
        let texts = files
            .iter()
            .map(|(name, text)| ((*name).into(), (*text).into()))
            .collect();
        let names: Vec<_> = parse(&texts, "x")
            .unwrap()
            .into_iter()
            .map(|file| file.path)
            .collect();
        assert_eq!(names, ["a.rs", "lib.rs"]);
    }
}
