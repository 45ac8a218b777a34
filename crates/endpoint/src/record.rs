//! A session: who, the refresh token, and the access tokens that are still good.

use crate::seal::{Seal, ends_at};
use crate::store::{Failed, Group, Key, Store};
use exo365_core::text::base64url;
use exo365_core::token_reply::Tokens;
use exo365_core::wire::Account;
use serde::{Deserialize, Serialize};

/// An access token is renewed this long before it ends, in seconds; short-lived ones at half of their life.
const MARGIN: u64 = 300;

/// What is sealed. Holds tokens: never printed.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct Session {
    pub(crate) account: Account,
    /// The sign-in service's own session.
    pub(crate) sid: Option<String>,
    pub(crate) refresh_token: Option<String>,
    /// Seconds since 1970.
    pub(crate) created: u64,
    /// Seconds since 1970; about when it was used last.
    pub(crate) touched: u64,
    /// One per audience.
    pub(crate) tokens: Vec<Cached>,
}

/// An access token and what it is for.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct Cached {
    pub(crate) audience: String,
    pub(crate) token: String,
    /// Seconds since 1970.
    pub(crate) expires_at: u64,
    /// Seconds since 1970.
    renew_at: u64,
    /// Seconds since 1970.
    #[serde(default)]
    pub(crate) taken_at: u64,
    /// What was asked for, which may not all have been granted.
    asked: Vec<String>,
    pub(crate) granted: Vec<String>,
    /// Digest of the claims that it was asked for with.
    claims: Option<String>,
}

/// Which access token.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub(crate) struct Want {
    pub(crate) audience: String,
    /// Sorted; empty for whatever was granted.
    pub(crate) scopes: Vec<String>,
    /// JSON text.
    pub(crate) claims: Option<String>,
    /// base64url SHA-256 of a token that is not wanted again.
    pub(crate) rejected: Option<String>,
}

impl Cached {
    /// Makes the entry for tokens that came at `now`.
    pub(crate) fn new(want: &Want, tokens: &Tokens, now: u64) -> Self {
        let life = u64::from(tokens.expires_in);
        Self {
            audience: want.audience.clone(),
            token: tokens.access_token.clone(),
            expires_at: now + life,
            taken_at: now,
            renew_at: now + life.saturating_sub(MARGIN).max(life / 2),
            asked: want.scopes.clone(),
            granted: tokens.scopes.clone(),
            claims: want.claims.as_deref().map(digest),
        }
    }

    /// Whether it has enough life left.
    pub(crate) const fn is_fresh(&self, now: u64) -> bool {
        now < self.renew_at
    }

    /// Whether it still works, if not for long.
    pub(crate) const fn is_alive(&self, now: u64) -> bool {
        now + 10 < self.expires_at
    }

    /// Whether it is what is wanted, not counting its age.
    fn fits(&self, want: &Want) -> bool {
        let has = |scope: &String| {
            let short = |name: &str| {
                name.rsplit('/')
                    .next()
                    .unwrap_or_default()
                    .to_ascii_lowercase()
            };
            self.asked.contains(scope)
                || self
                    .granted
                    .iter()
                    .any(|granted| short(granted) == short(scope))
        };
        let claims = want.claims.as_deref().map(digest);
        self.audience == want.audience
            && want.scopes.iter().all(has)
            && (claims.is_none() || claims == self.claims)
            && want
                .rejected
                .as_deref()
                .is_none_or(|refused| refused != digest(&self.token))
    }
}

/// The name of a token that is not wanted again, or of claims.
pub(crate) fn digest(text: &str) -> String {
    base64url(&crate::random::sha256(text.as_bytes()))
}

/// What the sessions of one `sid` are found by.
pub(crate) fn group(sid: &str) -> Group {
    Group(crate::random::sha256(
        format!("exo365 sid {sid}").as_bytes(),
    ))
}

impl Session {
    /// A token with enough life left.
    pub(crate) fn fresh(&self, want: &Want, now: u64) -> Option<&Cached> {
        self.tokens
            .iter()
            .find(|cached| cached.is_fresh(now) && cached.fits(want))
    }

    /// A token that still works, if not for long: better than none while the service has trouble.
    pub(crate) fn last_resort(&self, want: &Want, now: u64) -> Option<&Cached> {
        self.tokens
            .iter()
            .find(|cached| cached.is_alive(now) && cached.fits(want))
    }

    /// Takes new tokens in: the refresh token replaces the old one, or the old one stays.
    pub(crate) fn take(&mut self, cached: Cached, refresh_token: Option<String>) {
        self.tokens
            .retain(|known| known.audience != cached.audience);
        self.tokens.push(cached);
        if refresh_token.is_some() {
            self.refresh_token = refresh_token;
        }
    }
}

/// The sessions: sealed on their way in, opened and checked for their age on their way out.
pub(crate) struct Sessions {
    pub(crate) store: Box<dyn Store>,
    pub(crate) seal: Seal,
    /// Seconds.
    pub(crate) idle: u64,
    /// Seconds.
    pub(crate) lifetime: u64,
}

/// A session, and the record that it was read from.
pub(crate) struct Held {
    pub(crate) session: Session,
    pub(crate) record: Vec<u8>,
}

impl Sessions {
    fn close(&self, key: Key, session: &Session) -> Result<Vec<u8>, Failed> {
        let end = (session.touched + self.idle).min(session.created + self.lifetime);
        let plain = zeroize::Zeroizing::new(serde_json::to_vec(session).map_err(|_| Failed)?);
        let group = session.sid.as_deref().map(group);
        self.seal.close(&key, (end, group), &plain).ok_or(Failed)
    }

    /// The session, if it is there, whole, and not over.
    pub(crate) async fn get(&self, key: Key, now: u64) -> Result<Option<Held>, Failed> {
        let Some(record) = self.store.get(key).await? else {
            return Ok(None);
        };
        if ends_at(&record).is_none_or(|end| end <= now) {
            return Ok(None);
        }
        let Some(session) = Self::read(&self.seal, key, &record) else {
            tracing::warn!(session = %key, "a session record does not open: it was changed, or its key is gone");
            return Ok(None);
        };
        Ok(Some(Held { session, record }))
    }

    /// Opens a record.
    pub(crate) fn read(seal: &Seal, key: Key, record: &[u8]) -> Option<Session> {
        let plain = zeroize::Zeroizing::new(seal.open_record(&key, record)?);
        serde_json::from_slice(&plain).ok()
    }

    pub(crate) async fn insert(&self, key: Key, session: &Session) -> Result<(), Failed> {
        let record = self.close(key, session)?;
        self.store.insert(key, record).await
    }

    /// Replaces the record that `old` was read from; false where it is another by now, or gone.
    pub(crate) async fn swap(
        &self,
        key: Key,
        old: &[u8],
        session: &Session,
    ) -> Result<bool, Failed> {
        let record = self.close(key, session)?;
        self.store.swap(key, old.to_vec(), record).await
    }

    pub(crate) async fn remove(&self, key: Key) -> Result<(), Failed> {
        self.store.remove(key).await
    }
}
