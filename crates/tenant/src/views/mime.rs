//! Messages in MIME (RFC 5322): read into the JSON of a message, and written out of a message.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address as Written;
use mail_builder::headers::raw::Raw;
use mail_parser::{
    Address, DateTime, HeaderValue, MessageParser, MessagePart, MimeHeaders as _, PartType,
};
use serde_json::{Value, json};

use crate::store::{Json, Message, Person};

/// Reads a message: the properties of Graph that its headers and parts have. `conversation` is the id of the message
/// that began the thread, which is no property of Graph. `None` if the text has no header.
pub(crate) fn read(bytes: &[u8]) -> Option<Json> {
    if !begins_with_header(bytes) {
        return None;
    }
    let mail = MessageParser::default().parse(bytes)?;
    let mut out = Json::new();
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            out.insert(name.to_owned(), value);
        }
    };
    set("subject", mail.subject().map(Value::from));
    set("from", mail.from().and_then(first));
    set("sender", mail.sender().or(mail.from()).and_then(first));
    set("toRecipients", mail.to().map(recipients));
    set("ccRecipients", mail.cc().map(recipients));
    set("bccRecipients", mail.bcc().map(recipients));
    set("replyTo", mail.reply_to().map(recipients));
    set("sentDateTime", mail.date().and_then(moment));
    let arrived = mail.received().and_then(|one| one.date.as_ref());
    set("receivedDateTime", arrived.or(mail.date()).and_then(moment));
    let id = mail.message_id().map(|id| format!("<{id}>"));
    set(
        "conversation",
        thread(&mail).or(id.clone()).map(Value::from),
    );
    set("internetMessageId", id.map(Value::from));
    set("categories", list(mail.keywords()));
    set("importance", importance(&mail));
    set("internetMessageHeaders", own_headers(&mail));
    set("body", Some(body(&mail)));
    let files: Vec<Value> = mail.attachments().map(file).collect();
    set("attachments", (!files.is_empty()).then(|| files.into()));
    Some(out)
}

/// Whether the text begins with the name of a header and a colon (RFC 5322 §2.2). The parser takes any octets for a name.
fn begins_with_header(bytes: &[u8]) -> bool {
    let text = bytes.trim_ascii_start();
    let name = text
        .iter()
        .take_while(|byte| byte.is_ascii_graphic() && **byte != b':');
    let name = name.count();
    name > 0 && text[name..].trim_ascii_start().starts_with(b":")
}

fn person(one: &mail_parser::Addr<'_>) -> Option<Value> {
    let address = one.address()?;
    let mut person = json!({"address": address});
    if let Some(name) = one.name() {
        person["name"] = name.into();
    }
    Some(json!({"emailAddress": person}))
}

fn recipients(list: &Address<'_>) -> Value {
    list.iter().filter_map(person).collect()
}

fn first(list: &Address<'_>) -> Option<Value> {
    list.iter().find_map(person)
}

fn moment(at: &DateTime) -> Option<Value> {
    let valid = at.is_valid().then(|| at.to_timestamp());
    Some(super::message::timestamp(valid?))
}

/// The id of the first message of the thread.
fn thread(mail: &mail_parser::Message<'_>) -> Option<String> {
    let of = |value: &HeaderValue<'_>| match value {
        HeaderValue::Text(id) => Some(format!("<{id}>")),
        HeaderValue::TextList(all) => all.first().map(|id| format!("<{id}>")),
        _ => None,
    };
    of(mail.references()).or_else(|| of(mail.in_reply_to()))
}

/// The words of a header such as `Keywords`, which have commas between them.
fn list(value: &HeaderValue<'_>) -> Option<Value> {
    let all: Vec<&str> = match value {
        HeaderValue::Text(text) => text.split(',').map(str::trim).collect(),
        HeaderValue::TextList(all) => all
            .iter()
            .flat_map(|one| one.split(','))
            .map(str::trim)
            .collect(),
        _ => return None,
    };
    Some(
        all.into_iter()
            .filter(|one| !one.is_empty())
            .map(Value::from)
            .collect(),
    )
}

