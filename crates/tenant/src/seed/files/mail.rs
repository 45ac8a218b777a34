//! `.eml`: one message in MIME.

use std::rc::Rc;

use super::item::{Item, Kind};
use super::place::{Place, Source};
use crate::views::mime;

/// Reads a message.
///
/// # Errors
/// The file has no header, or the message has no time.
pub(super) fn read(name: String, bytes: &[u8], folder: Vec<String>) -> Result<Item, String> {
    // The parser reads the bytes, whatever their character set; the text is for the numbers of lines.
    let source = Rc::new(Source {
        name,
        text: String::from_utf8_lossy(bytes).into_owned(),
    });
    let at = Place::new(&source, 0);
    let json = mime::read(bytes)
        .ok_or_else(|| at.wrong("this is no message: it begins with no header"))?;
    if !json.contains_key("sentDateTime") {
        return Err(at
            .find("date:")
            .wrong("the message has no header `Date` with a valid time"));
    }
    Ok(Item {
        kind: Kind::Message,
        at,
        folder,
        json,
    })
}
