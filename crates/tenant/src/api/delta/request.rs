//! One request for changes: its token, its query, and the entries of removed items.

use serde_json::{Map, Value, json};

use crate::api::call::Call;
use crate::api::sync_token::SyncToken;
use crate::api_error::ApiError;
use crate::http::Params;
use crate::odata::Query;
use crate::odata::expr::{Expr, Op, Operand};
use crate::odata::order::Key;
use crate::odata::query::option;
use crate::schema::case::pascal;
use crate::schema::names::{Kind, Names};
use crate::store::id::{Id, Kind as IdKind};
use crate::store::{Mailbox, Store};

/// Orders removals after other entries of the same version.
pub(super) const LAST_PART: i32 = i32::MAX;

/// A changed item: its version, a number that orders within the version, and its JSON.
pub(super) struct DeltaEntry<'a> {
    pub(super) at: (u64, i32),
    pub(super) show: Box<dyn FnOnce() -> Value + 'a>,
}

/// One request for changes.
pub(super) struct DeltaRequest<'a> {
    pub(super) call: &'a Call<'a>,
    pub(super) kind: Kind,
    /// The collection in context URLs.
    pub(super) tail: String,
    pub(super) params: Params,
    pub(super) query: Query,
    pub(super) token: SyncToken,
}

pub(super) fn mailbox<'a>(call: &Call<'_>, store: &'a Store) -> Result<&'a Mailbox, ApiError> {
    let found = store.mailbox(call.mailbox);
    found.ok_or_else(|| ApiError::no_mailbox(call.flavor))
}

impl<'a> DeltaRequest<'a> {
    pub(super) fn new(
        call: &'a Call<'a>,
        kind: Kind,
        tail: &str,
        store: &Store,
    ) -> Result<Self, ApiError> {
        let generation = store.generation;
        let what = tail.to_ascii_lowercase();
        let token = SyncToken::read(call, &what, generation)?;
        let now = mailbox(call, store)?.change;
        let latest = option(&call.params, "deltatoken").is_some();
        let token = token.unwrap_or_else(|| SyncToken {
            generation,
            since: if latest { (now, LAST_PART) } else { (0, 0) },
            floor: now,
            later: latest,
            query: call.request.query.clone(),
            what,
        });
        let params = Params::parse(token.query.as_bytes());
        let names = Names {
            flavor: call.flavor,
            kind,
        };
        let query = Query::read(&params, names, call.flavor.max_top())?;
        Ok(Self {
            call,
            kind,
            tail: tail.to_owned(),
            params,
            query,
            token,
        })
    }

    /// Fails if the query has one of these options.
    pub(super) fn refuse_options(&self, names: &[&str]) -> Result<(), ApiError> {
        let used: Vec<String> = names
            .iter()
            .filter(|name| option(&self.params, name).is_some())
            .map(|name| format!("${name}"))
            .collect();
        if used.is_empty() {
            return Ok(());
        }
        let text = format!(
            "The following parameters are not supported with change tracking over the '{}' resource: '{}'.",
            pascal(self.tail.rsplit('/').next().unwrap_or(&self.tail)),
            used.join(", ")
        );
        Err(ApiError::new(400, "ErrorInvalidUrlQuery", text))
    }

    /// Graph supports one filter: `receivedDateTime` with `ge` or `gt`.
    pub(super) fn check_filter(&self) -> Result<(), ApiError> {
        let by_receipt = match &self.query.filter {
            Some(Expr::Compare(
                Op::Ge | Op::Gt,
                Operand::Path { segments, .. },
                Operand::Time(_),
            )) => *segments == ["receivedDateTime"],
            other => other.is_none(),
        };
        if by_receipt || !self.call.flavor.is_graph() {
            return Ok(());
        }
        let text = "Change tracking takes no filter but receivedDateTime ge or gt a time.";
        Err(ApiError::new(400, "ErrorInvalidUrlQuery", text))
    }

    /// Change tracking of messages has one order, which a query can name.
    pub(super) fn check_order(&self) -> Result<(), ApiError> {
        let newest = |key: &Key| key.descending && key.path == ["receivedDateTime"];
        if self.query.order.iter().all(newest) || !self.call.flavor.is_graph() {
            return Ok(());
        }
        let text = "Change tracking takes no order but receivedDateTime desc.";
        Err(ApiError::new(400, "ErrorInvalidUrlQuery", text))
    }

    pub(super) fn selected(&self, mut entity: Map<String, Value>) -> Value {
        entity.retain(|name, _| name == "id" || self.query.selects(name));
        entity.into()
    }

    /// Adds the removed items.
    pub(super) fn removals<'b>(
        &'b self,
        mailbox: &'b Mailbox,
        kind: IdKind,
        entries: &mut Vec<DeltaEntry<'b>>,
        belongs: impl Fn(&crate::store::mailbox::Removal) -> bool,
    ) {
        let after = self.token.since.0.max(self.token.floor);
        let gone = mailbox.removals.iter().filter(|removal| {
            removal.change > after && removal.id.kind == kind && belongs(removal)
        });
        for removal in gone {
            let immutable = kind == IdKind::Message && self.call.prefer.immutable;
            let id = Id {
                part: if immutable { -1 } else { removal.id.part },
                ..removal.id
            };
            entries.push(DeltaEntry {
                at: (removal.change, LAST_PART),
                show: Box::new(move || self.removed(&id.encode(), "deleted")),
            });
        }
    }

    /// The entry of a removed item.
    pub(super) fn removed(&self, id: &str, reason: &str) -> Value {
        if self.call.flavor.is_graph() {
            return json!({"id": id, "@removed": {"reason": reason}});
        }
        let set = self.tail.rsplit('/').next().map(pascal).unwrap_or_default();
        let set = if self.kind == Kind::Event {
            "Events".to_owned()
        } else {
            set
        };
        let context = self
            .call
            .context(&format!("{}/$deletedEntity", self.tail), None);
        json!({"@odata.context": context, "id": format!("{set}('{id}')"), "reason": reason})
    }
}
