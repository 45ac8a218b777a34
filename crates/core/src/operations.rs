//! The named operations, as one table: the face builds its objects from it, so that a line here is a method there.
//!
//! ```text
//! mail.messages         messages                                 a collection: list, all, get, create, update, delete, count
//! mail.messages.move    POST messages/{}/move destinationId      a method: arguments for the `{}`, for the body, then options
//! mail.folder().rules   mailFolders/{}/messageRules              `()` takes an id, which fills the first `{}`
//! ```
//!
//! Behind the path stand the names of the body's fields, in the order of the arguments; `*` is a body of the
//! caller's own. `text` and `blob` say what the answer is read as, `null` that a 404 is one. Paths are Graph's
//! and below the mailbox (`.` is the mailbox's owner), or with a slash in front below the root; what a flavour
//! calls otherwise or lacks is in [`crate::flavor`].

/// One operation a line.
pub const TABLE: &str = "\
mail.messages messages
mail.messages.send POST messages/{}/send
mail.messages.forward POST messages/{}/forward toRecipients comment
mail.messages.createForward POST messages/{}/createForward
mail.messages.move POST messages/{}/move destinationId
mail.messages.copy POST messages/{}/copy destinationId
mail.messages.mime GET messages/{}/$value text
mail.messages.attachments() messages/{}/attachments
mail.messages.attachments().content GET messages/{}/attachments/{}/$value blob
mail.messages.extensions() messages/{}/extensions
mail.folders mailFolders
mail.folders.move POST mailFolders/{}/move destinationId
mail.folders.copy POST mailFolders/{}/copy destinationId
mail.folders.children() mailFolders/{}/childFolders
mail.folder().messages mailFolders/{}/messages
mail.folder().children mailFolders/{}/childFolders
mail.folder().rules mailFolders/{}/messageRules
mail.categories outlook/masterCategories
mail.focusedInbox inferenceClassification/overrides
calendar.events events
calendar.events.cancel POST events/{}/cancel comment
calendar.events.forward POST events/{}/forward toRecipients comment
calendar.events.snooze POST events/{}/snoozeReminder newReminderTime
calendar.events.dismiss POST events/{}/dismissReminder
calendar.events.attachments() events/{}/attachments
calendar.events.attachments().content GET events/{}/attachments/{}/$value blob
calendar.events.extensions() events/{}/extensions
calendar.events.calendar GET events/{}/calendar
calendar.get GET calendar
calendar.update PATCH calendar *
calendar.calendars calendars
calendar.groups calendarGroups
calendar.groups.calendars() calendarGroups/{}/calendars
calendar.permissions calendar/calendarPermissions
calendar.in().events calendars/{}/events
calendar.findTimes POST findMeetingTimes *
contacts contacts
contacts.extensions() contacts/{}/extensions
contacts.folders contactFolders
contacts.folders.children() contactFolders/{}/childFolders
contacts.in() contactFolders/{}/contacts
contacts.photo().info GET contacts/{}/photo null
contacts.photo().content GET contacts/{}/photo/$value blob null
contacts.photo().set PUT contacts/{}/photo/$value *
people people
photo.info GET photo null
photo.content GET photo/$value blob null
photo.set PUT photo/$value *
photo.delete DELETE photo/$value
photo.sizes photos
photo.sizes.content GET photos/{}/$value blob
settings.get GET mailboxSettings
settings.update PATCH mailboxSettings *
settings.part GET mailboxSettings/{}
user GET .
manager GET manager
directReports directReports
users /users
subscriptions /subscriptions
subscriptions.reauthorize POST /subscriptions/{}/reauthorize";
