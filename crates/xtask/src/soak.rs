//! `cargo xtask soak`: endpoints under users for minutes, among floods, half heads, readers that do not read, a full disk, a Redis that fails
//! over and a clock that jumps. Not a step of `test`.

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
        "--test",
        "soak",
        "--",
        "--ignored",
        "--nocapture",
    ]);
    soak.env("EXO365_SOAK_MINUTES", options.minutes.to_string());
    run::run(&mut soak, "the soak")
}
