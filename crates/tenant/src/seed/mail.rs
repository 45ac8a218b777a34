//! The mail of one year.

use chrono::{DateTime, Utc};
use rand::Rng as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;

use super::picture;
use super::texts::{CATEGORIES, PEOPLE, SENTENCES, SUBJECTS, TOPICS};
use crate::directory::Account;
use crate::store::mailbox::{DELETED, DRAFTS, INBOX, SENT};
use crate::store::{Attachment, Flag, Importance, Mailbox, Message, Person};

const YEAR: i64 = 365 * 86_400;
/// A placeholder for a PDF document.
pub(super) const PDF: &[u8] = b"%PDF-1.4\n% made up by the local tenant\n%%EOF\n";
/// Creates folders and the mail of the past year, with more recent than old mail.
pub(super) fn fill(
    mailbox: &mut Mailbox,
    owner: &Account,
    count: usize,
    now: DateTime<Utc>,
    random: &mut StdRng,
) {
    let projects = mailbox.add_folder(INBOX, "Projects").unwrap_or(INBOX);
    let receipts = mailbox.add_folder(1, "Receipts").unwrap_or(INBOX);
    for number in 0..count {
        let share: f64 = random.random();
        // The square puts half of the mail into the last three months.
        let age = if number < 3 {
            900 * (number as i64 + 1)
        } else {
            (share * share * YEAR as f64) as i64
        };
        let folder = match random.random_range(0..100) {
            0..=63 => INBOX,
            64..=74 => SENT,
            75..=82 => projects,
            83..=89 => receipts,
            90..=95 => DELETED,
            96..=97 => DRAFTS,
            98 => 7,
            _ => 6,
        };
        let folder = if number < 3 { INBOX } else { folder };
        let message = message(mailbox, owner, folder, now.timestamp() - age, random);
        mailbox.insert(message);
    }
}

/// Many simple messages, for benchmarks.
pub(super) fn bulk(
    mailbox: &mut Mailbox,
    owner: &Account,
    count: usize,
    now: DateTime<Utc>,
    random: &mut StdRng,
) {
    // The texts repeat; ids and times are unique.
    const TEXTS: usize = 512;
    let made: Vec<Message> = (0..count.min(TEXTS))
        .map(|_| message(mailbox, owner, INBOX, 0, random))
        .collect();
    for number in 0..count as i64 {
        let at = now.timestamp() - 3_600 - number * YEAR / (count as i64).max(1);
        let Some(text) = made.choose(random) else {
            return;
        };
        let key = mailbox.next_message_key();
        mailbox.insert(Message {
            created: at,
            modified: at,
            received: at,
            sent: at - 2,
            read: random.random_bool(0.7),
            conversation: u64::from(mailbox.number) << 32 | key,
            internet_id: format!("<m{key}.{at}@contoso.example>"),
            attachments: Vec::new(),
            ..text.clone()
        });
    }
}

fn topic(text: &str, random: &mut StdRng) -> String {
    text.replacen("{}", TOPICS.choose(random).copied().unwrap_or("plan"), 1)
}

fn capital(text: &str) -> String {
    crate::schema::case::pascal(text)
}

fn person(random: &mut StdRng, not: &str) -> Person {
    loop {
        let (name, address) = PEOPLE[random.random_range(0..PEOPLE.len())];
        if address != not {
            return Person::new(name, address);
        }
    }
}

fn message(
    mailbox: &mut Mailbox,
    owner: &Account,
    folder: u64,
    at: i64,
    random: &mut StdRng,
) -> Message {
    let me = Person::new(owner.name, owner.address);
    let mine = matches!(folder, SENT | DRAFTS);
    let other = person(random, owner.address);
    let (from, to) = if mine { (me, other) } else { (other, me) };
    let subject = subject(random);
    let key = mailbox.next_message_key();
    let mut made = Message {
        folder,
        created: at,
        modified: at,
        received: at,
        sent: at - i64::from(!mine) * 2,
        subject,
        importance: match random.random_range(0..20) {
            0 => Importance::High,
            1 => Importance::Low,
            _ => Importance::Normal,
        },
        sender: Some(from.clone()),
        from: Some(from.clone()),
        to: vec![to],
        read: mine || random.random_bool(0.7),
        draft: folder == DRAFTS,
        flag: if random.random_bool(0.06) {
            Flag::Flagged
        } else {
            Flag::None
        },
        other: random.random_bool(0.25),
        conversation: u64::from(mailbox.number) << 32 | key,
        internet_id: format!("<m{key}.{at}@contoso.example>"),
        ..Message::default()
    };
    if random.random_bool(0.2) {
        made.cc.push(person(random, owner.address));
    }
    if random.random_bool(0.15) {
        let category = CATEGORIES[random.random_range(0..CATEGORIES.len())].0;
        made.categories.push(category.to_owned());
    }
    let html = random.random_bool(0.75);
    let text = body(html, &from.name, random);
    made.set_body(html, text);
    if random.random_bool(0.15) {
        attach(mailbox, &mut made, at);
    }
    made
}

fn subject(random: &mut StdRng) -> String {
    let text = SUBJECTS.choose(random).copied().unwrap_or("Hello");
    let subject = capital(&topic(text, random));
    if random.random_bool(0.3) {
        format!("Re: {subject}")
    } else {
        subject
    }
}

fn body(html: bool, from: &str, random: &mut StdRng) -> String {
    let paragraphs: Vec<String> = (0..random.random_range(1..5))
        .map(|_| {
            let sentences: Vec<String> = (0..random.random_range(1..4))
                .map(|_| {
                    topic(
                        SENTENCES.choose(random).copied().unwrap_or("Hello."),
                        random,
                    )
                })
                .collect();
            sentences.join(" ")
        })
        .collect();
    let first = from.split(' ').next().unwrap_or(from);
    if !html {
        return format!(
            "Hello,\r\n\r\n{}\r\n\r\nBest regards\r\n{first}\r\n",
            paragraphs.join("\r\n\r\n")
        );
    }
    let mut inner: String = paragraphs
        .iter()
        .map(|one| format!("<p>{one}</p>"))
        .collect();
    if random.random_bool(0.2) {
        inner.push_str(
            "<table border=\"1\"><tr><th>Region</th><th>Plan</th><th>Actual</th></tr>\
             <tr><td>North</td><td>120</td><td>131</td></tr><tr><td>South</td><td>95</td><td>90</td></tr></table>",
        );
    }
    format!(
        "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\"></head>\
         <body><p>Hello,</p>{inner}<p>Best regards<br>{first}</p></body></html>"
    )
}

fn attach(mailbox: &mut Mailbox, message: &mut Message, at: i64) {
    let mut file = |name: &str, kind: &str, bytes: &[u8], content_id: Option<&str>| Attachment {
        key: mailbox.fresh_key(),
        name: name.to_owned(),
        content_type: Some(kind.to_owned()),
        content_id: content_id.map(str::to_owned),
        inline: content_id.is_some(),
        modified: at,
        bytes: bytes.to_vec(),
    };
    let mut files = vec![file("figures.pdf", "application/pdf", PDF, None)];
    if message.html {
        files.push(file(
            "logo.png",
            "image/png",
            &picture::png(40),
            Some("logo001@contoso.example"),
        ));
        message.body = message.body.replace(
            "</body>",
            "<img alt=\"\" src=\"cid:logo001@contoso.example\"></body>",
        );
    } else {
        files.push(file(
            "notes.txt",
            "text/plain",
            "Notes: nothing to add.\r\n".as_bytes(),
            None,
        ));
    }
    message.attachments = files;
}
