//! `POST /token`: an access token from the session.

use crate::http::answer::{Done, Refused};
use crate::http::cookie;
use crate::http::cookie::SessionId;
use crate::http::expected_account::Believed;
use crate::http::gate;
use crate::router::Call;
use crate::routes::session::left;
use crate::session::record::{Held, Want};
use crate::session::renewal;
use crate::state::{App, State};
use crate::store::Key;
use crate::upstream::authority;
use axum::http::StatusCode;
use exo365_core::error::{Code, Error};
use exo365_core::token_reply::Refusal;
use exo365_core::wire::{Identity, Mode, TokenReply, TokenRequest};

pub(crate) async fn handle(app: App, call: Call) -> Result<Done, Refused> {
    let request: TokenRequest = gate::parse(&call.body)?;
    if app.config.public.mode == Mode::Proxy {
        return Err(Refused::at(
            StatusCode::BAD_REQUEST,
            Code::Misconfigured,
            "the endpoint calls the API itself (mode = \"proxy\"): no access token reaches a page",
        ));
    }
    let want = want(&app, request)?;
    let (key, held) = session(&app, call.session, &call.believed).await?;
    let fresh = renewal::token(&app, key, &held, want).await;
    let fresh = fresh.map_err(|refusal| refused(&app, refusal))?;
    Done::json(&TokenReply {
        expires_in: left(fresh.expires_at, app.clock.now()),
        access_token: fresh.token,
        scopes: fresh.scopes,
    })
}

/// The session that a request names, where it is that of the user whom the page believes in.
///
/// # Errors
/// [`Code::SignedOut`]; the store's trouble.
pub(crate) async fn session(
    app: &State,
    id: Option<SessionId>,
    believed: &Believed,
) -> Result<(Key, Held), Refused> {
    let signed_out = || Refused::from(Error::new(Code::SignedOut, "nobody is signed in"));
    let key = id.ok_or_else(signed_out)?.key();
    let held = app.sessions.get(key, app.clock.now()).await;
    let gone = || signed_out().clearing(cookie::clear(&app.config.cookie));
    let held = held.map_err(Error::from)?.ok_or_else(gone)?;
    if !believed.is(&held.session.account) {
        // The cookie is another tab's as well: it stays.
        return Err(signed_out());
    }
    Ok((key, held))
}

/// Why there is no token; the cookie goes with the session.
pub(crate) fn refused(app: &State, refusal: Refusal) -> Refused {
    let refused = Refused::from(refusal.error);
    if refusal.ends_session {
        refused.clearing(cookie::clear(&app.config.cookie))
    } else {
        refused
    }
}

/// What is asked for, held to what is configured.
fn want(app: &State, request: TokenRequest) -> Result<Want, Refused> {
    let config = &app.config;
    let audience = match config.public.identity {
        Identity::V1 => resource(app, request.resource)?,
        Identity::V2 if request.resource.is_some() => {
            return Err(Error::argument("resource is for the v1 endpoints: name scopes").into());
        }
        Identity::V2 => None,
    };
    let mut scopes = match config.public.identity {
        Identity::V1 => Vec::new(),
        Identity::V2 => request.scopes.unwrap_or_default(),
    };
    if scopes
        .iter()
        .any(|scope| !config.public.scopes.contains(scope))
    {
        return Err(Refused::at(
            StatusCode::BAD_REQUEST,
            Code::Misconfigured,
            "a permission that was asked for is not among the endpoint's `scopes`",
        ));
    }
    scopes.sort_unstable();
    scopes.dedup();
    let named = scopes
        .first()
        .map(|scope| authority::audience(scope).to_owned());
    let audience = audience
        .or(named)
        .unwrap_or_else(|| authority::default_audience(config));
    if config.public.identity == Identity::V2
        && scopes
            .iter()
            .any(|scope| authority::audience(scope) != audience)
    {
        return Err(Error::argument("scopes of one call belong to one service").into());
    }
    if let Some(claims) = &request.claims {
        authority::merge_claims(claims)?;
    }
    if request
        .rejected
        .as_deref()
        .is_some_and(|digest| digest.len() != 43)
    {
        return Err(Error::argument("rejected is the base64url SHA-256 of an access token").into());
    }
    Ok(Want {
        audience,
        scopes,
        claims: request.claims,
        rejected: request.rejected,
    })
}

/// v1: one of the configured resources; the API's own where none is named.
pub(crate) fn resource(app: &State, named: Option<String>) -> Result<Option<String>, Refused> {
    match named {
        Some(name) if !app.config.resources.contains(&name) => Err(Refused::at(
            StatusCode::BAD_REQUEST,
            Code::Misconfigured,
            "the resource that was asked for is not among the endpoint's `resources`",
        )),
        named => Ok(named),
    }
}
