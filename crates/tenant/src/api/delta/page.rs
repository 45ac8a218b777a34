//! A page of changes, and the link to the next one.

use serde_json::{Value, json};

use super::request::{DeltaEntry, DeltaRequest, LAST_PART};
use crate::api::call::ApiResult;
use crate::api::response::ApiResponse;
use crate::api::sync_token::SyncToken;
use crate::odata::query::option;
use crate::schema::case::camel;
use crate::store::Mailbox;

/// Default number of entries on a page.
const DEFAULT_PAGE_SIZE: usize = 50;

impl DeltaRequest<'_> {
    /// The number of entries on a page.
    pub(super) fn size(&self) -> usize {
        let asked = option(&self.params, "top").map(|_| self.query.top);
        self.call
            .prefer
            .max_page
            .or(asked)
            .unwrap_or(DEFAULT_PAGE_SIZE)
    }

    /// Orders the entries and makes the page with its link.
    pub(super) fn answer(&self, mailbox: &Mailbox, mut entries: Vec<DeltaEntry<'_>>) -> ApiResult {
        entries.retain(|entry| entry.at > self.token.since);
        entries.sort_by_key(|entry| entry.at);
        let more = entries.len() > self.size();
        entries.truncate(self.size());
        let end = (mailbox.change, LAST_PART);
        let last = entries.last().map_or(end, |entry| entry.at);
        let token = SyncToken {
            since: if more { last } else { end },
            floor: if more { self.token.floor } else { end.0 },
            later: self.token.later || !more,
            ..self.token.clone()
        };
        let value: Vec<Value> = entries
            .into_iter()
            .map(|one| self.shown((one.show)()))
            .collect();
        let link = if more {
            "@odata.nextLink"
        } else {
            "@odata.deltaLink"
        };
        let body = json!({
            "@odata.context": self.context(),
            link: self.link(more, &token),
            "value": value,
        });
        Ok(ApiResponse::json(200, body))
    }

    fn context(&self) -> String {
        if self.call.flavor.is_graph() {
            let name = camel(self.kind.type_name());
            return format!("{}/$metadata#Collection({name})", self.call.root());
        }
        if self.token.later {
            return self.call.context(&format!("{}/$delta", self.tail), None);
        }
        self.call.context(&self.tail, Some(&self.query))
    }

    fn shown(&self, value: Value) -> Value {
        let gone = value.get("@removed").is_some() || value.get("reason").is_some();
        let mut out = match value {
            Value::Object(entity) if !gone => self.call.render(self.kind, entity),
            other => other,
        };
        if self.call.flavor.is_graph() {
            let name = camel(self.kind.type_name());
            out["@odata.type"] = format!("#microsoft.graph.{name}").into();
        }
        out
    }

    fn link(&self, more: bool, token: &SyncToken) -> String {
        let path = format!(
            "{}{}",
            self.call.root(),
            self.call.request.path.trim_end_matches('/')
        );
        let token = token.encode();
        match (self.call.flavor.is_graph(), more) {
            (true, true) => format!("{path}?$skiptoken={token}"),
            (true, false) => format!("{path}?$deltatoken={token}"),
            (false, true) => format!("{path}/?%24skipToken={token}"),
            (false, false) => format!("{path}/?%24deltatoken={token}"),
        }
    }
}
