//! The sign-in service and the API, as seen from a server.

pub(crate) mod api;
pub(crate) mod authority;
pub(crate) mod bounds;
mod connector;
pub(crate) mod id_token;
pub(crate) mod issuer;
pub(crate) mod metadata;
pub(crate) mod outgoing;
pub(crate) mod pause;
pub(crate) mod preload;
pub(crate) mod queue;
pub(crate) mod tenants;
pub(crate) mod token_client;
pub(crate) mod transport;
