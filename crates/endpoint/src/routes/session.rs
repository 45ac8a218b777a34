//! `POST /session`: one round trip restores a page.

use crate::base::clock::Clock;
use crate::config::Config;
use crate::http::answer::{Rejection, Success};
use crate::http::call::Call;
use crate::http::{cookie, gate};
use crate::session::record::{Sessions, TokenSpec, seconds_until};
use crate::session::renewal::Renewals;
use crate::state::State;
use crate::upstream::authority;
use axum::extract::FromRef;
use exo365_core::error::Error;
use exo365_core::wire::{Mode, SessionReply, SessionRequest};
use std::sync::Arc;

/// What the route needs.
pub(crate) struct SessionRoute {
    config: Arc<Config>,
    clock: Clock,
    sessions: Arc<Sessions>,
    renewals: Renewals,
}

impl FromRef<State> for SessionRoute {
    fn from_ref(state: &State) -> Self {
        Self {
            config: FromRef::from_ref(state),
            clock: FromRef::from_ref(state),
            sessions: FromRef::from_ref(state),
            renewals: FromRef::from_ref(state),
        }
    }
}

impl SessionRoute {
    /// Who is signed in, and in direct mode a token.
    ///
    /// # Errors
    /// 400 for a body that is none; the store's trouble.
    pub(crate) async fn handle(self, call: Call) -> Result<Success, Rejection> {
        let SessionRequest {} = gate::parse(&call.body)?;
        let config = &self.config;
        let mut reply = SessionReply {
            config: config.public.clone(),
            account: None,
            access_token: None,
            expires_in: None,
        };
        let Some(id) = call.session else {
            return Success::json(&reply);
        };
        let key = id.key();
        let held = self.sessions.get(key, self.clock.now()).await;
        let Some(held) = held.map_err(Error::from)? else {
            return Ok(Success::json(&reply)?.cookie(cookie::clear(&config.cookie)));
        };
        let want = TokenSpec {
            audience: authority::default_audience(config),
            ..TokenSpec::default()
        };
        match self.renewals.token(key, &held, want).await {
            // In proxy mode it was only looked whether there is one.
            Ok(_) if config.public.mode == Mode::Proxy => {}
            Ok(fresh) => {
                reply.expires_in = Some(seconds_until(fresh.expires_at, self.clock.now()));
                reply.access_token = Some(fresh.token);
            }
            Err(refusal) if refusal.ends_session => {
                return Ok(Success::json(&reply)?.cookie(cookie::clear(&config.cookie)));
            }
            // The page asks again when it needs a token, and learns then what is wrong.
            Err(_) => {}
        }
        reply.account = Some(held.session.account);
        Success::json(&reply)
    }
}
