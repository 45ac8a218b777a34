//! Being written.
use crate::store::Store;
use std::path::Path;
pub(crate) fn load(_f: &Path) -> Result<Store, String> {
    Err("no".into())
}
pub(crate) fn save(_f: &Path, _s: &Store) -> Result<(), String> {
    Ok(())
}
