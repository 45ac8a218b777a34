//! The browser journeys, against servers of their own.

use crate::browser::{self, Browser};
use crate::servers::{Profile, Programs};
use crate::{node, pack, page, project, python, run};
use anyhow::{Result, bail};
use std::path::Path;
use std::process::Command;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only files whose name contains this.
    pub(crate) filter: Option<String>,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let mut command = command(options.filter.as_deref())?;
    run::run(&mut command, "the browser journeys")
}

/// Everything built and installed, and the runner ready to start.
pub(crate) fn command(filter: Option<&str>) -> Result<Command> {
    node::ensure()?;
    let browser = Browser::ensure()?;
    let programs = Programs::build(Profile::Dev)?;
    let package = pack::run()?;
    node::install("tests/e2e")?;
    node::install("tests/e2e/third-party")?;
    node::install("tests/e2e/microsoft")?;
    let mut command = runner(&project::root().join("tests/e2e"), filter)?;
    command.env("EXO365_PACKAGE", &package.dir);
    command.env("EXO365_DEMO_PAGE", page::assemble(&package)?);
    if let Some(firefox) = browser::firefox() {
        command.env("FIREFOX", firefox);
    }
    for (packages, variable) in [
        (python::MICROSOFT, "EXO365_PYTHON_PACKAGES"),
        (python::SDK, "EXO365_PYTHON_SDK"),
    ] {
        match packages.ensure() {
            Ok(dir) => drop(command.env(variable, dir)),
            Err(why) => {
                command.env(variable, "");
                run::say(&format!("skipped: {} ({why})", packages.what));
            }
        }
    }
    programs.tell(browser.tell(&mut command));
    Ok(command)
}

/// Files that run side by side, at most. Each has servers and browsers of its own.
const SIDE_BY_SIDE: usize = 4;

/// Node's test runner over the `*.test.mjs` of `dir`: as many files side by side as there are processors, at most
/// [`SIDE_BY_SIDE`]. One file alone leaves a part of two processors idle.
pub(crate) fn runner(dir: &Path, filter: Option<&str>) -> Result<Command> {
    let mut command = Command::new("node");
    command
        .args(["--test", "--test-reporter=spec"])
        .arg(format!(
            "--test-concurrency={}",
            run::processors().min(SIDE_BY_SIDE)
        ));
    command.current_dir(project::root());
    let mut any = false;
    for entry in std::fs::read_dir(dir)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".test.mjs") && filter.is_none_or(|part| name.contains(part)) {
            command.arg(dir.join(name));
            any = true;
        }
    }
    if !any {
        bail!(
            "no *.test.mjs in {} has {:?} in its name",
            dir.display(),
            filter.unwrap_or_default()
        );
    }
    Ok(command)
}
