//! schemathesis, a program that nobody here wrote, over the description that the endpoint serves: against endpoint and
//! tenant, in direct and in proxy mode.

use crate::python::Packages;
use crate::servers::{Profile, Programs};
use crate::{e2e, node, project, run};
use anyhow::Result;
use std::process::Command;

const PACKAGES: Packages = Packages {
    what: "schemathesis",
    requirements: "tests/e2e/schemathesis/requirements.txt",
    folder: "schemathesis",
    imports: "schemathesis",
    options: &[],
};

/// The runner, ready to start. Without Python its tests say that they skip.
pub(crate) fn command() -> Result<Command> {
    node::ensure()?;
    let programs = Programs::build(Profile::Dev)?;
    let mut runner = e2e::runner(&project::root().join("tests/e2e/schemathesis"), None)?;
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
