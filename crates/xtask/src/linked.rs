//! A linked WebAssembly module with what the linker knew of it: who refers to whom (`--emit-relocs`).
//!
//! Formats: WebAssembly core specification;
//! <https://github.com/WebAssembly/tool-conventions/blob/main/Linking.md>.

use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::ops::Range;
use wasmparser::{
    CustomSectionReader, ExternalKind, FunctionBody, KnownCustom, Linking, Name, NameSectionReader,
    Operator, Parser, Payload, RelocSectionReader, RelocationType, SymbolInfo,
};

/// Sections by their number in the format.
const CODE: u8 = 10;
const DATA: u8 = 11;

/// What something may refer to.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Item {
    /// By its index among all functions, imported ones first.
    Function(u32),
    /// By its place in [`Module::data`].
    Data(usize),
}

/// A place in the module that refers to an item.
pub(crate) struct Reference {
    pub(crate) at: usize,
    pub(crate) to: Item,
    /// Whether it is the operand of an `i32.const`: an address that the code hands on.
    pub(crate) constant: bool,
}

/// Positions are bytes from the start of the module.
pub(crate) struct Module<'a> {
    pub(crate) bytes: &'a [u8],
    /// Functions with a body, by index.
    pub(crate) functions: BTreeMap<u32, FunctionBody<'a>>,
    /// Paths of functions as they are in the source, such as `core::option::unwrap_failed`.
    pub(crate) names: BTreeMap<u32, String>,
    /// What the linker placed in memory, each piece under a name of its own.
    pub(crate) data: Vec<Range<usize>>,
    pub(crate) references: Vec<Reference>,
    /// Functions that are called from outside.
    pub(crate) exported: Vec<u32>,
    /// The sections with their headers, without those of the linker.
    pub(crate) sections: Vec<Range<usize>>,
}

fn place(range: &Range<u64>) -> Result<Range<usize>> {
    Ok(range.start.try_into()?..range.end.try_into()?)
}

impl<'a> Module<'a> {
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self> {
        let mut module = Self {
            bytes,
            functions: BTreeMap::new(),
            names: BTreeMap::new(),
            data: Vec::new(),
            references: Vec::new(),
            exported: Vec::new(),
            sections: Vec::new(),
        };
        let mut facts = LinkerFacts::default();
        let mut end = 0;
        for payload in Parser::new(0).parse_all(bytes) {
            let payload = payload?;
            let of_linker = match &payload {
                Payload::CustomSection(custom) => {
                    module.read_names(custom)?;
                    facts.read_custom(custom)?
                }
                other => {
                    module.read_section(other, &mut facts)?;
                    false
                }
            };
            if let Some((kind, range)) = payload.as_section() {
                let range = place(&range)?;
                if !of_linker {
                    module.sections.push(end..range.end);
                }
                end = range.end;
                facts.contents.push((kind, range));
            } else if let Payload::Version { range, .. } = &payload {
                end = place(range)?.end;
            }
        }
        if facts.symbols.is_empty() || facts.relocations.is_empty() {
            bail!(
                "the module does not hold what the linker knew: is it linked with --emit-relocs?"
            );
        }
        let items = module.items(&facts.symbols, &facts.segments)?;
        module.references = facts.references(&items)?;
        Ok(module)
    }

