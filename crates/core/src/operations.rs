//! The named operations, as one table: the face builds its objects from it, so that a line here is a method there.
//!
//! ```text
//! mail.messages         messages                                 a collection: list, all, get, create, update, delete, count
//! mail.messages.move    POST messages/{}/move destinationId      a method: arguments for the `{}`, for the body, then options
//! mail.folder().rules   mailFolders/{}/messageRules              `()` takes an id, which fills the first `{}`
//! ```
//!
//! Behind the path stand the names of the body's fields, in the order of the arguments, with `?` behind those that may
//! be left out; `*` is a body of the caller's own. `name=value` is a field that is always the same, `?option:field=value`
//! one that is an option (`/` goes into an object; the value where it is left out), with `@` and the flavours that have
//! it where not all do. `text` and `blob` say what the answer is read as, `list`
//! that it is the list in it, `null` that a 404 is one. An id between quotes is a parameter. Paths are Graph's
//! and below the mailbox (`.` is the mailbox's owner), or with a slash in front below the root; what a flavour
//! calls otherwise or lacks is in [`crate::flavor`].

/// One operation a line.
pub const TABLE: &str = "\
mail.messages messages
mail.messages.send POST messages/{}/send
mail.messages.forward POST messages/{}/forward toRecipients comment?
mail.messages.createForward POST messages/{}/createForward ?comment ?message@graph,outlook-v2 ?toRecipients
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
mail.folder().child().messages mailFolders/{}/childFolders/{}/messages
mail.folder().children mailFolders/{}/childFolders
mail.folder().rules mailFolders/{}/messageRules
mail.categories outlook/masterCategories
mail.focusedInbox inferenceClassification/overrides
mail.focusedInbox.classification GET inferenceClassification
mail.mailTips POST getMailTips EmailAddresses MailTipsOptions=automaticReplies,customMailTip,deliveryRestriction,externalMemberCount,mailboxFullStatus,maxMessageSize,moderationStatus,recipientScope,totalMemberCount list
mail.translateIds POST translateExchangeIds inputIds sourceIdType targetIdType list
calendar.events events
calendar.events.accept POST events/{}/accept ?comment ?sendResponse=true@graph,outlook-v2
calendar.events.decline POST events/{}/decline ?comment ?sendResponse=true@graph,outlook-v2 ?proposedStart:proposedNewTime/start@graph ?proposedEnd:proposedNewTime/end@graph
calendar.events.tentativelyAccept POST events/{}/tentativelyAccept ?comment ?sendResponse=true@graph,outlook-v2 ?proposedStart:proposedNewTime/start@graph ?proposedEnd:proposedNewTime/end@graph
calendar.events.cancel POST events/{}/cancel comment?
calendar.events.forward POST events/{}/forward toRecipients comment?
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
calendar.primary.events calendar/events
calendar.freeBusy POST calendar/getSchedule schedules startTime endTime ?interval:availabilityViewInterval list
calendar.reminders GET reminderView(StartDateTime='{}',EndDateTime='{}') list
calendar.sharingRoles GET calendar/allowedCalendarSharingRoles(User='{}') list
calendar.roomLists /places/graph.roomList
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
settings.languages GET outlook/supportedLanguages() list
settings.timeZones GET outlook/supportedTimeZones() list
settings.timeZonesBy GET outlook/supportedTimeZones(TimeZoneStandard='{}') list
user GET .
updateUser PATCH . *
manager GET manager
directReports directReports
users /users
subscriptions /subscriptions
subscriptions.reauthorize POST /subscriptions/{}/reauthorize";
