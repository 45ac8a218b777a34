//! A request to an API, as it arrives.

use axum::http::{HeaderMap, Method};

use crate::http::Flavor;
use crate::state::Tenant;

/// A request to an API before its token is checked.
#[derive(Clone, Debug)]
pub(crate) struct ApiRequest {
    pub(crate) flavor: Flavor,
    pub(crate) method: Method,
    /// Path below the API's root, as received.
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl ApiRequest {
    /// A header as text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// URL of the API's root.
    pub(crate) fn root(&self, tenant: &Tenant) -> String {
        format!("{}{}", tenant.origin(), self.flavor.root())
    }

    /// The URL of the request with another `$skip`.
    pub(crate) fn next_link(&self, tenant: &Tenant, skip: usize) -> String {
        let kept = self.query.split('&').filter(|pair| {
            let name = pair
                .split('=')
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase();
            !pair.is_empty() && !matches!(&*name, "$skip" | "%24skip" | "skip")
        });
        let mut query: Vec<String> = kept.map(str::to_owned).collect();
        query.push(format!("$skip={skip}"));
        format!("{}{}?{}", self.root(tenant), self.path, query.join("&"))
    }
}
