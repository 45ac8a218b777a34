//! The properties of each type, and their names in each flavour.

use super::case::{camel, pascal};
use super::table::{Type, table};
use crate::api_error::ApiError;
use crate::http::Flavor;

/// A type of the APIs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    Attachment,
    Calendar,
    CalendarGroup,
    CalendarPermission,
    Category,
    Contact,
    ContactFolder,
    Event,
    Folder,
    Message,
    MessageRule,
    Override,
    Person,
    Room,
    RoomList,
    User,
}

// One property for each line: the canonical name, then the names in Outlook v2.0 and v1.0 if they
// are not the canonical name in Pascal case. A dash: the flavour does not have the property.
const MESSAGE: &str = "id
createdDateTime||DateTimeCreated
lastModifiedDateTime||DateTimeLastModified
changeKey
categories
receivedDateTime||DateTimeReceived
sentDateTime||DateTimeSent
hasAttachments
internetMessageId||-
internetMessageHeaders||-
subject
bodyPreview
importance
parentFolderId
conversationId
conversationIndex||-
isDeliveryReceiptRequested
isReadReceiptRequested
isRead
isDraft
webLink
inferenceClassification||-
body
uniqueBody
sender
from
toRecipients
ccRecipients
bccRecipients
replyTo
flag||-
attachments
extensions|-|-
singleValueExtendedProperties
multiValueExtendedProperties";
const EVENT: &str = "id
createdDateTime||DateTimeCreated
lastModifiedDateTime||DateTimeLastModified
changeKey
categories
transactionId|-|-
originalStartTimeZone||-
originalEndTimeZone||-
iCalUId|iCalUId|iCalUId
reminderMinutesBeforeStart||Reminder
isReminderOn||-
hasAttachments
subject
bodyPreview
importance
sensitivity||-
isAllDay
isCancelled
isOrganizer
responseRequested
seriesMasterId
showAs
type
webLink
onlineMeetingUrl||-
isOnlineMeeting|-|-
onlineMeetingProvider|-|-
allowNewTimeProposals|-|-
occurrenceId|-|-
isDraft|-|-
hideAttendees|-|-
responseStatus
body
start
end
location
locations|-|-
recurrence
attendees
organizer
onlineMeeting|-|-
originalStart|-|-
startTimeZone|-|
endTimeZone|-|
attachments
cancelledOccurrences|-|-
extensions|-|-
singleValueExtendedProperties
multiValueExtendedProperties";
const CONTACT: &str = "id
createdDateTime||DateTimeCreated
lastModifiedDateTime||DateTimeLastModified
changeKey
categories
parentFolderId
birthday
fileAs
displayName
givenName
initials
middleName
nickName
surname
title
yomiGivenName
yomiSurname
yomiCompanyName
generation
imAddresses
jobTitle
companyName
department
officeLocation
profession
businessHomePage
assistantName
manager
homePhones
mobilePhone|MobilePhone1|MobilePhone1
businessPhones
spouseName||-
personalNotes||-
children||-
emailAddresses
homeAddress
businessAddress
otherAddress
extensions|-|-
singleValueExtendedProperties
multiValueExtendedProperties";
const FOLDER: &str = "id
displayName
parentFolderId
childFolderCount
unreadItemCount||-
totalItemCount||-
isHidden|-|-
childFolders";
const CALENDAR: &str = "id
name
color
hexColor|-|-
changeKey
isDefaultCalendar|-|-
canShare|-|-
canViewPrivateItems|-|-
canEdit|-|-
allowedOnlineMeetingProviders|-|-
defaultOnlineMeetingProvider|-|-
isTallyingResponses|-|-
isRemovable|-|-
owner||-";
const CONTACT_FOLDER: &str = "id\nparentFolderId\ndisplayName";
const ATTACHMENT: &str = "id
lastModifiedDateTime||DateTimeLastModified
name
contentType
size
isInline
contentId
contentLocation
contentBytes
isContactPhoto|-|";
const CATEGORY: &str = "id\ndisplayName\ncolor";
const MESSAGE_RULE: &str = "id
displayName
sequence
isEnabled
hasError
isReadOnly
conditions
actions
exceptions";
const CALENDAR_GROUP: &str = "id\nname\nchangeKey\nclassId";
const CALENDAR_PERMISSION: &str =
    "id\nemailAddress\nisInsideOrganization\nisRemovable\nrole\nallowedRoles";
const OVERRIDE: &str = "id\nclassifyAs\nsenderEmailAddress";
const PERSON: &str = "id
displayName
givenName
surname
birthday
personNotes
isFavorite
jobTitle
companyName
department
officeLocation
scoredEmailAddresses
phones
personType
userPrincipalName";
const ROOM: &str = "id
displayName
nickname
emailAddress
address
geoCoordinates
phone
building
floorNumber
floorLabel
label
capacity
bookingType
audioDeviceName
videoDeviceName
displayDeviceName
isWheelChairAccessible
tags";
const ROOM_LIST: &str = "id\ndisplayName\nemailAddress\naddress\ngeoCoordinates\nphone";
const USER: &str = "id
displayName
givenName|-|-
surname|-|-
mail|-|-
userPrincipalName|-|-
jobTitle|-|-
businessPhones|-|-
mobilePhone|-|-
officeLocation|-|-
preferredLanguage|-|-
emailAddress
mailboxGuid
alias
accountEnabled|-|-
userType|-|-";

