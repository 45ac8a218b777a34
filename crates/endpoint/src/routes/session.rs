//! `POST /session`: one round trip restores a page.

use crate::http::answer::{Done, Refused};
use crate::http::cookie;
use crate::http::gate;
use crate::router::Call;
use crate::session::record::Want;
use crate::session::renewal::{self, Outcome};
use crate::state::App;
use crate::upstream::authority;
use exo365_core::error::Error;
use exo365_core::wire::{Mode, SessionReply, SessionRequest};

pub(crate) async fn handle(app: App, call: Call) -> Result<Done, Refused> {
    let SessionRequest {} = gate::parse(&call.body)?;
    let mut reply = SessionReply {
        config: app.config.public.clone(),
        account: None,
        access_token: None,
        expires_in: None,
    };
    let Some(id) = call.session else {
        return Done::json(&reply);
    };
    let key = id.key();
    let now = app.clock.now();
    let held = app.sessions.get(key, now).await.map_err(Error::from)?;
    let Some(held) = held else {
        return Ok(Done::json(&reply)?.cookie(cookie::clear(&app.config.cookie)));
    };
    let want = Want {
        audience: authority::default_audience(&app.config),
        ..Want::default()
    };
    let outcome: Outcome = renewal::token(&app, key, &held, want).await;
    match outcome {
        // In proxy mode it was only looked whether there is one.
        Ok(_) if app.config.public.mode == Mode::Proxy => {}
        Ok(fresh) => {
            reply.expires_in = Some(left(fresh.expires_at, app.clock.now()));
            reply.access_token = Some(fresh.token);
        }
        Err(refusal) if refusal.ends_session => {
            return Ok(Done::json(&reply)?.cookie(cookie::clear(&app.config.cookie)));
        }
        // The page asks again when it needs a token, and learns then what is wrong.
        Err(_) => {}
    }
    reply.account = Some(held.session.account);
    Done::json(&reply)
}

/// Seconds until `expires_at`.
pub(crate) fn left(expires_at: u64, now: u64) -> u32 {
    u32::try_from(expires_at.saturating_sub(now)).unwrap_or(u32::MAX)
}
