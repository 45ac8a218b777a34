//! The answer to one item of a batch, as the face hands it over.

use crate::error::Error;
use crate::json::Json;
use crate::reply;
use alloc::string::String;

/// What came back for an item, and what the item was.
#[derive(Debug)]
pub struct ItemAnswer {
    status: u16,
    headers: Json,
    body: String,
    /// The HTTP method of the item.
    pub method: String,
    /// How often the item was sent again already.
    pub repeats: u32,
}

impl ItemAnswer {
    /// Reads `[status, headers, body, method, repeats]`, in which `body` is JSON once more, as text: what cannot be read of it
    /// takes nothing else away. What is missing or of another kind reads as nothing: the service wrote the first three.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let mut items = match Json::parse(text) {
            Some(Json::List(items)) => items,
            _ => alloc::vec::Vec::new(),
        };
        let mut take = |at: usize| items.get_mut(at).map(core::mem::take).unwrap_or_default();
        Self {
            status: take(0)
                .number()
                .and_then(|status| status.try_into().ok())
                .unwrap_or_default(),
            headers: take(1),
            body: take(2).text_or_empty(),
            method: take(3).text_or_empty(),
            repeats: take(4).number().unwrap_or_default(),
        }
    }

    /// The error that the answer stands for. `until` gives the seconds until a date: the caller has the clock.
    #[must_use]
    pub fn error(&self, until: impl Fn(&str) -> Option<u32>) -> Error {
        reply::judge(self.status, |name| self.header(name), &self.body, until)
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

    fn error(text: &str) -> Error {
        ItemAnswer::read(text).error(|_| None)
    }

    #[test]
    fn an_answer_is_judged_by_status_headers_and_body() {
        let text = r#"[404,{"Request-Id":"r"},"{\"error\":{\"code\":\"ErrorItemNotFound\",\"message\":\"gone\"}}","GET",2]"#;
        let answer = ItemAnswer::read(text);
        assert_eq!((answer.method.as_str(), answer.repeats), ("GET", 2));
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
    fn a_body_that_cannot_be_read_takes_nothing_else_away() {
        let deep = "[".repeat(5000);
        for body in ["\\\\ud800", deep.as_str(), "<html>"] {
            let error = error(&alloc::format!(
                r#"[503,{{"Retry-After":"3"}},"{body}","GET",0]"#
            ));
            let seconds = error.detail.as_ref().unwrap().retry_after_seconds;
            assert_eq!((error.code, seconds), (Code::ServiceUnavailable, Some(3)));
        }
    }

    #[test]
    fn headers_go_by_name_in_any_case() {
        for name in ["Retry-After", "retry-after", "RETRY-AFTER"] {
            let error = error(&alloc::format!(r#"[429,{{"{name}":"7"}},null,"GET",0]"#));
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
