//! How many of the operations of tests/operations.json a named method reaches, per flavour.

use crate::{node, pack, project, run};
use anyhow::Result;
use std::process::Command;

/// All of them: Graph, Outlook v2.0, Outlook v1.0.
const REACHED: &str = "211,140,96";

/// Prints the coverage and every operation that has no name yet.
pub(crate) fn run() -> Result<()> {
    run::run(&mut command()?, "the operations")
}

/// The same as a check: fails below what was reached before.
pub(crate) fn check() -> Result<Command> {
    let mut command = command()?;
    command.args(["--at-least", REACHED]);
    Ok(command)
}

fn command() -> Result<Command> {
    let package = pack::run()?;
    let mut command = node::script("crates/xtask/node/operations.mjs");
    command
        .arg(package.dir)
        .arg(project::root().join("tests/operations.json"));
    Ok(command)
}
