//! `ANY /proxy/...`: the page calls the API through the endpoint, and no token reaches it.
//!
//! The route exists in proxy mode only. Its checks are those of the other routes, except for the body, which is the API's: method,
//! own header, origin, path, then the session. Next links in the response lead back to the proxy.

pub(super) mod path;
pub(super) mod relay;
pub(super) mod request_headers;
pub(super) mod rewrite;
mod upload;

pub(crate) use path::METHODS;
#[cfg(test)]
pub(crate) use upload::{MAX_BUFFERED, MAX_UPLOAD};

use super::signed_in::SignedIn;
use crate::base::clock::Clock;
use crate::base::metrics::Metrics;
use crate::config::Config;
use crate::http::answer::{Rejection, respond};
use crate::http::cookie::SessionId;
use crate::http::expected_account::ExpectedAccount;
use crate::http::gate;
use crate::http::in_flight::BodyOfCall;
use crate::http::limits::Limits;
use crate::session::cooldown::Cooldown;
use crate::session::record::{StoredSession, TokenSpec, digest};
use crate::session::renewal::Renewals;
use crate::state::State;
use crate::store::Key;
use crate::upstream::api::{Api, Call, Failed, Progress};
use crate::upstream::authority;
use axum::Router;
use axum::body::Body;
use axum::extract::{FromRef, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use axum::routing::any;
use exo365_core::challenge;
use exo365_core::error::{Code, Error};
use exo365_core::token_reply::Refusal;
use exo365_core::wire::Mode;
use path::{PATH, PathCheck};
use reqwest::Url;
use std::sync::Arc;
use std::time::Instant;
use upload::RequestBody;

const ALLOW: &str = "GET, POST, PATCH, PUT, DELETE";

/// What the route needs.
#[derive(Clone)]
pub(crate) struct Proxy {
    config: Arc<Config>,
    clock: Clock,
    limits: Arc<Limits>,
    api: Arc<Api>,
    renewals: Renewals,
    signed_in: SignedIn,
    /// Sessions whose renewed token the API refused too.
    refused: Arc<Cooldown>,
    metrics: Arc<Metrics>,
}

/// The session of a call, and the token that it needs.
struct SessionOfCall<'a> {
    key: Key,
    held: StoredSession,
    want: TokenSpec,
    /// As the page sent them: a cookie that ends is named after them.
    page_headers: &'a HeaderMap,
}

impl FromRef<State> for Proxy {
    fn from_ref(state: &State) -> Self {
        Self {
            config: FromRef::from_ref(state),
            clock: FromRef::from_ref(state),
            limits: FromRef::from_ref(state),
            api: FromRef::from_ref(state),
            renewals: FromRef::from_ref(state),
            signed_in: FromRef::from_ref(state),
            refused: FromRef::from_ref(state),
            metrics: FromRef::from_ref(state),
        }
    }
}

/// The routes with this one, where the mode has it.
pub(crate) fn mount(mut router: Router, state: &State) -> Router {
    if state.config.public.mode == Mode::Proxy {
        for tail in ["", "/", "/{*rest}"] {
            let path = format!("{}{PATH}{tail}", state.config.base);
            let proxy = Arc::new(Proxy::from_ref(state));
            let handler = move |request: Request| Arc::clone(&proxy).serve(request);
            router = router.route(&path, any(handler));
        }
    }
    router
}

impl Proxy {
    async fn serve(self: Arc<Self>, request: Request) -> Response {
        let begin = Instant::now();
        let (parts, body) = request.into_parts();
        let outcome = match self.limits.check(&parts) {
            Ok(()) if parts.method == Method::OPTIONS => preflight(&self.config, &parts),
            Ok(()) => match self.limits.begin(&parts) {
                Ok(call) => {
                    let answer = self.admitted(&parts, body).await;
                    answer.map(|answer| {
                        answer.map(|body| Body::new(BodyOfCall { body, _call: call }))
                    })
                }
                Err(refused) => Err(refused),
            },
            Err(refused) => Err(refused),
        };
        let error = outcome.as_ref().err().map(|refused| &refused.error);
        self.metrics.request(PATH, error, begin.elapsed());
        match &outcome {
            Ok(response) => {
                tracing::debug!(route = PATH, status = response.status().as_u16(), "done")
            }
            Err(refused) => {
                self.metrics.log_refusal(PATH, &refused.error);
            }
        }
        let mut response = outcome.unwrap_or_else(|refused| own(&self.config, refused));
        if let Some(origin) = gate::cross_origin(&self.config, &parts.headers)
            && parts.method != Method::OPTIONS
        {
            gate::allow(response.headers_mut(), origin);
        }
        response
    }

    async fn admitted(&self, parts: &Parts, body: Body) -> Result<Response, Rejection> {
        if !METHODS.contains(&parts.method) {
            return Err(unknown_method());
        }
        gate::check_page(&self.config, &parts.headers)?;
        let (url, admitted) = target(&self.config, parts)?;
        let id = SessionId::of(&parts.headers, &self.config);
        let expected_account = ExpectedAccount::read(&parts.headers);
        let (key, held) = self.signed_in.session(id, &expected_account).await?;
        let want = TokenSpec {
            audience: authority::default_audience(&self.config),
            ..TokenSpec::default()
        };
        let refused = |refusal: Refusal| self.signed_in.refused(refusal, &parts.headers);
        let fresh = self.renewals.token(key, &held, want.clone()).await;
        let access = fresh.map_err(refused)?.token;
        let body = if parts.method == Method::GET {
            Body::empty()
        } else {
            body
        };
        let upload = RequestBody::take(&self.api, key, body, admitted.is_batch).await?;
        if admitted.is_batch {
            let body = upload.bytes().map(AsRef::as_ref).unwrap_or_default();
            path::check_batch(
                &self.config.proxy_paths,
                self.config.public.api.root_path(),
                body,
            )?;
        }
        let has_body = upload.bytes().is_none_or(|bytes| !bytes.is_empty());
        let call = Call {
            method: &parts.method,
            url,
            headers: request_headers::forwarded(&parts.headers, has_body),
        };
        let session = SessionOfCall {
            key,
            held,
            want,
            page_headers: &parts.headers,
        };
        self.forward(&session, &call, (access, upload), admitted)
            .await
    }

