//! `cargo xtask fuzz`: libFuzzer over the readers of the core, and over requests to the tenant.
//!
//! The compiler of the project will do: without a sanitizer nothing of it needs nightly, and neither core nor tenant has
//! `unsafe` for one to look at.

use crate::{project, run, tools};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};

/// Also in CONTRIBUTING.md.
const VERSION: &str = "0.13.2";
/// The crates that have targets.
const CRATES: [&str; 2] = ["crates/core", "crates/tenant"];

#[derive(clap::Args)]
pub(crate) struct Options {
    /// One of `fuzz/fuzz_targets` of core and tenant; all of them in turn where none is named.
    target: Option<String>,
    /// How long, for each.
    #[arg(default_value_t = 60)]
    seconds: u32,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let targets = chosen(&targets()?, options.target.as_deref())?;
    let tools = cargo_fuzz()?;
    for target in &targets {
        fuzz(&tools, target, options.seconds)?;
    }
    let names = targets.join(", ");
    println!("nothing found in {} s of each: {names}", options.seconds);
    Ok(())
}

fn chosen(targets: &[String], wish: Option<&str>) -> Result<Vec<String>> {
    match wish {
        None => Ok(targets.to_vec()),
        Some(name) if targets.iter().any(|target| target == name) => Ok(vec![name.into()]),
        Some(name) => bail!("no target {name}; there are {}", targets.join(", ")),
    }
}

/// The crate that has a target.
fn home(target: &str) -> PathBuf {
    let source = format!("fuzz/fuzz_targets/{target}.rs");
    let mut homes = CRATES.iter().map(|one| project::root().join(one));
    let found = homes.find(|home| home.join(&source).is_file());
    found.unwrap_or_else(|| project::root().join(CRATES[0]))
}

fn targets() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for home in CRATES {
        let folder = project::root().join(home).join("fuzz/fuzz_targets");
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            names.extend(path.file_stem().map(|name| name.to_string_lossy().into()));
        }
    }
    names.sort();
    Ok(names)
}

fn fuzz(tools: &Path, target: &str, seconds: u32) -> Result<()> {
    run::say(&format!("fuzzing {target} for {seconds} s"));
    let home = home(target);
    let dir = home.join("fuzz");
    let corpus = dir.join("corpus").join(target);
    std::fs::create_dir_all(&corpus)?;
    let mut fuzz = run::cargo();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::iter::once(tools.to_owned()).chain(std::env::split_paths(&path));
    fuzz.env("PATH", std::env::join_paths(path)?)
        .current_dir(&home);
    fuzz.args(["fuzz", "run", "--sanitizer", "none", "--target-dir"])
        .arg(project::target().join("fuzz"));
    fuzz.arg(target)
        .args([&corpus, &dir.join("seeds").join(target)]);
    fuzz.args([
        "--",
        "-max_len=4096",
        "-verbosity=0",
        "-print_final_stats=1",
    ]);
    fuzz.arg(format!("-max_total_time={seconds}"));
    // One dictionary for both: JSON, dates, and the names of the services.
    let words = project::root().join(CRATES[0]).join("fuzz/words.dict");
    fuzz.arg(format!("-dict={}", words.display()));
    run::run(&mut fuzz, "cargo fuzz").with_context(|| {
        format!(
            "{target}: the input is named above; mend what it shows, and keep it in fuzz/seeds/{target} of its crate"
        )
    })
}

/// The folder of a `cargo-fuzz`: one that is there, or else one that is installed under target/tools.
fn cargo_fuzz() -> Result<PathBuf> {
    if run::find(&["c++", "g++", "clang++"]).is_none() {
        bail!("libFuzzer is C++: install a compiler (on Debian: apt-get install g++)");
    }
    let tools = project::target().join("tools");
    let ours = tools.join("bin/cargo-fuzz");
    let there = run::find(&["cargo-fuzz", &ours.to_string_lossy()]);
    if let Some(dir) = there.as_deref().and_then(Path::parent) {
        return Ok(dir.to_owned());
    }
    run::say(&format!(
        "installing cargo-fuzz {VERSION} under target/tools (once, a minute or two)"
    ));
    tools::install("cargo-fuzz", VERSION, &tools, true).with_context(|| {
        format!("cargo-fuzz is needed; check the network, or run `cargo install cargo-fuzz --version {VERSION}`")
    })?;
    Ok(tools.join("bin"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_one_that_there_is() {
        let all = targets().unwrap_or_default();
        assert_eq!(chosen(&all, None).ok(), Some(all.clone()));
        assert_eq!(chosen(&all, Some("json")).ok(), Some(vec!["json".into()]));
        let error = chosen(&all, Some("jsno")).map_err(|error| error.to_string());
        assert!(error.is_err_and(|said| said.contains("authorization_response, body, headers")));
    }
}
