//! The rest of a mailbox after one of its calls was throttled: all others wait as well, and a rest counts once for all.

use crate::error::Error;
use crate::retry::{Chance, named};
use alloc::string::String;

/// The first rest where the service names no time, in milliseconds. Each further one is twice as long.
const FIRST_REST: u32 = 1000;
/// So many milliseconds after a rest, the rests are forgotten.
const FORGOTTEN: u64 = 60_000;

/// The mailbox that was throttled last, and its rests. Where two are throttled at a time, the refused calls of the other one
/// wait for themselves.
#[derive(Clone, Debug, Default)]
pub struct Rest {
    /// Whose mailbox it is; empty for the signed-in user's.
    user: String,
    /// When the last rest ends, in milliseconds of the caller's clock.
    until: u64,
    /// How many there were since a call succeeded.
    count: u32,
}

impl Rest {
    /// Milliseconds until calls to the mailbox of `user` go on; 0 where they do.
    #[must_use]
    pub fn left(&self, user: &str, now: u64) -> u32 {
        match self.user == user {
            true => self.until.saturating_sub(now) as u32,
            false => 0,
        }
    }

    /// A call to the mailbox of `user` succeeded: it takes calls again.
    pub fn succeeded(&mut self, user: &str) {
        if self.user == user {
            self.count = 0;
        }
    }

    /// A call to the mailbox of `user` was throttled, which was sent again `repeats` times already. Gives the milliseconds
    /// until it goes on; `None` where the mailbox has refused too often, or asks for more patience than we have.
    pub fn refused(
        &mut self,
        user: &str,
        error: &Error,
        repeats: u32,
        chance: Chance,
    ) -> Option<u32> {
        let now = chance.now;
        // A minute later it is another trouble.
        if self.user != user || now > self.until + FORGOTTEN {
            *self = Self {
                user: user.into(),
                ..Self::default()
            };
        }
        let resting = now < self.until;
        // A call that was on its way when the rest began belongs to it.
        let earlier = self.count.saturating_sub(resting.into());
        let level = repeats.max(earlier);
        if level >= chance.limit {
            return None;
        }
        let time = match named(error, chance.jitter) {
            Some(named) => named?,
            None if resting && repeats <= earlier => 0,
            None => (FIRST_REST << level.min(4)) + u32::from(chance.jitter),
        };
        self.until = self.until.max(now + u64::from(time));
        self.count = self.count.max(level + 1);
        Some((self.until - now) as u32)
    }
}

#[cfg(test)]
#[path = "tests/rest.rs"]
mod tests;
