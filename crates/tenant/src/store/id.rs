//! Ids: url-safe base64 with `=` at the end, case-sensitive, changed by a move.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use serde::{Deserialize, Serialize};

use crate::ids;

/// The type of the item of an id.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub(crate) enum Kind {
    Message = 1,
    Folder = 2,
    Event = 3,
    Contact = 4,
    Attachment = 5,
    Conversation = 6,
    Calendar = 7,
}

const KINDS: [Kind; 7] = [
    Kind::Message,
    Kind::Folder,
    Kind::Event,
    Kind::Contact,
    Kind::Attachment,
    Kind::Conversation,
    Kind::Calendar,
];

/// First bytes of ordinary ids, which change on a move (`AAMk...`), and of immutable ids (`AAkA...`).
const MOVING: [u8; 3] = [0x00, 0x03, 0x24];
const IMMUTABLE: [u8; 3] = [0x00, 0x09, 0x00];
const FILLER: &[u8; 48] = b"contoso.example local tenant, data made up here.";

/// The parts of an id.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub(crate) struct Id {
    pub(crate) kind: Kind,
    pub(crate) mailbox: u32,
    pub(crate) key: u64,
    /// Number of moves, or day of an occurrence; -1 for immutable ids.
    pub(crate) part: i32,
}

impl Id {
    /// The text of the id.
    pub(crate) fn encode(self) -> String {
        let mut bytes = Vec::with_capacity(71);
        bytes.extend(if self.part == -1 { IMMUTABLE } else { MOVING });
        bytes.extend(FILLER);
        bytes.push(self.kind as u8);
        bytes.extend(self.mailbox.to_be_bytes()[2..].iter());
        bytes.extend(self.key.to_be_bytes());
        bytes.extend(self.part.to_be_bytes());
        bytes.extend([checksum(&bytes), 0]);
        URL_SAFE.encode(bytes)
    }

    /// Parses an id; `None` if it is malformed.
    pub(crate) fn decode(text: &str) -> Option<Self> {
        let bytes = URL_SAFE.decode(text).ok()?;
        let [body @ .., sum, 0] = bytes.as_slice() else {
            return None;
        };
        if bytes.len() != 68 || checksum(body) != *sum || body[3..51] != *FILLER {
            return None;
        }
        let kind = KINDS.into_iter().find(|kind| *kind as u8 == body[51])?;
        let mailbox = u32::from(u16::from_be_bytes(body[52..54].try_into().ok()?));
        let key = u64::from_be_bytes(body[54..62].try_into().ok()?);
        let part = i32::from_be_bytes(body[62..66].try_into().ok()?);
        Some(Self {
            kind,
            mailbox,
            key,
            part,
        })
    }
}

fn checksum(bytes: &[u8]) -> u8 {
    bytes
        .iter()
        .fold(0x5a, |sum: u8, byte| sum.rotate_left(3) ^ byte)
}

/// The change key of a version.
pub(crate) fn change_key(change: u64) -> String {
    let mut bytes = vec![9, 0, 0, 0, 0x16, 0, 0, 0];
    bytes.extend(b"contosoDB1");
    bytes.extend(change.to_be_bytes()[4..].iter());
    STANDARD.encode(bytes)
}

/// The weak entity tag of a version.
pub(crate) fn etag(change: u64) -> String {
    format!("W/\"{}\"", change_key(change))
}

/// The GUID of a number, the same in every run.
pub(crate) fn guid_of(number: u64) -> String {
    let digest = ids::sha256_url(&format!("guid {number}"));
    let hex = ids::hex(digest.as_bytes());
    format!(
        "{}-{}-4{}-8{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[13..16],
        &hex[17..20],
        &hex[20..32]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_go_round_and_anything_else_is_refused() {
        let id = Id {
            kind: Kind::Message,
            mailbox: 1,
            key: 77,
            part: 3,
        };
        let text = id.encode();
        assert_eq!(Id::decode(&text), Some(id));
        assert!(text.ends_with('=') && text.starts_with("AAMk"), "{text}");
        assert!(Id { part: -1, ..id }.encode().starts_with("AAkA"));
        assert_eq!(Id::decode(&text.to_lowercase()), None);
        assert_eq!(Id::decode("xyz"), None);
        assert_eq!(Id::decode(""), None);
    }
}
