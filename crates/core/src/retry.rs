//! Whether and when a request is sent again: one rule for single calls and for items of a batch.
//! The caller sleeps.

use crate::error::{Code, Error};
use crate::scan;

/// The longest wait, in seconds. Where the service asks for more, the caller gets the error and decides.
const MAX_WAIT: u32 = 120;
/// The first and the longest back-off where the service names no time, in milliseconds.
const FIRST_BACK_OFF: u32 = 500;
const MAX_BACK_OFF: u32 = 16_000;

/// Milliseconds to wait before the request is sent again, or `None` where it must not be.
///
/// `repeats` counts how often it was sent again already; `limit` is the highest number of repeats. A request whose
/// `method` is not idempotent is sent again only where the service said that it did not take effect (429).
/// `jitter` is any random byte.
#[must_use]
pub fn decide(error: &Error, method: &str, repeats: u32, limit: u32, jitter: u8) -> Option<u32> {
    let idempotent = is_idempotent(method);
    let status = error.detail.as_ref().and_then(|detail| detail.status);
    let again = match error.code {
        Code::Throttled => true,
        Code::ServiceUnavailable => idempotent && status != Some(501),
        Code::Network => idempotent,
        _ => false,
    };
    if !again || repeats >= limit {
        return None;
    }
    let named = error
        .detail
        .as_ref()
        .and_then(|detail| detail.retry_after_seconds);
    if let Some(seconds) = named {
        // With jitter, so that not all clients come back at the same moment.
        return (seconds <= MAX_WAIT).then(|| seconds * 1000 + u32::from(jitter));
    }
    let whole = FIRST_BACK_OFF
        .saturating_mul(1 << repeats.min(10))
        .min(MAX_BACK_OFF);
    Some(whole / 2 + whole / 2 * u32::from(jitter) / 255)
}

/// Whether a request may be sent again although the first one may have taken effect (RFC 9110 §9.2.2).
/// PATCH is not idempotent by the standard; those of these services are, as they set members to values.
fn is_idempotent(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "PUT" | "PATCH" | "DELETE")
}

/// Seconds of a `Retry-After` value (RFC 9110 §10.2.3), rounded up: seconds with or without decimals, or a date.
#[must_use]
pub fn after(text: &str, now: u64) -> Option<u32> {
    match http_date(scan::trim(text)) {
        Some(date) => u32::try_from(date.saturating_sub(now)).ok(),
        None => seconds(text),
    }
}

/// Seconds of a `Retry-After` value that is no date, rounded up.
#[must_use]
pub fn seconds(text: &str) -> Option<u32> {
    let text = scan::trim(text);
    let (whole, part) = scan::split_once(text, ".").unwrap_or((text, ""));
    if !scan::is_digits(part) {
        return None;
    }
    let up = u32::from(scan::contains_any(part, b"123456789"));
    scan::number(whole)?.checked_add(up)
}

