//! Tenants that may sign in. Some are named by a domain: whose it is says the sign-in service, asked once a day.

use super::authority;
use super::metadata::{self, LIFE};
use super::transport::Upstream;
use crate::base::cache::Cache;
use crate::base::clock::Clock;
use crate::config::Config;
use exo365_core::error::{Code, Error};
use exo365_core::id_token::is_guid;
use std::sync::Arc;

/// Ids of tenants; all are meant where there are none.
pub(crate) type TenantIds = Arc<Vec<String>>;

/// The list, its domains looked up.
pub(crate) struct AllowedTenants(Cache<TenantIds>);

impl AllowedTenants {
    pub(crate) fn new(clock: Clock) -> Self {
        Self(Cache::new(clock, LIFE))
    }

    /// The ids, at most a day old; old ones where the service has trouble. A domain that is nobody's admits nobody.
    ///
    /// # Errors
    /// Where a domain cannot be looked up and never was; [`Code::Misconfigured`] where nobody is left.
    pub(crate) async fn allowed(
        &self,
        upstream: &Upstream,
        config: &Arc<Config>,
    ) -> Result<TenantIds, Error> {
        let listed = &config.tenants;
        if listed.iter().all(|tenant| is_guid(tenant)) {
            return Ok(Arc::new(listed.clone()));
        }
        let (upstream, config) = (upstream.clone(), Arc::clone(config));
        self.0.get(|| look_up(upstream, config)).await
    }
}

async fn look_up(upstream: Upstream, config: Arc<Config>) -> Result<TenantIds, Error> {
    let mut ids = Vec::new();
    for tenant in &config.tenants {
        match id(&upstream, &config, tenant).await {
            Ok(id) => ids.push(id),
            Err(error) if error.code == Code::Misconfigured => {
                tracing::warn!(
                    tenant,
                    "a domain in `tenants` is no tenant's: nobody is admitted by it"
                );
            }
            Err(error) => return Err(error),
        }
    }
    if ids.is_empty() {
        // An empty list would mean everybody.
        return Err(unknown());
    }
    Ok(Arc::new(ids))
}

/// The id of a tenant that is named by id or domain.
///
/// # Errors
/// [`Code::Misconfigured`] for a domain that is nobody's; what kept the answer from coming.
pub(crate) async fn id(
    upstream: &Upstream,
    config: &Config,
    tenant: &str,
) -> Result<String, Error> {
    if is_guid(tenant) {
        return Ok(tenant.into());
    }
    let url = authority::discovery_url_of(&config.public, tenant);
    let issuer = metadata::issuer(upstream, &url).await?;
    // A tenant's own document names its issuer in full.
    let id = issuer.split('/').find(|part| is_guid(part));
    id.map(str::to_owned).ok_or_else(unknown)
}

fn unknown() -> Error {
    Error::new(
        Code::Misconfigured,
        "the sign-in service knows no tenant by a name in `tenants`",
    )
}
