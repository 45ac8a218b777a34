//! The data at the start: invented, and the same on the same day.

mod calendar;
mod contacts;
mod files;
mod mail;
pub(crate) mod picture;
mod seed_event;
mod series;
mod texts;

use chrono::{DateTime, Utc};
use rand::SeedableRng as _;
use rand::rngs::StdRng;

use crate::directory::ACCOUNTS;
use crate::options::Seed;
use crate::store::{Mailbox, Store};

/// Fills the mailboxes, relative to `now`.
///
/// # Errors
/// A seed of one's own has an item that cannot be kept; the message names its file and line.
pub(crate) fn store(seed: &Seed, now: DateTime<Utc>) -> Result<Store, String> {
    let mut store = match seed {
        Seed::Files(path) => files::store(path, now)?,
        _ => invented(seed, now),
    };
    store.generation = u64::from(rand::random::<u16>());
    Ok(store)
}

fn invented(seed: &Seed, now: DateTime<Utc>) -> Store {
    let mut store = Store::default();
    for account in ACCOUNTS.iter() {
        let Some(number) = account.mailbox else {
            continue;
        };
        let mut mailbox = Mailbox::new(number);
        // Each mailbox has its own generator, so that a change in one does not change the others.
        let mut random = StdRng::seed_from_u64(0x00e0_3650 + u64::from(number));
        let messages = match (number, seed) {
            (1, Seed::Full) => 2_200,
            (1, _) => 200,
            _ => 40,
        };
        mail::fill(&mut mailbox, account, messages, now, &mut random);
        if let (1, Seed::Messages(count)) = (number, seed) {
            mail::bulk(&mut mailbox, account, *count, now, &mut random);
        }
        contacts::fill(&mut mailbox, account, now, &mut random);
        contacts::categories(&mut mailbox);
        if number < 3 {
            let photo = picture::png(u64::from(number) + 40);
            mailbox.photo = Some(crate::ids::base64(&photo));
        }
        store.mailboxes.insert(number, mailbox);
    }
    calendar::fill(&mut store, now);
    store
}
