//! The one command surface of exo365, for people and for CI.
//!
//! ```text
//! cargo xtask demo [--check] [--port N]   from nothing to the inbox
//! cargo xtask test [--only NAME]          everything that has to hold
//! cargo xtask e2e [FILTER]                the browser journeys alone
//! cargo xtask pack | size | bench         the npm package, its weight, its speed
//! cargo xtask programs                    tenant and endpoint as npm packages
//! cargo xtask projects [WORD]             the package in the projects of other people
//! cargo xtask javascript [--write]        formatter, linter and type check of all scripts
//! cargo xtask docs [--write]              guides and API as a site under target/docs
//! cargo xtask operations                  how much of the services has a named method
//! cargo xtask schema                      the table of Graph's types, from Microsoft's description
//! cargo xtask fuzz [TARGET] [SECONDS]     inputs nobody thought of, for the readers of the core
//! cargo xtask soak [--minutes N]          the endpoint under users and floods, for minutes
//! cargo xtask soak --tenant               the tenant under 50,000 requests that are made up
//! ```
//!
//! It needs cargo to start, and finds or installs the rest; what it cannot install it names, with the cure.

mod bench;
mod browser;
mod counts;
mod debian;
mod demo;
mod docs;
mod e2e;
mod engines;
mod files;
mod fuzz;
mod javascript;
mod linked;
mod names;
mod node;
mod notices;
mod operations;
mod order;
mod pack;
mod page;
mod programs;
mod project;
mod projects;
mod prune;
mod python;
mod redis;
mod remedies;
mod report;
mod run;
mod schema;
mod schemathesis;
mod servers;
mod size;
mod soak;
mod steps;
mod suite;
mod tools;
mod valkey;
mod wall;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", about, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Builds everything, starts the local tenant, the endpoint and the page, and prints the address to open.
    Demo(demo::Options),
    /// Formatting, lints, native tests, browser tests, journeys: everything. Ends with `N passed, N failed`.
    Test(suite::Options),
    /// The browser journeys of tests/e2e.
    E2e(e2e::Options),
    /// The package in projects of every bundler, framework and test runner that the guide names, or those with WORD.
    Projects(projects::Options),
    /// Makes the npm packages of tenant and endpoint for this platform under target/programs, and tests them.
    Programs(programs::Options),
    /// Makes the npm tarball under target/pack.
    Pack,
    /// Raw and brotli bytes of what a page downloads; fails over the budget.
    Size(size::Options),
    /// Formatter, linter and type check of all JavaScript and TypeScript; `--write` formats and applies safe fixes.
    Javascript(javascript::Options),
    /// The guides and the API as a site under target/docs; `--write` writes the generated tables of the guides anew.
    Docs(docs::Options),
    /// How many of the services' operations a named method reaches, per flavour, and which have none yet.
    Operations,
    /// The table of Graph's types in crates/tenant, from Microsoft's OpenAPI description (EXO365_OPENAPI).
    Schema,
    /// libFuzzer over the readers of the core: one target or all, a minute each.
    Fuzz(fuzz::Options),
    /// The endpoint under users and floods for minutes, or the tenant under requests that are made up.
    Soak(soak::Options),
    /// Time and download against the peers, in one run; writes bench/RESULTS.md.
    Bench(bench::Options),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Demo(options) => demo::run(&options),
        Command::Test(options) => suite::run(&options),
        Command::E2e(options) => e2e::run(&options),
        Command::Javascript(options) => javascript::run(&options),
        Command::Docs(options) => docs::run(&options),
        Command::Operations => operations::run(),
        Command::Schema => schema::run(),
        Command::Fuzz(options) => fuzz::run(&options),
        Command::Programs(options) => programs::run(&options),
        Command::Projects(options) => projects::run(&options),
        Command::Pack => pack::run().map(|_| ()),
        Command::Size(options) => size::run(&options),
        Command::Soak(options) => soak::run(&options),
        Command::Bench(options) => bench::run(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
