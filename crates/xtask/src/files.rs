//! Folders: copying, and telling whether what was made from them is still fresh.

use anyhow::{Context, Result};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// Every file below `dir`, sorted; folders named `node_modules` are left out.
pub(crate) fn walk(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries = fs::read_dir(dir).with_context(|| format!("reading {}", dir.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "node_modules") {
                found.extend(walk(&path)?);
            }
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Copies every file below `from` that `keep` wants to the same place below `to`.
pub(crate) fn copy(from: &Path, to: &Path, keep: impl Fn(&Path) -> bool) -> Result<()> {
    for file in walk(from)? {
        let relative = file.strip_prefix(from)?;
        if !keep(relative) {
            continue;
        }
        let target = to.join(relative);
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::copy(&file, &target).with_context(|| format!("copying {}", file.display()))?;
    }
    Ok(())
}

/// An empty folder at `path`, whatever was there.
pub(crate) fn fresh(path: &Path) -> Result<()> {
    if path.exists() {
        fs::remove_dir_all(path).with_context(|| format!("emptying {}", path.display()))?;
    }
    fs::create_dir_all(path).with_context(|| format!("making {}", path.display()))
}

/// A mark of the names and contents of `files`; equal marks mean equal files, well enough to skip a build step.
pub(crate) fn mark(files: &[PathBuf]) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.hash(&mut hasher);
        fs::read(file)
            .with_context(|| format!("reading {}", file.display()))?
            .hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn copy_keeps_the_shape_and_leaves_out_what_it_is_told_to() {
        let base = std::env::temp_dir().join(format!("exo365-files-{}", std::process::id()));
        let (from, to) = (base.join("from"), base.join("to"));
        fresh(&from.join("deep/node_modules")).unwrap();
        for name in [
            "a.js",
            "deep/b.js",
            "deep/b.test.js",
            "deep/node_modules/c.js",
        ] {
            fs::write(from.join(name), name).unwrap();
        }
        let before = mark(&walk(&from).unwrap()).unwrap();
        copy(&from, &to, |path| {
            !path.to_string_lossy().contains(".test.")
        })
        .unwrap();
        let names: Vec<_> = walk(&to)
            .unwrap()
            .iter()
            .map(|f| f.strip_prefix(&to).unwrap().to_owned())
            .collect();
        assert_eq!(names, [Path::new("a.js"), Path::new("deep/b.js")]);
        fs::write(from.join("a.js"), "other").unwrap();
        assert_ne!(before, mark(&walk(&from).unwrap()).unwrap());
        fs::remove_dir_all(&base).unwrap();
    }
}
