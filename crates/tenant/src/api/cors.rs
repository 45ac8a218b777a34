//! What pages of other origins may send and read. Token endpoints get none of this.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use crate::http::Flavour;
use crate::http::{self, HttpRequest};
use crate::options::CorsProfile;
use crate::state::Tenant;
use crate::state::faults::Fault;

/// Request headers that pages may set. `Authorization` has to be named: `*` does not cover it.
const ALLOWED: &str = "Authorization, Content-Type, Accept, Prefer, If-Match, If-None-Match, \
    client-request-id, return-client-request-id, ConsistencyLevel, X-AnchorMailbox, SdkVersion, \
    x-client-SKU, Content-Range, x-ms-throttle-priority, Cache-Control, Scenario, FeatureFlag, \
    Retry-Attempt";
/// The little that upload URLs take; a token is not among it.
const UPLOAD: &str = "Content-Range, Content-Type";
const GRAPH: &str = "ETag, Location, Preference-Applied, Content-Range, request-id, \
    client-request-id, ReadWriteConsistencyToken, SdkVersion, WWW-Authenticate, \
    x-ms-client-gcc-tenant";
const OUTLOOK: &str = "ETag, Location, Preference-Applied, request-id, client-request-id, \
    WWW-Authenticate, x-ms-diagnostics";

/// The answer to a preflight.
pub(crate) fn preflight(incoming: &HttpRequest, upload: bool) -> Response {
    let mut response = StatusCode::OK.into_response();
    if incoming.header("origin").is_none() {
        return response;
    }
    http::set(&mut response, "access-control-allow-origin", "*");
    http::set(
        &mut response,
        "access-control-allow-methods",
        "GET,POST,PUT,PATCH,DELETE",
    );
    let allowed = if upload { UPLOAD } else { ALLOWED };
    http::set(&mut response, "access-control-allow-headers", allowed);
    http::set(&mut response, "access-control-max-age", "3600");
    response
}

/// Adds what lets a page read the answer.
pub(crate) fn expose(
    tenant: &Tenant,
    flavour: Flavour,
    fault: Option<&Fault>,
    response: &mut Response,
) {
    if fault.is_some_and(Fault::hides_cors) {
        return;
    }
    http::set(response, "access-control-allow-origin", "*");
    let strict = tenant.options().cors == CorsProfile::Strict;
    let retry_after = !strict && !fault.is_some_and(Fault::hides_retry_after);
    let mut list = match (flavour.is_graph(), strict) {
        (true, _) => GRAPH.to_owned(),
        (false, false) => OUTLOOK.to_owned(),
        // What Outlook exposed is not documented: the careful reading is nothing.
        (false, true) => return,
    };
    if retry_after {
        list.push_str(", Retry-After");
    }
    http::set(response, "access-control-expose-headers", &list);
}
