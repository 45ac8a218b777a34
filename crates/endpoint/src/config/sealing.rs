//! Where the sealing keys come from.

use super::file::File;
use super::keys::SEAL_KEYS;
use super::secret::{Readers, Secret};
use crate::base::problem::Problem;
use std::path::{Path, PathBuf};

/// Where the sealing keys come from.
#[derive(Clone, Debug)]
pub(crate) enum SealSource {
    /// Given as text.
    Given(Secret),
    /// In this file; made there where it does not exist.
    KeyFile(PathBuf),
}

pub(super) fn seal(
    file: &File,
    folder: &Path,
    database: &Path,
    environment: &impl Fn(&str) -> Option<String>,
) -> Result<SealSource, Problem> {
    let given = environment(SEAL_KEYS).filter(|text| !text.trim().is_empty());
    Ok(match (given, &file.seal_keys_file) {
        (Some(text), _) => SealSource::Given(Secret::new(text)),
        (None, Some(path)) => SealSource::Given(Secret::from_file_for(
            &folder.join(path),
            Readers::of(file)?,
        )?),
        (None, None) => {
            let mut beside = database.as_os_str().to_owned();
            beside.push(".keys");
            SealSource::KeyFile(beside.into())
        }
    })
}
