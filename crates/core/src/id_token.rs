//! Validates the claims of an ID token (OpenID Connect Core §3.1.3.7, and Microsoft's rules for tenants).
//!
//! ```text
//! Parts::read ──► algorithm, kid ──(the endpoint checks the signature)──► judge ──► Identity
//! ```
//!
//! The endpoint has the keys and checks the signature.

use crate::error::{Code, Error};
use crate::text::{base64_decode, same};
use crate::token_reply::Number;
use crate::wire::{Account, Identity as Generation};
use alloc::string::String;
use alloc::vec::Vec;
use serde::Deserialize;

/// The difference between clocks that is tolerated, in seconds.
pub const SKEW: u64 = 300;
/// The tenant of all personal accounts.
pub const PERSONAL_TENANT: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";
/// The longest token that is read, in bytes.
const MAX: usize = 64 * 1024;

/// The parts of a token that is not validated yet.
pub struct Parts<'a> {
    /// The header.
    pub header: Header,
    /// The claims.
    pub claims: Claims,
    /// The signed part.
    pub signed: &'a str,
    /// The signature; empty where there is none.
    pub signature: Vec<u8>,
}

/// The JOSE header.
#[derive(Debug, Deserialize)]
pub struct Header {
    /// Algorithm.
    pub alg: String,
    /// The id of the signing key.
    #[serde(default)]
    pub kid: Option<String>,
    /// Extensions that the reader has to understand. A token that names some is refused.
    #[serde(default)]
    pub crit: Option<Vec<String>>,
}

/// The claims that are read.
#[derive(Deserialize)]
pub struct Claims {
    iss: String,
    aud: Audience,
    #[serde(default)]
    azp: Option<String>,
    exp: Number,
    #[serde(default)]
    nbf: Option<Number>,
    iat: Number,
    #[serde(default)]
    auth_time: Option<Number>,
    #[serde(default)]
    nonce: Option<String>,
    #[serde(default)]
    tid: String,
    #[serde(default)]
    oid: String,
    #[serde(default)]
    preferred_username: Option<String>,
    #[serde(default)]
    upn: Option<String>,
    #[serde(default)]
    unique_name: Option<String>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    login_hint: Option<String>,
    #[serde(default)]
    sid: Option<String>,
    #[serde(default)]
    acct: Option<Number>,
    #[serde(default)]
    idp: Option<String>,
}

impl Claims {
    /// Seconds since 1970 at which the service made the token, by its own clock.
    #[must_use]
    pub const fn issued_at(&self) -> u64 {
        self.iat.0
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// What the claims are compared with.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// Application id.
    pub client_id: &'a str,
    /// The metadata's issuer; `{tenantid}` stands for the tenant.
    pub issuer: &'a str,
    /// The signing key's own issuer, where it names one.
    pub key_issuer: Option<&'a str>,
    /// The nonce of this sign-in.
    pub nonce: &'a str,
    /// Tenants that may sign in; all where empty.
    pub tenants: &'a [String],
    /// Seconds since 1970.
    pub now: u64,
    /// `max_age` of the authorize request, in seconds.
    pub max_age: Option<u64>,
}

/// The user of a validated ID token.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Identity {
    /// What the page gets.
    pub account: Account,
    /// Optional claim `sid`: the service's session.
    pub sid: Option<String>,
}

impl<'a> Parts<'a> {
    /// Reads the parts of a compact JWS (RFC 7515 §3.1).
    ///
    /// # Errors
    /// [`Code::InvalidResponse`].
    pub fn read(token: &'a str) -> Result<Self, Error> {
        Self::open(token).ok_or(invalid("the ID token is malformed"))
    }

    fn open(token: &'a str) -> Option<Self> {
        if token.len() > MAX {
            return None;
        }
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let header: Header = serde_json::from_slice(&base64_decode(header)?).ok()?;
        let claims = serde_json::from_slice(&base64_decode(claims)?).ok()?;
        Some(Self {
            header,
            claims,
            signed,
            signature: base64_decode(signature)?,
        })
    }

    /// Whether this is an unsigned token that may be accepted: v1 issues them, and this one came directly from the token
    /// endpoint.
    #[must_use]
    pub fn is_unsigned(&self, generation: Generation) -> bool {
        generation == Generation::V1 && self.header.alg == "none" && self.signature.is_empty()
    }
}

