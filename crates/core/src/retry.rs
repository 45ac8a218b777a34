//! Whether and when to try again. The shell sleeps; this says how long.

use crate::error::{Code, Error};
use crate::scan;

/// Longest wait that a call takes upon itself, in seconds; beyond that the caller decides.
const PATIENCE: u32 = 120;
/// First and longest back-off where the service named none, in milliseconds.
const FIRST: u32 = 500;
const LONGEST: u32 = 16_000;

/// Milliseconds to wait before the next try, or `None` to give up.
///
/// `done` tries were repeated already, `limit` may be. A request that is not `idempotent` is only
/// repeated where the service said that it did not take effect (429). `jitter` is any random byte.
#[must_use]
pub fn decide(error: &Error, done: u32, limit: u32, idempotent: bool, jitter: u8) -> Option<u32> {
    let status = error.detail.as_ref().and_then(|detail| detail.status);
    let again = match error.code {
        Code::Throttled => true,
        Code::ServiceUnavailable => idempotent && status != Some(501),
        Code::Network => idempotent,
        _ => false,
    };
    if !again || done >= limit {
        return None;
    }
    let named = error
        .detail
        .as_ref()
        .and_then(|detail| detail.retry_after_seconds);
    if let Some(seconds) = named {
        // A little later than asked, so that not all come back at the same moment.
        return (seconds <= PATIENCE).then(|| seconds * 1000 + u32::from(jitter));
    }
    let whole = FIRST.saturating_mul(1 << done.min(10)).min(LONGEST);
    Some(whole / 2 + whole / 2 * u32::from(jitter) / 255)
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
    let (whole, part) = scan::cut(text, ".").unwrap_or((text, ""));
    if !scan::is_digits(part) {
        return None;
    }
    let up = u32::from(scan::has(part, b"123456789"));
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
    // Days since 1970 by counting from March, so that the leap day is the last of its year.
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
        for (code, status, idempotent, wanted) in [
            (Code::Throttled, Some(429), false, true),
            (Code::Throttled, Some(429), true, true),
            (Code::ServiceUnavailable, Some(503), true, true),
            (Code::ServiceUnavailable, Some(503), false, false),
            (Code::ServiceUnavailable, Some(501), true, false),
            (Code::Network, None, true, true),
            (Code::Network, None, false, false),
            (Code::Aborted, None, true, false),
            (Code::Timeout, None, true, false),
            (Code::NotFound, Some(404), true, false),
            (Code::InteractionRequired, Some(401), true, false),
        ] {
            assert_eq!(
                decide(&error(code, status, None), 0, 3, idempotent, 0).is_some(),
                wanted,
                "{code:?} {status:?} {idempotent}"
            );
        }
        assert_eq!(
            decide(&error(Code::Throttled, None, None), 3, 3, true, 0),
            None
        );
        assert_eq!(
            decide(&error(Code::Throttled, None, None), 0, 0, true, 0),
            None
        );
    }

    #[test]
    fn waits_grow_and_the_services_word_counts() {
        let wait = |done, jitter| {
            decide(&error(Code::Throttled, None, None), done, 99, true, jitter).unwrap()
        };
        assert_eq!((wait(0, 0), wait(0, 255)), (250, 500));
        assert_eq!((wait(1, 0), wait(1, 255)), (500, 1000));
        assert_eq!((wait(40, 0), wait(40, 255)), (8000, 16_000));
        assert_eq!(
            decide(&error(Code::Throttled, None, Some(7)), 0, 3, true, 9),
            Some(7009)
        );
        assert_eq!(
            decide(&error(Code::Throttled, None, Some(3600)), 0, 3, true, 9),
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
        fn no_wait_is_longer_than_our_patience(done in any::<u32>(), jitter in any::<u8>(), seconds in prop::option::of(any::<u32>())) {
            let wait = decide(&error(Code::Throttled, None, seconds), done, u32::MAX, true, jitter);
            prop_assert!(wait.is_none_or(|wait| wait <= PATIENCE * 1000 + 255));
        }
    }
}
