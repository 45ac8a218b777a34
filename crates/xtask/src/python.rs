//! Python, for what comes from its registry: used where it is, missed by nobody where it is not.

use crate::{files, project, run};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Packages from the registry, in a folder of their own.
pub(crate) struct Packages {
    /// What they are, for people.
    pub(crate) what: &'static str,
    /// Their versions: a file, relative to the project.
    pub(crate) requirements: &'static str,
    /// The folder below the target folder.
    pub(crate) folder: &'static str,
    /// The modules that have to be there afterwards.
    pub(crate) imports: &'static str,
    /// Options of pip beside the usual ones.
    pub(crate) options: &'static [&'static str],
}

/// Microsoft's libraries for Python, and python-o365.
pub(crate) const MICROSOFT: Packages = Packages {
    what: "Microsoft's libraries for Python, and python-o365",
    requirements: "tests/e2e/microsoft/requirements.txt",
    folder: "python",
    imports: "adal, msal, O365",
    options: &[],
};

/// Authlib, and Microsoft's Graph SDK: apart from the others, because the SDK has many files.
pub(crate) const SDK: Packages = Packages {
    what: "Authlib and msgraph-sdk for Python",
    requirements: "tests/e2e/microsoft/requirements-sdk.txt",
    folder: "python-sdk",
    imports: "authlib, msgraph, azure.identity, requests",
    // Twenty thousand files, of which a test imports few.
    options: &["--no-compile"],
};

impl Packages {
    /// The folder with them, installed where they are not.
    ///
    /// # Errors
    /// A sentence about what is missing here: a reason to skip, not to fail.
    pub(crate) fn ensure(&self) -> Result<PathBuf, String> {
        let requirements = project::root().join(self.requirements);
        let wanted = fs::read(&requirements).map_err(|error| error.to_string())?;
        let dir = project::target().join(self.folder);
        let done = dir.join(".exo365-requirements");
        if fs::read(&done).is_ok_and(|old| old == wanted) && imports(&dir, self.imports) {
            return Ok(dir);
        }
        if !quietly(python().args(["-m", "pip", "--version"])) {
            return Err("no python3 with pip".to_owned());
        }
        run::say(&format!("installing {}", self.what));
        files::fresh(&dir).map_err(|error| error.to_string())?;
        let mut pip = python();
        pip.args(["-m", "pip", "install", "--quiet", "--no-input"]);
        pip.args(["--disable-pip-version-check", "--only-binary", ":all:"]);
        pip.args(["--retries", "1", "--timeout", "15"]);
        pip.args(self.options);
        pip.arg("--target").arg(&dir).arg("-r").arg(&requirements);
        pip.env("PIP_ROOT_USER_ACTION", "ignore");
        if !quietly(&mut pip) || !imports(&dir, self.imports) {
            return Err(format!("pip could not install {}", self.what));
        }
        fs::write(done, wanted).map_err(|error| error.to_string())?;
        Ok(dir)
    }
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
        let packages = Packages {
            requirements: "no/such/requirements.txt",
            ..MICROSOFT
        };
        assert!(packages.ensure().is_err());
    }
}
