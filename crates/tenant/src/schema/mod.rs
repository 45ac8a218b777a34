//! The types of the APIs and the names of their properties.

pub(crate) mod case;
pub(crate) mod names;
