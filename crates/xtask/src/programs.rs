//! `cargo xtask programs`: tenant and endpoint as npm packages, for people without Rust.
//!
//! Each program is two packages: one that people install, with a script that starts the program, and one for each
//! platform with the program in it. The first names the second ones as optional dependencies, each for one platform, so
//! that npm installs the one that fits. Only the package of this machine's platform is made here.

use crate::notices::{self, Compiled};
use crate::servers::{Profile, Programs};
use crate::{e2e, files, node, pack, project, run, tools};
use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A platform with a package, in the words of Node: `process.platform`, `process.arch`; and the C library on Linux.
struct Platform {
    os: &'static str,
    cpu: &'static str,
    libc: Option<&'static str>,
}

const fn platform(os: &'static str, cpu: &'static str, libc: Option<&'static str>) -> Platform {
    Platform { os, cpu, libc }
}

/// `.github/workflows/release.yml` has a machine for each.
const PLATFORMS: &[Platform] = &[
    platform("darwin", "arm64", None),
    platform("darwin", "x64", None),
    platform("linux", "arm64", Some("glibc")),
    platform("linux", "x64", Some("glibc")),
    platform("win32", "x64", None),
];

impl Platform {
    /// That of this machine.
    fn here() -> Result<&'static Self> {
        let os = match std::env::consts::OS {
            "macos" => "darwin",
            "windows" => "win32",
            other => other,
        };
        let cpu = match std::env::consts::ARCH {
            "x86_64" => "x64",
            "aarch64" => "arm64",
            other => other,
        };
        let found = PLATFORMS.iter().find(|one| one.os == os && one.cpu == cpu);
        found
            .with_context(|| format!("there is no package for {os}-{cpu}: add a line to PLATFORMS"))
    }

    /// The name of the package with `program`, a part of ours: `tenant` or `endpoint`.
    fn package(&self, program: &str) -> String {
        format!("@exo365/{program}-{}-{}", self.os, self.cpu)
    }
}

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Makes the packages without testing them: the tests send Unix signals.
    #[arg(long)]
    untested: bool,
}

/// Makes the packages of release builds, and tests them.
pub(crate) fn run(options: &Options) -> Result<()> {
    let dir = pack(&Programs::build(Profile::Server)?)?;
    run::say(&format!("the tarballs are in {}", dir.display()));
    if options.untested {
        return Ok(());
    }
    let package = pack::run()?;
    let mut tests = e2e::runner(&project::root().join("tests/package"), Some("programs"))?;
    tests
        .env("EXO365_PROGRAMS", &dir)
        .env("EXO365_TARBALL", &package.tarball)
        .env("EXO365_OUT", project::target().join("package"));
    run::run(&mut tests, "the programs from their tarballs")
}

/// Packs what was built; gives the folder with the tarballs. Programs that have not changed are not packed again.
pub(crate) fn pack(built: &Programs) -> Result<PathBuf> {
    node::ensure()?;
    let out = project::target().join("programs");
    let mark = mark(built)?;
    let mark_file = out.join("mark");
    if fs::read_to_string(&mark_file).is_ok_and(|old| old == mark) {
        return Ok(out);
    }
    run::say("packing the programs for npm");
    files::fresh(&out)?;
    for (program, file) in [("tenant", &built.tenant), ("endpoint", &built.endpoint)] {
        launcher(program, &out)?;
        binary(program, file, &out)?;
    }
    fs::write(mark_file, mark)?;
    Ok(out)
}

fn sources() -> PathBuf {
    project::root().join("programs")
}

fn mark(built: &Programs) -> Result<String> {
    let mut inputs = files::walk(&sources())?;
    inputs.extend([built.tenant.clone(), built.endpoint.clone()]);
    inputs.push(project::root().join("crates/xtask/src/programs.rs"));
    files::mark(&inputs)
}

/// The package that people install: the script, and the packages of all platforms by their names.
fn launcher(program: &str, out: &Path) -> Result<()> {
    let dir = out.join(program);
    files::copy(&sources().join(program), &dir, |_| true)?;
    fs::copy(sources().join("launch.mjs"), dir.join("launch.mjs"))?;
    let mut manifest = common(program)?;
    let name = format!("exo365-{program}");
    manifest.insert("type".into(), "module".into());
    manifest.insert("bin".into(), json!({ name: "launch.mjs" }));
    manifest.insert("engines".into(), json!({ "node": ">=20" }));
    let version = Value::from(env!("CARGO_PKG_VERSION"));
    let all = PLATFORMS.iter();
    let packages: Map<_, _> = all
        .map(|one| (one.package(program), version.clone()))
        .collect();
    manifest.insert("optionalDependencies".into(), packages.into());
    finish(&dir, &manifest, out)
}

