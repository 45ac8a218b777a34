//! The store of all flavours: mailboxes with folders, messages, events, contacts.

pub(crate) mod automatic;
pub(crate) mod busy;
mod bytes;
pub(crate) mod date_time;
pub(crate) mod deliver;
pub(crate) mod event;
pub(crate) mod id;
mod item;
pub(crate) mod items;
pub(crate) mod mailbox;
mod mailboxes;
pub(crate) mod meetings;
pub(crate) mod message;
pub(crate) mod recipient;
pub(crate) mod recurrence;
pub(crate) mod rules;
pub(crate) mod settings;
pub(crate) mod snapshot;

pub(crate) use event::Event;
pub(crate) use item::{Item, Json};
pub(crate) use mailbox::{Folder, Mailbox};
pub(crate) use mailboxes::{Outgoing, Store};
pub(crate) use message::{Attachment, Flag, Importance, Message, Person};
