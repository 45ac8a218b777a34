//! A mail folder as JSON.

use serde_json::{Value, json};

use crate::store::mailbox::folder_id;
use crate::store::{Folder, Mailbox};

/// A folder with canonical names.
pub(crate) fn to_json(mailbox: &Mailbox, folder: &Folder) -> Value {
    json!({
        "id": folder_id(mailbox.number, folder.key),
        "displayName": folder.name,
        "parentFolderId": folder_id(mailbox.number, folder.parent),
        "childFolderCount": mailbox.children(folder.key).count(),
        "unreadItemCount": mailbox.unread(folder.key),
        "totalItemCount": mailbox.total(folder.key),
        "isHidden": false,
    })
}
