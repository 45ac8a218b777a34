//! `cargo xtask projects`: the package in the projects of other people, built and run as the guide says.

use crate::browser::Browser;
use crate::servers::{Profile, Programs};
use crate::{e2e, node, pack, project, run};
use anyhow::Result;
use std::process::Command;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only projects whose name contains this, such as `vite`.
    word: Option<String>,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let mut command = command(options.word.as_deref(), false)?;
    run::run(&mut command, "the package in the projects of others")
}

/// Everything built, and the runner ready to start: over all projects, or over the `short` list of those that differ
/// most.
pub(crate) fn command(word: Option<&str>, short: bool) -> Result<Command> {
    node::ensure()?;
    let browser = Browser::ensure()?;
    let programs = Programs::build(Profile::Dev)?;
    let package = pack::run()?;
    node::install("tests/e2e")?;
    let mut runner = e2e::runner(&project::root().join("tests/projects"), None)?;
    runner
        .env("EXO365_PACKAGE", &package.dir)
        .env("EXO365_TARBALL", &package.tarball)
        .env("EXO365_OUT", project::target().join("projects"))
        .env("EXO365_PROJECT", word.unwrap_or_default())
        .env("EXO365_PROJECTS", if short { "short" } else { "all" });
    programs.tell(browser.tell(&mut runner));
    Ok(runner)
}
