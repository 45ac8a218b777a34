//! `ANY /proxy/...`: the page calls the API through the endpoint, and no token reaches it.
//!
//! The route exists in proxy mode only. Its checks are those of the other routes, except for the body, which is the API's: method,
//! own header, origin, path, then the session. Next links in the response lead back to the proxy.

mod batch;
pub(super) mod path;
pub(super) mod relay;
pub(super) mod request_headers;
pub(super) mod rewrite;
pub(super) mod target;
mod upload;

pub(crate) use path::{METHODS, PATH};
#[cfg(test)]
pub(crate) use upload::{MAX_BUFFERED, MAX_UPLOAD};

use super::signed_in::SignedIn;
use crate::base::clock::Clock;
use crate::base::metrics::{Meter, Metrics};
use crate::config::Config;
use crate::http::answer::{Rejection, respond};
use crate::http::caller::{Caller, peer};
use crate::http::expected_account::ExpectedAccount;
use crate::http::gate;
use crate::http::limits::Limits;
use crate::http::reply::Reply;
use crate::session::cooldown::Cooldown;
use crate::session::record::{StoredSession, TokenSpec, digest};
use crate::session::renewal::Renewals;
use crate::session::token::Token;
use crate::state::State;
use crate::store::Key;
use crate::upstream::api::{Api, Call, Failed, Progress};
use crate::upstream::authority;
use crate::upstream::outgoing::Outgoing;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{FromRef, Request};
use axum::http::request::Parts;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use axum::routing::any;
use axum::{BoxError, Router};
use exo365_core::challenge;
use exo365_core::error::{Code, Error};
use exo365_core::token_reply::Refusal;
use exo365_core::wire::Mode;
use hyper::body::Incoming;
use path::PathCheck;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;
use upload::RequestBody;

const ALLOW: &str = "GET, POST, PATCH, PUT, DELETE";

/// What the route needs.
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
    meter: Meter,
    /// The token that every call needs.
    want: TokenSpec,
}

/// The session of a call, and the token that it needs.
struct SessionOfCall<'a> {
    key: Key,
    held: Arc<StoredSession>,
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
            meter: state.metrics.meter(PATH),
            want: TokenSpec {
                audience: authority::default_audience(&state.config),
                ..TokenSpec::default()
            },
        }
    }
}

/// The route, where the mode has it.
pub(crate) fn open(state: &State) -> Option<Arc<Proxy>> {
    let is_there = state.config.public.mode == Mode::Proxy;
    is_there.then(|| Arc::new(Proxy::from_ref(state)))
}

/// The routes with this one.
pub(crate) fn mount(mut router: Router, base: &str, proxy: &Arc<Proxy>) -> Router {
    for tail in ["", "/", "/{*rest}"] {
        let path = format!("{base}{PATH}{tail}");
        let proxy = Arc::clone(proxy);
        let handler = async move |request: Request| {
            let (parts, body) = request.into_parts();
            let answer = proxy.serve(peer(&parts.extensions), parts, body);
            answer.await.map(Body::new)
        };
        router = router.route(&path, any(handler));
    }
    router
}

