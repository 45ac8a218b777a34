//! Sealing of records: ChaCha20-Poly1305, bound to the record's name and to what stands before it.
//!
//! ```text
//! version │ ends at │ group │ length of key id │ key id │ nonce │ ciphertext and tag
//!    1    │    8    │  32   │        1         │        │  12   │
//! ```
//!
//! The group is a digest of the sign-in service's `sid`, zeros where there is none: a store finds by
//! it what one sign-out at the service ends.
//!
//! The first key seals, all open: a new key goes in front, and the old one out when its sessions are over.

use super::key::{Group, Key};
use crate::base::problem::Problem;
use crate::base::random;
use crate::config::{SealSource, Secret};
use exo365_core::text::{base64_decode, base64url};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use std::io::Write as _;
use std::path::Path;

const VERSION: u8 = 2;
const ENDS: usize = 9;
const FIXED: usize = ENDS + 32 + 1;
const PURPOSE: &[u8] = b"exo365 session record";
/// Live keys: the one that seals, and the one before.
const MOST: usize = 2;

/// The sealing keys.
pub(crate) struct Seal(Vec<(String, LessSafeKey)>);

impl Seal {
    /// Reads the keys, or makes the first one.
    ///
    /// # Errors
    /// [`Problem::Secret`] in a sentence that holds no key.
    pub(crate) fn open(source: &SealSource) -> Result<Self, Problem> {
        match source {
            SealSource::Given(text) => Self::parse(text.reveal()),
            SealSource::KeyFile(file) if file.exists() => {
                Self::parse(Secret::from_file(file)?.reveal())
            }
            SealSource::KeyFile(file) => Self::make(file),
        }
    }

    /// `id:base64url(32 bytes)`, one or two, divided by commas or white space.
    fn parse(text: &str) -> Result<Self, Problem> {
        let lines = text.split(|letter: char| letter == ',' || letter.is_whitespace());
        let keys: Option<Vec<_>> = lines.filter(|line| !line.is_empty()).map(key).collect();
        let keys = keys.filter(|keys| (1..=MOST).contains(&keys.len()));
        let twice = |keys: &Vec<(String, LessSafeKey)>| {
            keys.iter()
                .any(|(id, _)| keys.iter().filter(|(other, _)| other == id).count() > 1)
        };
        keys.filter(|keys| !twice(keys)).map(Self).ok_or_else(|| {
            Problem::Secret("sealing keys are one or two of the form id:key, the key being 32 bytes in base64url".into())
        })
    }

    fn make(file: &Path) -> Result<Self, Problem> {
        let wrong = |error: &dyn std::fmt::Display| {
            Problem::Secret(format!(
                "the sealing key cannot be written to {}: {error}",
                file.display()
            ))
        };
        let id: [u8; 3] = random::bytes().map_err(|error| wrong(&error))?;
        let secret: [u8; 32] = random::bytes().map_err(|error| wrong(&error))?;
        let id: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
        let line = Secret::new(format!("{id}:{}\n", base64url(&secret)));
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(file).and_then(|mut file| {
            file.write_all(line.reveal().as_bytes())?;
            file.sync_all()
        });
        written.map_err(|error| wrong(&error))?;
        Self::parse(line.reveal())
    }

    /// Seals `plain`. `ends_at` (seconds since 1970) and the group stay readable, so that a store needs no key.
    pub(crate) fn seal(
        &self,
        name: &Key,
        (ends_at, group): (u64, Option<Group>),
        plain: &[u8],
    ) -> Option<Vec<u8>> {
        let (id, key) = self.0.first()?;
        let mut record = vec![VERSION];
        record.extend(ends_at.to_be_bytes());
        record.extend(group.map_or([0; 32], |group| group.0));
        record.push(u8::try_from(id.len()).ok()?);
        record.extend(id.as_bytes());
        let bound = bound(name, &record);
        let nonce: [u8; NONCE_LEN] = random::bytes().ok()?;
        record.extend(nonce);
        let mut text = plain.to_vec();
        let nonce = Nonce::assume_unique_for_key(nonce);
        key.seal_in_place_append_tag(nonce, Aad::from(bound), &mut text)
            .ok()?;
        record.extend(text);
        Some(record)
    }

