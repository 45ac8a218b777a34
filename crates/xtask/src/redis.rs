//! A `redis-server` for the endpoint's tests: from the PATH, or Debian's package.

use crate::{debian, run};

/// Installs it where that is ours to do (root on Debian). Without it the tests say that they skip.
pub(crate) fn ensure() {
    let there = || run::find(&["redis-server"]).is_some();
    if !there() && debian::may_install() {
        // On a machine without network the other tests still count.
        if let Err(error) = debian::install(&["redis-server"]) {
            run::say(&format!("{error:#}"));
        }
    }
    if !there() {
        run::say(
            "redis-server is missing: what needs it is skipped (Debian's package is redis-server)",
        );
    }
}
