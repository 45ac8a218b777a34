//! The tools of the WebAssembly build: the target, and a wasm-bindgen of exactly the version that Cargo.lock holds.

use crate::{project, run};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// Makes sure that rustc can compile to WebAssembly.
pub(crate) fn wasm_target() -> Result<()> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut ask = Command::new(rustc);
    ask.args(["--print", "target-libdir", "--target", WASM])
        .current_dir(project::root());
    let libdir = run::read(&mut ask, "asking rustc for its targets")?;
    if Path::new(libdir.trim()).is_dir() {
        return Ok(());
    }
    run::say("installing the WebAssembly target of Rust");
    let mut add = Command::new("rustup");
    add.args(["target", "add", WASM])
        .current_dir(project::root());
    run::run(&mut add, "rustup target add").context(
        "Rust cannot compile to WebAssembly here; check the network, or where Rust does not come \
         from rustup, install its wasm32-unknown-unknown standard library",
    )
}

/// The triple of this machine, such as `x86_64-unknown-linux-gnu`.
pub(crate) fn host() -> Result<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut ask = Command::new(rustc);
    ask.args(["--print", "host-tuple"])
        .current_dir(project::root());
    Ok(run::read(&mut ask, "asking rustc for its host")?
        .trim()
        .to_owned())
}

/// Lets `program` be started: what comes out of an archive need not be.
#[cfg(unix)]
pub(crate) fn executable(program: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(program, std::fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
pub(crate) fn executable(_: &Path) -> std::io::Result<()> {
    Ok(())
}

/// The folder with a `wasm-bindgen` and a `wasm-bindgen-test-runner` that match Cargo.lock.
pub(crate) fn wasm_bindgen() -> Result<PathBuf> {
    let version = project::locked_version("wasm-bindgen")?;
    let ours = project::target().join("tools");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let places = std::iter::once(ours.join("bin")).chain(std::env::split_paths(&path));
    if let Some(dir) = places.into_iter().find(|dir| matches(dir, &version)) {
        return Ok(dir);
    }
    run::say(&format!(
        "installing wasm-bindgen {version} under target/tools (once, a minute or two)"
    ));
    // The versions that its makers tested; where the registry does not have them all, what fits.
    let package = "wasm-bindgen-cli";
    install(package, &version, &ours, true)
        .or_else(|_| install(package, &version, &ours, false))
        .with_context(|| {
            format!(
                "wasm-bindgen {version} is needed; check the network and run this again, or run \
             `cargo install wasm-bindgen-cli --version {version}`"
            )
        })?;
    if !matches(&ours.join("bin"), &version) {
        bail!(
            "the wasm-bindgen under {} is not version {version}; delete that folder",
            ours.display()
        );
    }
    Ok(ours.join("bin"))
}

/// Installs the program of a package under `root`. Unoptimised: it compiles in half the time, and its work here is small.
pub(crate) fn install(package: &str, version: &str, root: &Path, locked: bool) -> Result<()> {
    let mut install = run::cargo();
    // Nobody steps through it.
    install.env("CARGO_PROFILE_DEV_DEBUG", "false");
    install.args([
        "install",
        package,
        "--debug",
        "--force",
        "--version",
        version,
    ]);
    install
        .arg("--root")
        .arg(root)
        .arg("--target-dir")
        .arg(root.join("build"));
    if locked {
        install.arg("--locked");
    }
    run::run(&mut install, &format!("cargo install {package}"))
}

fn matches(dir: &Path, version: &str) -> bool {
    let Ok(output) = Command::new(dir.join("wasm-bindgen"))
        .arg("--version")
        .output()
    else {
        return false;
    };
    let said = String::from_utf8_lossy(&output.stdout);
    said.split_whitespace().nth(1) == Some(version)
        && dir.join("wasm-bindgen-test-runner").is_file()
}
