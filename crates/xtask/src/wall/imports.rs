//! Which file of a crate imports which: `use` lines and paths in the code, read by `syn`.
//!
//! A path counts where it begins with `crate::`, `super::`, `self::`, the crate's own name or the name of a child module.
//! What is for tests alone does not count, and neither do `mod` lines. Within macros, paths are read from their tokens.

use crate::files;
use anyhow::{Context, Result};
use proc_macro2::{TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use syn::visit::{self, Visit};

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

/// Walks one file.
struct Reader<'a> {
    /// Modules that are files, and their files.
    modules: &'a BTreeMap<Vec<String>, String>,
    package: String,
    file: &'a str,
    /// The module in whose text we are; it grows with modules in braces.
    here: Vec<String>,
    imports: BTreeSet<String>,
    /// Modules that are files and are declared for tests alone.
    only_tests: Vec<Vec<String>>,
}

impl Reader<'_> {
    /// Notes what a path leads to: the file of the longest module that its beginning names.
    fn note(&mut self, segments: &[String]) {
        let Some(target) = self.resolve(segments) else {
            return;
        };
        let longest = (0..=target.len()).rev().map(|length| &target[..length]);
        let file = longest.filter_map(|module| self.modules.get(module)).next();
        if let Some(file) = file.filter(|file| *file != self.file) {
            self.imports.insert(file.clone());
        }
    }

    /// The path from the crate's root; `None` where it leads to another crate, or to a name of the file's own.
    fn resolve(&self, segments: &[String]) -> Option<Vec<String>> {
        let (first, mut rest) = segments.split_first()?;
        let mut base = match first.as_str() {
            "crate" => Vec::new(),
            name if name == self.package => Vec::new(),
            "self" if !rest.is_empty() => self.here.clone(),
            "super" => self.above(&self.here),
            name => {
                let mut child = self.here.clone();
                child.push(name.into());
                return self.modules.contains_key(&child).then(|| {
                    child.extend_from_slice(rest);
                    child
                });
            }
        };
        while let Some(("super", after)) = rest
            .split_first()
            .map(|(first, after)| (first.as_str(), after))
        {
            base = self.above(&base);
            rest = after;
        }
        base.extend_from_slice(rest);
        Some(base)
    }

    fn above(&self, module: &[String]) -> Vec<String> {
        module
            .split_last()
            .map_or(Vec::new(), |(_, above)| above.to_vec())
    }

    fn note_use(&mut self, tree: &syn::UseTree, before: &mut Vec<String>) {
        match tree {
            syn::UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.note_use(&path.tree, before);
                before.pop();
            }
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    self.note_use(tree, before);
                }
            }
            syn::UseTree::Glob(_) => self.note(before),
            syn::UseTree::Name(syn::UseName { ident })
            | syn::UseTree::Rename(syn::UseRename { ident, .. }) => {
                let mut whole = before.clone();
                if ident != "self" {
                    whole.push(ident.to_string());
                }
                self.note(&whole);
            }
        }
    }

    /// Paths among the tokens of a macro: names with `::` between them.
    fn note_tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(name) => {
                    if colons != 2 {
                        self.note_path(&path);
                        path.clear();
                    }
                    path.push(name.to_string());
                    colons = 0;
                }
                TokenTree::Punct(mark) if mark.as_char() == ':' => colons += 1,
                other => {
                    self.note_path(&path);
                    path.clear();
                    colons = 0;
                    if let TokenTree::Group(group) = other {
                        self.note_tokens(group.stream());
                    }
                }
            }
        }
        self.note_path(&path);
    }

    /// A single name is no path: it may be a variable.
    fn note_path(&mut self, segments: &[String]) {
        if segments.len() > 1 {
            self.note(segments);
        }
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if !is_for_tests(attributes(item)) {
            visit::visit_item(self, item);
        } else if let syn::Item::Mod(item) = item
            && item.content.is_none()
        {
            let mut module = self.here.clone();
            module.push(item.ident.to_string());
            self.only_tests.push(module);
        }
    }

    fn visit_impl_item(&mut self, item: &'ast syn::ImplItem) {
        let attributes = match item {
            syn::ImplItem::Fn(item) => &item.attrs,
            syn::ImplItem::Const(item) => &item.attrs,
            syn::ImplItem::Type(item) => &item.attrs,
            _ => return visit::visit_impl_item(self, item),
        };
        if !is_for_tests(attributes) {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.here.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.here.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if item.leading_colon.is_none() {
            self.note_use(&item.tree, &mut Vec::new());
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none() {
            let segments: Vec<_> = path
                .segments
                .iter()
                .map(|part| part.ident.to_string())
                .collect();
            self.note_path(&segments);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, item: &'ast syn::Macro) {
        self.note_tokens(item.tokens.clone());
        visit::visit_macro(self, item);
    }

    /// `pub(in crate::a)` imports nothing.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    /// Documentation and `derive` are no imports.
    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}
}

fn attributes(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Const(item) => &item.attrs,
        syn::Item::Enum(item) => &item.attrs,
        syn::Item::Fn(item) => &item.attrs,
        syn::Item::Impl(item) => &item.attrs,
        syn::Item::Macro(item) => &item.attrs,
        syn::Item::Mod(item) => &item.attrs,
        syn::Item::Static(item) => &item.attrs,
        syn::Item::Struct(item) => &item.attrs,
        syn::Item::Trait(item) => &item.attrs,
        syn::Item::Type(item) => &item.attrs,
        syn::Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// `#[cfg(test)]`, alone or among others; `not(test)` is what ships.
fn is_for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let syn::Meta::List(list) = &attribute.meta else {
            return false;
        };
        let names = list.tokens.to_string();
        let mut names = names.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        list.path.is_ident("cfg")
            && names.clone().any(|name| name == "test")
            && names.all(|name| name != "not")
    })
}

#[cfg(test)]
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
