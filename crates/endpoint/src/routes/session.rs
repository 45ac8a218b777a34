//! `POST /session`: one round trip restores a page.

use super::signed_in::SignedIn;
use crate::base::clock::Clock;
use crate::config::Config;
use crate::http::answer::{Rejection, Success};
use crate::http::call::Call;
use crate::http::cookie::Cookie;
use crate::http::gate;
use crate::session::record::{TokenSpec, seconds_until};
use crate::session::renewal::Renewals;
use crate::state::State;
use crate::upstream::authority;
use axum::extract::FromRef;
use exo365_core::wire::{Mode, SessionReply, SessionRequest};
use std::sync::Arc;

/// What the route needs.
pub(crate) struct SessionRoute {
    config: Arc<Config>,
    clock: Clock,
    signed_in: SignedIn,
    renewals: Renewals,
}

impl FromRef<State> for SessionRoute {
    fn from_ref(state: &State) -> Self {
        Self {
            config: FromRef::from_ref(state),
            clock: FromRef::from_ref(state),
            signed_in: FromRef::from_ref(state),
            renewals: FromRef::from_ref(state),
        }
    }
}

impl SessionRoute {
    /// Who is signed in, and in direct mode a token.
    ///
    /// # Errors
    /// 400 for a body that is none; the store's trouble.
    pub(crate) async fn handle(self: Arc<Self>, call: Call) -> Result<Success, Rejection> {
        let SessionRequest {} = gate::parse(&call.body)?;
        let config = &self.config;
        let cookie = Cookie::of(&call.headers, config);
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
        let Some(held) = self.signed_in.find(key).await? else {
            // An id that is not known may be another endpoint's on this host: it stays.
            return Success::json(&reply);
        };
        let want = TokenSpec {
            audience: authority::default_audience(config),
            ..TokenSpec::default()
        };
        match self.renewals.token(key, &held, want).await {
            // In proxy mode no token goes to the page.
            Ok(_) if config.public.mode == Mode::Proxy => {}
            Ok(fresh) => {
                reply.expires_in = Some(seconds_until(fresh.expires_at, self.clock.now()));
                reply.access_token = Some(fresh.token.reveal().to_owned());
            }
            Err(refusal) if refusal.ends_session => {
                return Ok(Success::json(&reply)?.cookie(cookie.clear()));
            }
            // The page gets the error when it requests a token.
            Err(_) => {}
        }
        reply.account = Some(held.session.account.clone());
        let answer = Success::json(&reply)?;
        // The cookie that the version before named is named anew, once.
        Ok(match config.old_cookie.filter(|_| id.is_old) {
            Some(old) => answer
                .cookie(cookie.set(&id, config.lifetime))
                .cookie(Cookie::secure(old).clear()),
            None => answer,
        })
    }
}
