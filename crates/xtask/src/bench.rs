//! The benchmark: exo365 against bare `fetch` and the peers, in one run.

use crate::browser::Browser;
use crate::servers::{Profile, Programs};
use crate::{debian, node, pack, project, run};
use anyhow::{Result, bail};
use std::process::Command;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Measure and write, but do not fail where a bar is missed.
    #[arg(long)]
    no_gate: bool,
    /// Only the pages: lists, the first list, downloads. Writes its part of the results.
    #[arg(long, conflicts_with_all = ["endpoint", "calls"])]
    pages: bool,
    /// Only many calls: messages by id, a whole mailbox, reads and writes at a service that refuses. Writes its part of the results.
    #[arg(long, conflicts_with = "endpoint")]
    calls: bool,
    /// Only the endpoint: its `/token` and its memory beside Express and MSAL for Node, `/token` and proxy mode beside bare servers, and what a dying connection to Redis costs. Writes its part of the results.
    #[arg(long)]
    endpoint: bool,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    node::ensure()?;
    if !options.pages && !options.calls {
        load_tools()?;
        let mut bare = run::cargo();
        bare.args(["build", "--profile", "server", "--package", "exo365-bare"]);
        run::run(&mut bare, "building what the endpoint is measured against")?;
    }
    if options.endpoint {
        let programs = Programs::build(Profile::Server)?;
        let mut bench = prepared()?;
        bench.arg("--endpoint");
        if options.no_gate {
            bench.arg("--no-gate");
        }
        programs.tell(&mut bench);
        return run::run(&mut bench, "the benchmark of the endpoint");
    }
    let browser = Browser::ensure()?;
    let programs = Programs::build(Profile::Server)?;
    let package = pack::run()?;
    let mut bench = prepared()?;
    bench
        .env("EXO365_PACKAGE", &package.dir)
        .env("EXO365_OUT", project::target().join("bench"));
    if options.pages {
        bench.arg("--pages");
    }
    if options.calls {
        bench.arg("--calls");
    }
    if options.no_gate {
        bench.arg("--no-gate");
    }
    programs.tell(browser.tell(&mut bench));
    run::run(&mut bench, "the benchmark")
}

fn prepared() -> Result<Command> {
    node::install("bench")?;
    node::install("bench/peer-server")?;
    node::install("tests/e2e")?;
    Ok(node::script("bench/run.mjs"))
}

/// wrk, which makes the load, and the store whose connections are cut.
fn load_tools() -> Result<()> {
    // Debian's packages have the names of the programs.
    for program in ["wrk", "redis-server"] {
        if run::find(&[program]).is_some() {
            continue;
        }
        if !debian::may_install() {
            bail!("{program} is missing: install it, the benchmark of the endpoint needs it");
        }
        debian::install(&[program])?;
    }
    Ok(())
}