/// `Sun, 06 Nov 1994 08:49:37 GMT` in seconds since 1970.
fn http_date(text: &str) -> Option<u64> {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let number = |from: usize, to: usize| scan::number(text.get(from..to)?).map(u64::from);
    if text.len() != 29 || !text.ends_with("GMT") {
        return None;
    }
    let month = scan::find(MONTHS, text.get(8..11)?).filter(|at| at % 3 == 0)? as u64 / 3 + 1;
    let (day, year) = (number(5, 7)?, number(12, 16)?);
    let (hour, minute, second) = (number(17, 19)?, number(20, 22)?, number(23, 25)?);
    // Years are counted from March, so that the leap day is the last of its year.
    let (from_march, year) = if month > 2 {
        (month - 3, year)
    } else {
        (month + 9, year.checked_sub(1)?)
    };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * from_march + 2) / 5 + day;
    Some(days.checked_sub(719_469)? * 86_400 + hour * 3600 + minute * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn error(code: Code, status: Option<u16>, retry_after: Option<u32>) -> Error {
        let mut error = Error::new(code, "x");
        error.detail_mut().status = status;
        error.detail_mut().retry_after_seconds = retry_after;
        error
    }

    #[test]
    fn what_may_be_repeated() {
        for (code, status, method, wanted) in [
            (Code::Throttled, Some(429), "POST", true),
            (Code::Throttled, Some(429), "GET", true),
            (Code::ServiceUnavailable, Some(503), "GET", true),
            (Code::ServiceUnavailable, Some(503), "PUT", true),
            (Code::ServiceUnavailable, Some(503), "PATCH", true),
            (Code::ServiceUnavailable, Some(503), "DELETE", true),
            (Code::ServiceUnavailable, Some(503), "POST", false),
            (Code::ServiceUnavailable, Some(503), "NOTIFY", false),
            (Code::ServiceUnavailable, Some(501), "GET", false),
            (Code::ServiceUnavailable, Some(501), "POST", false),
            (Code::Network, None, "GET", true),
            (Code::Network, None, "POST", false),
            (Code::Aborted, None, "GET", false),
            (Code::Timeout, None, "GET", false),
            (Code::NotFound, Some(404), "GET", false),
            (Code::InteractionRequired, Some(401), "GET", false),
        ] {
            assert_eq!(
                decide(&error(code, status, None), method, 0, 3, 0).is_some(),
                wanted,
                "{code:?} {status:?} {method}"
            );
        }
        for (repeats, limit) in [(3, 3), (0, 0), (9, 3)] {
            assert_eq!(
                decide(
                    &error(Code::Throttled, None, None),
                    "GET",
                    repeats,
                    limit,
                    0
                ),
                None
            );
        }
    }

    /// The same rule holds for an item of a batch, whose answer has a status and perhaps a `Retry-After` of its own.
    #[test]
    fn items_of_a_batch_are_sent_again_by_the_same_rule() {
        let after = |status: u16, method: &str, retry_after: Option<&str>| {
            let header = |name: &str| {
                let known = (name == "retry-after").then_some(retry_after).flatten();
                known.map(alloc::string::String::from)
            };
            let error = crate::reply::judge(status, header, "", |_| None);
            decide(&error, method, 0, 3, 0)
        };
        for (status, method, retry_after, wanted) in [
            (429, "POST", None, Some(250)),
            (429, "POST", Some("7"), Some(7000)),
            (429, "GET", Some("120"), Some(120_000)),
            (429, "GET", Some("121"), None),
            (503, "GET", None, Some(250)),
            (503, "POST", None, None),
            (503, "POST", Some("1"), None),
            (501, "GET", Some("1"), None),
            (424, "GET", None, None),
            (401, "GET", None, None),
        ] {
            assert_eq!(
                after(status, method, retry_after),
                wanted,
                "{status} {method} {retry_after:?}"
            );
        }
    }

    #[test]
    fn waits_grow_and_the_services_word_counts() {
        let wait = |repeats, jitter| {
            let error = error(Code::Throttled, None, None);
            decide(&error, "GET", repeats, 99, jitter).unwrap()
        };
        assert_eq!((wait(0, 0), wait(0, 255)), (250, 500));
        assert_eq!((wait(1, 0), wait(1, 255)), (500, 1000));
        assert_eq!((wait(40, 0), wait(40, 255)), (8000, 16_000));
        assert_eq!(
            decide(&error(Code::Throttled, None, Some(7)), "GET", 0, 3, 9),
            Some(7009)
        );
        assert_eq!(
            decide(&error(Code::Throttled, None, Some(3600)), "GET", 0, 3, 9),
            None
        );
    }

    #[test]
    fn retry_after_in_every_form() {
        let now = 784_111_777;
        for (text, wanted) in [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("1.5", Some(2)),
            ("2.0", Some(2)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(0)),
            ("Sun, 06 Nov 1994 08:50:07 GMT", Some(30)),
            ("Thu, 29 Feb 2024 00:00:00 GMT", Some(925_053_023)),
            ("-1", None),
            ("", None),
            ("soon", None),
            ("99999999999", None),
            ("1.x", None),
        ] {
            assert_eq!(after(text, now), wanted, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in "\\PC{0,40}", now in any::<u64>()) {
            let _ = after(&text, now);
        }

        #[test]
        fn no_wait_is_longer_than_our_patience(repeats in any::<u32>(), jitter in any::<u8>(), seconds in prop::option::of(any::<u32>())) {
            let wait = decide(&error(Code::Throttled, None, seconds), "GET", repeats, u32::MAX, jitter);
            prop_assert!(wait.is_none_or(|wait| wait <= MAX_WAIT * 1000 + 255));
        }
    }
}
