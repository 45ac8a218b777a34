//! The configuration: the file, the environment, and what is checked of them.

mod addresses;
pub(crate) mod certificate;
mod credential;
mod environment;
mod file;
mod keys;
mod network;
mod page;
mod proxy;
mod public;
mod sealing;
mod secret;
mod service;
mod settings;
mod store;
pub(crate) mod store_address;

pub(crate) use credential::Credential;
pub(crate) use file::text;
pub(crate) use sealing::SealSource;
pub use secret::Secret;
pub(crate) use service::Service;
pub use settings::Config;
