//! `cargo xtask docs`: the guides and the API as a site under target/docs, which opens without a server.

use crate::{files, node, pack, project, remedies, run};
use anyhow::Result;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The tools, pinned by their lock file, and the scripts that use them.
const TOOLS: &str = "crates/xtask/docs";
/// The crates that have pages. The others have no public items that anybody would use.
const CRATES: &[&str] = &["exo365-core", "exo365-endpoint", "exo365-tenant"];

#[derive(clap::Args, Default)]
pub(crate) struct Options {
    /// Writes the generated tables of the guides (permissions, errors) anew, in place of comparing them.
    #[arg(long)]
    write: bool,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let package = pack::run()?;
    node::install(TOOLS)?;
    let mut tables = tables(&package.dir)?;
    if options.write {
        tables.arg("--write");
    }
    run::run(&mut tables, "the generated tables of the guides")?;
    let crates = crates()?;
    let out = project::target().join("docs");
    run::say("writing the guides and the API");
    let mut site = node::script("crates/xtask/docs/site.mjs");
    run::run(site.arg(&package.dir).arg(crates).arg(&out), "the site")?;
    run::say(&format!("open {}", out.join("index.html").display()));
    Ok(())
}

/// The tests of the scripts that make the site.
pub(crate) fn tests() -> Result<Command> {
    node::install(TOOLS)?;
    let mut tests = Command::new("node");
    tests
        .args(["--test", "--test-reporter=spec"])
        .args(
            files::walk(&project::root().join(TOOLS))?
                .iter()
                .filter(|path| is_test(path)),
        )
        .current_dir(project::root());
    Ok(tests)
}

fn is_test(path: &Path) -> bool {
    let name = path.to_string_lossy();
    name.ends_with(".test.mjs") && !name.contains("node_modules")
}

/// Compares the generated tables with what they are made of, and says which are out of date.
fn tables(package: &Path) -> Result<Command> {
    let mut tables = node::script("crates/xtask/docs/tables.mjs");
    tables
        .env("EXO365_PACKAGE", package)
        .env("EXO365_REMEDIES", remedies::write()?)
        .env("EXO365_AADSTS", remedies::write_numbers()?);
    Ok(tables)
}

/// The pages of the crates; a warning of rustdoc is an error. Gives their folder.
fn crates() -> Result<PathBuf> {
    let mut doc = run::cargo();
    doc.args(["doc", "--no-deps", "--lib"])
        .env("RUSTDOCFLAGS", "-D warnings");
    for name in CRATES {
        doc.args(["--package", name]);
    }
    run::run(&mut doc, "cargo doc")?;
    Ok(project::target().join("doc"))
}
