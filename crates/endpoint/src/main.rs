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

fn main() -> ExitCode {
    match serve::run(&cli::Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("exo365-endpoint: {problem}");
            ExitCode::from(problem.exit_code())
        }
    }
}
