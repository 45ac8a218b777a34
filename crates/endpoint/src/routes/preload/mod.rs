//! `POST /preload`: what the page shows first comes beside its session.
//!
//! The endpoint makes the requests as the page would, by the same core, and asks the API for the session's user. What it
//! may ask for is less than what the page may: a few reads below `preload_paths`, small and in time. The answer holds no
//! token, and nothing of it is kept.

mod answer;
mod requests;

use super::signed_in::SignedIn;
use crate::base::metrics::Metrics;
use crate::config::Config;
use crate::http::answer::{Rejection, Success};
use crate::http::call::Call;
use crate::http::gate;
use crate::session::record::TokenSpec;
use crate::session::renewal::Renewals;
use crate::state::State;
use crate::upstream::api::Api;
use crate::upstream::authority;
use crate::upstream::bounds::Place;
use crate::upstream::preload;
use answer::Answer;
use axum::extract::FromRef;
use axum::http::StatusCode;
use exo365_core::error::{Code, Error};
use exo365_core::wire::{PreloadReply, PreloadRequest};
use futures_util::future::join_all;
use requests::ApiRequest;
use std::sync::Arc;
use tokio::time::{Instant, timeout_at};

/// Largest body, in bytes.
pub(crate) const MAX_BODY: usize = 16 * 1024;

/// What the route needs.
pub(crate) struct PreloadRoute {
    config: Arc<Config>,
    api: Arc<Api>,
    renewals: Renewals,
    signed_in: SignedIn,
    metrics: Arc<Metrics>,
}

impl FromRef<State> for PreloadRoute {
    fn from_ref(state: &State) -> Self {
        Self {
            config: FromRef::from_ref(state),
            api: FromRef::from_ref(state),
            renewals: FromRef::from_ref(state),
            signed_in: FromRef::from_ref(state),
            metrics: FromRef::from_ref(state),
        }
    }
}

impl PreloadRoute {
    /// The API's answers, with the account that they belong to.
    ///
    /// # Errors
    /// 400 for a call that is not preloaded, or where none is; [`Code::SignedOut`]; [`Code::Throttled`] where too many are
    /// under way; what the renewal met.
    pub(crate) async fn handle(self: Arc<Self>, call: Call) -> Result<Success, Rejection> {
        let end = Instant::now() + self.api.preload_patience;
        if call.body.len() > MAX_BODY {
            return Err(Rejection::at(
                StatusCode::PAYLOAD_TOO_LARGE,
                Code::TooLarge,
                "the body is too large: /preload takes 16 kB",
            ));
        }
        let request: PreloadRequest = gate::parse(&call.body)?;
        let requests = requests::read(&self.config, &request, &call.headers)?;
        let (key, held) = self
            .signed_in
            .session(call.session, &call.expected_account)
            .await?;
        let place = self.api.preloads.begin((Some(key), call.address))?;
        let want = TokenSpec {
            audience: authority::default_audience(&self.config),
            ..TokenSpec::default()
        };
        // A renewal that takes too long goes on for `/session`, which waits for it.
        let answers = match timeout_at(end, self.renewals.token(key, &held, want)).await {
            Ok(Ok(fresh)) => self.ask(&requests, fresh.token.reveal(), &place, end).await,
            Ok(Err(refusal)) => return Err(self.signed_in.refused(refusal, &call.headers)),
            Err(_) => requests.iter().map(|_| None).collect(),
        };
        let account = held.session.account.identity();
        // Whoever signed out meanwhile, or in again as somebody else, gets nothing of before.
        let now = self.signed_in.find(key).await?;
        if now.is_none_or(|now| now.session.account.identity() != account) {
            return Err(Error::new(Code::SignedOut, "nobody is signed in").into());
        }
        answer::whole(&PreloadReply { account, answers }, place)
    }

    /// Asks the API for all of them at once.
    async fn ask(
        &self,
        requests: &[ApiRequest],
        token: &str,
        place: &Place,
        end: Instant,
    ) -> Vec<Option<Answer>> {
        let one = async |request: &ApiRequest| {
            let what = (&request.path, &request.headers);
            let asked = preload::get(&self.api, what, token, place);
            let answer = timeout_at(end, asked).await.ok().flatten();
            self.metrics
                .api(answer.as_ref().map(|answer| answer.status));
            answer::of_api(&self.config, answer?, request.is_content)
        };
        join_all(requests.iter().map(one)).await
    }
}
