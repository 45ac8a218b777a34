//! The clock, as a value: tests move it.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Tells the time in seconds since 1970.
#[derive(Clone)]
pub struct Clock(Arc<Inner>);

enum Inner {
    System {
        begin: Instant,
    },
    Told {
        tell: Box<dyn Fn() -> u64 + Send + Sync>,
        /// What it said last, and the seconds that went by.
        last: Mutex<(u64, u64)>,
    },
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        let begin = Instant::now();
        Self(Arc::new(Inner::System { begin }))
    }

    /// A clock that says what `tell` says.
    pub fn from_fn(tell: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        let last = Mutex::new((tell(), 0));
        let tell = Box::new(tell);
        Self(Arc::new(Inner::Told { tell, last }))
    }

    /// Seconds since 1970.
    #[must_use]
    pub fn now(&self) -> u64 {
        match &*self.0 {
            Inner::System { .. } => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH);
                since.map_or(0, |since| since.as_secs())
            }
            Inner::Told { tell, .. } => tell(),
        }
    }

    /// Seconds that went by since some moment. They never go back, though the machine's clock may be set back.
    #[must_use]
    pub fn monotonic(&self) -> u64 {
        match &*self.0 {
            Inner::System { begin } => begin.elapsed().as_secs(),
            Inner::Told { tell, last } => {
                let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
                let now = tell();
                *last = (now, last.1 + now.saturating_sub(last.0));
                last.1
            }
        }
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}
