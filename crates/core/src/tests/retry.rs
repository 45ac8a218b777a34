use super::*;
use alloc::string::String;
use proptest::prelude::*;

fn error(code: Code, status: Option<u16>, retry_after: Option<u32>) -> Error {
    let mut error = Error::new(code, "x");
    error.detail_mut().status = status;
    error.detail_mut().retry_after_seconds = retry_after;
    error
}

const CHANCE: Chance = Chance {
    limit: 3,
    now: 0,
    jitter: 0,
};

/// The error as it is told, and what comes next.
fn after_failure(
    mut error: Error,
    effect: Effect,
    attempts: &mut Attempts,
    chance: Chance,
) -> (Error, Next) {
    let intent = Intent {
        effect,
        conditional: false,
    };
    let next = next(
        &mut error,
        intent,
        attempts,
        (&mut Rest::default(), ""),
        chance,
    );
    (error, next)
}

/// What comes of a first attempt.
fn first(code: Code, status: Option<u16>, effect: Effect) -> (Error, Next) {
    after_failure(
        error(code, status, None),
        effect,
        &mut Attempts::default(),
        CHANCE,
    )
}

#[test]
fn what_may_be_repeated() {
    use Effect::{Batch, Delete, Move, Once, Read, Set};
    for (code, status, yes, no) in [
        (
            Code::Throttled,
            Some(429),
            &[Read, Set, Delete, Move, Once, Batch][..],
            &[][..],
        ),
        (
            Code::ServiceUnavailable,
            Some(503),
            &[Read, Set, Delete, Move],
            &[Once, Batch],
        ),
        (
            Code::ServiceUnavailable,
            Some(504),
            &[Read, Set, Delete],
            &[Move, Once, Batch],
        ),
        (
            Code::ServiceUnavailable,
            Some(524),
            &[Read, Set, Delete],
            &[Move, Once, Batch],
        ),
        (Code::ServiceUnavailable, Some(501), &[], &[Read, Once]),
        (
            Code::Network,
            None,
            &[Read, Set, Delete],
            &[Move, Once, Batch],
        ),
        (
            Code::Network,
            Some(200),
            &[Read, Set, Delete],
            &[Move, Once],
        ),
        (
            Code::InvalidResponse,
            Some(200),
            &[Read, Set, Delete],
            &[Move, Once],
        ),
        (Code::InvalidResponse, None, &[], &[Read, Set]),
        (
            Code::PreconditionFailed,
            Some(412),
            &[Set, Delete, Once],
            &[],
        ),
        (Code::Conflict, Some(409), &[], &[Set, Once]),
        (Code::Aborted, None, &[], &[Read]),
        (Code::Timeout, None, &[], &[Read, Set, Once]),
        (Code::NotFound, Some(404), &[], &[Read, Set, Delete]),
        (Code::MailboxFull, Some(507), &[], &[Read, Set, Once]),
        (Code::InteractionRequired, Some(401), &[], &[Read]),
    ] {
        for (effects, wanted) in [(yes, true), (no, false)] {
            for effect in effects {
                let next = first(code, status, *effect).1;
                assert_eq!(
                    matches!(next, Next::Wait(_)),
                    wanted,
                    "{code:?} {status:?} {effect:?}"
                );
            }
        }
    }
    for (repeats, limit) in [(3, 3), (0, 0), (9, 3)] {
        for code in [Code::Throttled, Code::Network] {
            let mut attempts = Attempts {
                repeats,
                ..Attempts::default()
            };
            let chance = Chance { limit, ..CHANCE };
            let next =
                after_failure(error(code, None, None), Effect::Read, &mut attempts, chance).1;
            assert_eq!((next, attempts.repeats), (Next::Told, repeats));
        }
    }
}

/// The code that is told after attempts that ended so; `None` where the request counts as done.
fn told(effect: Effect, conditional: bool, failures: &[(Code, u16)]) -> Option<Code> {
    let intent = Intent {
        effect,
        conditional,
    };
    let mut attempts = Attempts::default();
    let mut rest = Rest::default();
    let mut now = 0;
    for (at, (code, status)) in failures.iter().enumerate() {
        let mut error = error(*code, (*status > 0).then_some(*status), None);
        match next(
            &mut error,
            intent,
            &mut attempts,
            (&mut rest, ""),
            Chance { now, ..CHANCE },
        ) {
            Next::Wait(wait) => now += u64::from(wait),
            Next::Done => return None,
            Next::Told => {
                assert_eq!(at + 1, failures.len(), "{failures:?}: told too early");
                return Some(error.code);
            }
        }
    }
    assert!(failures.is_empty(), "{failures:?}: nothing is told");
    None
}

