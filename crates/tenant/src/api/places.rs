//! `/places`: rooms and lists of rooms of the organisation.
//! <https://learn.microsoft.com/graph/api/place-list>

use axum::http::Method;
use serde_json::{Map, Value};

use super::call::{ApiRequest, ApiResult};
use super::listing;
use super::response::ApiResponse;
use crate::api_error::ApiError;
use crate::directory::places::{LISTS, ROOMS, Room, RoomList};
use crate::http::Params;
use crate::oauth::flow::AccessToken;
use crate::odata::Query;
use crate::odata::query::option;
use crate::schema::names::{Kind, Names};
use crate::state::Tenant;

/// Default and largest value of `$top`.
const DEFAULT_TOP: usize = 100;
const MAX_TOP: usize = 1000;

/// `places/...`.
///
/// # Errors
/// The token lacks `Place.Read.All`; the place does not exist; an option is not supported.
pub(crate) fn handle(
    tenant: &Tenant,
    request: &ApiRequest,
    access: &AccessToken,
    below: &[String],
) -> ApiResult {
    if access.oid.is_some() && !access.scopes.contains("place.read.all") {
        return Err(ApiError::denied());
    }
    if request.method != Method::GET {
        return Err(ApiError::wrong_method());
    }
    let parts: Vec<&str> = below.iter().map(String::as_str).collect();
    match parts.as_slice() {
        ["room"] => {
            let rooms = ROOMS.iter().map(Room::json).collect();
            list(tenant, request, Kind::Room, "microsoft.graph.room", rooms)
        }
        ["roomlist"] => {
            let lists = LISTS.iter().map(RoomList::json).collect();
            list(
                tenant,
                request,
                Kind::RoomList,
                "microsoft.graph.roomList",
                lists,
            )
        }
        [id, "roomlist", "rooms"] => {
            let rooms = RoomList::find(id).ok_or_else(ApiError::not_found)?.rooms();
            let context = format!("('{id}')/microsoft.graph.roomList/rooms");
            list(
                tenant,
                request,
                Kind::Room,
                &context,
                rooms.map(Room::json).collect(),
            )
        }
        [id] => one(tenant, request, id),
        _ => Err(ApiError::no_segment(
            request.flavor,
            parts.last().unwrap_or(&"places"),
        )),
    }
}

/// A room or a list of rooms by its id or address.
fn one(tenant: &Tenant, request: &ApiRequest, id: &str) -> ApiResult {
    let room = Room::find(id).map(|room| (Kind::Room, "room", room.json()));
    let found =
        room.or_else(|| RoomList::find(id).map(|list| (Kind::RoomList, "roomList", list.json())));
    let (kind, name, mut place) = found.ok_or_else(ApiError::not_found)?;
    let query = query(request, kind)?;
    place.retain(|name, _| name == "id" || query.selects(name));
    place.insert(
        "@odata.type".into(),
        format!("#microsoft.graph.{name}").into(),
    );
    place.insert(
        "@odata.context".into(),
        format!("{}/$metadata#places/$entity", request.root(tenant)).into(),
    );
    Ok(ApiResponse::json(200, Value::Object(place)))
}

fn list(
    tenant: &Tenant,
    request: &ApiRequest,
    kind: Kind,
    context: &str,
    all: Vec<Map<String, Value>>,
) -> ApiResult {
    let query = query(request, kind)?;
    let page = listing::cut(&query, all, Value::Object);
    let joint = if context.starts_with('(') { "" } else { "/" };
    let context = format!("{}/$metadata#places{joint}{context}", request.root(tenant));
    let next = |skip| request.next_link(tenant, skip);
    Ok(page.reply(&context, query.skip, next))
}

/// The query options. `$orderby`, `$search` and `$expand` are not supported.
fn query(request: &ApiRequest, kind: Kind) -> Result<Query, ApiError> {
    let names = Names {
        flavor: request.flavor,
        kind,
    };
    let params = Params::parse(request.query.as_bytes());
    for odd in ["orderby", "search", "expand"] {
        if option(&params, odd).is_some() {
            return Err(ApiError::bad(format!(
                "The query option '${odd}' is not supported for places."
            )));
        }
    }
    let mut query = Query::read(&params, names, MAX_TOP)?;
    if option(&params, "top").is_none() {
        query.top = DEFAULT_TOP;
    }
    Ok(query)
}
