//! `GET /frontchannel-logout`: the sign-in service ends the sessions of one `sid`.
//!
//! The service's sign-out page opens it in a hidden frame, without our header and our cookie,
//! so the gate does not apply. The route only ends sessions, and only for a known `sid`.

use crate::base::metrics::Metrics;
use crate::config::Config;
use crate::http::answer::{Rejection, Success, respond};
use crate::session::record;
use crate::session::sign_outs::SignOuts;
use crate::state::State;
use crate::upstream::metadata::MetadataCache;
use crate::upstream::tenants::AllowedTenants;
use crate::upstream::transport::Upstream;
use axum::extract::{FromRef, Request};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use exo365_core::error::{Code, Error};
use exo365_core::text::form_decode;
use std::sync::Arc;
use std::time::Instant;

/// Below the base.
pub(crate) const PATH: &str = "/frontchannel-logout";
/// Longer than any `sid` or issuer.
const LONGEST: usize = 512;

/// What the route needs.
pub(crate) struct FrontchannelRoute {
    config: Arc<Config>,
    sign_outs: SignOuts,
    upstream: Upstream,
    keys: Arc<MetadataCache>,
    tenants: Arc<AllowedTenants>,
    metrics: Arc<Metrics>,
}

impl FromRef<State> for FrontchannelRoute {
    fn from_ref(state: &State) -> Self {
        Self {
            config: FromRef::from_ref(state),
            sign_outs: FromRef::from_ref(state),
            upstream: FromRef::from_ref(state),
            keys: FromRef::from_ref(state),
            tenants: FromRef::from_ref(state),
            metrics: FromRef::from_ref(state),
        }
    }
}

impl FrontchannelRoute {
    /// Answers the same, whether a session was ended or not.
    pub(crate) async fn serve(self, request: Request) -> Response {
        let begin = Instant::now();
        let (parts, _) = request.into_parts();
        // The route is not limited by address: behind a proxy all clients may have one, and a flood would block the service's sign-outs. Its
        // cost is bounded: an unknown `sid` costs one look-up and no log line.
        let outcome = if parts.method == Method::GET {
            self.end(parts.uri.query().unwrap_or_default()).await;
            Success::json(&serde_json::Map::new())
        } else {
            Err(Rejection::at(
                StatusCode::METHOD_NOT_ALLOWED,
                Code::BadRequest,
                "this route takes GET",
            ))
        };
        let error = outcome.as_ref().err().map(|refused| &refused.error);
        self.metrics.request(PATH, error, begin.elapsed());
        let mut response = respond(&self.config, outcome);
        open_to_the_service(&self.config, &mut response);
        response
    }

    async fn end(&self, query: &str) {
        let (Some(Some(sid)), Some(issuer)) = (field(query, "sid"), field(query, "iss")) else {
            return;
        };
        let group = record::group(&sid);
        if !self.sign_outs.may_have(group).await {
            return;
        }
        if let Some(issuer) = issuer
            && !self.is_ours(&issuer).await.unwrap_or_default()
        {
            tracing::info!("a front-channel sign-out of another issuer is passed over");
            return;
        }
        self.sign_outs.end(group).await;
    }

    /// The issuer of the metadata, with a tenant that may sign in.
    async fn is_ours(&self, issuer: &str) -> Result<bool, Error> {
        let (upstream, config) = (&self.upstream, &self.config);
        let metadata = self.keys.metadata(upstream, &config.public).await?;
        let tenants = self.tenants.allowed(upstream, config).await?;
        Ok(metadata.accepts_issuer(issuer, &tenants))
    }
}

/// The service's page may frame it, and no other.
fn open_to_the_service(config: &Config, response: &mut Response) {
    let refused = response.status() == StatusCode::METHOD_NOT_ALLOWED;
    let headers = response.headers_mut();
    headers.remove(header::X_FRAME_OPTIONS);
    let login = &config.public.cloud.login;
    let policy = format!("default-src 'none'; frame-ancestors {login}");
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("cross-origin"),
    );
    if refused {
        headers.insert(header::ALLOW, HeaderValue::from_static("GET"));
    }
}

/// A field of the query: `Some(None)` if absent, `None` if repeated or too long.
fn field(query: &str, name: &str) -> Option<Option<String>> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let mut values = pairs
        .filter(|(key, _)| *key == name)
        .map(|(_, value)| value);
    match (values.next(), values.next()) {
        (None, _) => Some(None),
        (Some(value), None) if (1..=LONGEST).contains(&value.len()) => {
            Some(Some(form_decode(value)))
        }
        _ => None,
    }
}