#[test]
fn an_outcome_is_done_not_done_or_not_known() {
    use Effect::{Batch, Delete, Move, Once, Read, Set};
    const CUT: (Code, u16) = (Code::Network, 0);
    const LATE: (Code, u16) = (Code::Timeout, 0);
    const GATEWAY: (Code, u16) = (Code::ServiceUnavailable, 504);
    const DOWN: (Code, u16) = (Code::ServiceUnavailable, 503);
    const BROKEN: (Code, u16) = (Code::InvalidResponse, 200);
    const NOTHING: (Code, u16) = (Code::NotFound, 404);
    const CHANGED: (Code, u16) = (Code::PreconditionFailed, 412);
    const BUSY: (Code, u16) = (Code::Throttled, 429);
    const NO: (Code, u16) = (Code::Forbidden, 403);
    const ODD: (Code, u16) = (Code::BadRequest, 400);
    let unknown = Some(Code::OutcomeUnknown);
    for (effect, conditional, failures, wanted) in [
        // What may have left and is not repeated.
        (Once, false, &[CUT][..], unknown),
        (Once, false, &[LATE], unknown),
        (Once, false, &[GATEWAY], unknown),
        (Once, false, &[BROKEN], unknown),
        (Once, false, &[DOWN], Some(Code::ServiceUnavailable)),
        (Once, false, &[BUSY, CUT], unknown),
        (Once, false, &[NO], Some(Code::Forbidden)),
        (Set, false, &[LATE], unknown),
        (Move, false, &[CUT], unknown),
        (Move, false, &[GATEWAY], unknown),
        // A deletion that finds nothing when it is repeated.
        (Delete, false, &[CUT, NOTHING], None),
        (Delete, false, &[GATEWAY, BUSY, NOTHING], None),
        (Delete, true, &[BROKEN, NOTHING], None),
        (Delete, false, &[DOWN, NOTHING], None),
        (Move, false, &[DOWN, NOTHING], None),
        (Delete, false, &[CUT, (Code::Gone, 410)], None),
        (Delete, false, &[NOTHING], Some(Code::NotFound)),
        (Delete, false, &[BUSY, NOTHING], Some(Code::NotFound)),
        (Delete, false, &[CUT, NO], unknown),
        // A change that meets itself.
        (Set, true, &[CUT, CHANGED], unknown),
        (Set, true, &[DOWN, CHANGED], unknown),
        (Set, true, &[CHANGED], Some(Code::PreconditionFailed)),
        (Set, true, &[BUSY, CHANGED], Some(Code::PreconditionFailed)),
        (Set, false, &[CUT, NOTHING], unknown),
        (Set, false, &[CUT, DOWN, DOWN, DOWN], unknown),
        (
            Set,
            false,
            &[DOWN, DOWN, DOWN, DOWN],
            Some(Code::ServiceUnavailable),
        ),
        (Set, false, &[CUT, CUT, CUT, CUT], unknown),
        (Set, false, &[CUT, ODD], Some(Code::BadRequest)),
        // A conflict that passes, or stays.
        (
            Set,
            false,
            &[CHANGED, CHANGED],
            Some(Code::PreconditionFailed),
        ),
        // Reads change nothing; the items of a batch have outcomes of their own.
        (Read, false, &[CUT, CUT, CUT, CUT], Some(Code::Network)),
        (Read, false, &[LATE], Some(Code::Timeout)),
        (
            Read,
            false,
            &[BROKEN, BROKEN, NOTHING],
            Some(Code::NotFound),
        ),
        (
            Read,
            false,
            &[BROKEN, BROKEN, BROKEN, BROKEN],
            Some(Code::InvalidResponse),
        ),
        (Batch, false, &[CUT], Some(Code::Network)),
        // A success whose body is not needed.
        (Once, false, &[(Code::InvalidResponse, 202)], None),
        (Once, false, &[(Code::Network, 204)], None),
        (Delete, false, &[(Code::InvalidResponse, 204)], None),
    ] {
        assert_eq!(
            told(effect, conditional, failures),
            wanted,
            "{effect:?} {conditional} {failures:?}"
        );
    }
}

