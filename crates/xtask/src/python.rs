//! Python, for the journeys with Microsoft's libraries for it: used where it is, missed by nobody where it is not.

use crate::{files, project, run};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The folder with the packages of `requirements` (relative to the project).
///
/// # Errors
/// A sentence about what is missing here: a reason to skip, not to fail.
pub(crate) fn packages(requirements: &str) -> Result<PathBuf, String> {
    let requirements = project::root().join(requirements);
    let wanted = fs::read(&requirements).map_err(|error| error.to_string())?;
    let dir = project::target().join("python");
    let done = dir.join(".exo365-requirements");
    if fs::read(&done).is_ok_and(|old| old == wanted) && imports(&dir, "adal, msal") {
        return Ok(dir);
    }
    if !quietly(python().args(["-m", "pip", "--version"])) {
        return Err("no python3 with pip".to_owned());
    }
    run::say("installing Microsoft's libraries for Python");
    files::fresh(&dir).map_err(|error| error.to_string())?;
    let mut pip = python();
    pip.args(["-m", "pip", "install", "--quiet", "--no-input"]);
    pip.args(["--disable-pip-version-check", "--only-binary", ":all:"]);
    pip.args(["--retries", "1", "--timeout", "15"]);
    pip.arg("--target").arg(&dir).arg("-r").arg(&requirements);
    pip.env("PIP_ROOT_USER_ACTION", "ignore");
    if !quietly(&mut pip) || !imports(&dir, "adal, msal") {
        return Err("pip could not install MSAL and ADAL".to_owned());
    }
    fs::write(done, wanted).map_err(|error| error.to_string())?;
    Ok(dir)
}

fn imports(dir: &Path, names: &str) -> bool {
    let script = format!("import {names}");
    quietly(python().args(["-B", "-c", &script]).env("PYTHONPATH", dir))
}

fn python() -> Command {
    Command::new("python3")
}

/// Whether it ran and succeeded; what it says is of no interest.
fn quietly(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_not_there_is_no_failure() {
        assert!(!quietly(&mut Command::new("exo365-no-such-program")));
        assert!(packages("no/such/requirements.txt").is_err());
    }
}
