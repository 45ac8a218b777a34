//! The benchmark: exo365 against bare `fetch` and the peers, in one run.

use crate::browser::Browser;
use crate::servers::{Profile, Programs};
use crate::{node, pack, project, run};
use anyhow::Result;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Measure and write, but do not fail where a bar is missed.
    #[arg(long)]
    no_gate: bool,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    node::ensure()?;
    let browser = Browser::ensure()?;
    let programs = Programs::build(Profile::Server)?;
    let package = pack::run()?;
    node::install("bench")?;
    node::install("tests/e2e")?;
    let mut bench = node::script("bench/run.mjs");
    bench
        .env("EXO365_PACKAGE", &package.dir)
        .env("EXO365_OUT", project::target().join("bench"));
    if options.no_gate {
        bench.arg("--no-gate");
    }
    programs.tell(browser.tell(&mut bench));
    run::run(&mut bench, "the benchmark")
}