/// The package of this machine's platform: the program, and whose code is in it.
fn binary(program: &str, file: &Path, out: &Path) -> Result<()> {
    let here = Platform::here()?;
    let dir = out.join(format!("{program}-{}-{}", here.os, here.cpu));
    fs::create_dir_all(dir.join("bin"))?;
    let name = file.file_name().context("a program without a name")?;
    let copy = dir.join("bin").join(name);
    fs::copy(file, &copy).with_context(|| format!("copying {}", file.display()))?;
    tools::executable(&copy)?;
    strip(&copy)?;
    let title = format!("exo365-{program}");
    let compiled = Compiled {
        package: &title,
        target: &tools::host()?,
        name: &format!("The program {title}"),
    };
    notices::write(&compiled, &dir.join("THIRD-PARTY-NOTICES.md"))?;
    let mut manifest = common(program)?;
    let package = here.package(program);
    let text = format!(
        "# {package}\n\nThe program of the package `{title}` for {}-{}.\n",
        here.os, here.cpu
    );
    fs::write(dir.join("README.md"), text)?;
    manifest.insert("name".into(), package.into());
    manifest.remove("keywords");
    manifest.insert("os".into(), json!([here.os]));
    manifest.insert("cpu".into(), json!([here.cpu]));
    if let Some(libc) = here.libc {
        manifest.insert("libc".into(), json!([libc]));
    }
    finish(&dir, &manifest, out)
}

/// What the manifests of a program's packages have in common: the version, and where the project is.
fn common(program: &str) -> Result<Map<String, Value>> {
    let read = |path: PathBuf| -> Result<Map<String, Value>> {
        let text = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
        serde_json::from_slice(&text).with_context(|| format!("reading {}", path.display()))
    };
    let mut manifest = read(sources().join(program).join("package.json"))?;
    let face = read(project::root().join("pkg-template/package.json"))?;
    for key in ["license", "homepage", "repository", "bugs"] {
        let value = face
            .get(key)
            .with_context(|| format!("pkg-template/package.json has no {key}"))?;
        manifest.insert(key.into(), value.clone());
    }
    manifest["repository"]["directory"] = format!("crates/{program}").into();
    manifest.insert("version".into(), env!("CARGO_PKG_VERSION").into());
    Ok(manifest)
}

/// Takes the names of functions off, where there is `strip`: they are two thirds of the file.
fn strip(program: &Path) -> Result<()> {
    match run::find(&["strip"]) {
        Some(strip) => run::run(Command::new(strip).arg(program), "strip"),
        None => Ok(()),
    }
}

/// The licences and the manifest; then the tarball.
fn finish(dir: &Path, manifest: &Map<String, Value>, out: &Path) -> Result<()> {
    for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
        fs::copy(project::root().join(licence), dir.join(licence))
            .with_context(|| licence.to_owned())?;
    }
    fs::write(
        dir.join("package.json"),
        format!("{:#}\n", Value::from(manifest.clone())),
    )?;
    let before = tarballs(out)?;
    pack::npm_pack(dir, out)?;
    if tarballs(out)? <= before {
        bail!("npm pack made no tarball of {}", dir.display());
    }
    Ok(())
}

fn tarballs(dir: &Path) -> Result<usize> {
    let names = fs::read_dir(dir)?.flatten().map(|entry| entry.path());
    Ok(names
        .filter(|path| path.extension().is_some_and(|end| end == "tgz"))
        .count())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_release_workflow_builds_every_platform() {
        let workflow =
            fs::read_to_string(project::root().join(".github/workflows/release.yml")).unwrap();
        for one in PLATFORMS {
            let line = format!("platform: {}-{}\n", one.os, one.cpu);
            assert!(workflow.contains(&line), "{line}");
        }
        assert_eq!(workflow.matches("platform: ").count(), PLATFORMS.len());
    }

    #[test]
    fn the_manifests_say_where_the_project_is_and_which_version_it_has() {
        let manifest = common("endpoint").unwrap();
        assert_eq!(manifest["version"], env!("CARGO_PKG_VERSION"));
        assert_eq!(manifest["repository"]["directory"], "crates/endpoint");
        assert_eq!(
            Platform::here()
                .unwrap()
                .package("tenant")
                .split('-')
                .count(),
            3
        );
    }
}
