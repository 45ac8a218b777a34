//! `POST /token`: an access token from the session.

use super::signed_in::SignedIn;
use super::token_request::want;
use crate::base::clock::Clock;
use crate::config::Config;
use crate::http::answer::{Done, Refused};
use crate::http::call::Call;
use crate::http::gate;
use crate::session::record::left;
use crate::session::renewal::Renewals;
use crate::state::State;
use axum::extract::FromRef;
use axum::http::StatusCode;
use exo365_core::error::Code;
use exo365_core::wire::{Mode, TokenReply, TokenRequest};
use std::sync::Arc;

/// What the route needs.
pub(crate) struct Token {
    config: Arc<Config>,
    clock: Clock,
    renewals: Renewals,
    signed_in: SignedIn,
}

impl FromRef<State> for Token {
    fn from_ref(state: &State) -> Self {
        Self {
            config: FromRef::from_ref(state),
            clock: FromRef::from_ref(state),
            renewals: FromRef::from_ref(state),
            signed_in: FromRef::from_ref(state),
        }
    }
}

impl Token {
    /// The token.
    ///
    /// # Errors
    /// 400 for what is not configured, [`Code::SignedOut`], what the renewal met.
    pub(crate) async fn handle(self, call: Call) -> Result<Done, Refused> {
        let request: TokenRequest = gate::parse(&call.body)?;
        if self.config.public.mode == Mode::Proxy {
            return Err(Refused::at(
                StatusCode::BAD_REQUEST,
                Code::Misconfigured,
                "the endpoint calls the API itself (mode = \"proxy\"): no access token reaches a page",
            ));
        }
        let want = want(&self.config, request)?;
        let (key, held) = self.signed_in.session(call.session, &call.believed).await?;
        let fresh = self.renewals.token(key, &held, want).await;
        let fresh = fresh.map_err(|refusal| self.signed_in.refused(refusal))?;
        Done::json(&TokenReply {
            expires_in: left(fresh.expires_at, self.clock.now()),
            access_token: fresh.token,
            scopes: fresh.scopes,
        })
    }
}
