//! One page of a list, as a response.

use serde_json::{Value, json};

use super::response::ApiResponse;

/// One page of a list.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) value: Vec<Value>,
    pub(crate) count: Option<usize>,
    pub(crate) more: bool,
    /// The number of items on this page.
    pub(crate) scanned: usize,
}

impl Page {
    /// A response with count and next link. `skip` is the start of the page; `next` makes the URL of the next
    /// page.
    pub(crate) fn reply(
        self,
        context: &str,
        skip: usize,
        next: impl FnOnce(usize) -> String,
    ) -> ApiResponse {
        let mut body = json!({"@odata.context": context});
        if let Some(count) = self.count {
            body["@odata.count"] = count.into();
        }
        if self.more {
            body["@odata.nextLink"] = next(skip + self.scanned).into();
        }
        body["value"] = self.value.into();
        ApiResponse::json(200, body)
    }
}