fn importance(mail: &mail_parser::Message<'_>) -> Option<Value> {
    let text = |name: &'static str| {
        mail.header_raw(name)
            .map(|text| text.trim().to_ascii_lowercase())
    };
    let known = text("Importance").filter(|one| ["low", "normal", "high"].contains(&one.as_str()));
    known.map(Value::from).or_else(|| {
        // 1 is the highest and 5 the lowest priority.
        let priority = text("X-Priority")?;
        let name = match priority.chars().next()? {
            '1' | '2' => "high",
            '4' | '5' => "low",
            _ => "normal",
        };
        Some(name.into())
    })
}

/// The headers whose names begin with `X-`.
fn own_headers(mail: &mail_parser::Message<'_>) -> Option<Value> {
    let own = mail
        .headers_raw()
        .filter(|(name, _)| name.to_ascii_lowercase().starts_with("x-"));
    let own: Vec<Value> = own
        .map(|(name, value)| json!({"name": name, "value": value.trim()}))
        .collect();
    (!own.is_empty()).then(|| own.into())
}

/// The HTML body, or the text where there is no HTML.
fn body(mail: &mail_parser::Message<'_>) -> Value {
    let html = mail.html_bodies().find_map(|part| match &part.body {
        PartType::Html(html) => Some(html),
        _ => None,
    });
    if let Some(html) = html {
        return json!({"contentType": "html", "content": html});
    }
    let text = mail.body_text(0).unwrap_or_default();
    json!({"contentType": "text", "content": text.trim_end()})
}

fn file(part: &MessagePart<'_>) -> Value {
    let kind = part.content_type().map(|kind| match kind.subtype() {
        Some(sub) => format!("{}/{sub}", kind.ctype()),
        None => kind.ctype().to_owned(),
    });
    let attached = part
        .content_disposition()
        .is_some_and(|one| one.is_attachment());
    let mut file = json!({
        "@odata.type": "#microsoft.graph.fileAttachment",
        "name": part.attachment_name().unwrap_or("attachment"),
        "contentBytes": STANDARD.encode(part.contents()),
        "isInline": part.content_id().is_some() && !attached,
    });
    if let Some(kind) = kind {
        file["contentType"] = kind.into();
    }
    if let Some(id) = part.content_id() {
        file["contentId"] = id.into();
    }
    file
}

