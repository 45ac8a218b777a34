//! `ANY /proxy/...`: the page calls the API through the endpoint, and no token reaches it.
//!
//! There in proxy mode only. The gate is that of the other routes, but for the body, which is the API's matter: method,
//! own header, origin, path; then the session; then the call. Next links come back as the page's own.

mod api;
mod path;
mod relay;
mod rewrite;
mod upload;

pub(crate) use api::Api;
pub(crate) use path::METHODS;
#[cfg(test)]
pub(crate) use upload::{KEPT, LARGEST};

use crate::http::answer::{Refused, respond};
use crate::http::cookie::SessionId;
use crate::http::expected_account::Believed;
use crate::http::gate;
use crate::http::limits;
use crate::routes::token;
use crate::session::record::{Want, digest};
use crate::session::renewal;
use crate::state::App;
use crate::upstream::authority;
use api::Call;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use axum::routing::any;
use exo365_core::challenge;
use exo365_core::error::{Code, Error};
use exo365_core::token_reply::Refusal;
use exo365_core::wire::Mode;
use path::Admitted;
use reqwest::Url;
use std::time::Instant;
use upload::Upload;

/// Below the base; the API's own path follows, from its root on.
pub(crate) const PATH: &str = "/proxy";
const ALLOW: &str = "GET, POST, PATCH, PUT, DELETE";

/// The routes with this one, where the mode has it.
pub(crate) fn mount(mut router: Router, app: &App) -> Router {
    if app.config.public.mode == Mode::Proxy {
        for tail in ["", "/", "/{*rest}"] {
            let path = format!("{}{PATH}{tail}", app.config.base);
            let app = App::clone(app);
            let handler = move |request: Request| serve(App::clone(&app), request);
            router = router.route(&path, any(handler));
        }
    }
    router
}

async fn serve(app: App, request: Request) -> Response {
    let begin = Instant::now();
    let (parts, body) = request.into_parts();
    let outcome = match limits::check(&app, &parts) {
        Ok(()) if parts.method == Method::OPTIONS => preflight(&app, &parts),
        Ok(()) => admitted(&app, &parts, body).await,
        Err(refused) => Err(refused),
    };
    let error = outcome.as_ref().err().map(|refused| &refused.error);
    app.metrics.request(PATH, error, begin.elapsed());
    match &outcome {
        Ok(response) => tracing::debug!(route = PATH, status = response.status().as_u16(), "done"),
        Err(refused) => {
            tracing::info!(route = PATH, code = refused.error.code.as_str(), cause = %refused.error, "refused");
        }
    }
    let mut response = outcome.unwrap_or_else(|refused| own(&app, refused));
    if let Some(origin) = gate::cross_origin(&app.config, &parts.headers)
        && parts.method != Method::OPTIONS
    {
        gate::allow(response.headers_mut(), origin);
    }
    response
}

/// An answer of the endpoint itself: it says so, since the API's refusals come by the same way.
fn own(app: &App, refused: Refused) -> Response {
    let mut response = respond(app, Err(refused));
    let (status, headers) = (response.status(), response.headers_mut());
    headers.insert(gate::OWN, HeaderValue::from_static("1"));
    if status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(header::ALLOW, HeaderValue::from_static(ALLOW));
    }
    response
}

fn preflight(app: &App, parts: &Parts) -> Result<Response, Refused> {
    let origin = gate::cross_origin(&app.config, &parts.headers).ok_or_else(unknown_method)?;
    Ok(gate::preflight(&app.config, origin, &gate::API))
}

fn unknown_method() -> Refused {
    Refused::at(
        StatusCode::METHOD_NOT_ALLOWED,
        Code::BadRequest,
        "this route takes GET, POST, PATCH, PUT and DELETE",
    )
}

