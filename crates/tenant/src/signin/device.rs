//! `/devicelogin`: the user types the code that a device shows, and signs in for it.

use axum::response::Response;

use super::{authorize, pages, session};
use crate::http::HttpRequest;
use crate::oauth::flow::DeviceOutcome;
use crate::state::Tenant;
use crate::token::device::LIFETIME;

/// `GET`: the page that asks for the code.
pub(crate) fn show() -> Response {
    pages::device::ask(None)
}

/// `POST`: the code.
pub(crate) fn enter(tenant: &Tenant, incoming: &HttpRequest) -> Response {
    let form = incoming.form();
    let typed = form.get("otc").unwrap_or_default().trim().to_owned();
    let now = tenant.clock().unix();
    let request = tenant
        .signins()
        .devices
        .values()
        .find(|one| {
            one.user_code.eq_ignore_ascii_case(&typed)
                && now - one.started <= LIFETIME
                && matches!(one.outcome, DeviceOutcome::Pending)
        })
        .map(|one| one.request.clone());
    let Some(request) = request else {
        let sentence = "That code didn't work. Check the code and try again.";
        return pages::device::ask(Some(sentence));
    };
    let session = session::of(tenant, &incoming.headers).unwrap_or_default();
    authorize::ask(tenant, &request, &session)
}
