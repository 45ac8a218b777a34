//! Items of the store as JSON. Graph's names are canonical; `outlook` translates them for the other flavours.

pub(crate) mod attachment;
pub(crate) mod calendar;
pub(crate) mod contact;
pub(crate) mod event;
pub(crate) mod event_body;
mod event_recurrence;
pub(crate) mod extended_properties;
pub(crate) mod folder;
pub(crate) mod message;
pub(crate) mod mime;
pub(crate) mod outlook;
pub(crate) mod selection;
