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
mod photo;
mod place;
mod recurrence;

use std::path::{Path, PathBuf};
use std::rc::Rc;

use chrono::{DateTime, Utc};
use item::Item;
use place::{Place, Source};

use crate::directory::{Account, Directory};
use crate::store::Store;

/// Ends of the names of pictures of accounts.
const PICTURES: [&str; 4] = ["gif", "jpeg", "jpg", "png"];
/// How many folders deep a seed may be. It ends circles of links.
const MAX_DEPTH: usize = 16;

/// Adds the accounts and registrations of a file or of a folder.
///
/// # Errors
/// A message that names the file, the line and the problem.
pub(super) fn directory(path: &Path, directory: &mut Directory) -> Result<(), String> {
    for file in files(path)? {
        if kind(&file) == "json" {
            let (name, bytes) = contents(&file)?;
            json::directory(&source(name, bytes)?, directory)?;
        }
    }
    Ok(())
}

/// The mailboxes with the items of a file or of a folder, and nothing else.
///
/// # Errors
/// A message that names the file, the line and the problem.
pub(super) fn store(path: &Path, mut store: Store, now: DateTime<Utc>) -> Result<Store, String> {
    let directory = store.directory.clone();
    for file in &files(path)? {
        for (account, item) in items(&directory, path, file)? {
            item.put(&mut store, account, now.timestamp())?;
        }
    }
    Ok(store)
}

/// The files at or below a path, in their order.
fn files(path: &Path) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    collect(path, path, 0, &mut files)?;
    files.sort();
    Ok(files)
}

/// The name of a file, as messages show it, and its bytes.
fn contents(file: &Path) -> Result<(String, Vec<u8>), String> {
    let name = file.display().to_string();
    let bytes = std::fs::read(file).map_err(|error| format!("{name} cannot be read: {error}"))?;
    Ok((name, bytes))
}

/// The end of a file's name, in lower case.
fn kind(file: &Path) -> String {
    let end = file.extension().unwrap_or_default();
    end.to_string_lossy().to_lowercase()
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
fn items(
    directory: &Directory,
    root: &Path,
    file: &Path,
) -> Result<Vec<(&'static Account, Item)>, String> {
    let (name, bytes) = contents(file)?;
    let kind = kind(file);
    if kind == "json" {
        return json::read(directory, &source(name, bytes)?);
    }
    let picture = PICTURES.contains(&kind.as_str());
    if !picture && !["eml", "ics", "vcf"].contains(&kind.as_str()) {
        return Err(format!(
            "{name}: a seed has files that end in .json, .eml, .ics, .vcf, and pictures of accounts (.png, .jpg, .gif); take this one out"
        ));
    }
    let (account, folder) = owner(directory, root, file)?;
    let items = match kind.as_str() {
        "eml" => vec![mail::read(name, &bytes, folder)?],
        _ if picture => vec![photo::read(name, &bytes, &folder)?],
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
fn owner(
    directory: &Directory,
    root: &Path,
    file: &Path,
) -> Result<(&'static Account, Vec<String>), String> {
    if root == file {
        return Ok((directory.owner(1), Vec::new()));
    }
    let inner = file
        .strip_prefix(root)
        .unwrap_or(file)
        .parent()
        .unwrap_or(Path::new(""));
    let mut folders = inner.iter().map(|part| part.to_string_lossy().into_owned());
    let account = folders.next();
    let account =
        account.ok_or_else(|| format!("{}: {}", file.display(), no_account(directory, "")))?;
    let found =
        find(directory, &account).map_err(|sentence| format!("{}: {sentence}", file.display()))?;
    Ok((found, folders.collect()))
}

/// The account with this address.
fn find(directory: &Directory, address: &str) -> Result<&'static Account, String> {
    let found = directory
        .accounts()
        .find(|one| one.mailbox.is_some() && one.address.eq_ignore_ascii_case(address));
    found.ok_or_else(|| no_account(directory, address))
}

fn no_account(directory: &Directory, address: &str) -> String {
    let known: Vec<&str> = directory
        .accounts()
        .filter(|one| one.mailbox.is_some())
        .map(|one| one.address)
        .collect();
    let known = known.join(", ");
    match address {
        "" => format!(
            "the file is in no account's folder; put it into a folder named after one of {known}"
        ),
        _ => format!(
            "no account `{address}` has a mailbox; these have one: {known}. A seed adds accounts by `account` in JSON"
        ),
    }
}
