//! The provider's metadata and signing keys, fetched from the configured host and cached for a day.

use super::authority;
use super::transport::Upstream;
use crate::base::cache::Cache;
use crate::base::clock::Clock;
use exo365_core::error::{Code, Error};
use exo365_core::id_token::is_guid;
use exo365_core::token_reply::is_json;
use exo365_core::wire::PageConfig;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// Lifetime of cached documents, in seconds.
pub(crate) const LIFE: u64 = 86_400;
/// Least time between two fetches because of the same unknown key, in seconds.
const MIN_REFETCH: u64 = 60;
/// Unknown keys that are looked for in that time.
const MAX_SOUGHT: usize = 4;
/// Most keys that are read.
const MAX_KEYS: usize = 100;

/// A key of the set (RFC 7517), as far as it is used.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
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
    /// an invalid value must not turn sign-in off.
    #[serde(default, rename = "authorization_response_iss_parameter_supported")]
    sends_iss: serde_json::Value,
}

/// Provider metadata and keys.
pub(crate) struct ProviderMetadata {
    /// May hold `{tenantid}`.
    pub(crate) issuer: String,
    /// The service sends `iss` in every authorization response.
    pub(crate) sends_iss: bool,
    keys: Vec<Jwk>,
}

impl ProviderMetadata {
    /// Whether an issuer is this provider's, for one of these tenants, or for any if the list is empty.
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

    /// The keys with this `kid`, which several may share. A token without `kid` gets the key set's only key.
    pub(crate) fn keys(&self, kid: Option<&str>) -> impl Iterator<Item = &Jwk> {
        let only = self.keys.len() == 1;
        self.keys.iter().filter(move |key| match kid {
            None => only,
            kid => key.kid.as_deref() == kid,
        })
    }

    fn has_key(&self, kid: Option<&str>) -> bool {
        self.keys(kid).next().is_some()
    }
}

/// The cached documents: concurrent requests share one fetch.
pub(crate) struct MetadataCache {
    held: Cache<Arc<ProviderMetadata>>,
    clock: Clock,
    /// The latest unknown `kid`s, and when a fetch looked for them.
    sought: Mutex<VecDeque<(Option<String>, u64)>>,
}

impl MetadataCache {
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            held: Cache::new(clock.clone(), LIFE),
            clock,
            sought: Mutex::default(),
        }
    }

    /// The documents, at most a day old, or older while the service has trouble.
    ///
    /// # Errors
    /// If there are none yet and none can be fetched.
    pub(crate) async fn metadata(
        &self,
        upstream: &Upstream,
        public: &PageConfig,
    ) -> Result<Arc<ProviderMetadata>, Error> {
        let (upstream, public) = (upstream.clone(), public.clone());
        self.held.get(|| fetch(upstream, public)).await
    }

    /// The documents with the key `kid`, fetched again where the known ones lack it: once for each name in a minute, and
    /// for [`MAX_SOUGHT`] names at most.
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
        if known.has_key(kid) {
            return Ok(known);
        }
        let newer = self.newer(upstream, public, kid).await?;
        Ok(newer.unwrap_or(known))
    }

    /// The documents fetched again, because the key `kid` is not there or is another one by now; `None` where they were
    /// fetched for it, or for [`MAX_SOUGHT`] others, within a minute.
    ///
    /// # Errors
    /// As [`MetadataCache::metadata`].
    pub(crate) async fn newer(
        &self,
        upstream: &Upstream,
        public: &PageConfig,
        kid: Option<&str>,
    ) -> Result<Option<Arc<ProviderMetadata>>, Error> {
        if !self.may_seek(kid) {
            return Ok(None);
        }
        let (upstream, public) = (upstream.clone(), public.clone());
        let fetched = self.held.refresh(|| fetch(upstream, public)).await;
        fetched.map(Some)
    }

    fn may_seek(&self, kid: Option<&str>) -> bool {
        let now = self.clock.monotonic();
        let mut sought = self.sought.lock().unwrap_or_else(PoisonError::into_inner);
        sought.retain(|(_, at)| now < at + MIN_REFETCH);
        let again = sought.iter().any(|(name, _)| name.as_deref() == kid);
        if again || sought.len() >= MAX_SOUGHT {
            return false;
        }
        sought.push_back((kid.map(Into::into), now));
        true
    }
}

/// Fetches the documents side by side. Keys that are for this application alone (claims mapping, SAML) are in the set that
/// is asked for with its id (`appid`); services that do not know that parameter need not answer.
async fn fetch(upstream: Upstream, public: PageConfig) -> Result<Arc<ProviderMetadata>, Error> {
    let urls = (
        authority::discovery_url(&public),
        authority::keys_url(&public),
    );
    let own = format!("{}?appid={}", urls.1, public.client_id);
    let (discovery, common, own): (
        Result<Discovery, Error>,
        Result<Set, Error>,
        Result<Set, Error>,
    ) = tokio::join!(
        document(&upstream, &urls.0),
        document(&upstream, &urls.1),
        document(&upstream, &own)
    );
    let discovery = discovery?;
    let sets = match (common, own) {
        (Ok(common), own) => vec![common, own.unwrap_or(Set { keys: Vec::new() })],
        (Err(_), Ok(own)) => vec![own],
        (Err(error), Err(_)) => return Err(error),
    };
    // A key of an unknown type does not invalidate the others.
    let mut keys: Vec<Jwk> = Vec::new();
    for key in sets
        .into_iter()
        .flat_map(|set| set.keys.into_iter().take(MAX_KEYS))
    {
        let Ok(key) = serde_json::from_value::<Jwk>(key) else {
            continue;
        };
        let signs = key
            .purpose
            .as_deref()
            .is_none_or(|purpose| purpose == "sig");
        if signs && !keys.contains(&key) {
            keys.push(key);
        }
    }
    Ok(Arc::new(ProviderMetadata {
        issuer: discovery.issuer,
        sends_iss: discovery.sends_iss == true,
        keys,
    }))
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
