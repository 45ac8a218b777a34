//! The demo's page as a folder: `www/` and the package as a user would vendor it.

use crate::pack::Package;
use crate::{files, project};
use anyhow::Result;
use std::path::PathBuf;

/// Assembles target/page.
pub(crate) fn assemble(package: &Package) -> Result<PathBuf> {
    let page = project::target().join("page");
    files::fresh(&page)?;
    files::copy(&project::root().join("www"), &page, |_| true)?;
    files::copy(&package.dir, &page.join("vendor/exo365"), |_| true)?;
    Ok(page)
}
