//! What an attachment belongs to: a message or an event.

use super::call::Call;
use super::find;
use crate::api_error::ApiError;
use crate::store::{Attachment, Mailbox};

/// Largest attachment of a single request, in bytes. Larger ones need an upload session.
pub(crate) const MAX_DIRECT_SIZE: usize = 3 * 1024 * 1024;

/// The message or event that has an attachment, by its id.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Holder<'a> {
    Event(&'a str),
    Message(&'a str),
}

impl Holder<'_> {
    /// The attachments.
    pub(crate) fn files<'m>(
        self,
        call: &Call<'_>,
        mailbox: &'m Mailbox,
    ) -> Result<&'m [Attachment], ApiError> {
        Ok(match self {
            Self::Event(id) => &find::event(call, mailbox, id)?.event.attachments,
            Self::Message(id) => &find::message(call, mailbox, id)?.attachments,
        })
    }

    /// The key of the message or event.
    pub(crate) fn key(self, call: &Call<'_>, mailbox: &Mailbox) -> Result<u64, ApiError> {
        match self {
            Self::Event(id) => Ok(find::event(call, mailbox, id)?.event.key),
            Self::Message(id) => find::message_key(call, mailbox, id),
        }
    }

    /// The name of the collection in URLs.
    pub(crate) fn set(self) -> &'static str {
        match self {
            Self::Event(_) => "events",
            Self::Message(_) => "messages",
        }
    }

    /// The id, as received.
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Event(id) | Self::Message(id) => id,
        }
    }

    pub(crate) fn tail(self) -> String {
        format!("{}('{}')/attachments", self.set(), self.id())
    }

    pub(crate) fn change(
        self,
        call: &Call<'_>,
        mailbox: &mut Mailbox,
        change: impl FnOnce(&mut Vec<Attachment>),
    ) -> Result<(), ApiError> {
        let key = self.key(call, mailbox)?;
        let event = matches!(self, Self::Event(_));
        alter(mailbox, event, key, call.now(), change);
        Ok(())
    }
}

/// Changes the attachments of a message or an event.
pub(crate) fn alter(
    mailbox: &mut Mailbox,
    event: bool,
    key: u64,
    now: i64,
    change: impl FnOnce(&mut Vec<Attachment>),
) {
    if !event {
        mailbox.change_message(key, now, |message| change(&mut message.attachments));
        return;
    }
    let version = mailbox.fresh_change();
    if let Some(event) = mailbox.events.get_mut(&key) {
        change(&mut event.attachments);
        (event.change, event.modified) = (version, now);
    }
}