impl Proxy {
    /// Answers a request to this route; `peer` is the other side of the connection, where it is known.
    pub(crate) async fn serve<B>(
        self: Arc<Self>,
        peer: Option<SocketAddr>,
        parts: Parts,
        body: B,
    ) -> Response<Reply>
    where
        B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + Unpin + 'static,
    {
        let begin = Instant::now();
        let caller = Caller::of(&self.config, peer, &parts.headers);
        let outcome = match self.limits.begin(&caller) {
            Ok(_) if parts.method == Method::OPTIONS => preflight(&self.config, &parts),
            Ok(call) => {
                let answer = self.admitted(caller, &parts, body).await;
                answer.map(|answer| answer.map(|body| body.of_call(call)))
            }
            Err(refused) => Err(refused),
        };
        let error = outcome.as_ref().err().map(|refused| &refused.error);
        self.metrics.count(&self.meter, error, begin.elapsed());
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

    async fn admitted<B>(
        &self,
        caller: Caller,
        parts: &Parts,
        body: B,
    ) -> Result<Response<Reply>, Rejection>
    where
        B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + Unpin + 'static,
    {
        if !METHODS.contains(&parts.method) {
            return Err(unknown_method());
        }
        gate::check_page(&self.config, &parts.headers)?;
        let (path, admitted) = target(&self.config, parts)?;
        let expected_account = ExpectedAccount::read(&parts.headers);
        let address = caller.address;
        let found = self.signed_in.session(caller.session, &expected_account);
        let (key, held) = found.await?;
        let refused = |refusal: Refusal| self.signed_in.refused(refusal, &parts.headers);
        let fresh = self.renewals.token(key, &held, self.want.clone()).await;
        let access = fresh.map_err(refused)?.token;
        let body = if parts.method == Method::GET || body.is_end_stream() {
            Body::empty()
        } else {
            Body::new(body)
        };
        let mut upload =
            RequestBody::take(&self.api, (Some(key), address), body, admitted.is_batch).await?;
        if admitted.is_batch {
            let body = upload.bytes().map(AsRef::as_ref).unwrap_or_default();
            let (paths, root) = (&self.config.proxy_paths, self.config.public.api.root_path());
            if let Some(rest) = batch::check_batch(paths, root, body)? {
                upload.replace(rest);
            }
        }
        let has_body = upload.bytes().is_none_or(|bytes| !bytes.is_empty());
        let call = Call {
            method: &parts.method,
            path,
            headers: &|| request_headers::forwarded(&parts.headers, has_body),
        };
        let session = SessionOfCall {
            key,
            held,
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
        (mut access, mut upload): (Token, RequestBody),
        admitted: PathCheck,
    ) -> Result<Response<Reply>, Rejection> {
        let key = session.key;
        let relayed = (&*self.config, self.api.patience);
        let answer = |response| relay::answer(relayed, response, admitted);
        let mut repeated = false;
        while let Some(body) = upload.send() {
            let response = self.send(call, access.reveal(), body).await?;
            if response.status() != StatusCode::UNAUTHORIZED {
                return answer(response).await;
            }
            let claims = claims(response.headers());
            let now = self.clock.monotonic();
            if repeated {
                self.refused.start(key, now);
            }
            // A new token did not help, and further renewals would only get the endpoint throttled.
            if self.refused.remaining(key, now).is_some() {
                return match claims {
                    Some(claims) => Err(interaction_required(claims).into()),
                    None => answer(response).await,
                };
            }
            repeated = true;
            let want = TokenSpec {
                rejected: Some(digest(access.reveal())),
                claims: claims.clone(),
                ..self.want.clone()
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
                return answer(response).await;
            }
        }
        Err(Error::new(Code::ServiceUnavailable, "the endpoint has trouble").into())
    }

    async fn send(
        &self,
        call: &Call<'_>,
        access: &str,
        body: (Outgoing, Progress),
    ) -> Result<Response<Incoming>, Rejection> {
        let outcome = self.api.send(call, Some(access), body).await;
        self.metrics
            .api(outcome.as_ref().ok().map(|response| response.status()));
        outcome.map_err(|failed| match failed {
            Failed::TooLarge => upload::too_large(),
            Failed::Unsent(error) => error.into(),
            // The page must not take it for a call that was not made.
            Failed::Lost(error) => Rejection::from(error).status(StatusCode::GATEWAY_TIMEOUT),
        })
    }
}

/// A response of the endpoint itself, marked by a header, since the API's refusals pass here too.
fn own(config: &Config, refused: Rejection) -> Response<Reply> {
    let mut response = respond(config, Err(refused));
    let (status, headers) = (response.status(), response.headers_mut());
    headers.insert(gate::OWN_HEADER, HeaderValue::from_static("1"));
    if status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(header::ALLOW, HeaderValue::from_static(ALLOW));
    }
    response
}

fn preflight(config: &Config, parts: &Parts) -> Result<Response<Reply>, Rejection> {
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

/// Path and query at the API, checked.
fn target(config: &Config, parts: &Parts) -> Result<(PathAndQuery, PathCheck), Rejection> {
    let whole = parts.uri.path();
    let below = whole
        .strip_prefix(config.base.as_str())
        .and_then(|rest| rest.strip_prefix(PATH));
    let path = below.unwrap_or_default();
    let admitted = path::check(&config.proxy_paths, path)?;
    let odd = || Rejection::at(StatusCode::BAD_REQUEST, Code::BadRequest, "the path is odd");
    let target = target::at_api(path, parts.uri.query()).ok_or_else(odd)?;
    Ok((target, admitted))
}

/// The claims of the API's challenge.
fn claims(headers: &HeaderMap) -> Option<String> {
    let challenges = headers.get_all(header::WWW_AUTHENTICATE);
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
