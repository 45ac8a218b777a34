//! `cargo xtask javascript`: formatter, linter and type check of everything in JavaScript and TypeScript.

use crate::counts::Counts;
use crate::{files, node, pack, project, run};
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The tools, pinned by their lock file; the settings of the type check lie beside them.
const TOOLS: &str = "crates/xtask/javascript";
/// The folders whose packages the checked scripts import.
const IMPORTED: &[&str] = &[
    "crates/xtask/docs",
    "crates/xtask/node",
    "crates/xtask/types",
    "tests/documents",
    "tests/e2e",
    "tests/e2e/microsoft",
    "tests/e2e/third-party",
    "tests/engines",
    "bench",
    "bench/peer-server",
];
/// Settings of the type checks: for scripts of pages, for scripts of Node, for the tests of the face, and for the package.
const PROJECTS: &[&str] = &[
    "crates/xtask/javascript/tsconfig.page.json",
    "crates/xtask/javascript/tsconfig.node.json",
    "crates/xtask/javascript/tsconfig.face.json",
    "pkg-template/tsconfig.json",
];
/// Columns of a line, as in biome.jsonc.
const WIDTH: usize = 120;
/// The command that mends what the formatter finds, and the linter's findings with a safe fix.
const FIX: &str = "cargo xtask javascript --write";

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Formats the files and applies the linter's safe fixes, in place of only checking.
    #[arg(long)]
    write: bool,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    if options.write {
        return write();
    }
    let (_, failures) = check()?;
    for failure in &failures {
        println!("failed: {failure}");
    }
    if !failures.is_empty() {
        bail!("{} of the checks of JavaScript failed", failures.len());
    }
    Ok(())
}

/// Runs every check, also after one that failed. Gives how many passed and failed, and for each that failed what mends it.
pub(crate) fn check() -> Result<(Counts, Vec<String>)> {
    let tools = tools()?;
    let (mut counts, mut failures) = (Counts::default(), Vec::new());
    let mut note = |outcome: Result<()>, what: &str, fix: &str| {
        if let Err(error) = outcome {
            println!("{error:#}");
            counts += Counts::FAILED;
            failures.push(format!("{what}: {fix}"));
        } else {
            counts += Counts::PASSED;
        }
    };
    let what = "the formatter";
    note(
        run::run(&mut biome(&tools, &["format"]), what),
        what,
        &format!("run `{FIX}`"),
    );
    let what = "the linter";
    note(
        run::run(&mut biome(&tools, &["lint", "--error-on-warnings"]), what),
        what,
        &format!("run `{FIX}` for the safe fixes, and mend the other places above by hand"),
    );
    note(
        check_width(),
        "the length of lines",
        "break the lines above by hand",
    );
    match prepare_types(&tools) {
        Ok(()) => {
            for project in projects() {
                let what = format!("the type check of {project}");
                note(
                    run::run(&mut tsc(&tools, project), &what),
                    &what,
                    "mend the places above by hand",
                );
            }
        }
        Err(error) => {
            counts += Counts::FAILED;
            failures.push(format!("the type checks could not start: {error:#}"));
        }
    }
    Ok((counts, failures))
}

/// No line of the package or the demo is too long: the formatter breaks neither comments nor texts. Tests have tables,
/// whose rows may be longer.
fn check_width() -> Result<()> {
    let mut found = Vec::new();
    for folder in ["pkg-template", "www"] {
        for path in files::walk(&project::root().join(folder))? {
            let name = path.to_string_lossy();
            let ours = [".ts", ".js", ".css", ".html"];
            if !ours.iter().any(|end| name.ends_with(end)) || name.ends_with("wasm/module.ts") {
                continue;
            }
            let text = std::fs::read_to_string(&path)?;
            let lines = text.lines().enumerate();
            let long = lines.filter(|(_, line)| line.chars().count() > WIDTH);
            found.extend(long.map(|(at, _)| format!("{name}:{}", at + 1)));
        }
    }
    if !found.is_empty() {
        bail!("lines over {WIDTH} columns: {}", found.join(", "));
    }
    Ok(())
}

/// Formats the files, and applies the fixes of the linter that do not change what the code does.
fn write() -> Result<()> {
    let mut check = biome(&tools()?, &["check", "--write", "--error-on-warnings"]);
    if run::run(&mut check, "biome check --write").is_err() {
        bail!("the other findings of the linter have to be mended by hand; they are above");
    }
    Ok(())
}

fn tools() -> Result<PathBuf> {
    node::ensure()?;
    node::install(TOOLS)
}

/// Installs what the scripts import: the package, as npm would, and the packages of their folders.
fn prepare_types(tools: &Path) -> Result<()> {
    for dir in IMPORTED {
        node::install(dir)?;
    }
    pack::run()?.install(tools)
}

/// The settings that exist.
fn projects() -> impl Iterator<Item = &'static str> {
    let root = project::root();
    PROJECTS
        .iter()
        .copied()
        .filter(move |path| root.join(path).is_file())
}

fn biome(tools: &Path, args: &[&str]) -> Command {
    let mut command = tool(tools, "node_modules/@biomejs/biome/bin/biome");
    command.args(args).arg("--max-diagnostics=100");
    command
}

fn tsc(tools: &Path, project: &str) -> Command {
    let mut command = tool(tools, "node_modules/typescript/bin/tsc");
    command.args(["--noEmit", "--project", project]);
    command
}

/// A program of `tools`, to be run over the whole repository.
fn tool(tools: &Path, program: &str) -> Command {
    let mut command = Command::new("node");
    command
        .arg(tools.join(program))
        .current_dir(project::root());
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_and_lock_files_are_where_they_are_looked_for() {
        let root = project::root();
        for dir in IMPORTED.iter().chain([&TOOLS]) {
            assert!(root.join(dir).join("package-lock.json").is_file(), "{dir}");
        }
        assert!(root.join("biome.jsonc").is_file());
        assert_eq!(projects().count(), PROJECTS.len());
    }
}
