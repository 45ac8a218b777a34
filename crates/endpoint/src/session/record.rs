//! The record of a session: account, refresh token, and valid access tokens.

use super::opened::Opened;
use super::token::Token;
use crate::store::seal::{Seal, ends_at};
use crate::store::{Failed, Group, Key, Store};
use exo365_core::text::base64url;
use exo365_core::token_reply::Tokens;
use exo365_core::wire::Account;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use zeroize::{Zeroize as _, Zeroizing};

/// An access token is renewed this many seconds before it expires; a short-lived one at half of its lifetime.
const MARGIN: u64 = 300;
/// Largest step back of the machine's clock that is ignored, in seconds.
const CLOCK_STEP: u64 = 60;
/// Most tokens for named permissions in a record, so that it stays small.
const MOST_NAMED: usize = 8;
/// Scopes of OpenID Connect: they do not make a token broader.
const OIDC: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// The sealed content of a record. It holds tokens and has no `Debug`.
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
    /// The permissions that were configured when its tokens were asked for last; none in records of version 0.1.
    #[serde(default)]
    pub(crate) scopes: Option<Vec<String>>,
    /// One token for each audience with all granted permissions, and some for named permissions; the latest last.
    pub(crate) tokens: Vec<AccessToken>,
}

/// An access token and what it is for.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct AccessToken {
    pub(crate) audience: String,
    pub(crate) token: Token,
    /// Seconds since 1970.
    pub(crate) expires_at: u64,
    /// Seconds since 1970.
    renew_at: u64,
    /// Seconds since 1970.
    #[serde(default)]
    pub(crate) taken_at: u64,
    /// The requested permissions; empty for all that were granted.
    asked: Vec<String>,
    pub(crate) granted: Vec<String>,
    /// Digest of the claims that it was asked for with.
    claims: Option<String>,
}

/// The specification of an access token.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub(crate) struct TokenSpec {
    pub(crate) audience: String,
    /// Sorted; empty for all that were granted.
    pub(crate) scopes: Vec<String>,
    /// JSON text.
    pub(crate) claims: Option<String>,
    /// base64url SHA-256 of a token that the API refused.
    pub(crate) rejected: Option<String>,
}

impl AccessToken {
    /// An entry for tokens that were issued at `now`.
    pub(crate) fn new(want: &TokenSpec, tokens: &Tokens, now: u64) -> Self {
        let life = u64::from(tokens.expires_in);
        Self {
            audience: want.audience.clone(),
            token: Token::new(tokens.access_token.clone()),
            expires_at: now + life,
            taken_at: now,
            renew_at: now + life.saturating_sub(MARGIN).max(life / 2),
            asked: want.scopes.clone(),
            granted: tokens.scopes.clone(),
            claims: want.claims.as_deref().map(digest),
        }
    }

    /// Whether it is valid for long enough to be given to a page.
    pub(crate) const fn is_fresh(&self, now: u64) -> bool {
        now < self.renew_at && self.is_of_the_past(now)
    }

    /// Whether it was issued before now. If not, the clock was set back, and the remaining lifetime is unknown.
    const fn is_of_the_past(&self, now: u64) -> bool {
        self.taken_at <= now + CLOCK_STEP
    }

    /// Whether it is still valid, if only for a short time.
    pub(crate) const fn is_valid(&self, now: u64) -> bool {
        now + 10 < self.expires_at
    }

    /// Whether it matches the specification and is no broader, regardless of its age: it was requested with these permissions (the service
    /// may have granted more), or it holds exactly these.
    fn fits(&self, want: &TokenSpec) -> bool {
        let named = self.asked == want.scopes;
        self.covers(want) && (named || self.is_within(&want.scopes))
    }

    /// Whether it holds no other permissions.
    fn is_within(&self, scopes: &[String]) -> bool {
        let wanted = |granted: &String| {
            OIDC.contains(&granted.as_str()) || scopes.iter().any(|one| is_same(one, granted))
        };
        self.granted.iter().all(wanted)
    }

    /// Whether it is sufficient for the specification, regardless of its age. A specification without permissions means all that
    /// were granted, not those of a narrower request.
    fn covers(&self, want: &TokenSpec) -> bool {
        let has = |scope: &String| {
            self.asked.contains(scope) || self.granted.iter().any(|granted| is_same(scope, granted))
        };
        let claims = want.claims.as_deref().map(digest);
        self.audience == want.audience
            && (self.asked.is_empty() || !want.scopes.is_empty())
            && want.scopes.iter().all(has)
            && (claims.is_none() || claims == self.claims)
            && want
                .rejected
                .as_deref()
                .is_none_or(|refused| refused != digest(self.token.reveal()))
    }
}

/// Whether two names mean one permission: services write them with or without their host, in any case.
fn is_same(one: &str, other: &str) -> bool {
    let short = |name: &str| name.rsplit('/').next().map(str::to_ascii_lowercase);
    short(one) == short(other)
}

/// The digest that names a refused token, or claims.
pub(crate) fn digest(text: &str) -> String {
    base64url(&crate::base::random::sha256(text.as_bytes()))
}

/// The group of all sessions of one `sid`.
pub(crate) fn group(sid: &str) -> Group {
    Group(crate::base::random::sha256(
        format!("exo365 sid {sid}").as_bytes(),
    ))
}

/// Seconds until `expires_at`.
pub(crate) fn seconds_until(expires_at: u64, now: u64) -> u32 {
    u32::try_from(expires_at.saturating_sub(now)).unwrap_or(u32::MAX)
}

impl Session {
    /// A token that is valid for long enough.
    pub(crate) fn fresh(&self, want: &TokenSpec, now: u64) -> Option<&AccessToken> {
        self.tokens
            .iter()
            .find(|cached| cached.is_fresh(now) && cached.fits(want))
    }

