//! One API call with what its handler needs.

use axum::http::{HeaderMap, Method};
use serde_json::{Map, Value, json};

use super::response::ApiResponse;
use crate::api_error::ApiError;
use crate::clock::timezone;
use crate::directory::Account;
use crate::http::Flavor;
use crate::http::Params;
use crate::oauth::flow::AccessToken;
use crate::odata::Query;
use crate::odata::query::option;
use crate::schema::body::{self, Problem};
use crate::schema::case;
use crate::schema::names::{Kind, Names};
use crate::schema::table::table;
use crate::state::Tenant;
use crate::store::id::{Id, Kind as IdKind};
use crate::store::{Json, Mailbox};
use crate::views::message::Format;
use crate::views::outlook;

/// A request to an API before its token is checked.
#[derive(Clone, Debug)]
pub(crate) struct ApiRequest {
    pub(crate) flavor: Flavor,
    pub(crate) method: Method,
    /// Path below the API's root, as received.
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl ApiRequest {
    /// A header as text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// URL of the API's root.
    pub(crate) fn root(&self, tenant: &Tenant) -> String {
        format!("{}{}", tenant.origin(), self.flavor.root())
    }

    /// The URL of the request with another `$skip`.
    pub(crate) fn next_link(&self, tenant: &Tenant, skip: usize) -> String {
        let kept = self.query.split('&').filter(|pair| {
            let name = pair
                .split('=')
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase();
            !pair.is_empty() && !matches!(&*name, "$skip" | "%24skip" | "skip")
        });
        let mut query: Vec<String> = kept.map(str::to_owned).collect();
        query.push(format!("$skip={skip}"));
        format!("{}{}?{}", self.root(tenant), self.path, query.join("&"))
    }
}

/// The preferences of the `Prefer` header.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prefer {
    /// Name of the time zone as received, and its rules.
    pub(crate) timezone: Option<(String, chrono_tz::Tz)>,
    pub(crate) text_body: Option<bool>,
    pub(crate) immutable: bool,
    pub(crate) max_page: Option<usize>,
    pub(crate) track_changes: bool,
}

impl Prefer {
    /// Reads all `Prefer` headers. Unknown preferences are ignored (RFC 7240).
    pub(crate) fn read(headers: &HeaderMap, flavor: Flavor) -> Result<Self, ApiError> {
        let mut prefer = Self::default();
        let values = headers
            .get_all("prefer")
            .iter()
            .filter_map(|value| value.to_str().ok());
        for one in values.flat_map(|value| value.split(',')) {
            let (name, value) = one.split_once('=').unwrap_or((one, ""));
            let value = value.trim().trim_matches('"');
            match &*name.trim().to_ascii_lowercase() {
                "outlook.timezone" if flavor != Flavor::OutlookV1 => {
                    let zone = timezone::find(value).ok_or_else(|| {
                        let text = format!("A valid TimeZone value must be specified. The following TimeZone value is not supported: '{value}'.");
                        ApiError::new(400, "TimeZoneNotSupportedException", text)
                    })?;
                    prefer.timezone = Some((value.to_owned(), zone));
                }
                "outlook.body-content-type" => {
                    prefer.text_body = Some(value.eq_ignore_ascii_case("text"));
                }
                "idtype" if flavor.is_graph() => {
                    prefer.immutable = value.eq_ignore_ascii_case("ImmutableId");
                }
                "odata.maxpagesize" => {
                    prefer.max_page = value.parse().ok().filter(|size| *size > 0)
                }
                "odata.track-changes" => prefer.track_changes = true,
                _ => {}
            }
        }
        Ok(prefer)
    }

    /// The `Preference-Applied` header.
    pub(crate) fn applied(&self) -> Option<String> {
        let mut list = Vec::new();
        if let Some(text) = self.text_body {
            let kind = if text { "text" } else { "html" };
            list.push(format!("outlook.body-content-type=\"{kind}\""));
        }
        if let Some((name, _)) = &self.timezone {
            list.push(format!("outlook.timezone=\"{name}\""));
        }
        if self.immutable {
            list.push("IdType=ImmutableId".to_owned());
        }
        if self.track_changes {
            list.push("odata.track-changes".to_owned());
        }
        (!list.is_empty()).then(|| list.join(", "))
    }
}

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

    /// The body as a JSON object with canonical names.
    pub(crate) fn body(&self, kind: Kind) -> Result<Json, ApiError> {
        let value = self.any_body()?;
        match outlook::from_outlook(self.flavor, kind, value) {
            Value::Object(object) => Ok(object),
            _ => Err(ApiError::new(
                400,
                "BadRequest",
                "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
            )),
        }
    }

    /// The body as a JSON object, as it was sent.
    pub(crate) fn object(&self) -> Result<Json, ApiError> {
        match self.any_body()? {
            Value::Object(object) => Ok(object),
            _ => Err(ApiError::new(
                400,
                "BadRequest",
                "The request body is no JSON object.",
            )),
        }
    }

    /// The parameters of an action, with names in camel case.
    pub(crate) fn parameters(&self) -> Result<Json, ApiError> {
        if self.request.body.is_empty() {
            return Ok(Json::new());
        }
        let value = self.any_body()?;
        if self.flavor.is_graph() {
            // Names of parameters are case-insensitive: `Comment` is `comment`.
            let object = value.as_object().cloned().unwrap_or_default();
            return Ok(object
                .into_iter()
                .map(|(name, value)| (case::camel(&name), value))
                .collect());
        }
        let object = value.as_object().cloned().unwrap_or_default();
        Ok(object
            .into_iter()
            .map(|(name, value)| {
                let name = case::camel(&name);
                let value = match name.as_str() {
                    "message" => outlook::from_outlook(self.flavor, Kind::Message, value),
                    _ => outlook::value_from_outlook(&name, value),
                };
                (name, value)
            })
            .collect())
    }

    /// The body as JSON. Bodies of Graph are checked with the table of types.
    fn any_body(&self) -> Result<Value, ApiError> {
        let value = serde_json::from_slice(&self.request.body).map_err(|_| {
            let text = "Unable to read JSON request payload. Please ensure Content-Type header is \
                        set and payload is of valid JSON format.";
            ApiError::new(400, "BadRequest", text)
        })?;
        let known = table().body(self.request.method.as_str(), &self.segments);
        match known.filter(|_| self.flavor.is_graph()) {
            Some(known) => body::check(known, value).map_err(|problem| self.invalid_body(&problem)),
            None => Ok(value),
        }
    }

    /// The service's error for a body that is not valid: mail has one code for all, the rest says what is wrong.
    fn invalid_body(&self, problem: &Problem) -> ApiError {
        let mail = ["messages", "sendmail"];
        if self.segments.iter().any(|one| mail.contains(&one.as_str())) {
            let text = "were unable to deserialize ";
            return ApiError::new(400, "UnableToDeserializePostBody", text);
        }
        let text = match problem {
            Problem::Unknown { property, kind: "" } => format!(
                "The parameter '{property}' in the request payload is not a valid parameter for the operation."
            ),
            Problem::Unknown { property, kind } => format!(
                "The property '{property}' does not exist on type 'microsoft.graph.{kind}'. Make sure to only use \
                 property names that are defined by the type."
            ),
            Problem::Value {
                property,
                value,
                kind,
            } => format!(
                "Cannot convert the value {value} of the property '{property}' to the type '{kind}'."
            ),
        };
        ApiError::new(400, "RequestBodyRead", text)
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
