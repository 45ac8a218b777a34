//! The ids and the time of one response.

use crate::ids;
use crate::state::Tenant;

/// Ids and time of one response.
#[derive(Clone, Debug)]
pub(crate) struct RequestIds {
    pub(crate) request: String,
    pub(crate) client: String,
    /// Without an offset, as the services write it.
    pub(crate) date: String,
}

impl RequestIds {
    /// Fresh ids. The caller's `client-request-id` is returned.
    pub(crate) fn new(tenant: &Tenant, client: Option<&str>) -> Self {
        let request = ids::guid();
        Self {
            client: client.map_or_else(|| request.clone(), str::to_owned),
            request,
            date: tenant.clock().now().format("%Y-%m-%dT%H:%M:%S").to_string(),
        }
    }
}
