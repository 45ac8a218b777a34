//! The answer to one item of a batch, as the face hands it over.

use crate::error::Error;
use crate::intent::Intent;
use crate::json::Json;
use crate::reply::{self, Headers};
use crate::retry::{Attempts, Doubt};
use alloc::string::String;
use alloc::vec::Vec;

/// What came back for an item, and what the item was.
#[derive(Debug)]
pub struct ItemAnswer {
    status: u16,
    headers: Json,
    body: String,
    /// The item's.
    pub intent: Intent,
    /// Those of the item so far.
    pub attempts: Attempts,
    /// Whose mailbox the batch was for; empty for the signed-in user's.
    pub user: String,
}

impl ItemAnswer {
    /// Reads `[status, headers, body, method, url, conditional, keyed, repeats, doubt, user]`. `body` is JSON once more, as
    /// text: what cannot be read of it takes nothing else away. `conditional` says that the item has `If-Match`, `keyed`
    /// that its body has a `transactionId`. What is missing or of another kind reads as nothing: the service wrote the first
    /// three.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let mut items = match Json::parse(text) {
            Some(Json::List(items)) => items,
            _ => Vec::new(),
        };
        let text = |at: usize| items.get(at).and_then(Json::str).unwrap_or_default();
        let number = |at: usize| items.get(at).and_then(Json::number).unwrap_or_default();
        let flag = |at: usize| matches!(items.get(at), Some(Json::Bool(true)));
        let status = number(0).try_into().unwrap_or_default();
        let intent = Intent::of(text(3), text(4), flag(5), flag(6));
        let attempts = Attempts {
            repeats: number(7),
            doubt: Doubt::from_number(number(8)),
            offline: false,
        };
        let (body, user) = (text(2).into(), text(9).into());
        Self {
            status,
            headers: items.get_mut(1).map(core::mem::take).unwrap_or_default(),
            body,
            intent,
            attempts,
            user,
        }
    }

    /// Whether the item was done: its mailbox takes calls.
    #[must_use]
    pub const fn succeeded(&self) -> bool {
        self.status / 100 == 2
    }

    /// The error that the answer stands for. `until` gives the seconds until a date: the caller has the clock.
    #[must_use]
    pub fn error(&self, until: impl Fn(&str) -> Option<u32>) -> Error {
        let headers = Headers::read(|name| self.header(name));
        reply::judge(self.status, headers, &self.body, until)
    }

    /// Services write the names of headers in any case.
    fn header(&self, name: &str) -> Option<String> {
        let Json::Object(members) = &self.headers else {
            return None;
        };
        let member = members
            .iter()
            .find(|member| member.0.eq_ignore_ascii_case(name))?;
        member.1.text()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::intent::Effect;

    fn error(text: &str) -> Error {
        ItemAnswer::read(text).error(|_| None)
    }

    #[test]
    fn an_answer_is_judged_by_status_headers_and_body() {
        let text = r#"[404,{"Request-Id":"r"},"{\"error\":{\"code\":\"ErrorItemNotFound\",\"message\":\"gone\"}}","DELETE","/me/events/a",true,false,2,1,"ben"]"#;
        let answer = ItemAnswer::read(text);
        let (intent, attempts) = (answer.intent, answer.attempts);
        assert_eq!((intent.effect, intent.conditional), (Effect::Delete, true));
        assert_eq!((attempts.repeats, attempts.doubt), (2, Doubt::Failed));
        assert_eq!(answer.user, "ben");
        let keyed = ItemAnswer::read(r#"[504,{},"","POST","/me/events",false,true,0,0,null]"#);
        assert_eq!(keyed.intent.effect, Effect::Set);
        let error = answer.error(|_| None);
        assert_eq!(
            (error.code, error.message.as_ref()),
            (Code::NotFound, "gone")
        );
        let detail = error.detail.as_ref().unwrap();
        assert_eq!(detail.request_id.as_deref(), Some("r"));
        assert_eq!(detail.service_code.as_deref(), Some("ErrorItemNotFound"));
    }

    #[test]
    fn an_item_succeeded_where_its_status_says_so() {
        for (text, wanted) in [
            ("[200]", true),
            ("[204,{}]", true),
            ("[199]", false),
            ("[302]", false),
            ("[404]", false),
            ("[424]", false),
            ("[0]", false),
            ("[]", false),
            (r#"["200"]"#, false),
        ] {
            assert_eq!(ItemAnswer::read(text).succeeded(), wanted, "{text}");
        }
    }

    #[test]
    fn a_body_that_cannot_be_read_takes_nothing_else_away() {
        let deep = "[".repeat(5000);
        for body in ["\\\\ud800", deep.as_str(), "<html>"] {
            let error = error(&alloc::format!(
                r#"[503,{{"Retry-After":"3"}},"{body}","GET","/me",false,false,0,0,null]"#
            ));
            let seconds = error.detail.as_ref().unwrap().retry_after_seconds;
            assert_eq!((error.code, seconds), (Code::ServiceUnavailable, Some(3)));
        }
    }

    #[test]
    fn headers_go_by_name_in_any_case() {
        for name in ["Retry-After", "retry-after", "RETRY-AFTER"] {
            let error = error(&alloc::format!(
                r#"[429,{{"{name}":"7"}},null,"GET","/me",false,false,0,0,null]"#
            ));
            let detail = error.detail.as_ref().unwrap();
            assert_eq!(
                (error.code, detail.retry_after_seconds),
                (Code::Throttled, Some(7)),
                "{name}"
            );
        }
    }

    #[test]
    fn what_is_no_answer_is_an_invalid_response() {
        for text in [
            "",
            "null",
            "[]",
            "[0]",
            r#"["404"]"#,
            "[70000,5,5,5,-1]",
            r#"[99,{"a":1},"x"]"#,
        ] {
            assert_eq!(error(text).code, Code::InvalidResponse, "{text}");
        }
    }
}
