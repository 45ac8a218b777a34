//! What comes after a request that failed: it is sent again after a while, it counts as done, or its error is told. One rule
//! for single calls and for items of a batch. The caller sleeps.

use crate::error::{Code, Error};
use crate::intent::{Effect, Intent};
use crate::rest::Rest;
use crate::scan;
use alloc::borrow::Cow;

/// The longest wait, in seconds. Where the service asks for more, the caller gets the error and decides.
pub(crate) const MAX_WAIT: u32 = 120;
/// The first and the longest back-off where the service names no time, in milliseconds.
const FIRST_BACK_OFF: u32 = 500;
pub(crate) const MAX_BACK_OFF: u32 = 16_000;

/// How likely it is that an attempt took effect although no success came back.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub enum Doubt {
    /// Every answer said that nothing was done.
    #[default]
    None,
    /// The service failed (5xx), perhaps after it had done it.
    Failed,
    /// No answer came, or none that can be read.
    Unanswered,
}

impl Doubt {
    /// As it crosses to the face, which keeps it for an item of a batch.
    #[must_use]
    pub fn from_number(number: u32) -> Self {
        match number {
            0 => Self::None,
            1 => Self::Failed,
            _ => Self::Unanswered,
        }
    }
}

/// What the attempts of one request have come to so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Attempts {
    /// How often the request was sent again.
    pub repeats: u32,
    /// The worst of what the attempts left open.
    pub doubt: Doubt,
    /// Whether the browser was offline when the first attempt began: then nothing left it.
    pub offline: bool,
}

/// What comes after an attempt that failed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Next {
    /// The request is sent again after so many milliseconds.
    Wait(u32),
    /// What was asked for is done: the answer that said so was lost.
    Done,
    /// The error is told.
    Told,
}

/// What decides about a repeat beside the error: settings, clock and random numbers of the caller.
#[derive(Clone, Copy, Debug)]
pub struct Chance {
    /// The highest number of repeats.
    pub limit: u32,
    /// Milliseconds of a clock that never goes back.
    pub now: u64,
    /// Any random byte.
    pub jitter: u8,
}

/// Decides what comes after an attempt that ended with `error`, and counts it in `attempts`. Where a write may have taken
/// effect and nobody can know, the error becomes [`Code::OutcomeUnknown`].
///
/// All calls to the mailbox of `user` rest where one of them was throttled.
pub fn next(
    error: &mut Error,
    intent: Intent,
    attempts: &mut Attempts,
    (rest, user): (&mut Rest, &str),
    chance: Chance,
) -> Next {
    let status = error.detail.as_ref().and_then(|detail| detail.status);
    let is_write = intent.effect != Effect::Read;
    // These have no body that could be missed.
    if status == Some(204) || (is_write && status == Some(202)) {
        return Next::Done;
    }
    let first = attempts.repeats == 0;
    let doubt = doubt(error.code, status, attempts.offline && first);
    attempts.doubt = attempts.doubt.max(doubt);
    let repeatable = match intent.effect {
        Effect::Read | Effect::Set | Effect::Delete => true,
        // A message in the deleted items would go for good.
        Effect::Move => attempts.doubt != Doubt::Unanswered,
        Effect::Batch | Effect::Once => false,
    };
    let again = match error.code {
        Code::Throttled => true,
        Code::ServiceUnavailable => repeatable && status != Some(501),
        Code::Network => repeatable,
        Code::InvalidResponse => repeatable && doubt == Doubt::Unanswered,
        // Exchange's own conflict, which passes: nobody asked for a version of the item.
        Code::PreconditionFailed => first && !intent.conditional,
        Code::Conflict => first && !intent.conditional && is_irresolvable(error),
        _ => false,
    };
    let wait = match error.code {
        _ if !again => None,
        Code::Throttled => rest.refused(user, error, attempts.repeats, chance),
        _ => back_off(error, attempts.repeats, chance),
    };
    if let Some(wait) = wait {
        attempts.repeats += 1;
        return Next::Wait(wait);
    }
    outcome(error, intent, attempts.doubt, doubt)
}

/// What is told after the last attempt, which left `last` open.
fn outcome(error: &mut Error, intent: Intent, worst: Doubt, last: Doubt) -> Next {
    let deletes = matches!(intent.effect, Effect::Delete | Effect::Move);
    if deletes && worst != Doubt::None && matches!(error.code, Code::NotFound | Code::Gone) {
        return Next::Done;
    }
    let own_change = error.code == Code::PreconditionFailed && worst != Doubt::None;
    let after_doubt = worst == Doubt::Unanswered && is_open(error.code);
    if matches!(intent.effect, Effect::Read | Effect::Batch) {
        return Next::Told;
    }
    if last == Doubt::Unanswered || after_doubt || own_change {
        error.code = Code::OutcomeUnknown;
        error.message = Cow::Borrowed(
            "the write may have left, and its answer did not come: nobody knows whether it was done",
        );
    }
    Next::Told
}

/// Whether a refusal with this code says nothing about an earlier attempt. Others would have met that one as well.
const fn is_open(code: Code) -> bool {
    matches!(
        code,
        Code::Conflict
            | Code::Forbidden
            | Code::Gone
            | Code::InvalidResponse
            | Code::NotFound
            | Code::PreconditionFailed
            | Code::ServiceUnavailable
            | Code::Throttled
    )
}

/// What an attempt leaves open. `unsent` says that nothing left the browser, if no answer came.
fn doubt(code: Code, status: Option<u16>, unsent: bool) -> Doubt {
    let unanswered = match code {
        Code::Network => !unsent || status.is_some(),
        Code::Timeout => true,
        // Of a success that nobody can read, or of an item that the answer to its batch does not have.
        Code::InvalidResponse => matches!(status, Some(0 | 200..=299)),
        // A gateway gave up on the service. It also has numbers of its own, from 520.
        Code::ServiceUnavailable => matches!(status, Some(502 | 504 | 520..)),
        _ => false,
    };
    if unanswered {
        Doubt::Unanswered
    } else if code == Code::ServiceUnavailable && status != Some(501) {
        Doubt::Failed
    } else {
        Doubt::None
    }
}

/// Whether Exchange says that two writes met each other.
fn is_irresolvable(error: &Error) -> bool {
    let detail = error.detail.as_ref();
    let code = detail.and_then(|detail| detail.service_code.as_deref());
    code == Some("ErrorIrresolvableConflict")
}

/// Milliseconds to wait where the service has trouble; `None` where the limit is reached, or the service asks for more
/// patience than we have.
fn back_off(error: &Error, repeats: u32, chance: Chance) -> Option<u32> {
    if repeats >= chance.limit {
        return None;
    }
    if let Some(named) = named(error, chance.jitter) {
        return named;
    }
    let whole = FIRST_BACK_OFF
        .saturating_mul(1 << repeats.min(10))
        .min(MAX_BACK_OFF);
    Some(whole / 2 + whole / 2 * u32::from(chance.jitter) / 255)
}

/// The wait that the service names, in milliseconds: `Some(None)` where it is longer than anybody waits. With jitter, so
/// that not all clients come back at the same moment.
pub(crate) fn named(error: &Error, jitter: u8) -> Option<Option<u32>> {
    let seconds = error.detail.as_ref()?.retry_after_seconds?;
    Some((seconds <= MAX_WAIT).then(|| seconds * 1000 + u32::from(jitter)))
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
#[path = "tests/retry.rs"]
mod tests;