    /// Opens a record of this name; `None` where it was changed, moved or sealed with a key that is gone.
    pub(crate) fn unseal(&self, name: &Key, record: &[u8]) -> Option<Vec<u8>> {
        let length = usize::from(*record.get(FIXED - 1)?);
        let (head, rest) = record.split_at_checked(FIXED + length)?;
        let (nonce, text) = rest.split_first_chunk::<NONCE_LEN>()?;
        let id = head.get(FIXED..)?;
        let (_, key) = self.0.iter().find(|(known, _)| known.as_bytes() == id)?;
        if head.first() != Some(&VERSION) {
            return None;
        }
        let mut text = text.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let length = key
            .open_in_place(nonce, Aad::from(bound(name, head)), &mut text)
            .ok()?
            .len();
        text.truncate(length);
        Some(text)
    }
}

/// When a record ends, in seconds since 1970. Sessions are refused by this before they are opened.
pub(crate) fn ends_at(record: &[u8]) -> Option<u64> {
    let bytes = record.get(1..ENDS)?;
    Some(u64::from_be_bytes(bytes.try_into().ok()?))
}

/// The group of a record: what a front-channel sign-out ends together.
pub(crate) fn group(record: &[u8]) -> Option<Group> {
    let bytes = record.get(ENDS..FIXED - 1)?.try_into().ok()?;
    (bytes != [0; 32] && record.first() == Some(&VERSION)).then_some(Group(bytes))
}

fn bound(name: &Key, head: &[u8]) -> Vec<u8> {
    [PURPOSE, &name.0, head].concat()
}

fn key(line: &str) -> Option<(String, LessSafeKey)> {
    let (id, secret) = line.split_once(':')?;
    let fits = !id.is_empty()
        && id.len() <= 16
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let secret = zeroize::Zeroizing::new(base64_decode(secret)?);
    let key = UnboundKey::new(&CHACHA20_POLY1305, &secret).ok()?;
    fits.then(|| (id.into(), LessSafeKey::new(key)))
}

#[cfg(test)]
mod unit {
    use super::*;
    use proptest::prelude::*;

    fn line(id: &str, byte: u8) -> String {
        format!("{id}:{}", base64url(&[byte; 32]))
    }

    fn seal(text: &str) -> Seal {
        Seal::parse(text).unwrap()
    }

    const NAME: Key = Key([7; 32]);

    #[test]
    fn e59_two_keys_live_and_the_first_seals() {
        let old = seal(&line("a", 1)).seal(&NAME, (9, None), b"text").unwrap();
        let both = seal(&format!("{}\n{}", line("b", 2), line("a", 1)));
        assert_eq!(both.unseal(&NAME, &old).unwrap(), b"text");
        let new = both.seal(&NAME, (9, None), b"text").unwrap();
        assert!(seal(&line("a", 1)).unseal(&NAME, &new).is_none());
        assert!(seal(&line("b", 2)).unseal(&NAME, &new).is_some());
        assert_eq!((ends_at(&new), group(&new)), (Some(9), None));
        let grouped = both.seal(&NAME, (9, Some(Group([5; 32]))), b"text");
        assert!(grouped.is_some_and(|record| group(&record) == Some(Group([5; 32]))));
    }

    #[test]
    fn e22_what_was_changed_or_moved_does_not_open() {
        let seal = seal(&line("a", 1));
        let record = seal.seal(&NAME, (9, None), b"text").unwrap();
        assert!(
            seal.unseal(&Key([8; 32]), &record).is_none(),
            "of another session"
        );
        for at in 0..record.len() {
            let mut changed = record.clone();
            changed[at] ^= 1;
            assert!(seal.unseal(&NAME, &changed).is_none(), "byte {at}");
        }
    }

    #[test]
    fn keys_that_are_none_are_refused_without_being_shown() {
        let three = [line("a", 1), line("b", 2), line("c", 3)].join(",");
        let twice = [line("a", 1), line("a", 2)].join(",");
        for text in ["", "a", "a:short", &three, &twice, &line("", 1)] {
            let problem = Seal::parse(text).err().unwrap().to_string();
            assert!(!problem.contains("AQEB"), "{problem}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn e2_a_made_key_is_for_its_owner_only_and_stays() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("db.keys");
        let source = SealSource::KeyFile(file.clone());
        let record = Seal::open(&source)
            .unwrap()
            .seal(&NAME, (9, None), b"text")
            .unwrap();
        assert_eq!(
            std::fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert!(
            Seal::open(&source)
                .unwrap()
                .unseal(&NAME, &record)
                .is_some()
        );
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            prop_assert!(seal(&line("a", 1)).unseal(&NAME, &bytes).is_none());
            let _ = ends_at(&bytes);
        }
    }
}
