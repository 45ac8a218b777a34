//! Upload sessions that are open.

use std::collections::HashMap;

use crate::store::Attachment;

/// A session by its id.
pub(crate) type Uploads = HashMap<String, Upload>;

/// One upload session.
#[derive(Debug)]
pub(crate) struct Upload {
    pub(crate) key: String,
    pub(crate) mailbox: u32,
    /// Whether the attachment is for an event; otherwise for a message.
    pub(crate) event: bool,
    pub(crate) holder: u64,
    /// Path of the message or event.
    pub(crate) path: String,
    pub(crate) size: u64,
    pub(crate) expires: i64,
    pub(crate) file: Attachment,
}
