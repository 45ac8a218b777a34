//! The issuer's name and its signing keys: fetched from the pinned host, kept for a day.

use super::authority;
use super::transport::Upstream;
use crate::base::clock::Clock;
use exo365_core::error::{Code, Error};
use exo365_core::id_token::is_guid;
use exo365_core::token_reply::is_json;
use exo365_core::wire::PageConfig;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use tokio::sync::Mutex;

/// How long documents are good, in seconds.
pub(crate) const LIFE: u64 = 86_400;
/// Least time between two fetches because of an unknown key, in seconds.
const MIN_REFETCH: u64 = 60;
/// More keys than any service has.
const MAX_KEYS: usize = 100;

/// A key of the set (RFC 7517), as far as it is used.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Jwk {
    pub(crate) kty: String,
    #[serde(default)]
    pub(crate) kid: Option<String>,
    #[serde(default)]
    pub(crate) alg: Option<String>,
    #[serde(default, rename = "use")]
    pub(crate) purpose: Option<String>,
    #[serde(default)]
    pub(crate) n: String,
    #[serde(default)]
    pub(crate) e: String,
    #[serde(default)]
    pub(crate) crv: String,
    #[serde(default)]
    pub(crate) x: String,
    #[serde(default)]
    pub(crate) y: String,
    /// Microsoft's: the issuer that signs with it.
    #[serde(default)]
    pub(crate) issuer: Option<String>,
}

#[derive(Deserialize)]
struct Set {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    /// RFC 9207 §3. Microsoft's documents have no such member, which says no; so does anything but `true`:
    /// an odd value shall not turn sign-in off.
    #[serde(default, rename = "authorization_response_iss_parameter_supported")]
    sends_iss: serde_json::Value,
}

/// What the documents say.
pub(crate) struct ProviderMetadata {
    /// May hold `{tenantid}`.
    pub(crate) issuer: String,
    /// The service promises to name itself in every redirect.
    pub(crate) sends_iss: bool,
    keys: Vec<Jwk>,
    fetched: u64,
}

impl ProviderMetadata {
    /// Whether the service may call itself this: with the id of one of these tenants, or of any where there are none.
    pub(crate) fn accepts_issuer(&self, issuer: &str, tenants: &[String]) -> bool {
        let Some((before, after)) = self.issuer.split_once("{tenantid}") else {
            return self.issuer == issuer;
        };
        let tenant = issuer
            .strip_prefix(before)
            .and_then(|rest| rest.strip_suffix(after));
        tenant.is_some_and(|tenant| {
            let admitted = |one: &String| one.eq_ignore_ascii_case(tenant);
            is_guid(tenant) && (tenants.is_empty() || tenants.iter().any(admitted))
        })
    }

    /// The key of this name; a token without one gets the only key there is.
    pub(crate) fn key(&self, kid: Option<&str>) -> Option<&Jwk> {
        match (kid, self.keys.as_slice()) {
            (None, [only]) => Some(only),
            (None, _) => None,
            (Some(kid), keys) => keys.iter().find(|key| key.kid.as_deref() == Some(kid)),
        }
    }
}

/// The documents, cached.
pub(crate) struct MetadataCache {
    held: Mutex<Option<Arc<ProviderMetadata>>>,
    clock: Clock,
}

impl MetadataCache {
    pub(crate) const fn new(clock: Clock) -> Self {
        Self {
            held: Mutex::const_new(None),
            clock,
        }
    }

    /// The documents, at most a day old; old ones where the service has trouble.
    ///
    /// # Errors
    /// Where there are none yet, and none can be had.
    pub(crate) async fn metadata(
        &self,
        upstream: &Upstream,
        public: &PageConfig,
    ) -> Result<Arc<ProviderMetadata>, Error> {
        let mut held = self.held.lock().await;
        let now = self.clock.now();
        match held.as_ref() {
            Some(known) if now < known.fetched + LIFE => Ok(Arc::clone(known)),
            known => match fetch(upstream, public, now).await {
                Ok(fresh) => Ok(Arc::clone(held.insert(Arc::new(fresh)))),
                Err(error) => known.map(Arc::clone).ok_or(error),
            },
        }
    }

    /// The documents with the key `kid`, fetched again where the known ones lack it, but not too often.
    ///
    /// # Errors
    /// As [`MetadataCache::metadata`].
    pub(crate) async fn with_key(
        &self,
        upstream: &Upstream,
        public: &PageConfig,
        kid: Option<&str>,
    ) -> Result<Arc<ProviderMetadata>, Error> {
        let known = self.metadata(upstream, public).await?;
        if known.key(kid).is_some() {
            return Ok(known);
        }
        let mut held = self.held.lock().await;
        let now = self.clock.now();
        match held.as_ref() {
            Some(latest) if latest.key(kid).is_some() || now < latest.fetched + MIN_REFETCH => {
                Ok(Arc::clone(latest))
            }
            _ => {
                let fresh = fetch(upstream, public, now).await?;
                Ok(Arc::clone(held.insert(Arc::new(fresh))))
            }
        }
    }
}

async fn fetch(
    upstream: &Upstream,
    public: &PageConfig,
    now: u64,
) -> Result<ProviderMetadata, Error> {
    let discovery: Discovery = document(upstream, &authority::discovery_url(public)).await?;
    let set: Set = document(upstream, &authority::keys_url(public)).await?;
    // A key of a kind that is not known here is no reason to refuse the others.
    let keys = set
        .keys
        .into_iter()
        .take(MAX_KEYS)
        .filter_map(|key| serde_json::from_value(key).ok());
    Ok(ProviderMetadata {
        issuer: discovery.issuer,
        sends_iss: discovery.sends_iss == true,
        keys: keys
            .filter(|key: &Jwk| {
                key.purpose
                    .as_deref()
                    .is_none_or(|purpose| purpose == "sig")
            })
            .collect(),
        fetched: now,
    })
}

/// The issuer that the document at `url` names.
///
/// # Errors
/// As [`MetadataCache::metadata`]; [`Code::Misconfigured`] where the service knows no such tenant.
pub(crate) async fn issuer(upstream: &Upstream, url: &str) -> Result<String, Error> {
    let discovery: Discovery = document(upstream, url).await?;
    Ok(discovery.issuer)
}

async fn document<T: DeserializeOwned>(upstream: &Upstream, url: &str) -> Result<T, Error> {
    let reply = upstream.get(url).await?;
    // RFC 7517 §8.5 gives key sets a type of their own.
    let kind = reply.head().content_type;
    let json = is_json(kind) || kind.starts_with("application/jwk-set+json");
    match reply.status {
        200 if json => serde_json::from_str(&reply.body).map_err(|_| {
            Error::new(
                Code::InvalidResponse,
                "the sign-in service's OpenID documents are none",
            )
        }),
        500.. | 429 => Err(Error::new(
            Code::ServiceUnavailable,
            "the sign-in service has trouble",
        )),
        400 | 404 => Err(Error::new(
            Code::Misconfigured,
            "the sign-in service knows no such tenant: check `tenant`, `login` and `cloud`",
        )),
        _ => Err(Error::new(
            Code::InvalidResponse,
            "the sign-in service's OpenID documents are none",
        )),
    }
}
