//! The demo's page as a folder: `www/`, the package as a user would vendor it, and what the page needs of npm.

use crate::pack::Package;
use crate::{files, node, project};
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// Files of `www/` that are for npm and for readers, not for browsers.
const NOT_SERVED: &[&str] = &["package.json", "package-lock.json", ".npmrc", "README.md"];
/// What the page imports of DOMPurify, with its licence: the place in the npm package, and the name on the page.
const DOMPURIFY: &[(&str, &str)] = &[("dist/purify.es.mjs", "index.js"), ("LICENSE", "LICENSE")];

/// Assembles target/page.
pub(crate) fn assemble(package: &Package) -> Result<PathBuf> {
    let source = node::install("www")?;
    let page = project::target().join("page");
    files::fresh(&page)?;
    files::copy(&source, &page, is_served)?;
    files::copy(&package.dir, &page.join("vendor/exo365"), |_| true)?;
    let vendored = page.join("vendor/dompurify");
    fs::create_dir_all(&vendored)?;
    for (from, to) in DOMPURIFY {
        let from = source.join("node_modules/dompurify").join(from);
        fs::copy(&from, vendored.join(to))
            .with_context(|| format!("copying {}", from.display()))?;
    }
    Ok(page)
}

fn is_served(path: &Path) -> bool {
    !NOT_SERVED.iter().any(|name| path == Path::new(name))
}
