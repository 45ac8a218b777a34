//! Lines of the log that a stranger can cause: some of each kind in a minute, and then a count of the others.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Lines of one kind in a [`PERIOD`].
const LINES: u32 = 20;
const PERIOD: Duration = Duration::from_secs(60);

/// Counts lines by their kind: names that are written in the code, so that the table has its bound.
#[derive(Default)]
pub(crate) struct Quiet(Mutex<HashMap<(&'static str, &'static str), Kind>>);

struct Kind {
    since: Instant,
    lines: u32,
    left_out: u64,
}

impl Quiet {
    /// Whether a line of this kind is written, and how many were left out since the last one; `None` where it is left out.
    pub(crate) fn line(&self, kind: (&'static str, &'static str)) -> Option<u64> {
        self.line_at(kind, Instant::now())
    }

    fn line_at(&self, kind: (&'static str, &'static str), now: Instant) -> Option<u64> {
        let mut kinds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kind = kinds.entry(kind).or_insert(Kind {
            since: now,
            lines: 0,
            left_out: 0,
        });
        if now.duration_since(kind.since) >= PERIOD {
            (kind.since, kind.lines) = (now, 0);
        }
        if kind.lines >= LINES {
            kind.left_out += 1;
            return None;
        }
        kind.lines += 1;
        Some(std::mem::take(&mut kind.left_out))
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn e70_a_flood_writes_some_lines_and_a_count() {
        let quiet = Quiet::default();
        let begin = Instant::now();
        let written =
            (0..10_000).filter(|_| quiet.line_at(("/token", "throttled"), begin).is_some());
        assert_eq!(written.count(), 20);
        assert_eq!(
            quiet.line_at(("/token", "forbidden"), begin),
            Some(0),
            "another kind"
        );
        let later = begin + PERIOD;
        assert_eq!(quiet.line_at(("/token", "throttled"), later), Some(9980));
        assert_eq!(quiet.line_at(("/token", "throttled"), later), Some(0));
    }
}
