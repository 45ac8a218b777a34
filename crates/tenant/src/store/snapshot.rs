//! The data file: all mailboxes as JSON. It is replaced by a rename, so that it is always complete.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::mailbox::Mailbox;
use super::mailboxes::Store;

/// Version of the format. A file with another version is rejected and not overwritten.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Written<'a> {
    version: u32,
    store: &'a Store,
}

#[derive(Deserialize)]
struct Head {
    version: u32,
}

#[derive(Deserialize)]
struct Read {
    store: Store,
}

/// Reads a data file.
///
/// # Errors
/// A message that names the file, the problem and the remedy.
pub(crate) fn load(file: &Path) -> Result<Store, String> {
    let name = file.display();
    let remedy = "move it away to start with fresh data, or name another file with --data";
    let text = std::fs::read(file).map_err(|error| format!("{name} cannot be read: {error}"))?;
    read(&text).map_err(|sentence| format!("{name} {sentence}; {remedy}"))
}

/// Reads the text of a data file.
///
/// # Errors
/// A part of a sentence: what the text is not.
pub(crate) fn read(text: &[u8]) -> Result<Store, String> {
    let broken = |error| format!("is not a data file of this tenant ({error})");
    // The version is read first: a store of another version may not be readable.
    let head: Head = serde_json::from_slice(text).map_err(broken)?;
    if head.version != VERSION {
        let found = head.version;
        return Err(format!(
            "has version {found}, but this tenant reads version {VERSION}"
        ));
    }
    let mut read: Read = serde_json::from_slice(text).map_err(broken)?;
    read.store.mailboxes.values_mut().for_each(Mailbox::index);
    Ok(read.store)
}

/// A store as text.
///
/// # Errors
/// A value cannot be written as JSON.
pub(crate) fn text(store: &Store) -> Result<Vec<u8>, String> {
    let version = VERSION;
    serde_json::to_vec(&Written { version, store })
        .map_err(|error| format!("the data cannot be written: {error}"))
}

/// Writes a data file.
///
/// # Errors
/// The file cannot be written. The old file is still complete.
pub(crate) fn save(file: &Path, text: &[u8]) -> Result<(), String> {
    let half = file.with_extension("part");
    write(&half, text)
        .and_then(|()| std::fs::rename(&half, file))
        .map_err(|error| format!("{} cannot be written: {error}", file.display()))
}

fn write(file: &Path, text: &[u8]) -> std::io::Result<()> {
    let mut out = File::create(file)?;
    out.write_all(text)?;
    out.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Seed;

    #[test]
    fn a_store_comes_back_as_it_was() {
        let dir = std::env::temp_dir().join(crate::ids::guid());
        std::fs::create_dir(&dir).unwrap();
        let file = dir.join("data.json");
        let store = crate::seed::store(&Seed::Small, chrono::Utc::now()).unwrap();
        save(&file, &text(&store).unwrap()).unwrap();
        let again = load(&file).unwrap();

        assert!(text(&store) == text(&again));
        std::fs::remove_dir_all(&dir).unwrap();
    }

    #[test]
    fn a_broken_file_is_refused_with_a_sentence_and_stays() {
        let dir = std::env::temp_dir().join(crate::ids::guid());
        std::fs::create_dir(&dir).unwrap();
        let file = dir.join("data.json");
        for (text, word) in [
            ("", "not a data file"),
            ("{\"version\":1,\"sto", "not a data file"),
            ("{\"version\":9,\"store\":{\"mailboxes\":{}}}", "version 9"),
        ] {
            std::fs::write(&file, text).unwrap();
            let sentence = load(&file).unwrap_err();
            assert!(
                sentence.contains(word) && sentence.contains("--data"),
                "{sentence}"
            );
            assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
        }
        std::fs::remove_dir_all(&dir).unwrap();
    }
}
