//! `/me` and `/users/{id}`, and their photos (nobody has one).

use axum::http::Method;
use serde_json::{Map, Value, json};

use super::call::{Outcome, Raw};
use super::errors::Failure;
use super::reply::Reply;
use crate::directory::{self, Account};
use crate::front::Params;
use crate::odata::Query;
use crate::signin::flow::Access;
use crate::state::Tenant;
use crate::store::id::guid_of;
use crate::views::Flavour;
use crate::views::names::{Kind, Names};
use crate::views::outlook;

/// The user itself, or the photo.
pub(crate) fn handle(
    tenant: &Tenant,
    raw: &Raw,
    access: &Access,
    whose: Option<&str>,
    below: &[String],
) -> Outcome {
    let account = match whose {
        Some(name) => directory::find(name),
        None => access.oid.as_deref().and_then(directory::find),
    };
    let Some(account) = account else {
        let text = format!(
            "Resource '{}' does not exist or one of its queried reference-property objects are not present.",
            whose.unwrap_or("me")
        );
        return Err(Failure::new(404, "Request_ResourceNotFound", text));
    };
    if raw.method != Method::GET {
        return Err(super::wrong_method());
    }
    if below.first().is_some_and(|segment| segment == "photo") {
        let text = "Exception of type 'Microsoft.Fast.Profile.Core.Exception.ImageNotFoundException' was thrown.";
        return Err(Failure::new(404, "ImageNotFound", text));
    }
    if account.mailbox.is_none() && !raw.flavour.is_graph() {
        return Err(Failure::no_mailbox(raw.flavour));
    }
    let names = Names {
        flavour: raw.flavour,
        kind: Kind::User,
    };
    let params = Params::parse(raw.query.as_bytes());
    let query = Query::read(&params, names, raw.flavour.max_top())?;
    let mut entity = user(raw.flavour, account);
    entity.retain(|name, _| name == "id" || query.shows(name));
    let mut body = outlook::render(raw.flavour, Kind::User, entity);
    let root = format!("{}{}", tenant.origin(), raw.flavour.root());
    body["@odata.context"] = if raw.flavour.is_graph() {
        format!("{root}/$metadata#users/$entity").into()
    } else {
        format!("{root}/$metadata#Me").into()
    };
    if !raw.flavour.is_graph() {
        body["@odata.id"] = format!("{root}/Users('{}')", account.address).into();
    }
    Ok(Reply::json(200, body))
}

fn user(flavour: Flavour, account: &Account) -> Map<String, Value> {
    let value = if flavour.is_graph() {
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
            "id": format!("{}@{}", account.oid, crate::TENANT_ID),
            "emailAddress": account.address,
            "alias": account.address.split('@').next(),
            "displayName": account.name,
            "mailboxGuid": guid_of(u64::from(account.mailbox.unwrap_or_default())),
        })
    };
    value.as_object().cloned().unwrap_or_default()
}
