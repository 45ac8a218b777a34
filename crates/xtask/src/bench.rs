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
    /// Only the local tenant: how fast it starts and answers with 100,000 messages. Writes `bench/TENANT.md`.
    #[arg(long, conflicts_with_all = ["pages", "calls", "endpoint"])]
    tenant: bool,
    /// Print the requests of the measured pages with their times and priorities, and write nothing.
    #[arg(long, conflicts_with_all = ["pages", "calls", "endpoint", "tenant"])]
    waterfall: bool,
    /// Whether memory stays flat over 100,000 calls in one page. Writes nothing.
    #[arg(long, conflicts_with_all = ["pages", "calls", "endpoint", "tenant", "waterfall"])]
    memory: bool,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    node::ensure()?;
    let of_page = options.pages || options.calls || options.waterfall || options.memory;
    if !of_page && !options.tenant {
        load_tools()?;
        let mut bare = run::cargo();
        bare.args(["build", "--profile", "server", "--package", "exo365-bare"]);
        run::run(&mut bare, "building what the endpoint is measured against")?;
    }
    let programs = Programs::build(Profile::Server)?;
    let mut bench = prepared()?;
    for (given, flag) in [
        (options.pages, "--pages"),
        (options.calls, "--calls"),
        (options.endpoint, "--endpoint"),
        (options.tenant, "--tenant"),
        (options.waterfall, "--waterfall"),
        (options.memory, "--memory"),
        (options.no_gate, "--no-gate"),
    ] {
        if given {
            bench.arg(flag);
        }
    }
    programs.tell(&mut bench);
    // The parts of the servers need no browser and no package.
    if !options.endpoint && !options.tenant {
        let browser = Browser::ensure()?;
        let package = pack::run()?;
        bench
            .env("EXO365_PACKAGE", &package.dir)
            .env("EXO365_OUT", project::target().join("bench"));
        browser.tell(&mut bench);
    }
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
