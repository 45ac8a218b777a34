//! The licences of what is in a compiled file beside our own code, as their terms ask for it.

use crate::run;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// What was compiled.
pub(crate) struct Compiled<'a> {
    /// The package of ours.
    pub(crate) package: &'a str,
    /// The triple that it was compiled for.
    pub(crate) target: &'a str,
    /// What came out, as a sentence calls it.
    pub(crate) name: &'a str,
}

/// For a package without a text of its own that is under this licence, whose text is the same for everybody.
const APACHE: &str = "Used under the Apache License 2.0: its text is in the file LICENSE-APACHE.";

/// Licences by their text, with the packages that are under them.
type Texts = BTreeMap<String, BTreeSet<String>>;

/// Writes the notices to `file`. Fails where a package brings no text of its licence.
pub(crate) fn write(compiled: &Compiled<'_>, file: &Path) -> Result<()> {
    let mut cargo = run::cargo();
    cargo.args([
        "metadata",
        "--format-version=1",
        "--locked",
        "--filter-platform",
        compiled.target,
    ]);
    let metadata: Value = serde_json::from_str(&run::read(&mut cargo, "cargo metadata")?)?;
    let packages = by_id(&metadata["packages"]);
    let nodes = by_id(&metadata["resolve"]["nodes"]);
    let own = packages
        .iter()
        .find(|(_, package)| package["name"] == compiled.package)
        .map(|(id, _)| *id)
        .with_context(|| {
            format!(
                "cargo metadata does not know the package {}",
                compiled.package
            )
        })?;
    let (mut table, mut texts) = (String::new(), Texts::new());
    for id in linked(own, &packages, &nodes) {
        let package = packages.get(id).context("a package without metadata")?;
        // Our own packages have no source: they are not from a registry.
        if package["source"].is_null() {
            continue;
        }
        let name = format!("{} {}", text(&package["name"]), text(&package["version"]));
        let (licence, home) = (text(&package["license"]), text(&package["repository"]));
        writeln!(table, "| {name} | {licence} | {home} |")?;
        let folder = Path::new(text(&package["manifest_path"])).parent();
        let mut found = licences(folder.context("a manifest without a folder")?)?;
        if found.is_empty() && licence.contains("Apache-2.0") {
            found.push(APACHE.to_owned());
        }
        if found.is_empty() {
            bail!("{name} has no file with its licence: see what its terms ask for");
        }
        for licence in found {
            texts.entry(licence).or_default().insert(name.clone());
        }
    }
    let mut all = format!(
        "# Third-party notices\n\n{} has code of these packages in it.\n\n| package | licence | source |\n|---|---|---|\n{table}",
        compiled.name
    );
    for (licence, names) in texts {
        let names: Vec<_> = names.into_iter().collect();
        write!(
            all,
            "\n## {}\n\n````text\n{licence}\n````\n",
            names.join(", ")
        )?;
    }
    fs::write(file, all).with_context(|| format!("writing {}", file.display()))
}

fn by_id(list: &Value) -> BTreeMap<&str, &Value> {
    let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().map(|one| (text(&one["id"]), one)).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn is_macro(package: &Value) -> bool {
    let targets = package["targets"].as_array().map(Vec::as_slice);
    let mut kinds = targets.unwrap_or_default().iter();
    kinds.any(|target| target["kind"][0] == "proc-macro")
}

/// The packages that are compiled into `own`: no macros, and nothing that only the build needs.
fn linked<'a>(
    own: &'a str,
    packages: &BTreeMap<&'a str, &'a Value>,
    nodes: &BTreeMap<&'a str, &'a Value>,
) -> BTreeSet<&'a str> {
    let (mut found, mut next) = (BTreeSet::new(), vec![own]);
    while let Some(id) = next.pop() {
        if packages.get(id).is_none_or(|package| is_macro(package)) || !found.insert(id) {
            continue;
        }
        let dependencies = nodes.get(id).and_then(|node| node["deps"].as_array());
        for dependency in dependencies.map(Vec::as_slice).unwrap_or_default() {
            let kinds = dependency["dep_kinds"].as_array().map(Vec::as_slice);
            let mut kinds = kinds.unwrap_or_default().iter();
            if kinds.any(|kind| kind["kind"].is_null()) {
                next.push(text(&dependency["pkg"]));
            }
        }
    }
    found
}

/// The texts of the licences in the folder of a package.
fn licences(folder: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().to_uppercase();
        let named = ["LICENSE", "LICENCE", "COPYING", "NOTICE"];
        if named.iter().any(|start| name.starts_with(start)) && entry.file_type()?.is_file() {
            let licence = fs::read_to_string(entry.path())?;
            found.push(licence.replace("\r\n", "\n").trim().to_owned());
        }
    }
    found.sort();
    Ok(found)
}
