//! One API call with what its handler needs.

use serde_json::{Map, Value};

use super::page::Page;
use super::prefer::Prefer;
use super::request::ApiRequest;
use super::response::ApiResponse;
use crate::api_error::ApiError;
use crate::directory::Account;
use crate::http::Flavor;
use crate::http::Params;
use crate::oauth::flow::AccessToken;
use crate::odata::Query;
use crate::odata::query::option;
use crate::schema::case;
use crate::schema::names::{Kind, Names};
use crate::state::Tenant;
use crate::store::Mailbox;
use crate::store::id::{Id, Kind as IdKind};
use crate::views::event_body::Author;
use crate::views::message::Format;
use crate::views::outlook;

/// A call whose token and permissions were checked.
pub(crate) struct Call<'a> {
    pub(crate) tenant: &'a Tenant,
    pub(crate) request: &'a ApiRequest,
    pub(crate) flavor: Flavor,
    pub(crate) params: Params,
    pub(crate) prefer: Prefer,
    pub(crate) access: AccessToken,
    /// Number and owner of the mailbox.
    pub(crate) mailbox: u32,
    pub(crate) owner: &'static Account,
    /// The segments below `me` or `users/{id}`, names in lower case.
    pub(crate) segments: Vec<String>,
}

pub(crate) type ApiResult = Result<ApiResponse, ApiError>;

impl Call<'_> {
    /// Unix seconds.
    pub(crate) fn now(&self) -> i64 {
        self.tenant.clock().unix()
    }

    /// Who writes the events of this call.
    pub(crate) fn author(&self) -> Author {
        Author {
            flavor: self.flavor,
            owner: self.owner,
            now: self.now(),
        }
    }

    /// The error for an unknown path.
    pub(crate) fn missing(&self) -> ApiError {
        let last = self.segments.last().map_or("", String::as_str);
        ApiError::no_segment(self.flavor, last)
    }

    /// The format of messages in the response.
    pub(crate) fn message_format(&self) -> Format {
        Format {
            mailbox: self.mailbox,
            immutable: self.prefer.immutable,
            text_body: self.prefer.text_body == Some(true),
            graph: self.flavor.is_graph(),
        }
    }

    /// The query options for a type.
    pub(crate) fn query(&self, kind: Kind) -> Result<Query, ApiError> {
        let names = Names {
            flavor: self.flavor,
            kind,
        };
        let mut query = Query::read(&self.params, names, self.flavor.max_top())?;
        if let (Some(size), None) = (self.prefer.max_page, option(&self.params, "top")) {
            query.top = size.min(self.flavor.max_top());
        }
        Ok(query)
    }

    /// Reads from the mailbox.
    pub(crate) fn read<T>(
        &self,
        act: impl FnOnce(&Mailbox) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let store = self.tenant.store();
        let mailbox = store
            .mailbox(self.mailbox)
            .ok_or_else(|| ApiError::no_mailbox(self.flavor))?;
        act(mailbox)
    }

    /// Changes the mailbox.
    pub(crate) fn change<T>(
        &self,
        act: impl FnOnce(&mut Mailbox) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let mut store = self.tenant.store();
        let mailbox = store
            .mailbox_mut(self.mailbox)
            .ok_or_else(|| ApiError::no_mailbox(self.flavor))?;
        let outcome = act(mailbox);
        drop(store);
        self.tenant.notify_changed();
        outcome
    }

    /// Reads an id of this mailbox.
    pub(crate) fn id(&self, text: &str, kind: IdKind) -> Result<Id, ApiError> {
        let id = Id::decode(text).ok_or_else(ApiError::malformed_id)?;
        if id.mailbox != self.mailbox {
            return Err(ApiError::malformed_id());
        }
        if id.kind != kind {
            return Err(ApiError::not_found());
        }
        Ok(id)
    }

    /// Checks `If-Match` against the version of an item.
    pub(crate) fn check_version(&self, change: u64) -> Result<(), ApiError> {
        match self.request.header("if-match") {
            None | Some("*") => Ok(()),
            Some(tag) if tag == crate::store::id::etag(change) => Ok(()),
            Some(_) => Err(ApiError::conflict()),
        }
    }

    /// URL of the API's root.
    pub(crate) fn root(&self) -> String {
        self.request.root(self.tenant)
    }

    /// The context URL of a path below the user. `tail` has canonical names.
    pub(crate) fn context(&self, tail: &str, query: Option<&Query>) -> String {
        let (owner, tail) = if self.flavor.is_graph() {
            (format!("users('{}')", self.owner.oid), tail.to_owned())
        } else {
            let parts: Vec<String> = tail.split('/').map(case::pascal).collect();
            ("Me".to_owned(), parts.join("/"))
        };
        let select = query.filter(|query| !query.select_text.is_empty());
        let select = select.map_or_else(String::new, |query| format!("({})", query.select_text));
        match tail.strip_suffix("/$entity") {
            Some(head) => format!("{}/$metadata#{owner}/{head}{select}/$entity", self.root()),
            None => format!("{}/$metadata#{owner}/{tail}{select}", self.root()),
        }
    }

    /// An entity with the names of the flavour, and with `@odata.id` for the Outlook APIs.
    pub(crate) fn render(&self, kind: Kind, entity: Map<String, Value>) -> Value {
        let id = entity.get("id").and_then(Value::as_str).map(str::to_owned);
        let mut value = outlook::render(self.flavor, kind, entity);
        let set = match kind {
            Kind::Calendar => "Calendars",
            Kind::CalendarGroup => "CalendarGroups",
            Kind::Contact => "Contacts",
            Kind::ContactFolder => "ContactFolders",
            Kind::Event => "Events",
            Kind::Folder if self.flavor == Flavor::OutlookV1 => "Folders",
            Kind::Folder => "MailFolders",
            Kind::Message => "Messages",
            Kind::Attachment
            | Kind::CalendarPermission
            | Kind::Category
            | Kind::MessageRule
            | Kind::Override
            | Kind::Person
            | Kind::Room
            | Kind::RoomList
            | Kind::User => return value,
        };
        if let (false, Some(id)) = (self.flavor.is_graph(), id) {
            let user = match self.flavor {
                Flavor::OutlookV1 => self.owner.address.to_owned(),
                _ => format!("{}@{}", self.owner.oid, crate::directory::TENANT_ID),
            };
            value["@odata.id"] = format!("{}/Users('{user}')/{set}('{id}')", self.root()).into();
        }
        value
    }

    /// A response with an entity and its context URL.
    pub(crate) fn entity(
        &self,
        status: u16,
        kind: Kind,
        tail: &str,
        entity: Map<String, Value>,
    ) -> ApiResult {
        let query = self.query(kind).ok();
        let etag = entity
            .get("@odata.etag")
            .and_then(Value::as_str)
            .map(str::to_owned);
        let mut body = self.render(kind, entity);
        body["@odata.context"] = self
            .context(&format!("{tail}/$entity"), query.as_ref())
            .into();
        let reply = ApiResponse::json(status, body);
        Ok(match etag {
            Some(etag) => reply.header("etag", etag),
            None => reply,
        })
    }

    /// A response with a page, its count and its next link.
    pub(crate) fn page(&self, tail: &str, query: &Query, page: Page) -> ApiResult {
        let next = |skip| self.request.next_link(self.tenant, skip);
        Ok(page.reply(&self.context(tail, Some(query)), query.skip, next))
    }
}
