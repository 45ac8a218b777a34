//! The recurrence of an event that a client sent, as the service keeps it.

use serde_json::{Value, json};

use crate::api_error::ApiError;
use crate::store::Json;
use crate::store::recurrence::Recurrence;

/// The recurrence with all members of responses.
pub(super) fn recurrence(given: &Value, zone: &str) -> Result<Json, ApiError> {
    Recurrence::parse(given).map_err(ApiError::invalid_property)?;
    let (pattern, range) = (&given["pattern"], &given["range"]);
    let or = |value: &Value, other: Value| {
        if value.is_null() {
            other
        } else {
            value.clone()
        }
    };
    let day = |value: &Value| {
        value
            .as_str()
            .and_then(|text| text.get(..10))
            .unwrap_or("0001-01-01")
            .to_owned()
    };
    let json = json!({
        "pattern": {
            "type": pattern["type"],
            "interval": or(&pattern["interval"], 1.into()),
            "month": or(&pattern["month"], 0.into()),
            "dayOfMonth": or(&pattern["dayOfMonth"], 0.into()),
            "daysOfWeek": or(&pattern["daysOfWeek"], json!([])),
            "firstDayOfWeek": or(&pattern["firstDayOfWeek"], "sunday".into()),
            "index": or(&pattern["index"], "first".into()),
        },
        "range": {
            "type": range["type"],
            "startDate": day(&range["startDate"]),
            "endDate": day(&range["endDate"]),
            "recurrenceTimeZone": or(&range["recurrenceTimeZone"], zone.into()),
            "numberOfOccurrences": or(&range["numberOfOccurrences"], 0.into()),
        }
    });
    Ok(json.as_object().cloned().unwrap_or_default())
}
