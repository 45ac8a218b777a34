//! A calendar as JSON.

use serde_json::{Map, Value, json};

use super::extended_properties;
use crate::directory::Account;
use crate::store::id::{Id, Kind, change_key};
use crate::store::mailbox::CALENDAR;
use crate::store::{Item, Mailbox};

/// All calendars of a mailbox with canonical names, the default calendar first.
pub(crate) fn all(mailbox: &Mailbox, owner: &Account) -> Vec<Map<String, Value>> {
    let mut list = vec![one(mailbox, owner, None)];
    list.extend(
        mailbox
            .calendars
            .values()
            .map(|item| one(mailbox, owner, Some(item))),
    );
    list
}

/// One calendar with canonical names and with what only an expansion shows; without an item the default calendar.
pub(crate) fn one(mailbox: &Mailbox, owner: &Account, item: Option<&Item>) -> Map<String, Value> {
    let id = Id {
        kind: Kind::Calendar,
        mailbox: mailbox.number,
        key: item.map_or(CALENDAR, |item| item.key),
        part: 0,
    };
    let written = item.or(mailbox.default_calendar.as_ref());
    let text = |name: &str, other: &str| {
        let given = written
            .and_then(|item| item.json.get(name))
            .and_then(Value::as_str);
        given.unwrap_or(other).to_owned()
    };
    let json = json!({
        "id": id.encode(),
        "name": text("name", "Calendar"),
        "color": text("color", "auto"),
        "hexColor": "",
        "changeKey": change_key(written.map_or(1, |item| item.change)),
        "isDefaultCalendar": item.is_none(),
        "canShare": true,
        "canViewPrivateItems": true,
        "canEdit": true,
        "allowedOnlineMeetingProviders": ["teamsForBusiness"],
        "defaultOnlineMeetingProvider": "teamsForBusiness",
        "isTallyingResponses": item.is_none(),
        "isRemovable": item.is_some(),
        "owner": {"name": owner.name, "address": owner.address},
    });
    let mut entity = json.as_object().cloned().unwrap_or_default();
    if let Some(item) = written {
        extended_properties::attach(&mut entity, &item.json);
    }
    entity
}
