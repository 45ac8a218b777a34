//! Opens the store that the configuration names.

use super::contract::Store;
use super::file::FileStore;
use super::redis::RedisStore;
use crate::base::clock::Clock;
use crate::base::problem::Problem;
use crate::config::Config;

/// Opens it: the file, or Redis where the configuration has an address.
///
/// # Errors
/// [`Problem::Config`], [`Problem::Database`].
pub(crate) fn open(config: &Config, clock: &Clock) -> Result<Box<dyn Store>, Problem> {
    Ok(match &config.store {
        Some(address) => {
            let authority = config.store_ca.as_deref();
            let store = RedisStore::open(address.reveal(), authority, clock.clone())?;
            Box::new(store.with_replicas(config.store_replicas))
        }
        None => Box::new(FileStore::open(&config.database)?),
    })
}
