//! Bodies of requests. Fields: which operation, the body.

use super::{fields, local};

const OPERATIONS: [(&str, &str); 16] = [
    ("POST", "/messages"),
    ("POST", "/events"),
    ("POST", "/contacts"),
    ("POST", "/sendMail"),
    ("POST", "/mailFolders"),
    ("POST", "/mailFolders/inbox/messageRules"),
    ("POST", "/calendar/getSchedule"),
    ("POST", "/findMeetingTimes"),
    ("POST", "/getMailTips"),
    ("POST", "/translateExchangeIds"),
    ("POST", "/calendars"),
    ("POST", "/inferenceClassification/overrides"),
    ("POST", "/outlook/masterCategories"),
    ("PATCH", "/mailboxSettings"),
    ("POST", "/calendar/calendarPermissions"),
    ("POST", "/$batch"),
];

pub(super) fn run(input: &str) {
    let [which, body] = fields(input);
    let number = which.trim().parse().unwrap_or(0_usize);
    let (method, path) = OPERATIONS[number % OPERATIONS.len()];
    local::send(method, path, body);
}
