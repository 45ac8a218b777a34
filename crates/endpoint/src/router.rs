//! The table of routes. A new route is one more line here; the gate then stands before it.

use crate::base::clock::Clock;
use crate::base::metrics::{Meter, Metrics};
use crate::base::problem::Problem;
use crate::config::Config;
use crate::http::answer::{Rejection, Success, respond};
use crate::http::call::Call;
use crate::http::caller::{Caller, peer};
use crate::http::expected_account::ExpectedAccount;
use crate::http::gate;
use crate::http::limits::Limits;
use crate::http::reply::Reply;
use crate::routes::exchange::ExchangeRoute;
use crate::routes::frontchannel::{self, FrontchannelRoute};
use crate::routes::logout::LogoutRoute;
use crate::routes::openapi;
use crate::routes::page;
use crate::routes::preload::PreloadRoute;
use crate::routes::probes;
use crate::routes::proxy::{self, Proxy};
use crate::routes::session::SessionRoute;
use crate::routes::token::TokenRoute;
use crate::state::State;
use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{FromRef, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, Response, StatusCode, header};
use axum::routing::any;
use exo365_core::error::Code;
use exo365_core::origin;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

type Answer = Pin<Box<dyn Future<Output = Result<Success, Rejection>> + Send>>;
type Handler = Arc<dyn Fn(Call) -> Answer + Send + Sync>;

/// A route: its path below the base, and what makes its handler, once for all requests.
#[derive(Clone, Copy)]
pub(crate) struct Route {
    pub(crate) path: &'static str,
    open: fn(&State) -> Handler,
}

/// The handler that answers each call by `handle`.
fn handler<R, F>(route: R, handle: fn(Arc<R>, Call) -> F) -> Handler
where
    R: Send + Sync + 'static,
    F: Future<Output = Result<Success, Rejection>> + Send + 'static,
{
    let route = Arc::new(route);
    Arc::new(move |call| Box::pin(handle(Arc::clone(&route), call)))
}

/// Where pages sign out.
const LOGOUT: &str = "/logout";

/// All routes.
pub(crate) const ROUTES: [Route; 5] = [
    Route {
        path: "/session",
        open: |state| handler(SessionRoute::from_ref(state), SessionRoute::handle),
    },
    Route {
        path: "/preload",
        open: |state| handler(PreloadRoute::from_ref(state), PreloadRoute::handle),
    },
    Route {
        path: "/exchange",
        open: |state| handler(ExchangeRoute::from_ref(state), ExchangeRoute::handle),
    },
    Route {
        path: "/token",
        open: |state| handler(TokenRoute::from_ref(state), TokenRoute::handle),
    },
    Route {
        path: LOGOUT,
        open: |state| handler(LogoutRoute::from_ref(state), LogoutRoute::handle),
    },
];

/// The routes of the contract, to be merged into an axum app.
///
/// # Errors
/// Where the database or the sealing keys cannot be used.
pub fn router(config: Config) -> Result<Router, Problem> {
    router_at(config, Clock::system())
}

/// The same with another clock, for tests.
///
/// # Errors
/// As [`router`].
pub fn router_at(config: Config, clock: Clock) -> Result<Router, Problem> {
    Ok(contract_router(&State::open(config, clock)?))
}

/// The routes, and the page if one is configured; everything else is 404.
///
/// # Errors
/// As [`router`].
pub fn site(config: Config) -> Result<Router, Problem> {
    Ok(full_router(&State::open(config, Clock::system())?))
}

/// An open endpoint: its routes, and those for its operator. A clone is the same endpoint.
#[derive(Clone)]
pub struct Endpoint(pub(crate) State);

impl Endpoint {
    /// Opens it.
    ///
    /// # Errors
    /// As [`router`].
    pub fn open(config: Config) -> Result<Self, Problem> {
        Ok(Self(State::open(config, Clock::system())?))
    }

    /// As [`site`]. Limits by address need the peer's address: serve it by
    /// `into_make_service_with_connect_info::<SocketAddr>()`.
    pub fn site(&self) -> Router {
        full_router(&self.0)
    }

    /// `/healthz`, `/readyz` and `/metrics`, for a listener that browsers cannot reach.
    pub fn operations(&self) -> Router {
        probes::router(&self.0)
    }

    /// Makes `/readyz` answer 503 from now on.
    pub fn stop(&self) {
        self.0.stopping.store(true, Ordering::Relaxed);
    }

    /// Resolves when no renewal is under way and no new token waits for the store. Call it when no more requests come:
    /// such work goes on after its client has gone.
    pub async fn settled(&self) {
        self.0.renewals.settled().await;
    }
}

/// [`site`], opened.
pub(crate) fn full_router(state: &State) -> Router {
    with_page(contract_router(state), state)
}

/// These routes and the page.
pub(crate) fn with_page(router: Router, state: &State) -> Router {
    match &state.config.page {
        Some(folder) => router.merge(page::router(&state.config, folder)),
        None => {
            let state = state.clone();
            router.fallback(move || std::future::ready(not_found(&state)))
        }
    }
}

fn contract_router(state: &State) -> Router {
    routes_of(state, &Open::new(state))
}

