//! `POST /logout`: the session is gone at once, whatever else happens.

use crate::base::metrics::End;
use crate::http::answer::{Done, Refused};
use crate::http::cookie;
use crate::http::gate;
use crate::router::Call;
use crate::state::{App, State};
use crate::upstream::authority;
use exo365_core::error::Error;
use exo365_core::origin;
use exo365_core::wire::{LogoutReply, LogoutRequest};

pub(crate) async fn handle(app: App, call: Call) -> Result<Done, Refused> {
    let request: LogoutRequest = gate::parse(&call.body)?;
    let mut hint = None;
    if let Some(id) = &call.session {
        let key = id.key();
        if request.microsoft {
            let held = app
                .sessions
                .get(key, app.clock.now())
                .await
                .map_err(Error::from)?;
            hint = held.and_then(|held| held.session.account.login_hint);
        }
        app.sessions.remove(key).await.map_err(Error::from)?;
        app.metrics.ended(End::SignedOut, 1);
    }
    let logout_url = request.microsoft.then(|| {
        let back = back(&app, call.origin.as_deref());
        authority::logout_url(&app.config, back.as_deref(), hint.as_deref())
    });
    Ok(Done::json(&LogoutReply { logout_url })?.cookie(cookie::clear(&app.config.cookie)))
}

/// Where the browser comes back to: what is configured, or the first redirect URI of the page's origin.
fn back(app: &State, page: Option<&str>) -> Option<String> {
    let config = &app.config;
    let registered = &config.public.redirect_uris;
    let own = registered.iter().find(|uri| Some(origin::of(uri)) == page);
    config
        .post_logout
        .as_ref()
        .or(own)
        .or(registered.first())
        .cloned()
}
