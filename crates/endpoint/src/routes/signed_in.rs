//! The session that a request names.

use crate::base::clock::Clock;
use crate::config::Config;
use crate::http::answer::Rejection;
use crate::http::cookie::{Cookie, SessionId};
use crate::http::expected_account::ExpectedAccount;
use crate::session::record::{Sessions, StoredSession};
use crate::state::State;
use crate::store::Key;
use crate::upstream::tenants::AllowedTenants;
use crate::upstream::transport::Upstream;
use axum::extract::FromRef;
use axum::http::HeaderMap;
use exo365_core::error::{Code, Error};
use exo365_core::token_reply::Refusal;
use std::sync::Arc;

/// Finds it.
#[derive(Clone)]
pub(crate) struct SignedIn {
    pub(super) config: Arc<Config>,
    pub(super) clock: Clock,
    pub(super) sessions: Arc<Sessions>,
    pub(super) upstream: Upstream,
    pub(super) tenants: Arc<AllowedTenants>,
}

impl FromRef<State> for SignedIn {
    fn from_ref(state: &State) -> Self {
        Self {
            config: FromRef::from_ref(state),
            clock: FromRef::from_ref(state),
            sessions: FromRef::from_ref(state),
            upstream: FromRef::from_ref(state),
            tenants: FromRef::from_ref(state),
        }
    }
}

impl SignedIn {
    /// The session of this id, where it is there and its tenant may sign in: what an operator takes off `tenants` is out.
    ///
    /// # Errors
    /// The store's trouble; domains in `tenants` that cannot be looked up.
    pub(crate) async fn find(&self, key: Key) -> Result<Option<Arc<StoredSession>>, Rejection> {
        let held = self.sessions.get(key, self.clock.now()).await;
        let Some(held) = held.map_err(Error::from)? else {
            return Ok(None);
        };
        let tenants = self.tenants.allowed(&self.upstream, &self.config).await?;
        let own = &held.session.account.tenant_id;
        let allowed = tenants.is_empty() || tenants.iter().any(|one| one.eq_ignore_ascii_case(own));
        Ok(Some(held).filter(|_| allowed))
    }

    /// The session, if it belongs to the expected account.
    ///
    /// # Errors
    /// [`Code::SignedOut`]; the store's trouble.
    pub(crate) async fn session(
        &self,
        id: Option<SessionId>,
        expected_account: &ExpectedAccount,
    ) -> Result<(Key, Arc<StoredSession>), Rejection> {
        let signed_out = || Rejection::from(Error::new(Code::SignedOut, "nobody is signed in"));
        let key = id.ok_or_else(signed_out)?.key();
        // An id that is not known may be another endpoint's on this host: its cookie stays.
        let held = self.find(key).await?.ok_or_else(signed_out)?;
        if !expected_account.is(&held.session.account) {
            // Another tab uses the same cookie: it stays.
            return Err(signed_out());
        }
        Ok((key, held))
    }

    /// Why there is no token; the cookie goes with the session.
    pub(crate) fn refused(&self, refusal: Refusal, headers: &HeaderMap) -> Rejection {
        let refused = Rejection::from(refusal.error);
        if refusal.ends_session {
            refused.clearing(Cookie::of(headers, &self.config).clear())
        } else {
            refused
        }
    }
}
