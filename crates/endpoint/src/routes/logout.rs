//! `POST /logout`: ends the session at once.

use crate::base::clock::Clock;
use crate::base::metrics::{Metrics, SessionEnd};
use crate::config::Config;
use crate::http::answer::{Rejection, Success};
use crate::http::call::Call;
use crate::http::cookie::Cookie;
use crate::http::gate;
use crate::session::record::Sessions;
use crate::state::State;
use crate::upstream::authority;
use axum::extract::FromRef;
use exo365_core::error::Error;
use exo365_core::origin;
use exo365_core::wire::{LogoutReply, LogoutRequest};
use std::sync::Arc;

/// What the route needs.
pub(crate) struct LogoutRoute {
    config: Arc<Config>,
    clock: Clock,
    sessions: Arc<Sessions>,
    metrics: Arc<Metrics>,
}

impl FromRef<State> for LogoutRoute {
    fn from_ref(state: &State) -> Self {
        Self {
            config: FromRef::from_ref(state),
            clock: FromRef::from_ref(state),
            sessions: FromRef::from_ref(state),
            metrics: FromRef::from_ref(state),
        }
    }
}

impl LogoutRoute {
    /// Ends the session, where there is one.
    ///
    /// # Errors
    /// 400 for a body that is none; the store's trouble.
    pub(crate) async fn handle(self: Arc<Self>, call: Call) -> Result<Success, Rejection> {
        let request: LogoutRequest = gate::parse(&call.body)?;
        let mut hint = None;
        let mut old = None;
        if let Some(id) = &call.session {
            let key = id.key();
            if request.microsoft || id.is_old {
                let held = self.sessions.get(key, self.clock.now()).await;
                let held = held.map_err(Error::from)?;
                // By that name the cookie may be another endpoint's on this host.
                old = self
                    .config
                    .old_cookie
                    .filter(|_| id.is_old && held.is_some());
                hint = held.and_then(|held| held.session.account.login_hint.clone());
            }
            self.sessions.remove(key).await.map_err(Error::from)?;
            self.metrics.ended(SessionEnd::SignedOut, 1);
        }
        let logout_url = request.microsoft.then(|| {
            let back = back(&self.config, call.origin.as_deref());
            authority::logout_url(&self.config, back.as_deref(), hint.as_deref())
        });
        let answer = Success::json(&LogoutReply { logout_url })?;
        Ok(answer
            .cookie(Cookie::of(&call.headers, &self.config).clear())
            .cookie(old.and_then(|old| Cookie::secure(old).clear())))
    }
}

/// Where the browser comes back to: what is configured, or the first redirect URI of the page's origin.
fn back(config: &Config, page: Option<&str>) -> Option<String> {
    let registered = &config.public.redirect_uris;
    let own = registered.iter().find(|uri| Some(origin::of(uri)) == page);
    config
        .post_logout
        .as_ref()
        .or(own)
        .or(registered.first())
        .cloned()
}