impl Kind {
    fn table(self) -> &'static str {
        match self {
            Self::Attachment => ATTACHMENT,
            Self::Calendar => CALENDAR,
            Self::CalendarGroup => CALENDAR_GROUP,
            Self::CalendarPermission => CALENDAR_PERMISSION,
            Self::Category => CATEGORY,
            Self::Contact => CONTACT,
            Self::ContactFolder => CONTACT_FOLDER,
            Self::Event => EVENT,
            Self::Folder => FOLDER,
            Self::Message => MESSAGE,
            Self::MessageRule => MESSAGE_RULE,
            Self::Override => OVERRIDE,
            Self::Person => PERSON,
            Self::Room => ROOM,
            Self::RoomList => ROOM_LIST,
            Self::User => USER,
        }
    }

    /// Name of the type in Outlook's spelling.
    pub(crate) fn type_name(self) -> &'static str {
        match self {
            Self::Attachment => "Attachment",
            Self::Calendar => "Calendar",
            Self::CalendarGroup => "CalendarGroup",
            Self::CalendarPermission => "CalendarPermission",
            Self::Category => "OutlookCategory",
            Self::Contact => "Contact",
            Self::ContactFolder => "ContactFolder",
            Self::Event => "Event",
            Self::Folder => "MailFolder",
            Self::Message => "Message",
            Self::MessageRule => "MessageRule",
            Self::Override => "InferenceClassificationOverride",
            Self::Person => "Person",
            Self::Room => "Room",
            Self::RoomList => "RoomList",
            Self::User => "User",
        }
    }
}

/// Names of one type in one flavour.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Names {
    pub(crate) flavor: Flavor,
    pub(crate) kind: Kind,
}

impl Names {
    /// Canonical name, and name in the flavour, of each property that the flavour has.
    fn rows(self) -> impl Iterator<Item = (&'static str, String)> {
        self.kind.table().lines().filter_map(move |line| {
            let mut parts = line.split('|');
            let canonical = parts.next().unwrap_or_default();
            let (v2, v1) = (
                parts.next().unwrap_or_default(),
                parts.next().unwrap_or_default(),
            );
            let special = match self.flavor {
                Flavor::Graph => return Some((canonical, canonical.to_owned())),
                Flavor::OutlookV1 => v1,
                Flavor::OutlookV2 => v2,
            };
            match special {
                "-" => None,
                "" => Some((canonical, pascal(canonical))),
                name => Some((canonical, name.to_owned())),
            }
        })
    }

    /// The canonical name of a property. Names are case-insensitive.
    pub(crate) fn canonical(self, name: &str) -> Option<String> {
        self.rows()
            .find(|(_, shown)| shown.eq_ignore_ascii_case(name))
            .map(|(canonical, _)| canonical.to_owned())
    }

    /// Canonical name, and name in the flavour, of all properties.
    pub(crate) fn all(self) -> Vec<(&'static str, String)> {
        self.rows().collect()
    }

    /// The name of the type in the table of Graph's types.
    fn table_name(self) -> String {
        camel(self.kind.type_name())
    }

    /// Whether a name is a navigation property. Only the types of a mailbox of Graph are checked.
    pub(crate) fn navigates_to(self, name: &str) -> bool {
        let unchecked = matches!(
            self.kind,
            Kind::Person | Kind::Room | Kind::RoomList | Kind::User
        );
        if unchecked || !self.flavor.is_graph() {
            return true;
        }
        let known = table().property(&self.table_name(), name);
        known.is_some_and(|(_, kind)| match &kind.of {
            Type::Named(name) => table().is_entity(name),
            Type::List(item) => matches!(&item.of, Type::Named(name) if table().is_entity(name)),
            _ => false,
        })
    }

    /// The type of a property by its path, in Graph.
    pub(crate) fn type_of(self, path: &[String]) -> Option<&'static Type> {
        if !self.flavor.is_graph() {
            return None;
        }
        let mut owner = self.table_name();
        let mut found = None;
        for name in path {
            let (_, kind) = table().property(&owner, name)?;
            if let Type::Named(name) = &kind.of {
                (*name).clone_into(&mut owner);
            }
            found = Some(&kind.of);
        }
        found
    }

    /// The error for a property that the type does not have.
    pub(crate) fn unknown(self, name: &str) -> ApiError {
        let kind = self.kind.type_name();
        self.uri_error(&format!(
            "Could not find a property named '{name}' on type 'Microsoft.OutlookServices.{kind}'."
        ))
    }

    /// The error for a query that is not valid.
    pub(crate) fn uri_error(self, text: &str) -> ApiError {
        let code = if self.flavor.is_graph() {
            "RequestBroker--ParseUri"
        } else {
            "RequestBroker-ParseUri"
        };
        ApiError::new(400, code, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_renames_between_the_flavours() {
        let names = |flavor, kind| Names { flavor, kind };
        let v1 = names(Flavor::OutlookV1, Kind::Message);
        assert_eq!(
            v1.canonical("DateTimeReceived").as_deref(),
            Some("receivedDateTime")
        );
        assert_eq!(v1.canonical("ReceivedDateTime"), None);
        assert_eq!(v1.canonical("Flag"), None);
        let v2 = names(Flavor::OutlookV2, Kind::Contact);
        assert_eq!(v2.canonical("MobilePhone1").as_deref(), Some("mobilePhone"));
        let graph = names(Flavor::Graph, Kind::Message);
        assert_eq!(graph.canonical("SUBJECT").as_deref(), Some("subject"));
        assert_eq!(graph.unknown("nope").code, "RequestBroker--ParseUri");
    }
}
