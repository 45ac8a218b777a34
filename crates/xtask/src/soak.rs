//! `cargo xtask soak`: the endpoint under users, floods and a jumping clock for minutes. Not a step of `test`.

use crate::run;
use anyhow::Result;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// How long it runs.
    #[arg(long, default_value_t = 20.0)]
    minutes: f64,
}

/// Runs it; it fails where a session was lost or is wrongly alive.
///
/// # Errors
/// As its test.
pub(crate) fn run(options: &Options) -> Result<()> {
    let mut soak = run::cargo();
    soak.args([
        "test",
        "--package",
        "exo365-endpoint",
        "--lib",
        "--",
        "--ignored",
        "--nocapture",
        "soak",
    ]);
    soak.env("EXO365_SOAK_MINUTES", options.minutes.to_string());
    run::run(&mut soak, "the soak")
}
