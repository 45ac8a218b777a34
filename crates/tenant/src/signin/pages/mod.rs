//! The pages of the sign-in service.

pub(crate) mod consent;
pub(crate) mod device;
pub(crate) mod error;
pub(crate) mod federated;
pub(crate) mod form_post;
pub(crate) mod frame;
pub(crate) mod second_factor;
pub(crate) mod sign_in;
pub(crate) mod welcome;