/// Validates the claims. The caller has checked the signature, or need not.
///
/// # Errors
/// [`Code::IssuerMismatch`], [`Code::WrongAccount`] for a tenant that is not admitted,
/// [`Code::InteractionRequired`] for a token of another sign-in, [`Code::InvalidResponse`].
pub fn judge(claims: &Claims, expected: &Expected<'_>) -> Result<Identity, Error> {
    check_issuer(claims, expected)?;
    check_audience(claims, expected)?;
    check_times(claims, expected.now)?;
    check_age(claims, expected)?;
    if !claims
        .nonce
        .as_deref()
        .is_some_and(|nonce| same(nonce, expected.nonce))
    {
        return Err(Error::new(
            Code::InteractionRequired,
            "the code does not belong to this sign-in: start it again",
        ));
    }
    let admitted = |tenant: &String| tenant.eq_ignore_ascii_case(&claims.tid);
    if !expected.tenants.is_empty() && !expected.tenants.iter().any(admitted) {
        return Err(Error::new(
            Code::WrongAccount,
            "the account is of an organisation that is not admitted here",
        ));
    }
    if claims.oid.is_empty() {
        return Err(invalid(
            "the ID token names no user (oid): ask for the scope profile",
        ));
    }
    Ok(identity(claims))
}

fn check_issuer(claims: &Claims, expected: &Expected<'_>) -> Result<(), Error> {
    let fits = |template: &str| template.replace("{tenantid}", &claims.tid) == claims.iss;
    let own = expected.key_issuer.is_none_or(fits);
    if !is_guid(&claims.tid) || !fits(expected.issuer) || !own {
        return Err(Error::new(
            Code::IssuerMismatch,
            "the ID token is of another issuer than the one that was asked",
        ));
    }
    Ok(())
}

fn check_audience(claims: &Claims, expected: &Expected<'_>) -> Result<(), Error> {
    let ours = |id: &str| id == expected.client_id;
    let fits = match &claims.aud {
        Audience::One(one) => ours(one),
        Audience::Several(all) => {
            all.iter().any(|id| ours(id))
                && (all.len() == 1 || claims.azp.as_deref().is_some_and(ours))
        }
    };
    if !fits || claims.azp.as_deref().is_some_and(|id| !ours(id)) {
        return Err(invalid("the ID token is for another application"));
    }
    Ok(())
}

fn check_times(claims: &Claims, now: u64) -> Result<(), Error> {
    let begins = claims.nbf.unwrap_or_default().0.max(claims.iat.0);
    if claims.exp.0.saturating_add(SKEW) <= now || begins > now.saturating_add(SKEW) {
        let mut error = invalid("the ID token is not of this time");
        error.detail_mut().remedy = Some("Check the clock of the endpoint's machine.".into());
        return Err(error);
    }
    Ok(())
}

/// Checks `auth_time` against `max_age`, where the sign-in asked for that.
fn check_age(claims: &Claims, expected: &Expected<'_>) -> Result<(), Error> {
    let Some(max_age) = expected.max_age else {
        return Ok(());
    };
    let Some(auth_time) = claims.auth_time else {
        let mut error = invalid("the ID token does not say when the user signed in (auth_time)");
        error.detail_mut().remedy =
            Some("Add the optional claim auth_time to the application's registration.".into());
        return Err(error);
    };
    let oldest = auth_time.0.saturating_add(max_age).saturating_add(SKEW);
    if oldest < expected.now {
        return Err(Error::new(
            Code::InteractionRequired,
            "the user signed in longer ago than max_age allows: ask again with prompt: 'login'",
        ));
    }
    Ok(())
}

fn identity(claims: &Claims) -> Identity {
    let names = [&claims.preferred_username, &claims.upn, &claims.unique_name];
    let username = names
        .into_iter()
        .flatten()
        .next()
        .cloned()
        .unwrap_or_default();
    let elsewhere = claims.idp.as_deref().is_some_and(|idp| idp != claims.iss);
    let is_guest = claims.acct == Some(Number(1))
        || elsewhere
        || claims.tid.eq_ignore_ascii_case(PERSONAL_TENANT);
    Identity {
        account: Account {
            tenant_id: claims.tid.clone(),
            object_id: claims.oid.clone(),
            name: claims.name.clone().unwrap_or_else(|| username.clone()),
            username,
            is_guest,
            login_hint: claims.login_hint.clone(),
        },
        sid: claims.sid.clone(),
    }
}

fn invalid(message: &'static str) -> Error {
    Error::new(Code::InvalidResponse, message)
}

/// 8-4-4-4-12 hexadecimal digits.
#[must_use]
pub fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
#[path = "tests/id_token.rs"]
mod tests;
