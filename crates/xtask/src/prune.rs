//! Takes out of the linked module what only a panic would use.
//!
//! On this target a panic formats its message for a console that is not there, and traps. Here it traps at once: each
//! function that begins a panic becomes `unreachable`, and code and data that nobody refers to any more go with it.
//! `-Cpanic=immediate-abort` with `-Zbuild-std` does the same, on nightly compilers only; once it is stable, this file
//! can go: <https://github.com/rust-lang/rust/issues/147286>.

use crate::linked::{Item, Module, never_returns};
use anyhow::{Result, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use wasmparser::{FunctionBody, Operator};

/// Where panics begin: functions, and modules of nothing else.
const PANICS: &[&str] = &[
    "alloc::alloc::handle_alloc_error",
    "alloc::raw_vec::handle_error",
    "core::cell::lazy::panic_poisoned",
    "core::cell::panic_already_borrowed",
    "core::cell::panic_already_mutably_borrowed",
    "core::option::expect_failed",
    "core::option::unwrap_failed",
    "core::panicking",
    "core::result::unwrap_failed",
    "core::slice::copy_from_slice_impl::len_mismatch_fail",
    "core::slice::index::slice_index_fail",
    "core::str::slice_error_fail",
    "std::thread::local::panic_access_error",
    // These throw their texts, about an object that is used after its end: the face cannot do that.
    "wasm_bindgen::__rt::throw_null",
    "wasm_bindgen::throw_str",
];

/// The module `bytes`, linked with `--emit-relocs`, without what only panics use and without what the linker knew.
///
/// # Errors
/// A function that begins a panic and is not in [`PANICS`], such as a new one of the standard library.
pub(crate) fn prune(bytes: &[u8]) -> Result<Vec<u8>> {
    let module = Module::read(bytes)?;
    let panics: BTreeSet<u32> = module
        .names
        .iter()
        .filter(|(_, name)| is_trap(name))
        .map(|(index, _)| *index)
        .collect();
    let used = used(&module, &panics)?;
    let unknown = unknown_panics(&module, &panics, &used)?;
    if !unknown.is_empty() {
        bail!(
            "{} begin a panic and are not in PANICS of crates/xtask/src/prune.rs: add what only panics",
            unknown.join(", ")
        );
    }

    let mut out = bytes.to_vec();
    for (index, body) in &module.functions {
        if panics.contains(index) || !used.contains(&Item::Function(*index)) {
            trap(&mut out, body)?;
        }
    }
    blank_unused_data(&module, &used, &mut out);
    let mut pruned = bytes[..8].to_vec();
    for section in &module.sections {
        pruned.extend_from_slice(&out[section.clone()]);
    }
    Ok(pruned)
}

/// Whether a function of this name, or one below it, becomes a trap.
fn is_trap(name: &str) -> bool {
    PANICS.iter().any(|path| {
        name.strip_prefix(path)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    })
}

/// What is reached from outside when each of `panics` refers to nothing.
fn used(module: &Module<'_>, panics: &BTreeSet<u32>) -> Result<BTreeSet<Item>> {
    let unread = panic_locations(module);
    let only_for_panics = constants_for_panics(module, panics)?;
    let owners = Owners::of(module);
    let mut references: BTreeMap<Item, Vec<Item>> = BTreeMap::new();
    let mut todo: Vec<Item> = module
        .exported
        .iter()
        .map(|at| Item::Function(*at))
        .collect();
    for reference in &module.references {
        if reference.constant && only_for_panics.contains(&reference.at) {
            continue;
        }
        let found = owners.at(reference.at);
        // What lies in no item counts as used.
        if found.is_empty() {
            todo.push(reference.to);
        }
        for owner in found {
            references.entry(owner).or_default().push(reference.to);
        }
    }
    let mut used = BTreeSet::new();
    while let Some(item) = todo.pop() {
        if unread.contains(&item) || !used.insert(item) {
            continue;
        }
        let traps = matches!(item, Item::Function(index) if panics.contains(&index));
        if !traps {
            todo.extend(references.get(&item).into_iter().flatten());
        }
    }
    Ok(used)
}

/// Who holds a place in the module.
struct Owners<'a> {
    functions: Vec<(Range<u64>, u32)>,
    data: &'a [Range<usize>],
}

impl<'a> Owners<'a> {
    fn of(module: &'a Module<'_>) -> Self {
        let bodies = module.functions.iter();
        Self {
            functions: bodies.map(|(index, body)| (body.range(), *index)).collect(),
            data: &module.data,
        }
    }

    /// The function, or each piece of data: pieces may overlap.
    fn at(&self, place: usize) -> Vec<Item> {
        let after = |(range, _): &(Range<u64>, u32)| range.end <= place as u64;
        let function = self.functions.get(self.functions.partition_point(after));
        if let Some((_, index)) = function.filter(|(range, _)| range.contains(&(place as u64))) {
            return vec![Item::Function(*index)];
        }
        let data = self.data.iter().enumerate();
        data.filter(|(_, range)| range.contains(&place))
            .map(|(at, _)| Item::Data(at))
            .collect()
    }
}

