use super::*;
use crate::error::Code;

fn refusal(retry_after: Option<u32>) -> Error {
    let mut error = Error::new(Code::Throttled, "x");
    error.detail_mut().retry_after_seconds = retry_after;
    error
}

fn at(now: u64) -> Chance {
    Chance {
        limit: 3,
        now,
        jitter: 0,
    }
}

#[test]
fn rests_double_from_one_second_to_sixteen() {
    let mut rest = Rest::default();
    let mut now = 0;
    let patient = |now| Chance {
        limit: 99,
        ..at(now)
    };
    for wanted in [1000, 2000, 4000, 8000, 16_000, 16_000] {
        let wait = rest.refused("", &refusal(None), 0, patient(now)).unwrap();
        assert_eq!(wait, wanted);
        now += u64::from(wait);
        assert_eq!(rest.left("", now), 0);
    }
}

#[test]
fn a_rest_counts_once_for_all_who_wait_in_it() {
    let mut rest = Rest::default();
    assert_eq!(rest.refused("", &refusal(None), 0, at(0)), Some(1000));
    for late in [1, 100, 999] {
        let wait = rest.refused("", &refusal(None), 0, at(late));
        assert_eq!(wait, Some(1000 - late as u32), "{late}");
    }
    assert_eq!(
        rest.left("", 400),
        600,
        "whoever comes meanwhile waits as well"
    );
    assert_eq!(rest.refused("", &refusal(None), 0, at(1000)), Some(2000));
}

#[test]
fn a_mailbox_that_goes_on_refusing_is_told_and_a_success_ends_the_count() {
    let mut rest = Rest::default();
    for now in [0, 1000, 3000] {
        assert!(
            rest.refused("", &refusal(None), 0, at(now)).is_some(),
            "{now}"
        );
    }
    assert_eq!(rest.refused("", &refusal(None), 0, at(7000)), None);
    assert_eq!(
        rest.refused("", &refusal(None), 0, at(7001)),
        None,
        "the next call as well"
    );
    rest.succeeded("");
    assert_eq!(rest.refused("", &refusal(None), 0, at(7002)), Some(1000));
    // Nor is it held against a call a minute later.
    assert_eq!(rest.refused("", &refusal(None), 0, at(90_000)), Some(1000));
    assert_eq!(
        rest.refused("", &refusal(None), 3, at(200_000)),
        None,
        "its own repeats count"
    );
    let never = Chance {
        limit: 0,
        ..at(300_000)
    };
    assert_eq!(rest.refused("", &refusal(None), 0, never), None);
}

#[test]
fn the_services_word_counts_up_to_two_minutes() {
    let mut rest = Rest::default();
    assert_eq!(rest.refused("", &refusal(Some(7)), 0, at(0)), Some(7000));
    assert_eq!(
        rest.refused("", &refusal(Some(9)), 0, at(1000)),
        Some(9000),
        "the longer one"
    );
    assert_eq!(
        rest.refused("", &refusal(Some(1)), 0, at(2000)),
        Some(8000),
        "not a shorter one"
    );
    assert_eq!(rest.refused("", &refusal(Some(121)), 0, at(2000)), None);
    assert_eq!(rest.refused("", &refusal(Some(0)), 0, at(10_000)), Some(0));
}

/// 200 calls, four at a time, at a service that refuses every third request for five seconds and hides `Retry-After`.
#[test]
fn two_hundred_calls_all_succeed_while_every_third_is_refused() {
    for offset in 0..3 {
        for latency in [1, 20, 50, 300] {
            let told = simulate(latency, offset);
            assert_eq!(told, 0, "latency {latency}, offset {offset}");
        }
    }
}

/// How many of the calls are told `throttled`.
fn simulate(latency: u64, offset: u32) -> usize {
    let mut rest = Rest::default();
    let (mut waiting, mut running, mut asked, mut told) =
        (alloc::vec![0; 200], alloc::vec![], offset, 0);
    for now in 0..60_000 {
        let (over, on): (alloc::vec::Vec<_>, _) = running
            .into_iter()
            .partition(|one: &(u64, u32, bool)| one.0 <= now);
        running = on;
        for (_, repeats, refused) in over {
            match refused {
                false => rest.succeeded(""),
                true if rest.refused("", &refusal(None), repeats, at(now)).is_some() => {
                    waiting.push(repeats + 1)
                }
                true => told += 1,
            }
        }
        while running.len() < 4 && rest.left("", now) == 0 {
            let Some(repeats) = waiting.pop() else { break };
            asked += 1;
            running.push((now + latency, repeats, now < 5000 && asked % 3 == 0));
        }
    }
    assert!(waiting.is_empty() && running.is_empty());
    told
}

#[test]
fn another_mailbox_goes_on() {
    let mut rest = Rest::default();
    assert_eq!(rest.refused("ben", &refusal(None), 0, at(0)), Some(1000));
    assert_eq!((rest.left("ben", 1), rest.left("", 1)), (999, 0));
    rest.succeeded("");
    assert_eq!(rest.refused("ben", &refusal(None), 0, at(1000)), Some(2000));
    assert_eq!(rest.refused("", &refusal(None), 0, at(1001)), Some(1000));
}
