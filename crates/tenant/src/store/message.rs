//! Messages. They are typed to save memory: there may be 100,000 of them.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::id::{Id, Kind};

/// A name with its address.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) address: String,
}

impl Person {
    /// A person by name and address.
    pub(crate) fn new(name: &str, address: &str) -> Self {
        Self {
            name: name.to_owned(),
            address: address.to_owned(),
        }
    }
}

/// Importance of a message.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) enum Importance {
    Low,
    #[default]
    Normal,
    High,
}

impl Importance {
    /// The name in Graph's spelling.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
        }
    }

    /// Parses the name, case-insensitively.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Low, Self::Normal, Self::High]
            .into_iter()
            .find(|one| one.as_str().eq_ignore_ascii_case(text))
    }
}

/// Follow-up flag of a message.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) enum Flag {
    #[default]
    None,
    Flagged,
    Complete,
}

impl Flag {
    /// The name in Graph's spelling.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::None => "notFlagged",
            Self::Flagged => "flagged",
            Self::Complete => "complete",
        }
    }

    /// Parses the name. An unknown name is no flag.
    pub(crate) fn parse(text: &str) -> Self {
        [Self::Flagged, Self::Complete]
            .into_iter()
            .find(|one| one.as_str().eq_ignore_ascii_case(text))
            .unwrap_or_default()
    }
}

/// A file in a message.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Attachment {
    pub(crate) key: u64,
    pub(crate) name: String,
    pub(crate) content_type: Option<String>,
    pub(crate) content_id: Option<String>,
    pub(crate) inline: bool,
    pub(crate) modified: i64,
    #[serde(with = "super::bytes")]
    pub(crate) bytes: Vec<u8>,
}

/// One message. Times are Unix seconds.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Message {
    pub(crate) key: u64,
    /// Version, which makes the change key.
    pub(crate) change: u64,
    /// Number of moves. It is part of the id, so that ids change on a move.
    pub(crate) moves: i32,
    pub(crate) folder: u64,
    pub(crate) created: i64,
    pub(crate) modified: i64,
    pub(crate) received: i64,
    pub(crate) sent: i64,
    pub(crate) subject: String,
    pub(crate) html: bool,
    pub(crate) body: String,
    pub(crate) preview: String,
    pub(crate) importance: Importance,
    pub(crate) categories: Vec<String>,
    pub(crate) from: Option<Person>,
    pub(crate) sender: Option<Person>,
    pub(crate) to: Vec<Person>,
    pub(crate) cc: Vec<Person>,
    pub(crate) bcc: Vec<Person>,
    pub(crate) reply_to: Vec<Person>,
    pub(crate) read: bool,
    pub(crate) draft: bool,
    pub(crate) flag: Flag,
    pub(crate) other: bool,
    pub(crate) receipt: bool,
    pub(crate) delivery_receipt: bool,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) conversation: u64,
    pub(crate) internet_id: String,
    /// Dates of the flag, with Graph's names.
    #[serde(default)]
    pub(crate) flag_dates: super::item::Json,
    /// Headers that the client set: name and value.
    #[serde(default)]
    pub(crate) headers: Vec<(String, String)>,
    /// Extended properties, with Graph's names.
    #[serde(default)]
    pub(crate) extended: super::item::Json,
    /// What it says about a meeting, if it is a notification of one.
    #[serde(default)]
    pub(crate) meeting: Option<MeetingMessage>,
}

/// What a notification says about a meeting.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) enum MeetingMessage {
    Accepted,
    Cancelled,
    Declined,
    Request,
    Tentative,
}

impl MeetingMessage {
    /// The value of `meetingMessageType`; one of them is spelt so at Graph.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Accepted => "meetingAccepted",
            Self::Cancelled => "meetingCancelled",
            Self::Declined => "meetingDeclined",
            Self::Request => "meetingRequest",
            Self::Tentative => "meetingTenativelyAccepted",
        }
    }

    /// The type of the message.
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::Request => "#microsoft.graph.eventMessageRequest",
            Self::Cancelled => "#microsoft.graph.eventMessage",
            Self::Accepted | Self::Declined | Self::Tentative => {
                "#microsoft.graph.eventMessageResponse"
            }
        }
    }
}

impl Message {
    /// The id. An immutable id does not change on a move.
    pub(crate) fn id(&self, mailbox: u32, immutable: bool) -> String {
        let part = if immutable { -1 } else { self.moves };
        Id {
            kind: Kind::Message,
            mailbox,
            key: self.key,
            part,
        }
        .encode()
    }

    /// Sort key of lists: newest first.
    pub(crate) fn order(&self) -> (Reverse<i64>, u64) {
        (Reverse(self.received), self.key)
    }

    /// Sets the body and its preview. A fragment of HTML becomes a document.
    pub(crate) fn set_body(&mut self, html: bool, body: String) {
        let body = if html { html_document(&body) } else { body };
        let text = if html {
            plain_text(&body)
        } else {
            body.clone()
        };
        let words: Vec<&str> = text.split_whitespace().collect();
        self.preview = words.join(" ").chars().take(255).collect();
        self.html = html;
        self.body = body;
    }
}

/// A fragment of HTML as the document that Exchange makes of it; a document as it is.
pub(crate) fn html_document(html: &str) -> String {
    let lower = html.to_ascii_lowercase();
    let head = "<meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\">";
    match (
        lower.find("<html"),
        lower.contains("<head"),
        lower.find("<body"),
    ) {
        (Some(_), true, _) => html.to_owned(),
        (Some(_), false, Some(body)) => {
            format!("{}<head>\r\n{head}</head>{}", &html[..body], &html[body..])
        }
        (None, _, Some(_)) => format!("<html><head>\r\n{head}</head>{html}</html>"),
        _ => format!("<html><head>\r\n{head}</head><body>{html}</body></html>"),
    }
}

/// The text of HTML, for previews and text bodies.
pub(crate) fn plain_text(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        out.push_str(&rest[..open]);
        let tail = &rest[open..];
        let end = tail.find('>').map_or(tail.len(), |at| at + 1);
        let tag = tail[..end].to_ascii_lowercase();
        if ["<br", "</p", "</div", "</li", "</tr", "</h"]
            .iter()
            .any(|one| tag.starts_with(one))
        {
            out.push_str("\r\n");
        }
        rest = &tail[end..];
        for block in ["style", "script"] {
            if tag.starts_with(&format!("<{block}")) {
                let close = rest.to_ascii_lowercase().find(&format!("</{block}"));
                rest = close.map_or("", |at| &rest[at..]);
            }
        }
    }
    out.push_str(rest);
    out.replace("&nbsp;", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_html_has_no_tags_scripts_or_entities() {
        let html = "<style>p{}</style><p>One &amp; two</p><script>x<y</script>three";
        assert_eq!(plain_text(html), "One & two\r\nthree");
        assert_eq!(plain_text("<unclosed"), "");
    }

    #[test]
    fn the_preview_follows_the_body() {
        let mut message = Message::default();
        message.set_body(true, format!("<p>{}</p>", "word ".repeat(100)));
        assert!(message.preview.len() <= 255 && message.preview.starts_with("word word"));
    }
}
