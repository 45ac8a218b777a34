//! Contacts and categories.

use chrono::{DateTime, Utc};
use rand::Rng as _;
use rand::rngs::StdRng;
use serde_json::{Value, json};

use super::picture;
use super::texts::{CATEGORIES, PEOPLE, TITLES};
use crate::directory::Account;
use crate::ids;
use crate::store::items::PHOTO;
use crate::store::mailbox::CONTACTS;
use crate::store::{Json, Mailbox};
use crate::views::contact as view;

/// Domain, company, town, postal code, country, telephone without the last two digits.
/// The telephone numbers are from ranges reserved for fiction.
const COMPANIES: [(&str, &str, &str, &str, &str, &str); 3] = [
    (
        "contoso.example",
        "Contoso",
        "Utrecht",
        "3500 AA",
        "Netherlands",
        "+31 20 555 01",
    ),
    (
        "fabrikam.example",
        "Fabrikam",
        "London",
        "SW1A 0AA",
        "United Kingdom",
        "+44 20 7946 09",
    ),
    (
        "litware.example",
        "Litware",
        "Seattle",
        "98101",
        "United States",
        "+1 206 555 01",
    ),
];

/// Creates a contact for everybody except the owner, and a folder with suppliers.
pub(super) fn fill(
    mailbox: &mut Mailbox,
    owner: &Account,
    now: DateTime<Utc>,
    random: &mut StdRng,
) {
    let now = now.timestamp();
    let name = Json::from_iter([("displayName".to_owned(), "Suppliers".into())]);
    let folder = mailbox.new_item(CONTACTS, name, now - 300 * 86_400);
    let suppliers = folder.key;
    mailbox.contact_folders.insert(suppliers, folder);
    for (number, (name, address)) in PEOPLE.iter().enumerate() {
        if *address == owner.address {
            continue;
        }
        let made = now - random.random_range(1..300) * 86_400;
        let json = contact(number, name, address, random);
        mailbox.insert_contact(CONTACTS, json, made);
    }
    for number in 0..3 {
        let json = supplier(number);
        mailbox.insert_contact(suppliers, json, now - 30 * 86_400);
    }
}

fn contact(number: usize, name: &str, address: &str, random: &mut StdRng) -> Json {
    let (given, surname) = name.split_once(' ').unwrap_or((name, ""));
    let domain = address.split('@').nth(1).unwrap_or_default();
    let company = COMPANIES.iter().find(|one| one.0 == domain);
    let (_, company, city, code, country, phone) = *company.unwrap_or(&COMPANIES[0]);
    let body = json!({
        "givenName": given,
        "surname": surname,
        "emailAddresses": [{"name": name, "address": address}],
        "companyName": company,
        "jobTitle": TITLES[number % TITLES.len()],
        "businessPhones": [format!("{phone}{:02}", random.random_range(10..100))],
        "mobilePhone": if number.is_multiple_of(2) { Value::from(format!("{phone}{:02}", random.random_range(10..100))) } else { Value::Null },
        "businessAddress": {"street": format!("Example Street {}", number + 1), "city": city, "state": null, "countryOrRegion": country, "postalCode": code},
        "birthday": if number.is_multiple_of(5) { Value::from(format!("19{}-{:02}-{:02}T11:59:00Z", 60 + number, 1 + number % 12, 1 + number)) } else { Value::Null },
        "categories": if number.is_multiple_of(6) { json!(["Suppliers"]) } else { json!([]) },
        "personalNotes": "",
    });
    let mut json = filled(&body);
    if number.is_multiple_of(3) {
        let photo = ids::base64(&picture::png(number as u64));
        json.insert(PHOTO.to_owned(), photo.into());
    }
    json
}

fn supplier(number: usize) -> Json {
    let (_, company, city, code, country, phone) = COMPANIES[number];
    filled(&json!({
        "displayName": format!("{company} orders"),
        "fileAs": format!("{company} orders"),
        "companyName": company,
        "emailAddresses": [{"name": format!("{company} orders"), "address": format!("orders@{}", COMPANIES[number].0)}],
        "businessPhones": [format!("{phone}00")],
        "businessAddress": {"street": "Example Square 1", "city": city, "state": null, "countryOrRegion": country, "postalCode": code},
        "categories": ["Suppliers"],
    }))
}

fn filled(body: &Value) -> Json {
    let mut json = view::blank();
    let body = body.as_object().cloned().unwrap_or_default();
    // All values have the right type; the test below checks that.
    let _ = view::apply(&mut json, &body);
    json
}

/// The categories that messages, events and contacts use.
pub(super) fn categories(mailbox: &mut Mailbox) {
    for (name, colour) in CATEGORIES {
        let json = json!({"displayName": name, "color": colour});
        let item = mailbox.new_item(0, json.as_object().cloned().unwrap_or_default(), 0);
        mailbox.categories.push(item);
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;

    use super::*;

    #[test]
    fn contacts_are_complete_and_their_values_fit() {
        let mut mailbox = Mailbox::new(1);
        let owner = crate::directory::Directory::default().owner(1);
        fill(
            &mut mailbox,
            owner,
            Utc::now(),
            &mut StdRng::seed_from_u64(1),
        );
        assert_eq!(mailbox.contacts.len(), PEOPLE.len() + 2);
        for contact in mailbox.contacts.values() {
            let filled = ["displayName", "fileAs", "companyName"];
            assert!(filled.iter().all(|name| contact.json[*name].is_string()));
        }
    }
}
