//! What to do about each error, for the JavaScript that ships the sentences: they are written once, in the core.

use crate::project;
use anyhow::{Context, Result};
use exo365_core::aadsts;
use exo365_core::error::Code;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

/// Writes `target/remedies.json`, an object from code to sentence, which the scripts of `crates/xtask/node` give to
/// esbuild.
pub(crate) fn write() -> Result<PathBuf> {
    let sentences: BTreeMap<_, _> = Code::ALL
        .iter()
        .map(|code| (code.as_str(), code.remedy()))
        .collect();
    let path = project::target().join("remedies.json");
    fs::write(&path, serde_json::to_string_pretty(&sentences)?)
        .with_context(|| format!("writing {}", path.display()))?;
    Ok(path)
}

/// Writes `target/aadsts.json`: number, cause and remedy of everything that core knows of the sign-in service.
pub(crate) fn write_numbers() -> Result<PathBuf> {
    let numbers: Vec<_> = aadsts::all()
        .iter()
        .map(|entry| {
            serde_json::json!({ "number": entry.number, "cause": entry.cause, "remedy": entry.remedy })
        })
        .collect();
    let path = project::target().join("aadsts.json");
    fs::write(&path, serde_json::to_string_pretty(&numbers)?)
        .with_context(|| format!("writing {}", path.display()))?;
    Ok(path)
}