    /// Functions with a body, functions that are called from outside, and where the segments of the memory begin.
    fn read_section(&mut self, section: &Payload<'a>, facts: &mut LinkerFacts<'a>) -> Result<()> {
        match section {
            Payload::ImportSection(imports) => {
                for import in imports.clone().into_imports() {
                    let function = matches!(import?.ty, wasmparser::TypeRef::Func(_));
                    facts.imported += u32::from(function);
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports.clone() {
                    let export = export?;
                    if export.kind == ExternalKind::Func {
                        self.exported.push(export.index);
                    }
                }
            }
            Payload::StartSection { func, .. } => self.exported.push(*func),
            Payload::CodeSectionEntry(body) => {
                let index = facts.imported + u32::try_from(self.functions.len())?;
                self.functions.insert(index, body.clone());
            }
            Payload::DataSection(data) => {
                for segment in data.clone() {
                    let segment = segment?;
                    let segment_end: usize = segment.range.end.try_into()?;
                    facts.segments.push(segment_end - segment.data.len());
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn read_names(&mut self, custom: &CustomSectionReader<'a>) -> Result<()> {
        let KnownCustom::Name(names) = custom.as_known() else {
            return Ok(());
        };
        for (index, name) in function_names(names)? {
            let path = rustc_demangle::demangle(&name);
            self.names.insert(index, format!("{path:#}"));
        }
        Ok(())
    }

    /// What each symbol is, where it is something that may be left out; fills in `data`.
    fn items(
        &mut self,
        symbols: &[SymbolInfo<'_>],
        segments: &[usize],
    ) -> Result<Vec<Option<Item>>> {
        let mut items = Vec::with_capacity(symbols.len());
        for symbol in symbols {
            items.push(match symbol {
                SymbolInfo::Func { index, .. } => Some(Item::Function(*index)),
                SymbolInfo::Data {
                    symbol: Some(placed),
                    ..
                } => {
                    let segment = segments.get(placed.index as usize);
                    let start = segment.context("data in no segment")? + placed.offset as usize;
                    self.data.push(start..start + placed.size as usize);
                    Some(Item::Data(self.data.len() - 1))
                }
                _ => None,
            });
        }
        Ok(items)
    }

    /// The function's path, or where the module does not tell, its index.
    pub(crate) fn name(&self, function: u32) -> String {
        let name = self.names.get(&function);
        name.map_or_else(|| format!("function {function}"), Clone::clone)
    }
}

/// The names of functions by their index, as the compiler wrote them.
pub(crate) fn function_names(parts: NameSectionReader<'_>) -> Result<BTreeMap<u32, String>> {
    let mut names = BTreeMap::new();
    for part in parts {
        if let Name::Function(functions) = part? {
            for naming in functions {
                let naming = naming?;
                names.insert(naming.index, naming.name.to_owned());
            }
        }
    }
    Ok(names)
}

/// What the linker wrote, and what is needed to read it.
#[derive(Default)]
struct LinkerFacts<'a> {
    /// The number of imported functions.
    imported: u32,
    /// Where the segments of the memory begin.
    segments: Vec<usize>,
    /// Kinds and contents of the sections in their order: relocations name a section by its number.
    contents: Vec<(u8, Range<usize>)>,
    relocations: Vec<RelocSectionReader<'a>>,
    symbols: Vec<SymbolInfo<'a>>,
}

impl<'a> LinkerFacts<'a> {
    /// Reads a custom section of the linker. Gives whether it is one.
    fn read_custom(&mut self, custom: &CustomSectionReader<'a>) -> Result<bool> {
        match custom.as_known() {
            KnownCustom::Linking(linking) => {
                for part in linking.subsections() {
                    if let Linking::SymbolTable(table) = part? {
                        let symbols: Result<Vec<_>, _> = table.into_iter().collect();
                        self.symbols.extend(symbols?);
                    }
                }
            }
            KnownCustom::Reloc(relocated) => self.relocations.push(relocated),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Who refers to which of the items, in code and data.
    fn references(&self, items: &[Option<Item>]) -> Result<Vec<Reference>> {
        let mut references = Vec::new();
        for relocated in &self.relocations {
            let (kind, section) = self
                .contents
                .get(relocated.section_index() as usize)
                .context("relocations of a section that is not there")?;
            if ![CODE, DATA].contains(kind) {
                continue;
            }
            for entry in relocated.entries() {
                let entry = entry?;
                // A type is no symbol.
                if entry.ty == RelocationType::TypeIndexLeb {
                    continue;
                }
                let symbol = items.get(entry.index as usize);
                if let Some(to) = *symbol.context("a relocation to a symbol that is not there")? {
                    references.push(Reference {
                        at: section.start + entry.offset as usize,
                        to,
                        constant: entry.ty == RelocationType::MemoryAddrSleb,
                    });
                }
            }
        }
        Ok(references)
    }
}

/// Whether a call of the function cannot come back: no path through it returns or reaches its end.
pub(crate) fn never_returns(body: &FunctionBody<'_>) -> Result<bool> {
    let mut depth = 0_u32;
    let mut traps = false;
    for operator in body.get_operators_reader()? {
        let operator = operator?;
        match &operator {
            Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => depth += 1,
            Operator::End if depth == 0 => return Ok(traps),
            Operator::End => depth -= 1,
            Operator::Return
            | Operator::ReturnCall { .. }
            | Operator::ReturnCallIndirect { .. } => return Ok(false),
            Operator::Br { relative_depth } | Operator::BrIf { relative_depth }
                if *relative_depth == depth =>
            {
                return Ok(false);
            }
            Operator::BrTable { targets } => {
                for target in targets.targets() {
                    if target? == depth {
                        return Ok(false);
                    }
                }
                if targets.default() == depth {
                    return Ok(false);
                }
            }
            _ => {}
        }
        // The compiler writes it behind every call that does not come back.
        traps = matches!(operator, Operator::Unreachable);
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use wasmparser::BinaryReader;

    #[test]
    fn a_function_without_a_way_back_is_told() {
        // Bodies: the number of locals, then operators, by their codes.
        let [block, end, br_if, ret, call] = [0x02, 0x0b, 0x0d, 0x0f, 0x10];
        let [constant, nothing, unreachable] = [0x41, 0x40, 0x00];
        let table: &[(&[u8], bool)] = &[
            (&[0, call, 0, unreachable, end], true),
            (&[0, call, 0, end], false),
            (&[0, constant, 1, br_if, 0, unreachable, end], false),
            (
                &[0, block, nothing, ret, end, call, 0, unreachable, end],
                false,
            ),
            (
                &[
                    0,
                    block,
                    nothing,
                    constant,
                    1,
                    br_if,
                    0,
                    end,
                    call,
                    0,
                    unreachable,
                    end,
                ],
                true,
            ),
            (
                &[
                    0,
                    block,
                    nothing,
                    constant,
                    1,
                    br_if,
                    1,
                    end,
                    call,
                    0,
                    unreachable,
                    end,
                ],
                false,
            ),
        ];
        for (bytes, want) in table {
            let body = FunctionBody::new(BinaryReader::new(bytes, 0));
            assert_eq!(never_returns(&body).unwrap(), *want, "{bytes:?}");
        }
    }
}
