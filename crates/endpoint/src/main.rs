//! `exo365-endpoint`: the token endpoint as a process.

mod cli;
mod commands;
mod connections;
mod log;
mod port;
mod serve;
mod source;
mod stop;

use clap::Parser as _;
use std::process::ExitCode;

/// What a request takes of memory, many threads give back: this allocator is made for that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match serve::run(&cli::Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("exo365-endpoint: {problem}");
            ExitCode::from(problem.exit_code())
        }
    }
}
