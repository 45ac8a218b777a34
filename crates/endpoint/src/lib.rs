//! The token endpoint of exo365: a confidential OAuth client for pages.
//!
//! It keeps the client secret and the refresh tokens. A page gets a session cookie that no script
//! can read, and access tokens that live for about an hour. Pages on other stacks may talk to any
//! program that serves this contract:
//!
//! # HTTP contract
//!
//! All routes lie below one base path (`/auth` unless configured), take `POST` with
//! `Content-Type: application/json`, the header `X-Exo365: 1` and an `Origin` from the
//! configured list. A request without `Origin` needs `Sec-Fetch-Site: same-origin`. Whatever
//! lacks one of these is refused before any work: 405, 403, 415, 413.
//!
//! | route | in | out |
//! |---|---|---|
//! | `/session` | `{}` | `{config, account, accessToken?, expiresIn?}`; `account` is null where nobody is signed in |
//! | `/preload` | `{timeZone?, textBodies?, immutableIds?, calls}` | `{account, answers}`: what the API answers the session's user, see below |
//! | `/exchange` | `{code, codeVerifier, nonce, redirectUri, resource?, iss?, maxAge?, account?}` | `{account, accessToken, expiresIn, scopes}` and the cookie, new at every sign-in |
//! | `/token` | `{scopes?, resource?, claims?, rejected?}` | `{accessToken, expiresIn, scopes}` |
//! | `/logout` | `{microsoft?}` | `{logoutUrl?}`; the session is gone and the cookie cleared, whether there was one or not |
//!
//! One route is for the sign-in service's own page, which opens it in a hidden frame without our
//! header and without a cookie: `GET /frontchannel-logout?sid=...&iss=...` (the address to register as
//! front-channel logout URL). It ends every session with that `sid` and answers `{}` with 200 whatever
//! it found; only the configured login origin may frame it. An `iss` that is not the authority's ends
//! nothing.
//!
//! In proxy mode `/session` and `/exchange` give no token, `/token` refuses with 400 `misconfigured`, and there is
//! `ANY /proxy/...`: the API's own path and query behind it, `GET`, `POST`, `PATCH`, `PUT` or `DELETE`, the same header and
//! origin, any body. The response is the API's, with its next links changed to lead back here; a response that the endpoint made
//! itself has the header `X-Exo365: 1`. In direct mode that route does not exist.
//!
//! `/preload` brings what a page shows first, in both modes. `calls` are one to four calls, each in the list that the SDK's
//! face gives its core: `[method, user, path, ids, options, allowed, offline, keyed]`. The endpoint makes the requests as the
//! page would and asks the API with the session's token: `GET` only, below `preload_paths`, four calls, 1 MB and two
//! seconds together. `account` is `{tenantId}.{objectId}`; each of `answers` is `{status, headers, body}`, or null where
//! there is none to use (too large, too late, no JSON). A refusal of the API is one of them, with its status. A call that
//! is not preloaded refuses all of them with 400, which names it. `textBodies` (false) and `immutableIds` (true) are the
//! client's, as `timeZone` is.
//!
//! A page may name the account that it expects: `X-Exo365-Account: {tenantId}.{objectId}`, the ids of its `account`,
//! with `/token`, `/preload` and `/proxy/...`. If the session belongs to another account, which signed in in another tab, the answer is that for
//! no session (401 `signed_out`); no other service is asked, and session and cookie stay. A malformed value counts as another
//! account. Without the header any account is accepted.
//!
//! All routes count requests per client address and per session. Too many requests get 429.
//!
//! The bodies are the types of [`exo365_core::wire`], which say what each member means; unknown
//! members are refused. `expiresIn` counts from the moment of sending, in seconds. `rejected` is
//! the base64url SHA-256 of an access token that the API refused: that one is not given again. `iss` is what stood in
//! the redirect beside the code (RFC 9207): a wrong one makes no session, and where the service's metadata promise one
//! (`authorization_response_iss_parameter_supported`) a code without it is not traded in.
//!
//! Every failure is `{"error": {"code", "message", ...}}` ([`exo365_core::wire::ErrorReply`]) with
//! a code of [`exo365_core::error::Code`] and this status:
//!
//! | status | codes |
//! |---|---|
//! | 400 | `bad_request`, `invalid_argument`; `misconfigured` where the page asks for what is not configured; `issuer_mismatch` where its `iss` is not the sign-in service's |
//! | 401 | `signed_out`, `interaction_required` (the cookie is cleared where the session ended) |
//! | 403 | `forbidden`, `consent_required`, `admin_consent_required`, `access_denied`, `wrong_account` |
//! | 404, 405, 408, 413, 415 | `not_found`, `bad_request`, `timeout`, `too_large`, `bad_request` |
//! | 429 | `throttled`, with `retryAfterSeconds` and `Retry-After` |
//! | 500 | `misconfigured`: the registration or the endpoint's own configuration |
//! | 502 | `invalid_response`, `issuer_mismatch` |
//! | 503 | `service_unavailable`, with `retryAfterSeconds` and `Retry-After` where the session store is away |
//!
//! `GET /openapi.json` describes all of this in OpenAPI 3.1.
//!
//! The cookie is `__Host-Http-exo365-<digest of client id and base>=<256 random bits>; Secure; HttpOnly; SameSite=Strict; Path=/`.
//! With `insecure_loopback` alone, between a browser and an endpoint on `localhost`, it is `exo365-<digest>` without `Secure`,
//! which WebKit does not keep there.
//! `account` of `/exchange` is the only account that may sign in: another one is 403 `wrong_account`, and the session stays.
//! Browsers take it over plain http from `localhost` too.
//!
//! # In an axum app of your own
//!
//! ```no_run
//! # async fn serve() -> Result<(), Box<dyn std::error::Error>> {
//! let config = exo365_endpoint::Config::load("endpoint.toml".as_ref())?;
//! let app = axum::Router::new().merge(exo365_endpoint::router(config)?);
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
//! // In proxy mode responses are sent in pieces, and each piece should leave at once.
//! let listener = axum::serve::ListenerExt::tap_io(listener, |tcp| drop(tcp.set_nodelay(true)));
//! // The limit per address needs the address.
//! let app = app.into_make_service_with_connect_info::<std::net::SocketAddr>();
//! axum::serve(listener, app).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Modules
//!
//! Folders are layers; a module imports its own layer and those below it (`cargo xtask test --only wall`):
//!
//! ```text
//! router, check, operator    the table of routes; the commands
//! site                       what the binary serves of it
//! app_only                   tokens for the application itself
//! routes                     a handler for each route
//! state                      what handlers share
//! http                       gate, limits, cookie, expected account; the form of an answer
//! session                    record, renewal, single flight, lease, cool-down
//! upstream                   sign-in service and API: authority, metadata, ID tokens, token client
//! store                      file or Redis, sealing
//! config                     file, environment, checks
//! base                       clock, random bytes, metrics, problems
//! ```
//!
//! What can be decided without a clock, a network or a disk is decided in `exo365-core`.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod app_only;
mod base;
mod check;
mod config;
mod http;
mod operator;
mod router;
mod routes;
mod session;
mod site;
mod state;
mod store;
#[cfg(test)]
mod tests;
mod upstream;

pub use base::clock::Clock;
pub use base::network::household;
pub use base::problem::Problem;
pub use check::{Finding, Verdict, check};
pub use config::{Config, Secret};
pub use operator::{Listed, Operator};
pub use router::{Endpoint, router, router_at, site};
pub use site::Site;
