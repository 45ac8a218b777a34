//! `POST /exchange`: a code becomes a session.

use crate::base::metrics::End;
use crate::base::random;
use crate::http::answer::{Done, Refused};
use crate::http::cookie::SessionId;
use crate::http::gate;
use crate::router::Call;
use crate::routes::session::left;
use crate::routes::token;
use crate::session::record::{Cached, Session, Want};
use crate::state::{App, State};
use crate::store::Key;
use crate::upstream::authority;
use crate::upstream::id_token;
use crate::upstream::issuer::Issuer;
use crate::upstream::token_client;
use axum::http::StatusCode;
use exo365_core::aadsts;
use exo365_core::error::{Code, Error};
use exo365_core::id_token::Identity as Person;
use exo365_core::token_reply::{Refusal, Tokens};
use exo365_core::wire::{ExchangeReply, ExchangeRequest, Identity, Mode};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Longest pause of the sign-in service that a sign-in waits for, in seconds: its code is good for one use only.
const PATIENCE: u32 = 10;

pub(crate) async fn handle(app: App, call: Call) -> Result<Done, Refused> {
    let request: ExchangeRequest = gate::parse(&call.body)?;
    let max_age = check(&app, &request)?;
    let audience = match app.config.public.identity {
        Identity::V1 => token::resource(&app, request.resource.clone())?,
        Identity::V2 => None,
    };
    let audience = audience.unwrap_or_else(|| authority::default_audience(&app.config));
    // Before the code is used up: without the keys its ID token could not be checked.
    let metadata = app.keys.metadata(&app.upstream, &app.config.public).await?;
    let tenants = app.tenants.admitted(&app.upstream, &app.config).await?;
    let issuer = Issuer::named(&metadata, request.iss.as_deref())?;
    if let Some(left @ ..=PATIENCE) = app.desk.window.left(app.clock.now()) {
        tokio::time::sleep(Duration::from_secs(left.into())).await;
    }
    let code = random::sha256(request.code.as_bytes());
    let form = authority::code_form(&app.config, &request, &audience);
    let tokens = match token_client::ask(&app, form).await {
        Ok(tokens) => tokens,
        Err(refusal) => return Err(refused(&app, &code, refusal).await),
    };
    let now = app.clock.now();
    let trust = (&app.config, &app.keys, &app.upstream);
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
    issuer.is_of(&person.account.tenant_id)?;
    begin(&app, call.session, (code, audience), (tokens, person)).await
}

/// Shapes, and the redirect URI: one of ours, to the letter. Gives `maxAge` in seconds.
fn check(app: &State, request: &ExchangeRequest) -> Result<Option<u64>, Refused> {
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
    if !app
        .config
        .public
        .redirect_uris
        .contains(&request.redirect_uri)
    {
        // Anybody can ask for it: no 500 that would wake somebody up.
        return Err(Refused::at(
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

/// A code that came twice may have been stolen: the session that it made ends.
async fn refused(app: &App, code: &[u8; 32], refusal: Refusal) -> Refused {
    let numbers = refusal
        .error
        .detail
        .as_ref()
        .map(|detail| detail.aadsts.as_slice());
    if numbers.unwrap_or_default().contains(&aadsts::CODE_REUSED)
        && let Some(key) = app.codes.session(code)
    {
        tracing::warn!(session = %key, "the session ends: its code came a second time");
        if let Err(failed) = app.sessions.remove(key).await {
            return Error::from(failed).into();
        }
        app.metrics.ended(End::CodeReused, 1);
    }
    refusal.error.into()
}

/// The new session, under a new id; the one that the browser had before ends.
async fn begin(
    app: &App,
    before: Option<SessionId>,
    (code, audience): ([u8; 32], String),
    (tokens, person): (Tokens, Person),
) -> Result<Done, Refused> {
    let now = app.clock.now();
    let want = Want {
        audience,
        ..Want::default()
    };
    let session = Session {
        account: person.account.clone(),
        sid: person.sid,
        refresh_token: tokens.refresh_token.clone(),
        created: now,
        touched: now,
        tokens: vec![Cached::new(&want, &tokens, now)],
    };
    let id = SessionId::new()?;
    app.sessions
        .insert(id.key(), &session)
        .await
        .map_err(Error::from)?;
    if let Some(before) = before {
        app.sessions
            .remove(before.key())
            .await
            .map_err(Error::from)?;
        app.metrics.ended(End::Replaced, 1);
    }
    app.codes.note(code, id.key());
    app.metrics.sessions_begun.inc();
    tracing::info!(session = %id.key(), refreshable = session.refresh_token.is_some(), "signed in");
    let reply = ExchangeReply {
        account: person.account,
        access_token: (app.config.public.mode == Mode::Direct).then_some(tokens.access_token),
        expires_in: left(now + u64::from(tokens.expires_in), app.clock.now()),
        scopes: tokens.scopes,
    };
    Ok(Done::json(&reply)?.cookie(id.set(&app.config.cookie, app.config.lifetime)))
}

/// Which session a code made: digests of the latest ones, no more than codes live for in any load.
#[derive(Default)]
pub(crate) struct Codes(Mutex<VecDeque<([u8; 32], Key)>>);

const REMEMBERED: usize = 4096;

impl Codes {
    fn note(&self, code: [u8; 32], key: Key) {
        let mut latest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        latest.truncate(REMEMBERED - 1);
        latest.push_front((code, key));
    }

    fn session(&self, code: &[u8; 32]) -> Option<Key> {
        let latest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        latest
            .iter()
            .find(|(known, _)| known == code)
            .map(|(_, key)| *key)
    }
}
