//! What a request is for, as far as repeating it is concerned.

use crate::scan;
use alloc::string::String;

/// What a request does at the service, and so what a second one of the same would do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Effect {
    /// Nothing: it may be repeated at any time.
    Read,
    /// Sets members to values, or makes what the service makes once (an event with `transactionId`): a second one changes
    /// nothing more. PATCH is not idempotent by the standard (RFC 9110 §9.2.2); those of these services are.
    Set,
    /// Takes away: a second one finds nothing.
    Delete,
    /// Moves to the deleted items and leaves the id as it is: a second one takes away for good.
    Move,
    /// Has requests inside, of which each has an effect of its own.
    Batch,
    /// Does it again with each repeat.
    Once,
}

/// The effect of a request, and whether it has a condition.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Intent {
    /// What it does at the service.
    pub effect: Effect,
    /// Whether it is for one version of the item (`If-Match`).
    pub conditional: bool,
}

impl Intent {
    /// The intent of a request. `keyed` says that its body has a `transactionId`.
    #[must_use]
    pub fn of(method: &str, url: &str, conditional: bool, keyed: bool) -> Self {
        let path = scan::before(url, b"?");
        let (parents, last) = scan::rsplit_once(path, b"/").unwrap_or(("", path));
        let effect = match method {
            "GET" | "HEAD" => Effect::Read,
            "PUT" | "PATCH" => Effect::Set,
            "DELETE" if is_moved(parents, last) => Effect::Move,
            "DELETE" => Effect::Delete,
            _ => of_action(last, keyed),
        };
        Self {
            effect,
            conditional,
        }
    }
}

/// Whether a DELETE of the item `last` of `parents` moves it to the deleted items, from where a second one would take it. The
/// services read names in any letter case, and keys also in parentheses: `messages('AAMk')`.
fn is_moved(parents: &str, last: &str) -> bool {
    let (name, _) = scan::split_once(last, "('").unwrap_or((parents, ""));
    let mut collection = String::from(name);
    collection.make_ascii_lowercase();
    collection.ends_with("messages") || collection.ends_with("folders")
}

/// The effect of a POST to a path that ends so.
fn of_action(last: &str, keyed: bool) -> Effect {
    match last {
        "$batch" => Effect::Batch,
        "permanentDelete" => Effect::Delete,
        "events" if keyed => Effect::Set,
        // Questions with a body.
        "getSchedule" | "getMailTips" | "findMeetingTimes" | "translateExchangeIds" => Effect::Read,
        _ => Effect::Once,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_request_has_the_effect_of_its_method_and_its_action() {
        for (method, url, keyed, wanted) in [
            ("GET", "/me/messages?$top=5", false, Effect::Read),
            ("HEAD", "/me", false, Effect::Read),
            ("PATCH", "/me/events/a", false, Effect::Set),
            ("PUT", "/me/photo/$value", false, Effect::Set),
            ("DELETE", "/me/events/a", false, Effect::Delete),
            ("DELETE", "/me/messages/a?x=/b", false, Effect::Move),
            ("DELETE", "/users/b/Messages/a", false, Effect::Move),
            ("DELETE", "/me/messages('a%2Fb=')", false, Effect::Move),
            (
                "DELETE",
                "/me/mailFolders('a')/messages('b')",
                false,
                Effect::Move,
            ),
            ("DELETE", "/me/mailfolders/a", false, Effect::Move),
            ("DELETE", "/me/events('a')", false, Effect::Delete),
            (
                "DELETE",
                "/me/mailFolders/inbox/messages/a",
                false,
                Effect::Move,
            ),
            ("DELETE", "/me/mailFolders/a", false, Effect::Move),
            (
                "DELETE",
                "/me/mailFolders/a/childFolders/b",
                false,
                Effect::Move,
            ),
            (
                "DELETE",
                "/me/messages/a/attachments/b",
                false,
                Effect::Delete,
            ),
            (
                "POST",
                "/me/messages/a/permanentDelete",
                false,
                Effect::Delete,
            ),
            ("POST", "/$batch", false, Effect::Batch),
            ("POST", "/me/events", false, Effect::Once),
            ("POST", "/me/calendars/c/events", true, Effect::Set),
            ("POST", "/me/messages", true, Effect::Once),
            ("POST", "/me/sendMail", false, Effect::Once),
            ("POST", "/me/calendar/getSchedule", false, Effect::Read),
            ("POST", "/me/findMeetingTimes", false, Effect::Read),
            ("POST", "/me/translateExchangeIds", false, Effect::Read),
            ("POST", "/me/messages/a/forward", false, Effect::Once),
            ("NOTIFY", "", false, Effect::Once),
        ] {
            let intent = Intent::of(method, url, false, keyed);
            assert_eq!(intent.effect, wanted, "{method} {url}");
        }
    }
}
