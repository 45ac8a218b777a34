//! `/me`, `/users/{id}` and the directory around them.

use axum::http::Method;
use serde_json::{Map, Value, json};

use super::call::ApiResult;
use super::request::ApiRequest;
use super::response::{ApiResponse, Payload};
use super::{auth, listing, photos};
use crate::api_error::ApiError;
use crate::directory::{self, Account};
use crate::http::Flavor;
use crate::http::Params;
use crate::oauth::flow::AccessToken;
use crate::odata::Query;
use crate::odata::query::option;
use crate::schema::names::{Kind, Names};
use crate::state::Tenant;
use crate::store::id::guid_of;
use crate::views::outlook;

/// Largest `$top` of the directory.
const MAX_TOP: usize = 999;
/// The delta token of the directory.
const DELTA_TOKEN: &str = "ZGlyZWN0b3J5";

/// A user or the user's photo.
pub(crate) fn handle(
    tenant: &Tenant,
    request: &ApiRequest,
    access: &AccessToken,
    whose: Option<&str>,
    below: &[String],
) -> ApiResult {
    let account = match whose {
        Some(name) => tenant
            .directory()
            .find(name)
            .filter(|found| found.in_organisation() || access.oid.as_deref() == Some(found.oid)),
        None if access.oid.is_none() => return Err(auth::no_me()),
        None => access
            .oid
            .as_deref()
            .and_then(|oid| tenant.directory().find(oid)),
    };
    let Some(account) = account else {
        let text = format!(
            "Resource '{}' does not exist or one of its queried reference-property objects are not present.",
            whose.unwrap_or("me")
        );
        return Err(ApiError::new(404, "Request_ResourceNotFound", text));
    };
    let graph = request.flavor.is_graph();
    match below.first().map(String::as_str) {
        Some("photo") => return photos::of_user(tenant, request, access, account, &below[1..]),
        Some("photos") if graph => {
            return photos::sizes_of_user(tenant, request, account, &below[1..]);
        }
        Some("manager") if graph && below.len() == 1 => return manager(tenant, request, account),
        Some("directreports") if graph && below.len() == 1 => {
            return reports(tenant, request, account);
        }
        Some(other) => return Err(ApiError::no_segment(request.flavor, other)),
        None => {}
    }
    if request.method != Method::GET {
        return Err(ApiError::wrong_method());
    }
    if account.mailbox.is_none() && !request.flavor.is_graph() {
        return Err(ApiError::no_mailbox(request.flavor));
    }
    let names = Names {
        flavor: request.flavor,
        kind: Kind::User,
    };
    let params = Params::parse(request.query.as_bytes());
    let query = Query::read(&params, names, request.flavor.max_top())?;
    let mut entity = user(request.flavor, account);
    entity.retain(|name, _| name == "id" || query.selects(name));
    let mut body = outlook::render(request.flavor, Kind::User, entity);
    let root = format!("{}{}", tenant.origin(), request.flavor.root());
    body["@odata.context"] = if request.flavor.is_graph() {
        format!("{root}/$metadata#users/$entity").into()
    } else {
        format!("{root}/$metadata#Me").into()
    };
    if !request.flavor.is_graph() {
        body["@odata.id"] = format!("{root}/Users('{}')", account.address).into();
    }
    Ok(ApiResponse::json(200, body))
}

/// `manager`: the administrator, who has none.
fn manager(tenant: &Tenant, request: &ApiRequest, account: &Account) -> ApiResult {
    let manager = tenant
        .directory()
        .users()
        .find(|one| one.kind == directory::Kind::Admin && account.kind == directory::Kind::Member);
    let Some(manager) = manager else {
        let text = "Resource 'manager' does not exist or one of its queried reference-property objects are not present.";
        return Err(ApiError::new(404, "Request_ResourceNotFound", text));
    };
    let root = request.root(tenant);
    let mut body = Value::Object(user(request.flavor, manager));
    body["@odata.type"] = "#microsoft.graph.user".into();
    body["@odata.context"] = format!("{root}/$metadata#directoryObjects/$entity").into();
    Ok(ApiResponse::json(200, body))
}

/// `directReports`: the members, at the administrator.
fn reports(tenant: &Tenant, request: &ApiRequest, account: &Account) -> ApiResult {
    let is_manager = account.kind == directory::Kind::Admin;
    let directory = tenant.directory();
    let members = directory
        .users()
        .filter(|one| is_manager && one.kind == directory::Kind::Member);
    let value: Vec<Value> = members
        .map(|one| {
            let mut value = Value::Object(user(request.flavor, one));
            value["@odata.type"] = "#microsoft.graph.user".into();
            value
        })
        .collect();
    let root = request.root(tenant);
    let context = format!("{root}/$metadata#directoryObjects");
    Ok(ApiResponse::json(
        200,
        json!({"@odata.context": context, "value": value}),
    ))
}

