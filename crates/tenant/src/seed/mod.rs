//! The data at the start: invented, and the same on the same day.

mod calendar;
mod contacts;
mod files;
mod mail;
pub(crate) mod picture;
mod seed_event;
mod series;
mod texts;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rand::SeedableRng as _;
use rand::rngs::StdRng;

use crate::directory::Directory;
use crate::options::{Options, Seed};
use crate::store::{Mailbox, Store};

/// Accounts and registrations: those of every tenant, that of the options, and those of a seed of one's own.
///
/// # Errors
/// The seed has an account or a registration that cannot be; the message names its file and line.
pub(crate) fn directory(options: &Options) -> Result<Directory, String> {
    let mut directory = Directory::default();
    directory.register(options.registration());
    if let Seed::Files(path) = &options.seed {
        files::directory(path, &mut directory)?;
    }
    Ok(directory)
}

/// Fills the mailboxes, relative to `now`.
///
/// # Errors
/// A seed of one's own has an item that cannot be kept; the message names its file and line.
pub(crate) fn store(
    seed: &Seed,
    directory: &Arc<Directory>,
    now: DateTime<Utc>,
) -> Result<Store, String> {
    let empty = Store::default().of(directory);
    let mut store = match seed {
        Seed::Files(path) => files::store(path, empty, now)?,
        _ => invented(seed, empty, now),
    };
    store.generation = u64::from(rand::random::<u16>());
    Ok(store)
}

fn invented(seed: &Seed, mut store: Store, now: DateTime<Utc>) -> Store {
    let directory = store.directory.clone();
    for account in directory.accounts() {
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