    /// Sends the call to the API. At a 401 the token is renewed once, and a call whose body was kept is sent again.
    async fn forward(
        &self,
        session: &SessionOfCall<'_>,
        call: &Call<'_>,
        (mut access, mut upload): (String, RequestBody),
        admitted: PathCheck,
    ) -> Result<Response, Rejection> {
        let key = session.key;
        let relayed = (&*self.config, self.api.patience);
        let answer = |response| relay::answer(relayed, response, admitted);
        let mut repeated = false;
        while let Some(body) = upload.send() {
            let response = self.send(call, &access, body).await?;
            if response.status() != StatusCode::UNAUTHORIZED {
                return answer(response);
            }
            let claims = claims(&response);
            let now = self.clock.monotonic();
            if repeated {
                self.refused.start(key, now);
            }
            // A new token did not help, and further renewals would only get the endpoint throttled.
            if self.refused.remaining(key, now).is_some() {
                return match claims {
                    Some(claims) => Err(interaction_required(claims).into()),
                    None => answer(response),
                };
            }
            repeated = true;
            let want = TokenSpec {
                rejected: Some(digest(&access)),
                claims: claims.clone(),
                ..session.want.clone()
            };
            let renewed = self.renewals.token(key, &session.held, want).await;
            access = renewed
                .map_err(|refusal| {
                    let refusal = with_claims(refusal, claims);
                    self.signed_in.refused(refusal, session.page_headers)
                })?
                .token;
            if !upload.is_buffered() {
                // It cannot be sent a second time; the page's next call has the new token.
                return answer(response);
            }
        }
        Err(Error::new(Code::ServiceUnavailable, "the endpoint has trouble").into())
    }

    async fn send(
        &self,
        call: &Call<'_>,
        access: &str,
        body: (Option<reqwest::Body>, Progress),
    ) -> Result<reqwest::Response, Rejection> {
        let outcome = self.api.send(call, access, body).await;
        self.metrics
            .api(outcome.as_ref().ok().map(reqwest::Response::status));
        outcome.map_err(|failed| match failed {
            Failed::TooLarge => upload::too_large(),
            Failed::NoAnswer(error) => error.into(),
        })
    }
}

/// A response of the endpoint itself, marked by a header, since the API's refusals pass here too.
fn own(config: &Config, refused: Rejection) -> Response {
    let mut response = respond(config, Err(refused));
    let (status, headers) = (response.status(), response.headers_mut());
    headers.insert(gate::OWN_HEADER, HeaderValue::from_static("1"));
    if status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(header::ALLOW, HeaderValue::from_static(ALLOW));
    }
    response
}

fn preflight(config: &Config, parts: &Parts) -> Result<Response, Rejection> {
    let origin = gate::cross_origin(config, &parts.headers).ok_or_else(unknown_method)?;
    Ok(gate::preflight(config, origin, &gate::API))
}

fn unknown_method() -> Rejection {
    Rejection::at(
        StatusCode::METHOD_NOT_ALLOWED,
        Code::BadRequest,
        "this route takes GET, POST, PATCH, PUT and DELETE",
    )
}

/// The address at the API, checked as text and again after parsing.
fn target(config: &Config, parts: &Parts) -> Result<(Url, PathCheck), Rejection> {
    let whole = parts.uri.path();
    let below = whole
        .strip_prefix(config.base.as_str())
        .and_then(|rest| rest.strip_prefix(PATH));
    let path = below.unwrap_or_default();
    let admitted = path::check(&config.proxy_paths, path)?;
    let odd = || Rejection::at(StatusCode::BAD_REQUEST, Code::BadRequest, "the path is odd");
    let mut url = Url::parse(&format!("{}{path}", config.public.cloud.api)).map_err(|_| odd())?;
    if url.path() != path || url.query().is_some() || !url.username().is_empty() {
        return Err(odd());
    }
    url.set_query(parts.uri.query());
    Ok((url, admitted))
}

/// The claims of the API's challenge.
fn claims(response: &reqwest::Response) -> Option<String> {
    let challenges = response.headers().get_all(header::WWW_AUTHENTICATE);
    let mut challenges = challenges.iter().filter_map(|value| value.to_str().ok());
    challenges.find_map(|value| challenge::bearer(value).claims)
}

/// Adds the API's claims to a refusal that asks for interaction.
fn with_claims(mut refusal: Refusal, claims: Option<String>) -> Refusal {
    if refusal.error.code == Code::InteractionRequired {
        let detail = refusal.error.detail_mut();
        detail.claims = detail.claims.take().or(claims);
    }
    refusal
}

fn interaction_required(claims: String) -> Error {
    let mut error = Error::new(
        Code::InteractionRequired,
        "the API wants to know more of the user: sign in again",
    );
    error.detail_mut().claims = Some(claims);
    error
}