/// Where panics begin (`core::panic::Location`: the file's name, its length, line and column), and the names of those
/// files. Nobody tells them any more, wherever they are handed on to.
fn panic_locations(module: &Module<'_>) -> BTreeSet<Item> {
    let pieces = || module.data.iter().enumerate();
    let files: BTreeSet<Item> = pieces()
        .filter(|(_, range)| is_source_file(&module.bytes[(*range).clone()]))
        .map(|(at, _)| Item::Data(at))
        .collect();
    let naming_file: Vec<usize> = module
        .references
        .iter()
        .filter(|reference| files.contains(&reference.to))
        .map(|reference| reference.at)
        .collect();
    let locations = pieces()
        .filter(|(_, range)| range.len() == 16 && naming_file.iter().any(|at| range.contains(at)))
        .map(|(at, _)| Item::Data(at));
    locations.chain(files.iter().copied()).collect()
}

fn is_source_file(text: &[u8]) -> bool {
    let text = text.strip_suffix(b"\0").unwrap_or(text);
    text.ends_with(b".rs")
        && text
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_./-".contains(byte))
}

/// The operands of constants that are only handed to a panic: nothing but constants and locals up to its call.
fn constants_for_panics(module: &Module<'_>, panics: &BTreeSet<u32>) -> Result<BTreeSet<usize>> {
    let mut found = BTreeSet::new();
    for body in module.functions.values() {
        let mut handed = Vec::new();
        for step in body.get_operators_reader()?.into_iter_with_offsets() {
            let (operator, at) = step?;
            match operator {
                // The operand comes behind one byte of the operator.
                Operator::I32Const { .. } => handed.push(usize::try_from(at)? + 1),
                Operator::I64Const { .. } | Operator::LocalGet { .. } => {}
                Operator::Call { function_index } if panics.contains(&function_index) => {
                    found.extend(handed.drain(..));
                }
                _ => handed.clear(),
            }
        }
    }
    Ok(found)
}

/// Names of functions that are used, never return, and call a panic themselves or through each other.
fn unknown_panics(
    module: &Module<'_>,
    panics: &BTreeSet<u32>,
    used: &BTreeSet<Item>,
) -> Result<Vec<String>> {
    let mut one_way = Vec::new();
    for (index, body) in &module.functions {
        if !panics.contains(index) && never_returns(body)? {
            one_way.push((*index, calls(body)?));
        }
    }
    let mut found = panics.clone();
    loop {
        let before = found.len();
        for (index, callees) in &one_way {
            if !found.is_disjoint(callees) {
                found.insert(*index);
            }
        }
        if found.len() == before {
            break;
        }
    }
    let unknown = found.difference(panics);
    let reached = unknown.filter(|index| used.contains(&Item::Function(**index)));
    Ok(reached.map(|index| module.name(*index)).collect())
}

fn calls(body: &FunctionBody<'_>) -> Result<BTreeSet<u32>> {
    let mut callees = BTreeSet::new();
    for operator in body.get_operators_reader()? {
        if let Operator::Call { function_index } = operator? {
            callees.insert(function_index);
        }
    }
    Ok(callees)
}

/// Makes the body trap at once, in as many bytes: no locals, `unreachable` over and over, `end`.
fn trap(out: &mut [u8], body: &FunctionBody<'_>) -> Result<()> {
    const UNREACHABLE: u8 = 0x00;
    let range = body.range();
    let body = &mut out[range.start.try_into()?..range.end.try_into()?];
    // The first byte counts the locals. A body of two bytes does nothing already.
    if let [locals, inner @ .., _end] = body
        && !inner.is_empty()
    {
        *locals = 0;
        inner.fill(UNREACHABLE);
    }
    Ok(())
}

fn blank_unused_data(module: &Module<'_>, used: &BTreeSet<Item>, out: &mut [u8]) {
    let mut blank = vec![false; out.len()];
    let mut mark = |wanted: bool| {
        for (at, range) in module.data.iter().enumerate() {
            if used.contains(&Item::Data(at)) == wanted {
                blank[range.clone()].fill(!wanted);
            }
        }
    };
    // Pieces may overlap: what one of them uses stays.
    mark(false);
    mark(true);
    for (byte, blank) in out.iter_mut().zip(blank) {
        if blank {
            *byte = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_matched_whole() {
        assert!(is_trap("core::option::unwrap_failed"));
        assert!(is_trap("core::panicking::assert_failed::<usize, usize>"));
        assert!(!is_trap("core::option::unwrap_failed_softly"));
        assert!(!is_trap("exo365_core::panicking"));
    }

    #[test]
    fn files_of_rust_are_told_by_their_name() {
        assert!(is_source_file(b"library/core/src/num/mod.rs\0"));
        assert!(!is_source_file(b"see main.rs"));
        assert!(!is_source_file(b"main.js"));
    }
}
