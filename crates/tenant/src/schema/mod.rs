//! Which types the APIs have, and what their properties are called.

pub(crate) mod case;
pub(crate) mod names;