    /// A token that is valid for long enough, but may be broader.
    pub(crate) fn broader(&self, want: &TokenSpec, now: u64) -> Option<&AccessToken> {
        self.tokens
            .iter()
            .find(|cached| cached.is_fresh(now) && cached.covers(want))
    }

    /// A token that is still valid, if only for a short time or broader: the fallback while no other can be obtained.
    pub(crate) fn expiring(&self, want: &TokenSpec, now: u64) -> Option<&AccessToken> {
        let alive = |fits: fn(&AccessToken, &TokenSpec) -> bool| {
            let mut tokens = self.tokens.iter();
            tokens.find(|cached| cached.is_valid(now) && fits(cached, want))
        };
        alive(AccessToken::fits).or_else(|| alive(AccessToken::covers))
    }

    /// Adds new tokens. A new refresh token replaces the old one. An access token replaces the one
    /// for the same permissions; of those for named permissions the oldest are dropped.
    pub(crate) fn take(&mut self, cached: AccessToken, refresh_token: Option<String>) {
        let now = cached.taken_at;
        self.tokens.retain(|known| {
            let replaced = known.audience == cached.audience && known.asked == cached.asked;
            !replaced && (known.asked.is_empty() || known.expires_at > now)
        });
        self.tokens.push(cached);
        let named = |known: &AccessToken| !known.asked.is_empty();
        while self.tokens.iter().filter(|known| named(known)).count() > MOST_NAMED
            && let Some(oldest) = self.tokens.iter().position(named)
        {
            self.tokens.remove(oldest);
        }
        if refresh_token.is_some() {
            self.refresh_token = refresh_token;
        }
    }
}

/// The sessions: sealed when they are written, unsealed and checked for their age when they are read.
pub(crate) struct Sessions {
    pub(crate) store: Box<dyn Store>,
    pub(crate) seal: Seal,
    /// Seconds.
    pub(crate) idle: u64,
    /// Seconds.
    pub(crate) lifetime: u64,
    /// The permissions that are configured.
    pub(crate) scopes: Vec<String>,
    pub(crate) opened: Opened,
}

/// A session, and the record that it was read from.
pub(crate) struct StoredSession {
    pub(crate) session: Session,
    pub(crate) record: Arc<[u8]>,
    /// The configured permissions have changed since its tokens were issued: these are no longer given.
    pub(crate) is_reconfigured: bool,
}

impl Drop for StoredSession {
    fn drop(&mut self) {
        self.session.refresh_token.zeroize();
    }
}

impl Sessions {
    /// When the session ends, if it is not used any more: seconds since 1970.
    pub(crate) fn ends_at(&self, session: &Session) -> u64 {
        self.ends_after(session, session.touched)
    }

    /// The same, as if it was used at `touched` last.
    pub(crate) fn ends_after(&self, session: &Session, touched: u64) -> u64 {
        (touched + self.idle).min(session.created + self.lifetime)
    }

    fn seal(&self, key: Key, session: &Session) -> Result<Vec<u8>, Failed> {
        let end = self.ends_at(session);
        let plain = Zeroizing::new(serde_json::to_vec(session).map_err(|_| Failed)?);
        let group = session.sid.as_deref().map(group);
        self.seal.seal(&key, (end, group), &plain).ok_or(Failed)
    }

    /// The session, if it exists, can be unsealed, and has not ended.
    pub(crate) async fn get(
        &self,
        key: Key,
        now: u64,
    ) -> Result<Option<Arc<StoredSession>>, Failed> {
        let Some(record) = self.store.get_shared(key).await? else {
            self.opened.remove(key);
            return Ok(None);
        };
        if ends_at(&record).is_none_or(|end| end <= now) {
            return Ok(None);
        }
        let held = match self.opened.get(key, &record) {
            Some(held) => held,
            None => {
                let Some(held) = self.open(key, record).map(Arc::new) else {
                    tracing::warn!(session = %key, "a session record does not open: it was changed, or its key is gone");
                    return Ok(None);
                };
                self.opened.insert(key, &held);
                held
            }
        };
        // The record says when it ends by the limits that it was written under; the configured ones may be shorter.
        Ok(Some(held).filter(|held| self.ends_at(&held.session) > now))
    }

    fn open(&self, key: Key, record: Arc<[u8]>) -> Option<StoredSession> {
        let mut session = Self::read(&self.seal, key, &record)?;
        let known = session.scopes.as_ref();
        let is_reconfigured = known.is_some_and(|known| *known != self.scopes);
        if is_reconfigured {
            session.tokens.clear();
        }
        Some(StoredSession {
            session,
            record,
            is_reconfigured,
        })
    }

    /// Opens a record.
    pub(crate) fn read(seal: &Seal, key: Key, record: &[u8]) -> Option<Session> {
        let plain = Zeroizing::new(seal.unseal(&key, record)?);
        serde_json::from_slice(&plain).ok()
    }

    pub(crate) async fn insert(&self, key: Key, session: &Session) -> Result<(), Failed> {
        let record = self.seal(key, session)?;
        self.store.insert(key, record).await
    }

    /// Replaces the record `old`; returns false if it has changed or is gone.
    pub(crate) async fn swap(
        &self,
        key: Key,
        old: &[u8],
        session: &Session,
    ) -> Result<bool, Failed> {
        let record = self.seal(key, session)?;
        self.store.swap(key, old.to_vec(), record).await
    }

    pub(crate) async fn remove(&self, key: Key) -> Result<(), Failed> {
        self.opened.remove(key);
        self.store.remove(key).await
    }
}
