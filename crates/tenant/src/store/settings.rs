//! Settings of a mailbox.

use serde_json::json;

use super::item::Json;

/// The default settings of a mailbox.
pub(crate) fn default() -> Json {
    let settings = json!({
        "timeZone": "W. Europe Standard Time",
        "dateFormat": "d-M-yyyy",
        "timeFormat": "HH:mm",
        "delegateMeetingMessageDeliveryOptions": "sendToDelegateOnly",
        "userPurpose": "user",
        "automaticRepliesSetting": {
            "status": "disabled",
            "externalAudience": "all",
            "internalReplyMessage": "",
            "externalReplyMessage": "",
            "scheduledStartDateTime": {"dateTime": "2026-01-01T00:00:00.0000000", "timeZone": "UTC"},
            "scheduledEndDateTime": {"dateTime": "2026-01-02T00:00:00.0000000", "timeZone": "UTC"}
        },
        "language": {"locale": "en-GB", "displayName": "English (United Kingdom)"},
        "workingHours": {
            "daysOfWeek": ["monday", "tuesday", "wednesday", "thursday", "friday"],
            "startTime": "09:00:00.0000000",
            "endTime": "17:30:00.0000000",
            "timeZone": {"name": "W. Europe Standard Time"}
        }
    });
    settings.as_object().cloned().unwrap_or_default()
}
