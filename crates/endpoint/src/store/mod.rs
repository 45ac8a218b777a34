//! Where sealed records are kept: in a file of this machine, or in Redis.

mod contract;
#[cfg(all(test, unix))]
mod failover;
mod file;
#[cfg(all(test, target_os = "linux"))]
mod full_disk;
mod key;
mod open;
mod redis;
pub(crate) mod seal;
#[cfg(test)]
mod silent;
#[cfg(test)]
mod suite;
#[cfg(test)]
mod tls;

#[cfg(test)]
pub(crate) use self::redis::RedisStore;
pub(crate) use contract::{Failed, Store};
#[cfg(test)]
pub(crate) use contract::{StoreFuture, Visitor};
#[cfg(test)]
pub(crate) use file::FileStore;
pub(crate) use key::{Group, Holder, Key};
pub(crate) use open::open;
