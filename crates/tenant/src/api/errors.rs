//! The error responses of each flavour.

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::request_ids::RequestIds;
use super::response::{ApiResponse, Payload};
use crate::api_error::ApiError;
use crate::directory::step_up::{self, CONTEXT};
use crate::http::Flavor;
use crate::http::{self, HttpRequest};
use crate::ids;
use crate::state::Tenant;

impl ApiError {
    /// The error as a response of the flavour.
    pub(crate) fn reply(self, flavor: Flavor, ids: &RequestIds) -> ApiResponse {
        let payload = if self.empty {
            Payload::Empty
        } else {
            Payload::Json(self.body(flavor, ids))
        };
        let mut reply = ApiResponse::new(self.status, payload);
        reply.headers.extend(
            self.headers
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value)),
        );
        reply
    }

    fn body(&self, flavor: Flavor, ids: &RequestIds) -> Value {
        let mut error = json!({"code": self.code, "message": self.message});
        match flavor {
            Flavor::Graph => {
                error["innerError"] = json!({
                    "date": ids.date,
                    "request-id": ids.request,
                    "client-request-id": ids.client,
                });
            }
            Flavor::OutlookV2 => {
                error["innerError"] = json!({"requestId": ids.request, "date": ids.date});
                if self.code == "InvalidAudienceForResource" {
                    error["innerError"]["errorUrl"] =
                        "https://aka.ms/autherrors#error-InvalidResource".into();
                }
            }
            Flavor::OutlookV1 => {}
        }
        json!({"error": error})
    }
}

const GRAPH_BEARER: &str = "Bearer realm=\"\", \
    authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", \
    client_id=\"00000003-0000-0000-c000-000000000000\"";

/// Why a token was refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Unauthorized {
    Audience,
    Claims,
    Empty,
    Expired,
    /// The operation needs an authentication context that the token does not have.
    StepUp,
    Unknown,
}

/// The 401 of each flavour.
pub(crate) fn invalid_token(
    flavor: Flavor,
    why: Unauthorized,
    audience: &str,
    now: i64,
) -> ApiError {
    if flavor.is_graph() {
        graph_401(why, now)
    } else {
        outlook_401(flavor, why, audience)
    }
}

fn graph_401(why: Unauthorized, now: i64) -> ApiError {
    let text = match why {
        Unauthorized::Audience => "Access token validation failure. Invalid audience.",
        Unauthorized::Claims => {
            "Continuous access evaluation resulted in challenge with result: InteractionRequired \
             and code: TokenIssuedBeforeRevocationTimestamp"
        }
        Unauthorized::Empty => "Access token is empty.",
        Unauthorized::Expired => "Lifetime validation failed, the token is expired.",
        Unauthorized::StepUp => {
            "The presented access token had insufficient claims. Please request for claims \
             requested in the WWW-Authentication header and try again."
        }
        Unauthorized::Unknown => "IDX14100: JWT is not well formed, there are no dots (.).",
    };
    let mut bearer = GRAPH_BEARER.to_owned();
    let claims = match why {
        Unauthorized::Claims => Some(
            json!({"access_token": {"nbf": {"essential": true, "value": now.to_string()}}})
                .to_string(),
        ),
        Unauthorized::StepUp => Some(step_up::claims(&[CONTEXT.to_owned()].into())),
        _ => None,
    };
    if let Some(claims) = claims {
        let claims = ids::base64(claims.as_bytes());
        bearer.push_str(&format!(
            ", error=\"insufficient_claims\", claims=\"{claims}\""
        ));
    }
    ApiError::new(401, "InvalidAuthenticationToken", text).header("www-authenticate", bearer)
}

fn outlook_401(flavor: Flavor, why: Unauthorized, audience: &str) -> ApiError {
    let extra = if flavor == Flavor::OutlookV2 {
        " token_types=\"app_asserted_user_v1 service_asserted_app_v1\", \
         authorization_uri=\"https://login.windows.net/common/oauth2/authorize\","
    } else {
        ""
    };
    let challenge = format!(
        "Bearer client_id=\"00000002-0000-0ff1-ce00-000000000000\", \
         trusted_issuers=\"00000001-0000-0000-c000-000000000000@*\",{extra} \
         error=\"invalid_token\",Basic Realm=\"\""
    );
    let (number, reason, category) = match why {
        Unauthorized::Expired | Unauthorized::Claims | Unauthorized::StepUp => {
            (2_000_008, "The token has expired.", "token_expired")
        }
        Unauthorized::Unknown => (
            2_000_001,
            "OAuth token submitted with the request cannot be parsed.",
            "invalid_token",
        ),
        Unauthorized::Audience | Unauthorized::Empty => (
            2_000_001,
            "No applicable user context claims found.",
            "invalid_token",
        ),
    };
    if why == Unauthorized::Audience && flavor == Flavor::OutlookV2 {
        let text = format!(
            "The audience claim value is invalid for current resource. Audience claim is \
             '{audience}', request url is 'https://outlook.office.com' and resource type is 'Exchange'."
        );
        return ApiError::new(401, "InvalidAudienceForResource", text)
            .header("www-authenticate", challenge);
    }
    let diagnostics = format!("{number};reason=\"{reason}\";error_category=\"{category}\"");
    let mut failure = ApiError::new(401, "", "")
        .header("www-authenticate", challenge)
        .header("x-ms-diagnostics", diagnostics);
    failure.empty = true;
    failure
}

/// The fault `unauthorized`.
pub(crate) fn unauthorized(tenant: &Tenant, incoming: &HttpRequest, variant: &str) -> Response {
    let Some(flavor) = Flavor::of_path(&incoming.path) else {
        return plain(401, "Unauthorized");
    };
    let why = match variant {
        "audience" => Unauthorized::Audience,
        "claims" => Unauthorized::Claims,
        "empty" => Unauthorized::Empty,
        _ => Unauthorized::Expired,
    };
    let ids = RequestIds::new(tenant, incoming.header("client-request-id"));
    let now = tenant.clock().unix();
    let reply = invalid_token(flavor, why, "https://graph.microsoft.com", now).reply(flavor, &ids);
    reply.into_response(flavor, &ids, incoming)
}

/// 429 for a request over the concurrency limit.
pub(crate) fn too_many_requests(flavor: Flavor, seconds: u64) -> ApiError {
    let (code, text) = if flavor == Flavor::OutlookV1 {
        (
            "ErrorExceededConnectionCount",
            "You have exceeded the available concurrent connections for your account. Try again \
             once your other requests have completed.",
        )
    } else {
        (
            "ApplicationThrottled",
            "Application is over its MailboxConcurrency limit.",
        )
    };
    ApiError::new(429, code, text).header("retry-after", seconds.to_string())
}

/// The fault `throttle`: JSON for the APIs, plain text for the sign-in service.
pub(crate) fn throttled(tenant: &Tenant, incoming: &HttpRequest, seconds: Option<u64>) -> Response {
    let Some(flavor) = Flavor::of_path(&incoming.path) else {
        let mut response = plain(429, "Too many requests.");
        if let Some(seconds) = seconds {
            http::set(&mut response, "retry-after", &seconds.to_string());
        }
        return response;
    };
    let ids = RequestIds::new(tenant, incoming.header("client-request-id"));
    let mut failure = too_many_requests(flavor, seconds.unwrap_or_default());
    if seconds.is_none() {
        failure.headers.clear();
    }
    failure
        .reply(flavor, &ids)
        .into_response(flavor, &ids, incoming)
}

fn plain(status: u16, text: &'static str) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    http::set(&mut response, "content-type", "text/plain; charset=utf-8");
    response
}