/// The routes that are asked most, open.
#[derive(Default)]
pub(crate) struct Open {
    pub(crate) served: Vec<Arc<Served>>,
    pub(crate) proxy: Option<Arc<Proxy>>,
}

impl Open {
    /// Opens them.
    pub(crate) fn new(state: &State) -> Self {
        let served = ROUTES.map(|route| Arc::new(Served::open(state, route)));
        Self {
            served: served.into(),
            proxy: proxy::open(state),
        }
    }
}

/// The routes of the contract, of which these are open.
pub(crate) fn routes_of(state: &State, open: &Open) -> Router {
    let base = &state.config.base;
    let mut router = Router::new();
    for served in &open.served {
        let path = format!("{base}{}", served.path);
        let served = Arc::clone(served);
        let handler = async move |request: Request| {
            let (parts, body) = request.into_parts();
            let answer = served.serve(peer(&parts.extensions), parts, body);
            answer.await.map(Body::new)
        };
        router = router.route(&path, any(handler));
    }
    let own = state.clone();
    let handler = move |request: Request| FrontchannelRoute::from_ref(&own).serve(request);
    router = router.route(&format!("{base}{}", frontchannel::PATH), any(handler));
    router = openapi::mount(router, state);
    if let Some(proxy) = &open.proxy {
        router = proxy::mount(router, base, proxy);
    }
    // Below the base no other handler of the surrounding application answers.
    for path in [
        base.clone(),
        format!("{base}/"),
        format!("{base}/{{*rest}}"),
    ] {
        let state = state.clone();
        let handler =
            move |request: Request| std::future::ready(unknown_below_base(&state, &request));
        router = router.route(&path, any(handler));
    }
    router
}

fn unknown_below_base(state: &State, request: &Request) -> Response<Body> {
    let peer = peer(request.extensions());
    let caller = Caller::of(&state.config, peer, request.headers());
    match state.limits.check(&caller) {
        Ok(()) => not_found(state),
        Err(refused) => respond(&state.config, Err(refused)),
    }
}

fn not_found(state: &State) -> Response<Body> {
    respond(
        &state.config,
        Err(Rejection::at(
            StatusCode::NOT_FOUND,
            Code::NotFound,
            "there is no such route",
        )),
    )
}

/// A route that is open, and what stands before its handler.
pub(crate) struct Served {
    pub(crate) path: &'static str,
    handler: Handler,
    config: Arc<Config>,
    limits: Arc<Limits>,
    metrics: Arc<Metrics>,
    meter: Meter,
}

impl Served {
    fn open(state: &State, route: Route) -> Self {
        Self {
            path: route.path,
            handler: (route.open)(state),
            config: FromRef::from_ref(state),
            limits: FromRef::from_ref(state),
            metrics: FromRef::from_ref(state),
            meter: state.metrics.meter(route.path),
        }
    }

    /// Answers a request to this route; `peer` is the other side of the connection, where it is known.
    pub(crate) async fn serve<B>(
        self: Arc<Self>,
        peer: Option<SocketAddr>,
        parts: Parts,
        body: B,
    ) -> Response<Reply>
    where
        B: HttpBody<Data = Bytes> + Unpin,
    {
        let begin = Instant::now();
        let caller = Caller::of(&self.config, peer, &parts.headers);
        let page = gate::cross_origin(&self.config, &parts.headers);
        let begun = if self.path == LOGOUT {
            self.limits.begin_sign_out(&caller)
        } else {
            self.limits.begin(&caller)
        };
        let outcome = match begun {
            Ok(_) if parts.method == Method::OPTIONS => return preflight(&self.config, page),
            Ok(_call) => self.run(caller, parts, body).await,
            Err(refused) => Err(refused),
        };
        let error = outcome.as_ref().err().map(|refused| &refused.error);
        self.metrics.count(&self.meter, error, begin.elapsed());
        match &outcome {
            Ok(_) => tracing::debug!(route = self.path, "done"),
            Err(refused) => self.metrics.log_refusal(self.path, &refused.error),
        }
        let mut response = respond(&self.config, outcome);
        if let Some(origin) = page {
            gate::allow(response.headers_mut(), origin);
        }
        response
    }

    async fn run<B>(&self, caller: Caller, parts: Parts, body: B) -> Result<Success, Rejection>
    where
        B: HttpBody<Data = Bytes> + Unpin,
    {
        let headers = parts.headers;
        gate::check(&self.config, &parts.method, &headers)?;
        let body = gate::body(body).await?;
        let origin = headers
            .get(header::ORIGIN)
            .and_then(|value| value.to_str().ok())
            .map(|origin| origin::of(origin).to_owned());
        let call = Call {
            body,
            session: caller.session,
            expected_account: ExpectedAccount::read(&headers),
            headers,
            address: caller.address,
            origin,
        };
        (self.handler)(call).await
    }
}

/// The answer to a preflight, where the page's origin is one of those that may call.
fn preflight(config: &Config, page: Option<HeaderValue>) -> Response<Reply> {
    let Some(origin) = page else {
        let refused = Rejection::at(
            StatusCode::METHOD_NOT_ALLOWED,
            Code::BadRequest,
            "this route takes POST",
        );
        return respond(config, Err(refused));
    };
    gate::preflight(config, origin, &gate::OWN_ROUTES)
}