/// Writes a message: its headers, its body and its files.
///
/// # Errors
/// The message cannot be written.
pub(crate) fn write(message: &Message) -> std::io::Result<Vec<u8>> {
    let people = |list: &[Person]| -> Written<'_> {
        let list = list
            .iter()
            .map(|one| Written::new_address(Some(one.name.clone()), one.address.clone()));
        Written::new_list(list.collect())
    };
    let id = message.internet_id.trim_matches(['<', '>']).to_owned();
    let mut mail = MessageBuilder::new()
        .message_id(id)
        .date(message.sent)
        .subject(message.subject.replace(['\r', '\n'], " "));
    if let Some(from) = &message.from {
        mail = mail.from(people(std::slice::from_ref(from)));
    }
    for (list, name) in [
        (&message.to, "To"),
        (&message.cc, "Cc"),
        (&message.reply_to, "Reply-To"),
    ] {
        if !list.is_empty() {
            mail = mail.header(name, people(list));
        }
    }
    for (name, value) in &message.headers {
        mail = mail.header(name.clone(), Raw::new(value.replace(['\r', '\n'], " ")));
    }
    let body = message.body.clone();
    mail = if message.html {
        mail.html_body(body)
    } else {
        mail.text_body(body)
    };
    for one in &message.attachments {
        let kind = one
            .content_type
            .clone()
            .unwrap_or_else(|| "application/octet-stream".to_owned());
        mail = match (&one.content_id, one.inline) {
            (Some(id), true) => mail.inline(kind, id.clone(), one.bytes.clone()),
            _ => mail.attachment(kind, one.name.clone(), one.bytes.clone()),
        };
    }
    mail.write_to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Attachment;

    #[test]
    fn what_begins_with_no_header_is_no_message() {
        for odd in [
            &b""[..],
            b"\xb6\xbb\x9e",
            b"hello",
            b"\r\n\r\nhello",
            b": x",
        ] {
            assert!(read(odd).is_none(), "{odd:?}");
        }
        assert!(read(b"Subject: x").is_some());
    }

    #[test]
    fn encoded_names_parts_and_threads_are_read() {
        let text = "From: =?utf-8?B?SsO8cmdlbg==?= <juergen@fabrikam.example>\r\nTo: a@contoso.example, \"B, Ben\" <b@contoso.example>\r\n\
            Subject: =?iso-8859-1?Q?Gr=FC=DFe?=\r\nDate: Tue, 1 Dec 2026 10:00:00 +0100\r\nMessage-ID: <2@x>\r\n\
            References: <1@x> <0@x>\r\nX-Priority: 1\r\nKeywords: Blue, Green\r\nMIME-Version: 1.0\r\n\
            Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Hi</p>\r\n\
            --b\r\nContent-Type: image/png; name=a.png\r\nContent-ID: <pic>\r\nContent-Disposition: inline\r\n\
            Content-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n--b--\r\n";
        let read = read(text.as_bytes()).unwrap();
        assert_eq!(
            read["from"]["emailAddress"],
            json!({"name": "Jürgen", "address": "juergen@fabrikam.example"})
        );
        assert_eq!(read["toRecipients"][1]["emailAddress"]["name"], "B, Ben");
        assert_eq!(
            (&read["subject"], &read["importance"]),
            (&json!("Grüße"), &json!("high"))
        );
        assert_eq!(read["sentDateTime"], "2026-12-01T09:00:00Z");
        assert_eq!(
            (&read["conversation"], &read["internetMessageId"]),
            (&json!("<1@x>"), &json!("<2@x>"))
        );
        assert_eq!(read["categories"], json!(["Blue", "Green"]));
        assert_eq!(read["body"]["contentType"], "html");
        let file = &read["attachments"][0];
        assert_eq!(
            (&file["contentId"], &file["isInline"]),
            (&json!("pic"), &json!(true))
        );
        assert_eq!(
            (&file["contentBytes"], &file["contentType"]),
            (&json!("aGVsbG8="), &json!("image/png"))
        );
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut message = Message {
            subject: "Übersicht".to_owned(),
            from: Some(Person::new("Ben \"B\" Walker", "ben@contoso.example")),
            to: vec![Person::new("Adele", "adele@contoso.example")],
            internet_id: "<1@contoso.example>".to_owned(),
            sent: 1_790_000_000,
            headers: vec![(
                "x-colour".to_owned(),
                "green\r\nBcc: c@contoso.example".to_owned(),
            )],
            ..Message::default()
        };
        message.set_body(true, "<p>Grüße</p>".to_owned());
        message.attachments.push(Attachment {
            name: "a.txt".to_owned(),
            content_type: Some("text/plain".to_owned()),
            bytes: b"hello".to_vec(),
            ..Attachment::default()
        });
        let read = read(&write(&message).unwrap()).unwrap();
        assert_eq!(read["subject"], "Übersicht");
        assert_eq!(read["from"]["emailAddress"]["name"], "Ben \"B\" Walker");
        assert!(
            read["body"]["content"]
                .as_str()
                .unwrap()
                .contains("<p>Grüße</p>")
        );
        assert_eq!(read["attachments"][0]["contentBytes"], "aGVsbG8=");
        assert!(!read.contains_key("bccRecipients"));
    }
}