#[test]
fn two_writes_that_meet_are_sent_once_more() {
    let mut clash = error(Code::Conflict, Some(409), None);
    clash.detail_mut().service_code = Some("ErrorIrresolvableConflict".into());
    let mut attempts = Attempts::default();
    let next =
        |attempts: &mut Attempts| after_failure(clash.clone(), Effect::Once, attempts, CHANCE).1;
    assert!(matches!(next(&mut attempts), Next::Wait(_)));
    assert_eq!(next(&mut attempts), Next::Told);
}

#[test]
fn where_nothing_left_the_browser_the_network_is_to_blame() {
    let mut attempts = Attempts {
        offline: true,
        ..Attempts::default()
    };
    let cut = || error(Code::Network, None, None);
    let (told, next) = after_failure(cut(), Effect::Once, &mut attempts, CHANCE);
    assert_eq!((told.code, next), (Code::Network, Next::Told));
    // A later attempt may have left.
    let mut attempts = Attempts {
        offline: true,
        repeats: 3,
        ..Attempts::default()
    };
    let (told, _) = after_failure(cut(), Effect::Set, &mut attempts, CHANCE);
    assert_eq!(told.code, Code::OutcomeUnknown);
}

/// The same rule holds for an item of a batch, whose answer has a status and perhaps a `Retry-After` of its own.
#[test]
fn items_of_a_batch_are_sent_again_by_the_same_rule() {
    for (status, effect, retry_after, wanted) in [
        (429, Effect::Once, None, Some(1000)),
        (429, Effect::Once, Some("7"), Some(7000)),
        (429, Effect::Read, Some("120"), Some(120_000)),
        (429, Effect::Read, Some("121"), None),
        (503, Effect::Read, None, Some(250)),
        (503, Effect::Once, None, None),
        (503, Effect::Once, Some("1"), None),
        (501, Effect::Read, Some("1"), None),
        (424, Effect::Read, None, None),
        (401, Effect::Read, None, None),
        (0, Effect::Read, None, Some(250)),
        (0, Effect::Once, None, None),
    ] {
        let headers = crate::reply::Headers {
            retry_after: retry_after.map(String::from),
            ..Default::default()
        };
        let error = crate::reply::judge(status, headers, "", |_| None);
        let next = after_failure(error, effect, &mut Attempts::default(), CHANCE).1;
        assert_eq!(
            next,
            wanted.map_or(Next::Told, Next::Wait),
            "{status} {effect:?} {retry_after:?}"
        );
    }
}

#[test]
fn waits_grow_and_the_services_word_counts() {
    let wait = |repeats, jitter, named| {
        let mut attempts = Attempts {
            repeats,
            ..Attempts::default()
        };
        let chance = Chance {
            limit: 99,
            now: 0,
            jitter,
        };
        let down = error(Code::ServiceUnavailable, Some(503), named);
        match after_failure(down, Effect::Read, &mut attempts, chance).1 {
            Next::Wait(time) => time,
            _ => 0,
        }
    };
    assert_eq!((wait(0, 0, None), wait(0, 255, None)), (250, 500));
    assert_eq!((wait(1, 0, None), wait(1, 255, None)), (500, 1000));
    assert_eq!((wait(40, 0, None), wait(40, 255, None)), (8000, 16_000));
    assert_eq!(wait(0, 9, Some(7)), 7009);
    assert_eq!(wait(0, 9, Some(3600)), 0);
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
    fn no_wait_is_longer_than_our_patience(repeats in any::<u32>(), jitter in any::<u8>(), seconds in prop::option::of(any::<u32>()), throttled in any::<bool>()) {
        let code = if throttled { Code::Throttled } else { Code::ServiceUnavailable };
        let mut attempts = Attempts { repeats: repeats.min(u32::MAX - 1), ..Attempts::default() };
        let next = after_failure(error(code, None, seconds), Effect::Read, &mut attempts, Chance { limit: u32::MAX, now: 0, jitter });
        prop_assert!(!matches!(next.1, Next::Wait(wait) if wait > MAX_WAIT * 1000 + 255));
    }
}
