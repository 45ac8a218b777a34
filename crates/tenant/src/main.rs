//! `exo365-tenant`: the local tenant as a process. It listens on loopback only, unless `--listen` says otherwise.

mod cli;
mod serve;

use clap::Parser as _;

fn main() -> std::process::ExitCode {
    match serve::run(&cli::Arguments::parse()) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("exo365-tenant: {sentence}");
            std::process::ExitCode::FAILURE
        }
    }
}
