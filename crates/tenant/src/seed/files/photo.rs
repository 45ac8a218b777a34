//! A picture of an account: the only one in its folder.

use std::rc::Rc;

use super::item::{Item, Kind};
use super::place::{Place, Source};
use crate::ids;
use crate::store::Json;

/// Reads a picture, which lies in the account's folder and not in one below.
///
/// # Errors
/// A message with the name of the file.
pub(super) fn read(name: String, bytes: &[u8], folder: &[String]) -> Result<Item, String> {
    let text = String::new();
    let at = Place::new(&Rc::new(Source { name, text }), 0);
    if !folder.is_empty() {
        return Err(
            at.wrong("a picture is the photo of an account: put it into the account's folder")
        );
    }
    let is = |head: &[u8]| bytes.starts_with(head);
    if !is(b"\x89PNG") && !is(b"\xff\xd8\xff") && !is(b"GIF8") {
        return Err(at.wrong("this is no PNG, JPEG or GIF"));
    }
    Ok(Item {
        kind: Kind::Photo,
        at,
        folder: Vec::new(),
        json: Json::from_iter([("photo".to_owned(), ids::base64(bytes).into())]),
    })
}
