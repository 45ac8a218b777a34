//! Three views of one store: Graph's names are canonical, the Outlook flavours are made from them.

pub(crate) mod calendar;
pub(crate) mod contact;
pub(crate) mod event;
pub(crate) mod folder;
pub(crate) mod message;
pub(crate) mod outlook;
