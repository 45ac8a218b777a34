//! Bodies for every operation that takes one.

use std::sync::OnceLock;

use serde_json::{Value, json};

use super::support::BEN;

/// The URL of the hook for subscriptions.
pub(crate) static HOOK: OnceLock<String> = OnceLock::new();

/// The body that makes an item of a collection.
pub(crate) fn created(collection: &str) -> Option<Value> {
    let name = format!("N{}", rand::random::<u32>());
    let time =
        |hour: u8| json!({"dateTime": format!("2026-01-05T{hour:02}:00:00"), "timeZone": "UTC"});
    Some(match collection {
        "$batch" => json!({"requests": [{"id": "1", "method": "GET", "url": "/me"}]}),
        "attachments" => {
            json!({"@odata.type": "#microsoft.graph.fileAttachment", "name": "a.txt", "contentBytes": "YQ=="})
        }
        "calendarGroups" | "calendars" => json!({"name": name}),
        "calendarPermissions" => {
            json!({"emailAddress": {"address": BEN, "name": "Ben"}, "role": "read"})
        }
        "childFolders" | "contactFolders" | "mailFolders" => json!({"displayName": name}),
        "contacts" => {
            json!({"givenName": name, "emailAddresses": [{"address": "x@fabrikam.example", "name": "X"}]})
        }
        "events" => json!({"subject": name, "start": time(9), "end": time(10)}),
        "extensions" => {
            json!({"@odata.type": "microsoft.graph.openTypeExtension", "extensionName": format!("example.contoso.{name}"), "note": "a"})
        }
        "masterCategories" => json!({"displayName": name, "color": "preset1"}),
        "messageRules" => {
            json!({"displayName": name, "sequence": 1, "isEnabled": true, "actions": {"markAsRead": true}, "conditions": {"subjectContains": [name]}})
        }
        "messages" => {
            json!({"subject": name, "toRecipients": [{"emailAddress": {"address": BEN}}], "body": {"contentType": "text", "content": "a"}})
        }
        "overrides" => {
            json!({"classifyAs": "other", "senderEmailAddress": {"address": format!("{name}@fabrikam.example"), "name": name}})
        }
        "subscriptions" => {
            json!({"changeType": "created", "notificationUrl": HOOK.get().unwrap(), "resource": "me/messages", "expirationDateTime": tomorrow(), "clientState": "a"})
        }
        _ => return None,
    })
}

fn tomorrow() -> String {
    (chrono::Utc::now() + chrono::TimeDelta::days(1)).to_rfc3339()
}

/// The parameters of an action.
pub(crate) fn parameters(action: &str) -> Value {
    let time =
        |hour: u8| json!({"dateTime": format!("2026-01-05T{hour:02}:00:00"), "timeZone": "UTC"});
    let recipients = json!([{"emailAddress": {"address": BEN}}]);
    match action {
        "accept" | "cancel" | "createReply" | "createReplyAll" | "decline" | "reply"
        | "replyAll" | "tentativelyAccept" => json!({"comment": "a"}),
        "copy" | "move" => json!({"destinationId": "archive"}),
        "createForward" | "forward" => json!({"toRecipients": recipients, "comment": "a"}),
        "createUploadSession" => {
            json!({"AttachmentItem": {"attachmentType": "file", "name": "a.bin", "size": 3_500_000}})
        }
        "findMeetingTimes" => {
            json!({"attendees": [{"type": "required", "emailAddress": {"address": BEN}}], "meetingDuration": "PT30M"})
        }
        "getMailTips" => {
            json!({"EmailAddresses": [BEN], "MailTipsOptions": "automaticReplies, mailboxFullStatus"})
        }
        "getSchedule" => json!({"schedules": [BEN], "startTime": time(8), "endTime": time(18)}),
        "sendMail" => json!({"message": {"subject": "a", "toRecipients": recipients}}),
        "snoozeReminder" => json!({"newReminderTime": time(8)}),
        "translateExchangeIds" => {
            json!({"inputIds": ["a"], "sourceIdType": "restId", "targetIdType": "restImmutableEntryId"})
        }
        _ => Value::Null,
    }
}

/// The body that changes an item of a collection, or a single item.
pub(crate) fn changed(name: &str) -> Value {
    match name {
        "calendar" => json!({"color": "lightBlue"}),
        "calendarGroups" | "calendars" => {
            json!({"name": format!("D{}", rand::random::<u32>())})
        }
        "calendarPermissions" => json!({"role": "write"}),
        "childFolders" | "contactFolders" | "mailFolders" => {
            json!({"displayName": format!("D{}", rand::random::<u32>())})
        }
        "contacts" => json!({"givenName": "D"}),
        "events" | "messages" => json!({"categories": ["D"]}),
        "extensions" => json!({"note": "b"}),
        "mailboxSettings" => json!({"timeZone": "UTC"}),
        "masterCategories" => json!({"color": "preset3"}),
        "messageRules" => json!({"isEnabled": false}),
        "overrides" => json!({"classifyAs": "focused"}),
        "subscriptions" => json!({"expirationDateTime": tomorrow()}),
        _ => json!({"mobilePhone": "+49 40 1"}),
    }
}
