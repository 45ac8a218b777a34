//! What changed since the hook of a subscription was told, as notifications.

use serde_json::{Value, json};

use super::rich;
use crate::clock::iso;
use crate::directory::TENANT_ID;
use crate::state::Tenant;
use crate::state::subscriptions::{Notification, Subscription, Watched};
use crate::store::Mailbox;
use crate::store::id::{Id, Kind as IdKind, etag};

/// A change of an item.
struct Change {
    version: u64,
    key: u64,
    kind: &'static str,
    id: String,
    etag: Option<String>,
}

/// Adds the notifications of all changes since the last call.
pub(crate) fn collect(tenant: &Tenant) {
    let now = tenant.clock().unix();
    let store = tenant.store();
    let mut subscriptions = tenant.subscriptions();
    subscriptions.expire(now);
    let mut notifications = Vec::new();
    for subscription in &mut subscriptions.all {
        let Some(mailbox) = store.mailbox(subscription.mailbox) else {
            continue;
        };
        let mut changes = of(mailbox, subscription);
        changes.sort_by_key(|change| change.version);
        let wanted = changes.iter().filter(|change| match change.kind {
            "created" => subscription.created,
            "updated" => subscription.updated,
            _ => subscription.deleted,
        });
        notifications.extend(wanted.map(|change| Notification {
            subscription: subscription.id.clone(),
            url: subscription.url.clone(),
            body: envelope(tenant, mailbox, subscription, change),
            failed: 0,
            due: now,
        }));
        subscription.told = mailbox.change;
        subscription.next_key = next_key(mailbox, subscription.watched);
    }
    notifications
        .into_iter()
        .for_each(|one| subscriptions.push(one));
}

/// The key of the next new item.
pub(crate) fn next_key(mailbox: &Mailbox, watched: Watched) -> u64 {
    match watched {
        Watched::Message => mailbox.next_message_key(),
        Watched::Contact | Watched::Event => mailbox.next_item_key(),
    }
}

fn of(mailbox: &Mailbox, subscription: &Subscription) -> Vec<Change> {
    let (kind, number) = (id_kind(subscription.watched), mailbox.number);
    let told = subscription.told;
    let here = |folder: u64| subscription.folder.is_none_or(|key| key == folder);
    let changed = |key: u64, version: u64, id: String| Change {
        version,
        key,
        kind: if key >= subscription.next_key {
            "created"
        } else {
            "updated"
        },
        id,
        etag: Some(etag(version)),
    };
    let plain = |key: u64| {
        Id {
            kind,
            mailbox: number,
            key,
            part: 0,
        }
        .encode()
    };
    let mut changes: Vec<Change> = match subscription.watched {
        Watched::Message => mailbox
            .changed_since(told + 1)
            .filter(|one| here(one.folder))
            .map(|one| changed(one.key, one.change, one.id(number, subscription.immutable)))
            .collect(),
        Watched::Event => mailbox
            .events
            .values()
            .filter(|one| one.change > told && here(one.calendar))
            .map(|one| changed(one.key, one.change, plain(one.key)))
            .collect(),
        Watched::Contact => mailbox
            .contacts
            .values()
            .filter(|one| one.change > told && here(one.parent))
            .map(|one| changed(one.key, one.change, plain(one.key)))
            .collect(),
    };
    let gone = mailbox.removals.iter().filter(|one| {
        // A move within all messages is no removal.
        let moved = subscription.folder.is_none() && mailbox.message(one.id.key).is_some();
        let whole = kind == IdKind::Message || one.id.part == 0;
        one.change > told
            && one.id.kind == kind
            && here(one.folder)
            && whole
            && !(kind == IdKind::Message && moved)
    });
    changes.extend(gone.map(|one| Change {
        version: one.change,
        key: one.id.key,
        kind: "deleted",
        id: one.id.encode(),
        etag: None,
    }));
    changes
}

fn id_kind(watched: Watched) -> IdKind {
    match watched {
        Watched::Contact => IdKind::Contact,
        Watched::Event => IdKind::Event,
        Watched::Message => IdKind::Message,
    }
}

/// A notification with its item and its tokens, if the client wants resource data.
fn envelope(
    tenant: &Tenant,
    mailbox: &Mailbox,
    subscription: &Subscription,
    change: &Change,
) -> Value {
    let mut body = body(tenant, subscription, change);
    let Some(rich) = &subscription.rich else {
        return json!({"value": [body]});
    };
    // What is deleted has no data.
    if change.kind != "deleted"
        && let Some(content) = rich::content(tenant, mailbox, subscription, rich, change.key)
    {
        body["encryptedContent"] = content;
    }
    let tokens = rich::validation_tokens(tenant, &subscription.client_id);
    json!({"value": [body], "validationTokens": tokens})
}

fn body(tenant: &Tenant, subscription: &Subscription, change: &Change) -> Value {
    let (set, kind) = match subscription.watched {
        Watched::Contact => ("Contacts", "Contact"),
        Watched::Event => ("Events", "Event"),
        Watched::Message => ("Messages", "Message"),
    };
    let owner = tenant.directory().owner(subscription.mailbox);
    let resource = format!("Users/{}/{set}/{}", owner.oid, change.id);
    let mut data = json!({
        "@odata.type": format!("#Microsoft.Graph.{kind}"),
        "@odata.id": resource,
        "id": change.id,
    });
    if let Some(etag) = &change.etag {
        data["@odata.etag"] = etag.as_str().into();
    }
    let mut out = head(subscription);
    out["changeType"] = change.kind.into();
    out["resource"] = resource.into();
    out["resourceData"] = data;
    out
}

/// What all notifications of a subscription have.
fn head(subscription: &Subscription) -> Value {
    let expires = chrono::DateTime::from_timestamp(subscription.expires, 0).unwrap_or_default();
    json!({
        "subscriptionId": subscription.id,
        "subscriptionExpirationDateTime": iso(expires),
        "clientState": subscription.client_state,
        "tenantId": TENANT_ID,
    })
}

/// Adds a lifecycle notification for each subscription with a lifecycle hook. Gives their number.
pub(crate) fn lifecycle(tenant: &Tenant, event: &str) -> usize {
    let now = tenant.clock().unix();
    let mut subscriptions = tenant.subscriptions();
    subscriptions.expire(now);
    let told: Vec<Notification> = subscriptions
        .all
        .iter()
        .filter_map(|one| {
            let mut body = head(one);
            body["lifecycleEvent"] = event.into();
            body["resource"] = one.resource.as_str().into();
            Some(Notification {
                subscription: one.id.clone(),
                url: one.lifecycle_url.clone()?,
                body: json!({"value": [body]}),
                failed: 0,
                due: now,
            })
        })
        .collect();
    if event == "subscriptionRemoved" {
        subscriptions.all.clear();
    }
    let count = told.len();
    told.into_iter().for_each(|one| subscriptions.push(one));
    count
}
