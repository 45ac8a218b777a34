//! CORS headers of the APIs. The token endpoint has its own rules.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use crate::http::Flavor;
use crate::http::{self, HttpRequest};
use crate::options::CorsProfile;
use crate::state::Tenant;
use crate::state::faults::Fault;

/// Request headers that pages can send. `Authorization` is listed because `*` does not include it.
const ALLOWED: &str = "Authorization, Content-Type, Accept, Prefer, If-Match, If-None-Match, \
    client-request-id, return-client-request-id, ConsistencyLevel, X-AnchorMailbox, SdkVersion, \
    x-client-SKU, Content-Range, x-ms-throttle-priority, Cache-Control, Scenario, FeatureFlag, \
    Retry-Attempt";
/// Request headers of upload URLs, which take no token.
const UPLOAD: &str = "Content-Range, Content-Type";
const GRAPH: &str = "ETag, Location, Preference-Applied, Content-Range, request-id, \
    client-request-id, ReadWriteConsistencyToken, SdkVersion, WWW-Authenticate, \
    x-ms-client-gcc-tenant";
const OUTLOOK: &str = "ETag, Location, Preference-Applied, request-id, client-request-id, \
    WWW-Authenticate, x-ms-diagnostics";

/// The response to a preflight request.
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

/// Adds the headers that let a page read the response.
pub(crate) fn expose(
    tenant: &Tenant,
    flavor: Flavor,
    fault: Option<&Fault>,
    response: &mut Response,
) {
    if fault.is_some_and(Fault::hides_cors) {
        return;
    }
    http::set(response, "access-control-allow-origin", "*");
    let strict = tenant.options().cors == CorsProfile::Strict;
    let retry_after = !strict && !fault.is_some_and(Fault::hides_retry_after);
    let mut list = match (flavor.is_graph(), strict) {
        (true, _) => GRAPH.to_owned(),
        (false, false) => OUTLOOK.to_owned(),
        // The headers that Outlook exposes are not documented. The strict profile exposes none.
        (false, true) => return,
    };
    if retry_after {
        list.push_str(", Retry-After");
    }
    http::set(response, "access-control-expose-headers", &list);
}
