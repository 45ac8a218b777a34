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
    version: u32,
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
    let read: Result<Read, _> = serde_json::from_slice(text);
    let head = match &read {
        Ok(read) => read.version,
        // A store of another version may not be readable.
        Err(_) => {
            serde_json::from_slice::<Head>(text)
                .map_err(broken)?
                .version
        }
    };
    if head != VERSION {
        return Err(format!(
            "has version {head}, but this tenant reads version {VERSION}"
        ));
    }
    let mut store = read.map_err(broken)?.store;
    store.mailboxes.values_mut().for_each(Mailbox::index);
    Ok(store)
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

/// Checks that a data file that is there can be replaced.
///
/// # Errors
/// No file can be written beside it.
pub(crate) fn check(file: &Path) -> Result<(), String> {
    let half = file.with_extension("part");
    File::create(&half)
        .and_then(|_| std::fs::remove_file(&half))
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
        let directory = std::sync::Arc::new(crate::directory::Directory::default());
        let store = crate::seed::store(&Seed::Small, &directory, chrono::Utc::now()).unwrap();
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
