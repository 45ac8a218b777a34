//! Node and npm: there or named, and the packages of a folder as its lock file says.

use crate::{project, run};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The oldest Node that all tools of this project run on.
const OLDEST: (u32, u32) = (20, 19);

/// Fails with the cure where Node or npm is missing or too old.
pub(crate) fn ensure() -> Result<()> {
    let cure = format!(
        "install Node {}.{} or newer with npm (nodejs.org)",
        OLDEST.0, OLDEST.1
    );
    let version = run::read(Command::new("node").arg("--version"), "node --version")
        .with_context(|| format!("Node is needed: {cure}"))?;
    if parse(&version).is_none_or(|found| found < OLDEST) {
        bail!("Node {} is too old: {cure}", version.trim());
    }
    run::read(npm().arg("--version"), "npm --version")
        .with_context(|| format!("npm is needed: {cure}"))?;
    Ok(())
}

fn parse(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.trim().strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// npm: on Windows it is a script for the shell there.
pub(crate) fn npm() -> Command {
    Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" })
}

/// `npm ci` in `dir` (relative to the project), unless that was done for this very lock file.
pub(crate) fn install(dir: &str) -> Result<PathBuf> {
    let dir = project::root().join(dir);
    let lock = fs::read(dir.join("package-lock.json"))
        .with_context(|| format!("{} has no package-lock.json", dir.display()))?;
    let done = dir.join("node_modules/.exo365-lock");
    if fs::read(&done).is_ok_and(|old| old == lock) {
        return Ok(dir);
    }
    run::say(&format!("installing the npm packages of {}", name(&dir)));
    let mut command = npm();
    command.args([
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ]);
    run::run(command.current_dir(&dir), "npm ci").with_context(|| {
        format!(
            "the npm packages of {} are needed; check the network and run this again",
            name(&dir)
        )
    })?;
    fs::write(done, lock)?;
    Ok(dir)
}

fn name(dir: &Path) -> String {
    dir.strip_prefix(project::root())
        .unwrap_or(dir)
        .display()
        .to_string()
}

/// `node SCRIPT`, the script named relative to the project, in the project's folder.
pub(crate) fn script(path: &str) -> Command {
    let mut command = Command::new("node");
    command
        .arg(project::root().join(path))
        .current_dir(project::root());
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_numbers() {
        let table = [
            ("v20.19.0", true),
            ("v20.9.1", false),
            ("v18.20.4\n", false),
            ("v24.1.0", true),
        ];
        for (text, want) in table {
            assert_eq!(
                parse(text).is_some_and(|found| found >= OLDEST),
                want,
                "{text}"
            );
        }
        assert_eq!(parse("20.19.0"), None);
    }
}
