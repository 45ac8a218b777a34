//! Opens the file.

use super::tables;
use crate::base::problem::Problem;
use redb::Database;
use std::path::Path;

/// Pages that stay in memory, in bytes: a hundred thousand sessions need no gigabyte.
const CACHE: usize = 32 * 1024 * 1024;
/// More than opening a database writes that was not closed in order, in bytes.
const ROOM: usize = 512 * 1024;

/// Opens the file, or makes it; readable for its owner only.
///
/// # Errors
/// [`Problem::Database`].
pub(super) fn open(file: &Path) -> Result<Database, Problem> {
    let shown = file.display();
    let wrong = |error: &dyn std::fmt::Display| {
        Problem::Database(format!("the database {shown} cannot be opened: {error}"))
    };
    private(file).map_err(|error| wrong(&error))?;
    let database = Database::builder()
        .set_cache_size(CACHE)
        .create(file)
        .map_err(|error| match error {
            redb::DatabaseError::DatabaseAlreadyOpen => Problem::Database(format!(
                "the database {shown} is in use: another endpoint runs with it"
            )),
            error => wrong(&error),
        })?;
    // The tables exist from here on, so that reading never has to make them.
    tables::make(&database).map_err(|error| wrong(&error))?;
    Ok(database)
}

/// Whether the disk takes [`ROOM`] octets more, beside the file.
pub(super) fn has_room(file: &Path) -> bool {
    let mut probe = file.as_os_str().to_owned();
    probe.push(".room");
    let written = std::fs::write(&probe, vec![0; ROOM]);
    // What was written in part goes too.
    let removed = std::fs::remove_file(&probe);
    written.is_ok() && removed.is_ok()
}

#[cfg(unix)]
fn private(file: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = std::fs::OpenOptions::new();
    options
        .append(true)
        .create(true)
        .mode(0o600)
        .open(file)
        .map(drop)
}

#[cfg(not(unix))]
fn private(_: &Path) -> std::io::Result<()> {
    Ok(())
}