async fn admitted(app: &App, parts: &Parts, body: Body) -> Result<Response, Refused> {
    if !METHODS.contains(&parts.method) {
        return Err(unknown_method());
    }
    gate::check_page(&app.config, &parts.headers)?;
    let (url, admitted) = target(app, parts)?;
    let id = SessionId::read(&parts.headers, &app.config.cookie);
    let believed = Believed::read(&parts.headers);
    let (key, held) = token::session(app, id, &believed).await?;
    let want = Want {
        audience: authority::default_audience(&app.config),
        ..Want::default()
    };
    let refused = |refusal: Refusal| token::refused(app, refusal);
    let fresh = renewal::token(app, key, &held, want.clone()).await;
    let mut access = fresh.map_err(refused)?.token;
    let body = if parts.method == Method::GET {
        Body::empty()
    } else {
        body
    };
    let mut upload = Upload::take(app, body, admitted.is_batch).await?;
    if admitted.is_batch {
        let body = upload.bytes().map(AsRef::as_ref).unwrap_or_default();
        path::check_batch(
            &app.config.proxy_paths,
            app.config.public.api.root_path(),
            body,
        )?;
    }
    let has_body = upload.bytes().is_none_or(|bytes| !bytes.is_empty());
    let call = Call {
        method: &parts.method,
        url,
        headers: api::forwarded(&parts.headers, has_body),
    };
    let answer = |response| relay::answer(app, response, admitted);
    let mut repeated = false;
    while let Some(body) = upload.send() {
        let response = send(app, &call, &access, body).await?;
        if response.status() != StatusCode::UNAUTHORIZED {
            return answer(response);
        }
        let claims = claims(&response);
        let now = app.clock.now();
        if repeated {
            app.refused.note(key, now);
        }
        // A new token did not help, and asking for more of them would only get the endpoint throttled.
        if app.refused.left(key, now).is_some() {
            return match claims {
                Some(claims) => Err(interaction(claims).into()),
                None => answer(response),
            };
        }
        repeated = true;
        let want = Want {
            rejected: Some(digest(&access)),
            claims: claims.clone(),
            ..want.clone()
        };
        let renewed = renewal::token(app, key, &held, want).await;
        access = renewed
            .map_err(|refusal| refused(asking(refusal, claims)))?
            .token;
        if !upload.is_kept() {
            // It cannot be sent a second time; the page's next call has the new token.
            return answer(response);
        }
    }
    Err(Error::new(Code::ServiceUnavailable, "the endpoint has trouble").into())
}

/// The address at the API: checked as text, and once more as the client will read it.
fn target(app: &App, parts: &Parts) -> Result<(Url, Admitted), Refused> {
    let config = &app.config;
    let whole = parts.uri.path();
    let below = whole
        .strip_prefix(config.base.as_str())
        .and_then(|rest| rest.strip_prefix(PATH));
    let path = below.unwrap_or_default();
    let admitted = path::check(&config.proxy_paths, path)?;
    let odd = || Refused::at(StatusCode::BAD_REQUEST, Code::BadRequest, "the path is odd");
    let mut url = Url::parse(&format!("{}{path}", config.public.cloud.api)).map_err(|_| odd())?;
    if url.path() != path || url.query().is_some() || !url.username().is_empty() {
        return Err(odd());
    }
    url.set_query(parts.uri.query());
    Ok((url, admitted))
}

async fn send(
    app: &App,
    call: &Call<'_>,
    access: &str,
    body: (Option<reqwest::Body>, upload::Progress),
) -> Result<reqwest::Response, Refused> {
    let outcome = app.api.send(call, access, body).await;
    app.metrics
        .api(outcome.as_ref().ok().map(reqwest::Response::status));
    outcome
}

/// The claims of the API's challenge.
fn claims(response: &reqwest::Response) -> Option<String> {
    let challenges = response.headers().get_all(header::WWW_AUTHENTICATE);
    let mut challenges = challenges.iter().filter_map(|value| value.to_str().ok());
    challenges.find_map(|value| challenge::bearer(value).claims)
}

/// The user has to be asked, with what the API wants to know.
fn asking(mut refusal: Refusal, claims: Option<String>) -> Refusal {
    if refusal.error.code == Code::InteractionRequired {
        let detail = refusal.error.detail_mut();
        detail.claims = detail.claims.take().or(claims);
    }
    refusal
}

fn interaction(claims: String) -> Error {
    let mut error = Error::new(
        Code::InteractionRequired,
        "the API wants to know more of the user: sign in again",
    );
    error.detail_mut().claims = Some(claims);
    error
}
