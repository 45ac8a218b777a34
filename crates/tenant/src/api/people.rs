//! People: the contacts, ordered by how often they appear in mail.

use axum::http::Method;
use serde_json::{Map, Value, json};

use super::call::{ApiResult, Call};
use super::listing;
use crate::api_error::ApiError;
use crate::directory::Directory;
use crate::http::Flavor;
use crate::schema::names::Kind;
use crate::store::id::guid_of;
use crate::store::mailbox::CONTACTS;
use crate::store::{Item, Mailbox};

/// `people...`.
pub(crate) fn handle(call: &Call<'_>, rest: &[&str]) -> ApiResult {
    if call.flavor == Flavor::OutlookV1 {
        return Err(call.missing());
    }
    match (&call.request.method, rest) {
        (&Method::GET, []) => {
            let query = call.query(Kind::Person)?;
            let page = call.read(|mailbox| {
                Ok(listing::page(
                    call,
                    Kind::Person,
                    &query,
                    all(&call.tenant.directory(), mailbox),
                ))
            })?;
            call.page("people", &query, page)
        }
        (&Method::GET, [id]) if call.flavor.is_graph() => {
            let query = call.query(Kind::Person)?;
            let found = call.read(|mailbox| {
                Ok(all(&call.tenant.directory(), mailbox)
                    .into_iter()
                    .find(|one| one["id"] == *id))
            })?;
            let mut person = found.ok_or_else(ApiError::not_found)?;
            person.retain(|name, _| name == "id" || query.selects(name));
            call.entity(200, Kind::Person, "people", person)
        }
        (_, []) => Err(ApiError::wrong_method()),
        _ => Err(call.missing()),
    }
}

/// The number of recent messages from or to an address.
fn weight(mailbox: &Mailbox, address: &str) -> usize {
    let is = |one: &crate::store::Person| one.address.eq_ignore_ascii_case(address);
    // The newest messages are enough.
    let recent = mailbox.listing(None).take(500);
    recent
        .filter(|message| message.from.iter().chain(&message.to).any(is))
        .count()
}

fn all(directory: &Directory, mailbox: &Mailbox) -> Vec<Map<String, Value>> {
    let own = mailbox
        .contacts
        .values()
        .filter(|item| item.parent == CONTACTS);
    let mut list: Vec<(usize, Map<String, Value>)> = own
        .map(|item| {
            let address = item.json["emailAddresses"][0]["address"]
                .as_str()
                .unwrap_or_default();
            let weight = weight(mailbox, address);
            (
                weight,
                person(directory, mailbox.number, item, address, weight),
            )
        })
        .collect();
    list.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    list.into_iter().map(|(_, person)| person).collect()
}

fn person(
    directory: &Directory,
    mailbox: u32,
    item: &Item,
    address: &str,
    weight: usize,
) -> Map<String, Value> {
    let part = |name: &str| item.json.get(name).cloned().unwrap_or_default();
    let phones = [
        ("business", part("businessPhones")[0].clone()),
        ("mobile", part("mobilePhone")),
    ];
    let phones = phones.iter().filter(|(_, number)| number.is_string());
    let phones: Value = phones
        .map(|(kind, number)| json!({"type": kind, "number": number}))
        .collect();
    let json = json!({
        "id": guid_of(u64::from(mailbox) << 32 | item.key),
        "displayName": part("displayName"),
        "givenName": part("givenName"),
        "surname": part("surname"),
        "birthday": part("birthday"),
        "personNotes": part("personalNotes"),
        "isFavorite": false,
        "jobTitle": part("jobTitle"),
        "companyName": part("companyName"),
        "department": part("department"),
        "officeLocation": part("officeLocation"),
        "scoredEmailAddresses": [{"address": address, "relevanceScore": weight as f64}],
        "phones": phones,
        "personType": {"class": "Person", "subclass": "PersonalContact"},
        "userPrincipalName": directory.find(address).map(|account| account.address),
    });
    json.as_object().cloned().unwrap_or_default()
}
