//! `POST /exchange`: a code becomes a session.

use super::signed_in::SignedIn;
use super::token_request::resource;
use crate::base::metrics::{Metrics, SessionEnd};
use crate::base::random;
use crate::config::Config;
use crate::http::answer::{Rejection, Success};
use crate::http::call::Call;
use crate::http::cookie::{Cookie, SessionId};
use crate::http::gate;
use crate::session::codes::Codes;
use crate::session::record::{AccessToken, Session, TokenSpec, seconds_until};
use crate::state::State;
use crate::upstream::authority;
use crate::upstream::id_token;
use crate::upstream::issuer::Issuer;
use crate::upstream::metadata::MetadataCache;
use crate::upstream::token_client::{About, TokenClient};
use axum::extract::FromRef;
use axum::http::{HeaderMap, StatusCode};
use exo365_core::aadsts;
use exo365_core::error::{Code, Error};
use exo365_core::id_token::Identity as Person;
use exo365_core::token_reply::{Refusal, Tokens};
use exo365_core::wire::{ExchangeReply, ExchangeRequest, Identity, Mode};
use std::sync::Arc;
use std::time::Duration;

/// Longest pause of the sign-in service that a sign-in waits for, in seconds: its code is good for one use only.
const TIMEOUT: u32 = 10;

/// What the route needs.
pub(crate) struct ExchangeRoute {
    signed_in: SignedIn,
    keys: Arc<MetadataCache>,
    token_client: Arc<TokenClient>,
    codes: Arc<Codes>,
    metrics: Arc<Metrics>,
}

impl FromRef<State> for ExchangeRoute {
    fn from_ref(state: &State) -> Self {
        Self {
            signed_in: FromRef::from_ref(state),
            keys: FromRef::from_ref(state),
            token_client: FromRef::from_ref(state),
            codes: FromRef::from_ref(state),
            metrics: FromRef::from_ref(state),
        }
    }
}

impl ExchangeRoute {
    /// Trades the code in, judges the ID token, and begins the session.
    ///
    /// # Errors
    /// 400 for what is malformed or not configured; the refusal of the sign-in service; the store's trouble.
    pub(crate) async fn handle(self: Arc<Self>, call: Call) -> Result<Success, Rejection> {
        let request: ExchangeRequest = gate::parse(&call.body)?;
        let config = &self.signed_in.config;
        let max_age = check(config, &request)?;
        let audience = match config.public.identity {
            Identity::V1 => resource(config, request.resource.clone())?,
            Identity::V2 => None,
        };
        let audience = audience.unwrap_or_else(|| authority::default_audience(config));
        // This comes before the code is used: without the keys the ID token could not be checked.
        let metadata = self
            .keys
            .metadata(&self.signed_in.upstream, &config.public)
            .await?;
        let tenants = self
            .signed_in
            .tenants
            .allowed(&self.signed_in.upstream, config)
            .await?;
        let issuer = Issuer::named(&metadata, request.iss.as_deref()).map_err(mismatch)?;
        let code = random::sha256(request.code.as_bytes());
        let about = About::Code(code, call.address);
        if let Some(left @ ..=TIMEOUT) = self.token_client.pause(about) {
            tokio::time::sleep(Duration::from_secs(left.into())).await;
        }
        let form = authority::code_form(config, &request, &audience);
        let tokens = match self.token_client.request_tokens(&form, about).await {
            Ok(tokens) => tokens,
            Err(refusal) => return Err(self.refused(&code, refusal).await),
        };
        let now = self.signed_in.clock.now();
        let trust = (&**config, &*self.keys, &self.signed_in.upstream);
        let missing = Error::new(
            Code::InvalidResponse,
            "the sign-in service gave no ID token",
        );
        let id_token = tokens.id_token.as_deref().ok_or(missing)?;
        let wanted = (request.nonce.as_str(), max_age);
        let person = id_token::validate(trust, id_token, wanted, &tenants, now)
            .await
            .inspect_err(|error| {
                tracing::warn!(code = error.code.as_str(), cause = %error, "the ID token is refused");
            })?;
        issuer.is_of(&person.account.tenant_id).map_err(mismatch)?;
        // Before a session begins: the one that this sign-in continues stays.
        let expected = request.account.as_ref();
        if expected.is_some_and(|expected| *expected != person.account.identity()) {
            return Err(Error::new(
                Code::WrongAccount,
                "another account signed in than the one whose session this sign-in continues",
            )
            .into());
        }
        self.begin(
            (call.session, call.headers),
            (code, audience),
            (tokens, person),
        )
        .await
    }

