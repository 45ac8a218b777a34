//! Debian's packages, where installing them is ours to do: as root.

use crate::run;
use anyhow::{Context, Result};
use std::process::Command;

/// Root, on a machine with apt.
pub(crate) fn may_install() -> bool {
    let root = run::read(Command::new("id").arg("-u"), "id").is_ok_and(|id| id.trim() == "0");
    root && run::find(&["apt-get"]).is_some()
}

/// Installs `packages`.
pub(crate) fn install(packages: &[&str]) -> Result<()> {
    let names = packages.join(" ");
    run::say(&format!("installing Debian's {names}"));
    apt(&["update"], &[])
        .and_then(|()| apt(&["install", "-y", "--no-install-recommends"], packages))
        .with_context(|| {
            format!(
                "{names} could not be installed; check the network, or run \
                 `apt-get update && apt-get install {names}`"
            )
        })
}

fn apt(args: &[&str], packages: &[&str]) -> Result<()> {
    let mut command = Command::new("apt-get");
    command
        .arg("-qq")
        .args(args)
        .args(packages)
        .env("DEBIAN_FRONTEND", "noninteractive");
    run::run(&mut command, "apt-get")
}
