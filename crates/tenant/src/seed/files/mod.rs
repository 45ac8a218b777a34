//! A seed of one's own: a file or a folder with JSON, `.eml`, `.ics` and `.vcf`. Each file becomes items with Graph's
//! names, which are checked as a request would be.
//!
//! ```text
//! .eml ─► mime ──────┐
//! .ics ─► calendar ──┼─► Item (JSON with Graph's names, its place) ─► checked ─► mailbox
//! .vcf ─► contact ───┤
//! .json ─► json ─────┘
//! ```

mod calendar;
mod contact;
mod item;
mod json;
mod mail;
mod place;
mod recurrence;

use std::path::{Path, PathBuf};
use std::rc::Rc;

use chrono::{DateTime, Utc};
use item::Item;
use place::{Place, Source};

use crate::directory::{self, ACCOUNTS, Account};
use crate::store::{Mailbox, Store};

/// How many folders deep a seed may be. It ends circles of links.
const MAX_DEPTH: usize = 16;

/// The mailboxes with the items of a file or of a folder, and nothing else.
///
/// # Errors
/// A message that names the file, the line and the problem.
pub(super) fn store(path: &Path, now: DateTime<Utc>) -> Result<Store, String> {
    let mut store = Store::default();
    for number in ACCOUNTS.iter().filter_map(|account| account.mailbox) {
        store.mailboxes.insert(number, Mailbox::new(number));
    }
    let mut files = Vec::new();
    collect(path, path, 0, &mut files)?;
    files.sort();
    for file in &files {
        for (account, item) in items(path, file)? {
            item.put(&mut store, account, now.timestamp())?;
        }
    }
    Ok(store)
}

/// The files below a path.
fn collect(root: &Path, path: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let unreadable =
        |error: std::io::Error| format!("the seed {} cannot be read: {error}", path.display());
    if !std::fs::metadata(path).map_err(unreadable)?.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    if depth > MAX_DEPTH {
        return Err(format!(
            "{} is more than {MAX_DEPTH} folders below {}",
            path.display(),
            root.display()
        ));
    }
    for entry in std::fs::read_dir(path).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name().to_string_lossy().to_lowercase();
        // Files of the system and of people.
        if name.starts_with('.') || name.starts_with("readme") {
            continue;
        }
        collect(root, &entry.path(), depth + 1, files)?;
    }
    Ok(())
}

/// The items of a file, each with the account that it is for.
fn items(root: &Path, file: &Path) -> Result<Vec<(&'static Account, Item)>, String> {
    let name = file.display().to_string();
    let bytes = std::fs::read(file).map_err(|error| format!("{name} cannot be read: {error}"))?;
    let kind = file
        .extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    if kind == "json" {
        return json::read(&source(name, bytes)?);
    }
    if !["eml", "ics", "vcf"].contains(&kind.as_str()) {
        return Err(format!(
            "{name}: a seed has files that end in .json, .eml, .ics or .vcf; take this one out"
        ));
    }
    let (account, folder) = owner(root, file)?;
    let items = match kind.as_str() {
        "eml" => vec![mail::read(name, &bytes, folder)?],
        "ics" => calendar::read(&source(name, bytes)?, &folder)?,
        _ => contact::read(&source(name, bytes)?, &folder)?,
    };
    Ok(items.into_iter().map(|item| (account, item)).collect())
}

fn source(name: String, bytes: Vec<u8>) -> Result<Rc<Source>, String> {
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Rc::new(Source { name, text })),
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes().get(..good).unwrap_or_default())
                .into_owned();
            let source = Rc::new(Source { name, text });
            Err(Place::new(&source, good).wrong("this is not UTF-8; save the file as UTF-8"))
        }
    }
}

/// The account that a file is for, and the names of the folders between them. A seed that is one file is for the first
/// account.
fn owner(root: &Path, file: &Path) -> Result<(&'static Account, Vec<String>), String> {
    if root == file {
        return Ok((directory::owner(1), Vec::new()));
    }
    let inner = file
        .strip_prefix(root)
        .unwrap_or(file)
        .parent()
        .unwrap_or(Path::new(""));
    let mut folders = inner.iter().map(|part| part.to_string_lossy().into_owned());
    let account = folders.next();
    let account = account.ok_or_else(|| format!("{}: {}", file.display(), no_account("")))?;
    let found = find(&account).map_err(|sentence| format!("{}: {sentence}", file.display()))?;
    Ok((found, folders.collect()))
}

/// The account with this address.
fn find(address: &str) -> Result<&'static Account, String> {
    let found = ACCOUNTS
        .iter()
        .find(|one| one.mailbox.is_some() && one.address.eq_ignore_ascii_case(address));
    found.ok_or_else(|| no_account(address))
}

fn no_account(address: &str) -> String {
    let known: Vec<&str> = ACCOUNTS
        .iter()
        .filter(|one| one.mailbox.is_some())
        .map(|one| one.address)
        .collect();
    let known = known.join(", ");
    match address {
        "" => format!(
            "the file is in no account's folder; put it into a folder named after one of {known}"
        ),
        _ => format!("no account `{address}` has a mailbox; these have one: {known}"),
    }
}