    /// A reused code may have been stolen: its session ends.
    async fn refused(&self, code: &[u8; 32], refusal: Refusal) -> Rejection {
        let numbers = refusal
            .error
            .detail
            .as_ref()
            .map(|detail| detail.aadsts.as_slice());
        if numbers.unwrap_or_default().contains(&aadsts::CODE_REUSED)
            && let Some(key) = self.codes.session(code)
        {
            tracing::warn!(session = %key, "the session ends: its code came a second time");
            if let Err(failed) = self.signed_in.sessions.remove(key).await {
                return Error::from(failed).into();
            }
            self.metrics.ended(SessionEnd::CodeReused, 1);
        }
        refusal.error.into()
    }

    /// The new session, under a new id; the one that the browser had before ends.
    async fn begin(
        &self,
        (before, headers): (Option<SessionId>, HeaderMap),
        (code, audience): ([u8; 32], String),
        (tokens, person): (Tokens, Person),
    ) -> Result<Success, Rejection> {
        let now = self.signed_in.clock.now();
        let want = TokenSpec {
            audience,
            ..TokenSpec::default()
        };
        let session = Session {
            account: person.account.clone(),
            sid: person.sid,
            refresh_token: tokens.refresh_token.clone(),
            created: now,
            touched: now,
            scopes: Some(self.signed_in.sessions.scopes.clone()),
            tokens: vec![AccessToken::new(&want, &tokens, now)],
        };
        let id = SessionId::new()?;
        let inserted = self.signed_in.sessions.insert(id.key(), &session).await;
        inserted.map_err(Error::from)?;
        let mut old = None;
        if let Some(before) = before {
            if before.is_old {
                let known = self.signed_in.sessions.get(before.key(), now).await;
                let known = known.map_err(Error::from)?.is_some();
                old = self.signed_in.config.old_cookie.filter(|_| known);
            }
            let removed = self.signed_in.sessions.remove(before.key()).await;
            removed.map_err(Error::from)?;
            self.metrics.ended(SessionEnd::Replaced, 1);
        }
        self.codes.remember(code, id.key());
        self.metrics.sessions_begun.inc();
        tracing::info!(session = %id.key(), refreshable = session.refresh_token.is_some(), "signed in");
        let direct = self.signed_in.config.public.mode == Mode::Direct;
        let expires_at = now + u64::from(tokens.expires_in);
        let expires_at = expires_at.min(self.signed_in.sessions.ends_at(&session));
        let reply = ExchangeReply {
            account: person.account,
            access_token: direct.then_some(tokens.access_token),
            expires_in: seconds_until(expires_at, self.signed_in.clock.now()),
            scopes: tokens.scopes,
        };
        let signed_in = &self.signed_in;
        let new = Cookie::of(&headers, &signed_in.config).set(&id, signed_in.config.lifetime);
        let answer = Success::json(&reply)?.cookie(new);
        Ok(answer.cookie(old.and_then(|old| Cookie::secure(old).clear())))
    }
}

/// Anyone can cause this error, so it is a 400, not a 5xx that raises an alarm.
fn mismatch(error: Error) -> Rejection {
    Rejection::from(error).status(StatusCode::BAD_REQUEST)
}

/// Checks the shapes of the fields, and that the redirect URI is configured. Returns `maxAge` in seconds.
fn check(config: &Config, request: &ExchangeRequest) -> Result<Option<u64>, Rejection> {
    let graphic = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
    let within = |text: &str, least: usize, most: usize| {
        (least..=most).contains(&text.len()) && graphic(text)
    };
    if !within(&request.code, 1, 16 * 1024)
        || !within(&request.code_verifier, 43, 128)
        || !within(&request.nonce, 1, 256)
    {
        return Err(Error::argument(
            "code, codeVerifier and nonce are what the sign-in began and came back with",
        )
        .into());
    }
    if !config.public.redirect_uris.contains(&request.redirect_uri) {
        // Anyone can cause this error, so it is a 400, not a 500 that raises an alarm.
        return Err(Rejection::at(
            StatusCode::BAD_REQUEST,
            Code::Misconfigured,
            "redirectUri is not one of the endpoint's `redirect_uris`",
        ));
    }
    let max_age = request.max_age.as_ref().map(|text| text.parse());
    max_age
        .transpose()
        .map_err(|_| Error::argument("maxAge is a number of seconds, as text").into())
}
