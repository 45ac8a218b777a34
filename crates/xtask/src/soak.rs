//! `cargo xtask soak`: endpoints under users for minutes, among floods, half heads, readers that do not read, a full disk, a Redis that fails
//! over and a clock that jumps; or the tenant under requests that schemathesis makes up. Not a step of `test`.

use crate::{run, schemathesis};
use anyhow::Result;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// How long the endpoint runs.
    #[arg(long, default_value_t = 20.0)]
    minutes: f64,
    /// The tenant in place of the endpoint: requests to all operations of Microsoft's description of Graph.
    #[arg(long)]
    tenant: bool,
    /// How many requests the tenant gets.
    #[arg(long, default_value_t = 50_000, requires = "tenant")]
    requests: u32,
    /// What decides the requests.
    #[arg(long, default_value_t = 1, requires = "tenant")]
    seed: u32,
}

/// Runs it; it fails where a session was lost or is wrongly alive, and where an answer of the tenant is not as Microsoft
/// describes it.
///
/// # Errors
/// As its test.
pub(crate) fn run(options: &Options) -> Result<()> {
    if options.tenant {
        let mut soak = schemathesis::of_tenant(options.requests, options.seed)?;
        return run::run(&mut soak, "the soak of the tenant");
    }
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