/// `GET /users/$count` and `GET /users/delta`. The directory never changes: after the first answer there is nothing new.
///
/// # Errors
/// As [`list`]; a delta token that is not valid.
pub(crate) fn count_or_delta(
    tenant: &Tenant,
    request: &ApiRequest,
    access: &AccessToken,
    delta: bool,
) -> ApiResult {
    check_directory(request, access)?;
    if !delta {
        if !eventual(request) {
            return Err(unsupported(
                "Request with $count query parameter only works through MSGraph with a special request header: \
                 'ConsistencyLevel: eventual'",
            ));
        }
        let count = tenant.directory().users().count().to_string();
        return Ok(ApiResponse::new(200, Payload::Text(count)));
    }
    let params = Params::parse(request.query.as_bytes());
    let names = Names {
        flavor: request.flavor,
        kind: Kind::User,
    };
    let query = Query::read(&params, names, MAX_TOP)?;
    let token = option(&params, "deltatoken");
    if token.is_some_and(|token| token != DELTA_TOKEN && token != "latest") {
        return Err(ApiError::new(
            400,
            "Directory_ExpiredPageToken",
            "Badly formed token.",
        ));
    }
    let directory = tenant.directory();
    let all = directory.users().filter(|_| token.is_none());
    let value: Vec<Value> = all
        .map(|account| {
            let mut entity = user(request.flavor, account);
            entity.retain(|name, _| name == "id" || query.selects(name));
            Value::Object(entity)
        })
        .collect();
    let root = request.root(tenant);
    Ok(ApiResponse::json(
        200,
        json!({
            "@odata.context": format!("{root}/$metadata#users"),
            "@odata.deltaLink": format!("{root}/users/delta?$deltatoken={DELTA_TOKEN}"),
            "value": value,
        }),
    ))
}

fn unsupported(text: &str) -> ApiError {
    ApiError::new(400, "Request_UnsupportedQuery", text)
}

fn eventual(request: &ApiRequest) -> bool {
    let level = request.header("consistencylevel");
    level.is_some_and(|level| level.eq_ignore_ascii_case("eventual"))
}

/// Fails without a permission for the directory.
fn check_directory(request: &ApiRequest, access: &AccessToken) -> Result<(), ApiError> {
    if !request.flavor.is_graph() {
        return Err(ApiError::no_segment(request.flavor, "users"));
    }
    if request.method != Method::GET {
        return Err(ApiError::wrong_method());
    }
    let may = ["user.readbasic.all", "user.read.all", "directory.read.all"];
    if access.oid.is_some() && !may.iter().any(|name| access.scopes.contains(*name)) {
        let text = "Insufficient privileges to complete the operation.";
        return Err(ApiError::new(403, "Authorization_RequestDenied", text));
    }
    Ok(())
}

/// `GET /users`. The directory has its own rules for query options.
///
/// # Errors
/// The token lacks a directory permission; an option is not supported.
pub(crate) fn list(tenant: &Tenant, request: &ApiRequest, access: &AccessToken) -> ApiResult {
    check_directory(request, access)?;
    let params = Params::parse(request.query.as_bytes());
    let given = |name: &str| option(&params, name).is_some();
    if given("skip") {
        return Err(unsupported("The directory takes no $skip."));
    }
    if (given("search") || given("count")) && !eventual(request) {
        return Err(unsupported(
            "$search and $count need the header ConsistencyLevel: eventual.",
        ));
    }
    let names = Names {
        flavor: request.flavor,
        kind: Kind::User,
    };
    let mut query = Query::read(&params, names, MAX_TOP)?;
    if !given("top") {
        query.top = 100;
    }
    if let Some(token) = option(&params, "skiptoken") {
        query.skip = token.parse().unwrap_or_default();
    }
    let directory = tenant.directory();
    let all = directory
        .users()
        .map(|account| user(request.flavor, account));
    let page = listing::cut(&query, all.collect(), Value::Object);
    let root = request.root(tenant);
    let next = |token| {
        let kept = request
            .query
            .split('&')
            .filter(|pair| !pair.to_ascii_lowercase().contains("skiptoken"));
        let mut kept: Vec<String> = kept
            .filter(|pair| !pair.is_empty())
            .map(str::to_owned)
            .collect();
        kept.push(format!("$skiptoken={token}"));
        format!("{root}/users?{}", kept.join("&"))
    };
    Ok(page.reply(&format!("{root}/$metadata#users"), query.skip, next))
}

fn user(flavor: Flavor, account: &Account) -> Map<String, Value> {
    let value = if flavor.is_graph() {
        json!({
            "id": account.oid,
            "businessPhones": [],
            "displayName": account.name,
            "givenName": account.given,
            "surname": account.surname,
            "jobTitle": account.title,
            "mail": account.address,
            "mobilePhone": null,
            "officeLocation": null,
            "preferredLanguage": null,
            "userPrincipalName": account.address,
        })
    } else {
        json!({
            "id": format!("{}@{}", account.oid, crate::directory::TENANT_ID),
            "emailAddress": account.address,
            "alias": account.address.split('@').next(),
            "displayName": account.name,
            "mailboxGuid": guid_of(u64::from(account.mailbox.unwrap_or_default())),
        })
    };
    value.as_object().cloned().unwrap_or_default()
}
