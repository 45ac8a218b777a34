//! `POST /token`: an access token from the session.

use super::signed_in::SignedIn;
use super::token_request::want;
use crate::base::clock::Clock;
use crate::config::Config;
use crate::http::answer::{Rejection, Success};
use crate::http::call::Call;
use crate::http::gate;
use crate::session::record::seconds_until;
use crate::session::renewal::Renewals;
use crate::state::State;
use axum::extract::FromRef;
use axum::http::StatusCode;
use exo365_core::error::{Code, Error};
use exo365_core::wire::{Mode, TokenReply, TokenRequest};
use std::sync::Arc;

/// What the route needs.
pub(crate) struct TokenRoute {
    config: Arc<Config>,
    clock: Clock,
    renewals: Renewals,
    signed_in: SignedIn,
}

impl FromRef<State> for TokenRoute {
    fn from_ref(state: &State) -> Self {
        Self {
            config: FromRef::from_ref(state),
            clock: FromRef::from_ref(state),
            renewals: FromRef::from_ref(state),
            signed_in: FromRef::from_ref(state),
        }
    }
}

impl TokenRoute {
    /// The token.
    ///
    /// # Errors
    /// 400 for what is not configured, [`Code::SignedOut`], what the renewal met.
    pub(crate) async fn handle(self: Arc<Self>, call: Call) -> Result<Success, Rejection> {
        let request: TokenRequest = gate::parse(&call.body)?;
        if self.config.public.mode == Mode::Proxy {
            return Err(Rejection::at(
                StatusCode::BAD_REQUEST,
                Code::Misconfigured,
                "the endpoint calls the API itself (mode = \"proxy\"): no access token reaches a page",
            ));
        }
        let want = want(&self.config, request)?;
        let (key, held) = self
            .signed_in
            .session(call.session, &call.expected_account)
            .await?;
        let fresh = self.renewals.token(key, &held, want).await;
        let fresh = fresh.map_err(|refusal| self.signed_in.refused(refusal, &call.headers))?;
        let trouble = || Error::new(Code::ServiceUnavailable, "the endpoint has trouble");
        Success::json(&TokenReply {
            expires_in: seconds_until(fresh.expires_at, self.clock.now()),
            access_token: fresh.token.json().ok_or_else(trouble)?,
            scopes: fresh.scopes,
        })
    }
}
