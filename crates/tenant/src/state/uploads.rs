//! Upload sessions that are open.

use std::collections::HashMap;

use crate::store::Attachment;

/// A session by its id.
pub(crate) type Uploads = HashMap<String, Upload>;

/// One upload on its way.
#[derive(Debug)]
pub(crate) struct Upload {
    pub(crate) key: String,
    pub(crate) mailbox: u32,
    /// Whether the file is for an event, and the key of that or of the message.
    pub(crate) event: bool,
    pub(crate) holder: u64,
    /// Place of the message or event in URLs.
    pub(crate) path: String,
    pub(crate) size: u64,
    pub(crate) expires: i64,
    pub(crate) file: Attachment,
}
