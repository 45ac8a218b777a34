//! The order of the functions in the WebAssembly: those that are alike stand together, which a compressor writes shorter.
//!
//! Binaryen orders functions by their names: each name gets its place in front, for its pass `reorder-functions-by-name`.

use crate::linked::function_names;
use anyhow::{Context, Result, bail};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use wasm_encoder::{Module, NameMap, NameSection, RawSection};
use wasmparser::{FunctionBody, KnownCustom, Parser, Payload, TypeRef};

/// Functions are compared by their pieces of this many bytes.
const PIECE: usize = 5;
/// A piece that so many functions have tells nothing.
const COMMON: usize = 40;
/// A function is compared with so many before it.
const BEFORE: usize = 4;
/// Pieces by which a function counts as larger, so that a tiny one is not like everything.
const AT_LEAST: usize = 5;
/// Shares are whole numbers of this unit.
const SCALE: usize = 1_000_000;

/// The module `bytes` with a place in front of the name of each function that has a body, such as `0017 core::str::len`.
pub(crate) fn number_functions(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut numbered = Module::new();
    let mut names = BTreeMap::new();
    let mut bodies = Vec::new();
    let mut imported = 0_u32;
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload?;
        match &payload {
            Payload::ImportSection(imports) => {
                for import in imports.clone().into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body.clone()),
            Payload::CustomSection(custom) => {
                if let KnownCustom::Name(parts) = custom.as_known() {
                    names = function_names(parts)?;
                    continue;
                }
            }
            _ => {}
        }
        if let Some((id, range)) = payload.as_section() {
            let range = usize::try_from(range.start)?..usize::try_from(range.end)?;
            let data = bytes.get(range).context("a section beyond the end")?;
            numbered.section(&RawSection { id, data });
        }
    }
    if names.len() < bodies.len() {
        bail!("the module does not name all of its functions: is it written with --debuginfo?");
    }
    for (place, function) in by_likeness(&bodies).into_iter().enumerate() {
        let name = names.entry(imported + u32::try_from(function)?);
        name.and_modify(|name| *name = format!("{place:04} {name}"));
    }
    let mut functions = NameMap::new();
    for (index, name) in &names {
        functions.append(*index, name);
    }
    let mut section = NameSection::new();
    section.functions(&functions);
    numbered.section(&section);
    Ok(numbered.finish())
}

/// The name as it was before [`number_functions`].
pub(crate) fn without_number(name: &str) -> &str {
    match name.split_once(' ') {
        Some((place, rest)) if place.bytes().all(|byte| byte.is_ascii_digit()) => rest,
        _ => name,
    }
}

/// An order of the functions, by their places in `bodies`: the largest first, then always the one that has most in common
/// with those just before it.
fn by_likeness(bodies: &[FunctionBody<'_>]) -> Vec<usize> {
    let owners = owners(bodies);
    let mut pieces: Vec<Vec<usize>> = vec![Vec::new(); bodies.len()];
    for (piece, functions) in owners.iter().enumerate() {
        for function in functions {
            pieces[*function].push(piece);
        }
    }
    let mut left: BTreeSet<usize> = (0..bodies.len()).collect();
    let mut order = Vec::with_capacity(bodies.len());
    let size = |function: &usize| (bodies[*function].as_bytes().len(), Reverse(*function));
    let mut next = left.iter().copied().max_by_key(size);
    while let Some(function) = next {
        left.remove(&function);
        order.push(function);
        let last = order.iter().rev().take(BEFORE);
        let before: BTreeSet<usize> = last
            .flat_map(|function| &pieces[*function])
            .copied()
            .collect();
        let mut common = vec![0; bodies.len()];
        for owner in before.iter().flat_map(|piece| &owners[*piece]) {
            common[*owner] += SCALE;
        }
        let likeness = |function: &usize| {
            let share = common[*function] / (pieces[*function].len() + AT_LEAST);
            (share, Reverse(*function))
        };
        next = left.iter().copied().max_by_key(likeness);
    }
    order
}

/// For each piece the functions that have it, without the pieces that many functions have.
fn owners(bodies: &[FunctionBody<'_>]) -> Vec<BTreeSet<usize>> {
    let mut owners: BTreeMap<&[u8], BTreeSet<usize>> = BTreeMap::new();
    for (function, body) in bodies.iter().enumerate() {
        for piece in body.as_bytes().windows(PIECE) {
            owners.entry(piece).or_default().insert(function);
        }
    }
    owners
        .into_values()
        .filter(|functions| functions.len() < COMMON)
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use wasmparser::BinaryReader;

    #[test]
    fn what_is_alike_stands_together() {
        let bodies = [
            &b"abcdefghijkl"[..],
            b"0123456789",
            b"abcdefghijk",
            b"01234567",
        ];
        let bodies = bodies.map(|bytes| FunctionBody::new(BinaryReader::new(bytes, 0)));
        assert_eq!(by_likeness(&bodies), [0, 2, 1, 3]);
    }

    #[test]
    fn a_number_is_taken_off_and_nothing_else() {
        for (name, want) in [
            ("0017 core::str::len", "core::str::len"),
            ("<u8 as A>", "<u8 as A>"),
            ("f", "f"),
        ] {
            assert_eq!(without_number(name), want);
        }
    }
}
