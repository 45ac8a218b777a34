//! Names of what Redis holds.
//!
//! ```text
//! one server                cluster
//! exo365:session:<key>      exo365:session:{2f}:<key>   a sealed record; gone when it ends
//! exo365:renewal:<key>      exo365:renewal:{2f}:<key>   who renews this session just now, for some seconds
//! exo365:ends               exo365:ends:{2f}            the names of the records, by when they end
//! exo365:probe              exo365:probe:{2f}           written to see whether that is possible; for a minute
//! exo365:group:<group>      exo365:group:{<group>}      the names of the records of a group; gone after the last of them
//! ```
//!
//! A cluster keeps names with the same text in braces together, and a script may touch only those. Here it is the first
//! octet of the key: 256 parts, which the cluster spreads over its shards.
//!
//! `ends` is there to be counted: exact, at a price that grows with the logarithm. `SCAN` would go over all records, from
//! every endpoint and at every interval; a counter would never learn of a record that ended by itself.

use crate::store::key::{Group, Key};
use exo365_core::text::{base64_decode, base64url};

/// Before the name of a record, in either form.
const SESSION: &str = "exo365:session:";

/// How names are written.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Names {
    /// All on one server.
    Server,
    /// In a cluster.
    Cluster,
}

impl Names {
    fn of(self, kind: &str, key: Key) -> String {
        let name = base64url(&key.0);
        match self {
            Self::Server => format!("exo365:{kind}:{name}"),
            Self::Cluster => format!("exo365:{kind}:{{{:02x}}}:{name}", part(key)),
        }
    }

    fn in_part(self, kind: &str, part: u8) -> String {
        match self {
            Self::Server => format!("exo365:{kind}"),
            Self::Cluster => format!("exo365:{kind}:{{{part:02x}}}"),
        }
    }

    /// The record.
    pub(super) fn session(self, key: Key) -> String {
        self.of("session", key)
    }

    /// The lock of its renewal.
    pub(super) fn renewal(self, key: Key) -> String {
        self.of("renewal", key)
    }

    /// The list that its name is in.
    pub(super) fn ends(self, key: Key) -> String {
        self.in_part("ends", part(key))
    }

    /// All such lists.
    pub(super) fn all_ends(self) -> Vec<String> {
        match self {
            Self::Server => vec![self.in_part("ends", 0)],
            Self::Cluster => (0..=u8::MAX)
                .map(|part| self.in_part("ends", part))
                .collect(),
        }
    }

    /// What is written in the part of this key where nothing else is to be written.
    pub(super) fn probe(self, key: Key) -> String {
        self.in_part("probe", part(key))
    }

    /// The names of a group's records.
    pub(super) fn group(self, group: Group) -> String {
        let name = base64url(&group.0);
        match self {
            Self::Server => format!("exo365:group:{name}"),
            Self::Cluster => format!("exo365:group:{{{name}}}"),
        }
    }
}

/// A pattern for the names of all records.
pub(super) fn all_sessions() -> String {
    format!("{SESSION}*")
}

/// The key of the record with this name.
pub(super) fn key(name: &str) -> Option<Key> {
    let name = name.strip_prefix(SESSION)?.rsplit(':').next()?;
    base64_decode(name)?.try_into().ok().map(Key)
}

const fn part(key: Key) -> u8 {
    let [first, ..] = key.0;
    first
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn names_lead_back_to_their_key_and_share_their_part() {
        for first in [0, 9, 0x2f, 255] {
            let own = Key([first; 32]);
            for names in [Names::Server, Names::Cluster] {
                assert_eq!(key(&names.session(own)), Some(own));
                assert!(names.all_ends().contains(&names.ends(own)));
            }
            let tag = |name: String| {
                let (_, rest) = name.split_once('{').unwrap();
                rest.split_once('}').unwrap().0.to_owned()
            };
            let names = Names::Cluster;
            for other in [names.renewal(own), names.ends(own), names.probe(own)] {
                assert_eq!(tag(other), tag(names.session(own)));
            }
        }
        assert_eq!(Names::Cluster.all_ends().len(), 256);
        for odd in [
            "",
            "exo365:ends",
            "exo365:session:",
            "exo365:session:{2f}:x",
        ] {
            assert_eq!(key(odd), None, "{odd}");
        }
    }
}
