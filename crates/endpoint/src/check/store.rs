//! The store that endpoints share: whether it takes a write, and what would lose sessions there.

use super::finding::{Finding, Verdict, finding};
use crate::base::clock::Clock;
use crate::base::problem::Problem;
use crate::config::Config;
use crate::store;

/// Tries it. Nothing is found for the database file, which an endpoint that runs has for itself.
///
/// # Errors
/// [`Problem::Config`] for an address that cannot be used.
pub(super) async fn store(config: &Config, clock: &Clock) -> Result<Vec<Finding>, Problem> {
    if config.store.is_none() {
        return Ok(Vec::new());
    }
    let store = store::open(config, clock)?;
    if store.try_write().await.is_err() {
        let text = "the session store takes no write: look at its address, its password, and with Sentinel or Cluster whether \
                    `store_replicas` replicas are connected to the primary";
        return Ok(vec![finding(Verdict::Wrong, text)]);
    }
    let good = finding(Verdict::Good, "the session store takes a write");
    let warnings = store.warnings().await.unwrap_or_default().into_iter();
    let notes =
        warnings.map(|warning| finding(Verdict::Note, format!("the session store {warning}")));
    Ok(std::iter::once(good).chain(notes).collect())
}
