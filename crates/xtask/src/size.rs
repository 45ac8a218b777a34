//! What a page downloads, held to its budget.

use crate::{node, pack, run};
use anyhow::Result;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Also list the sections and the largest functions of the WebAssembly.
    #[arg(long)]
    report: bool,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let package = pack::run()?;
    let mut size = node::script("crates/xtask/node/size.mjs");
    size.arg(package.dir);
    if options.report {
        size.arg("--report").arg(
            crate::project::target()
                .join(crate::tools::WASM)
                .join("release/exo365.wasm"),
        );
    }
    run::run(&mut size, "the size gate")
}
