//! The imports of one file: a walk over its syntax tree.

use proc_macro2::{TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use syn::visit::{self, Visit};

/// Walks one file.
pub(super) struct Reader<'a> {
    /// Modules that are files, and their files.
    pub(super) modules: &'a BTreeMap<Vec<String>, String>,
    pub(super) package: String,
    pub(super) file: &'a str,
    /// The module in whose text we are; it grows with modules in braces.
    pub(super) here: Vec<String>,
    pub(super) imports: BTreeSet<String>,
    /// Modules that are files and are declared for tests alone.
    pub(super) only_tests: Vec<Vec<String>>,
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
