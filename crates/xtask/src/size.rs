//! What a page downloads, held to its budget.

use crate::linked::Module;
use crate::{node, pack, project, run, tools};
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;
use wasmparser::{Parser, Payload};

/// So many functions are listed.
const LISTED: usize = 40;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Also list the sections and the largest functions of the WebAssembly.
    #[arg(long)]
    report: bool,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let package = pack::run()?;
    let mut size = node::script("crates/xtask/node/size.mjs");
    run::run(size.arg(&package.dir), "the size gate")?;
    if options.report {
        print_sections(&package.dir.join("wasm/exo365_bg.wasm"))?;
        let compiled = project::target().join(tools::WASM);
        print_largest_functions(&compiled.join("release/exo365.wasm"))?;
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("reading {}", path.display()))
}

fn print_sections(shipped: &Path) -> Result<()> {
    println!("\nsections of the shipped module, bytes");
    for payload in Parser::new(0).parse_all(&read(shipped)?) {
        let payload = payload?;
        let Some((number, range)) = payload.as_section() else {
            continue;
        };
        let name = match &payload {
            Payload::CustomSection(custom) => format!("custom \"{}\"", custom.name()),
            _ => section_name(number).to_owned(),
        };
        println!("{:>9}  {name}", range.end - range.start);
    }
    Ok(())
}

/// By the number in the format (WebAssembly core specification, binary format, sections).
fn section_name(number: u8) -> &'static str {
    const NAMES: [&str; 14] = [
        "custom",
        "type",
        "import",
        "function",
        "table",
        "memory",
        "global",
        "export",
        "start",
        "element",
        "code",
        "data",
        "data count",
        "tag",
    ];
    NAMES.get(usize::from(number)).unwrap_or(&"unknown")
}

/// Of what the compiler made: it still has the names, and the functions that only panics use.
fn print_largest_functions(compiled: &Path) -> Result<()> {
    let bytes = read(compiled)?;
    let module = Module::read(&bytes)?;
    let functions = module.functions.iter();
    let mut sizes: Vec<_> = functions
        .map(|(index, body)| (body.as_bytes().len(), *index))
        .collect();
    sizes.sort_unstable_by(|one, other| other.cmp(one));
    println!("\nlargest functions before wasm-opt, bytes");
    for (size, index) in sizes.into_iter().take(LISTED) {
        println!("{size:>9}  {}", module.name(index));
    }
    Ok(())
}
