//! schemathesis, a program that nobody here wrote: over the description that the endpoint serves, in direct and in proxy
//! mode, and over Microsoft's description of Graph at the tenant.

use crate::python::Packages;
use crate::servers::{Profile, Programs};
use crate::{e2e, node, project, run};
use anyhow::Result;
use std::process::Command;

const PACKAGES: Packages = Packages {
    what: "schemathesis",
    requirements: "tests/e2e/schemathesis/requirements.txt",
    // Hypothesis reads the source of all modules that lie elsewhere, for constants of the program under test.
    folder: "schemathesis/site-packages",
    imports: "schemathesis",
    options: &[],
};

/// Operations of the description of Graph.
const OPERATIONS: u32 = 403;

/// The runner, ready to start. Without Python its tests say that they skip.
pub(crate) fn command() -> Result<Command> {
    runner(None)
}

/// The runner for the tenant alone, with this number of requests.
pub(crate) fn of_tenant(requests: u32, seed: u32) -> Result<Command> {
    let mut runner = runner(Some("tenant"))?;
    let each = requests.div_ceil(OPERATIONS).to_string();
    runner
        .env("EXO365_EXAMPLES", each)
        .env("EXO365_SEED", seed.to_string());
    Ok(runner)
}

fn runner(filter: Option<&str>) -> Result<Command> {
    node::ensure()?;
    let programs = Programs::build(Profile::Dev)?;
    let mut runner = e2e::runner(&project::root().join("tests/e2e/schemathesis"), filter)?;
    match PACKAGES.ensure() {
        Ok(dir) => drop(runner.env("EXO365_SCHEMATHESIS", dir)),
        Err(why) => {
            runner.env("EXO365_SCHEMATHESIS", "");
            run::say(&format!("skipped: schemathesis ({why})"));
        }
    }
    programs.tell(&mut runner);
    Ok(runner)
}
