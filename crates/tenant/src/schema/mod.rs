//! The types of the APIs, the names of their properties, and the bodies that Graph's operations take.

pub(crate) mod body;
pub(crate) mod case;
pub(crate) mod names;
mod properties;
pub(crate) mod table;
