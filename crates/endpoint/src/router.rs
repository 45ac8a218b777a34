//! The table of routes. A new route is one more line here; the gate then stands before it.

use crate::base::clock::Clock;
use crate::base::problem::Problem;
use crate::config::Config;
use crate::http::answer::{Rejection, Success, respond};
use crate::http::call::Call;
use crate::http::client_address;
use crate::http::cookie::SessionId;
use crate::http::expected_account::ExpectedAccount;
use crate::http::gate;
use crate::routes::exchange::ExchangeRoute;
use crate::routes::frontchannel::{self, FrontchannelRoute};
use crate::routes::logout::LogoutRoute;
use crate::routes::openapi;
use crate::routes::page;
use crate::routes::preload::PreloadRoute;
use crate::routes::probes;
use crate::routes::proxy;
use crate::routes::session::SessionRoute;
use crate::routes::token::TokenRoute;
use crate::state::State;
use axum::Router;
use axum::body::Body;
use axum::extract::{FromRef as _, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::Response;
use axum::routing::any;
use exo365_core::error::Code;
use exo365_core::origin;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::time::Instant;

type Work = fn(&State, Call) -> Pin<Box<dyn Future<Output = Result<Success, Rejection>> + Send>>;

/// A route: its path below the base, and what it does.
#[derive(Clone, Copy)]
pub(crate) struct Route {
    pub(crate) path: &'static str,
    work: Work,
}

/// Where pages sign out.
const LOGOUT: &str = "/logout";

/// All routes.
pub(crate) const ROUTES: [Route; 5] = [
    Route {
        path: "/session",
        work: |state, call| Box::pin(SessionRoute::from_ref(state).handle(call)),
    },
    Route {
        path: "/preload",
        work: |state, call| Box::pin(PreloadRoute::from_ref(state).handle(call)),
    },
    Route {
        path: "/exchange",
        work: |state, call| Box::pin(ExchangeRoute::from_ref(state).handle(call)),
    },
    Route {
        path: "/token",
        work: |state, call| Box::pin(TokenRoute::from_ref(state).handle(call)),
    },
    Route {
        path: LOGOUT,
        work: |state, call| Box::pin(LogoutRoute::from_ref(state).handle(call)),
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
pub struct Endpoint(State);

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
    let router = contract_router(state);
    match &state.config.page {
        Some(folder) => router.merge(page::router(&state.config, folder)),
        None => {
            let state = state.clone();
            router.fallback(move || std::future::ready(not_found(&state)))
        }
    }
}

fn contract_router(state: &State) -> Router {
    let base = &state.config.base;
    let mut router = Router::new();
    for route in ROUTES {
        let state = state.clone();
        let handler = move |request: Request| serve(state.clone(), route, request);
        router = router.route(&format!("{base}{}", route.path), any(handler));
    }
    let own = state.clone();
    let handler = move |request: Request| FrontchannelRoute::from_ref(&own).serve(request);
    router = router.route(&format!("{base}{}", frontchannel::PATH), any(handler));
    router = proxy::mount(openapi::mount(router, state), state);
    // Below the base no other handler of the surrounding application answers.
    for path in [
        base.clone(),
        format!("{base}/"),
        format!("{base}/{{*rest}}"),
    ] {
        let state = state.clone();
        let handler =
            move |request: Request| std::future::ready(unknown_below_base(&state, request));
        router = router.route(&path, any(handler));
    }
    router
}

fn unknown_below_base(state: &State, request: Request) -> Response {
    match state.limits.check(&request.into_parts().0) {
        Ok(()) => not_found(state),
        Err(refused) => respond(&state.config, Err(refused)),
    }
}

fn not_found(state: &State) -> Response {
    respond(
        &state.config,
        Err(Rejection::at(
            StatusCode::NOT_FOUND,
            Code::NotFound,
            "there is no such route",
        )),
    )
}

async fn serve(state: State, route: Route, request: Request) -> Response {
    let begin = Instant::now();
    let (parts, body) = request.into_parts();
    let counted = if route.path == LOGOUT {
        state.limits.check_sign_out(&parts)
    } else {
        state.limits.check(&parts)
    };
    let outcome = match counted {
        Ok(()) if parts.method == Method::OPTIONS => return preflight(&state, &parts.headers),
        Ok(()) => match state.limits.begin(&parts) {
            Ok(_call) => run(&state, route, &parts, body).await,
            Err(refused) => Err(refused),
        },
        Err(refused) => Err(refused),
    };
    let error = outcome.as_ref().err().map(|refused| &refused.error);
    state.metrics.request(route.path, error, begin.elapsed());
    match &outcome {
        Ok(_) => tracing::debug!(route = route.path, "done"),
        Err(refused) => {
            state.metrics.log_refusal(route.path, &refused.error);
        }
    }
    let mut response = respond(&state.config, outcome);
    if let Some(origin) = gate::cross_origin(&state.config, &parts.headers) {
        gate::allow(response.headers_mut(), origin);
    }
    response
}

async fn run(state: &State, route: Route, parts: &Parts, body: Body) -> Result<Success, Rejection> {
    let headers = &parts.headers;
    gate::check(&state.config, &parts.method, headers)?;
    let body = gate::body(body).await?;
    let origin = headers
        .get(header::ORIGIN)
        .and_then(|value| value.to_str().ok());
    let call = Call {
        body,
        session: SessionId::of(headers, &state.config),
        headers: headers.clone(),
        expected_account: ExpectedAccount::read(headers),
        address: client_address::address(&state.config, parts),
        origin: origin.map(|origin| origin::of(origin).to_owned()),
    };
    (route.work)(state, call).await
}

fn preflight(state: &State, headers: &HeaderMap) -> Response {
    let Some(origin) = gate::cross_origin(&state.config, headers) else {
        let refused = Rejection::at(
            StatusCode::METHOD_NOT_ALLOWED,
            Code::BadRequest,
            "this route takes POST",
        );
        return respond(&state.config, Err(refused));
    };
    gate::preflight(&state.config, origin, &gate::OWN_ROUTES)
}
