//! The tenants that may sign in. Domains among them are looked up at the sign-in service once a day.

use super::authority;
use super::metadata::{self, LIFE};
use super::transport::Upstream;
use crate::base::cache::Cache;
use crate::base::clock::Clock;
use crate::config::Config;
use exo365_core::error::{Code, Error};
use exo365_core::id_token::is_guid;
use std::sync::Arc;

/// Ids of allowed tenants; an empty list allows all.
pub(crate) type TenantIds = Arc<Vec<String>>;

/// The allowed tenants, with domains looked up.
pub(crate) struct AllowedTenants {
    /// Where all are listed by their ids.
    listed: Option<TenantIds>,
    looked_up: Cache<TenantIds>,
}

impl AllowedTenants {
    pub(crate) fn new(config: &Config, clock: Clock) -> Self {
        let listed = &config.tenants;
        let has_ids = listed.iter().all(|tenant| is_guid(tenant));
        Self {
            listed: has_ids.then(|| Arc::new(listed.clone())),
            looked_up: Cache::new(clock, LIFE),
        }
    }

    /// The ids, at most a day old, or older while the service has trouble. A domain of no tenant allows nobody.
    ///
    /// # Errors
    /// If a domain cannot be looked up and never was; [`Code::Misconfigured`] if no tenant is left.
    pub(crate) async fn allowed(
        &self,
        upstream: &Upstream,
        config: &Arc<Config>,
    ) -> Result<TenantIds, Error> {
        if let Some(listed) = &self.listed {
            return Ok(Arc::clone(listed));
        }
        let (upstream, config) = (upstream.clone(), Arc::clone(config));
        self.looked_up.get(|| look_up(upstream, config)).await
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
        // An empty list would allow all tenants.
        return Err(unknown());
    }
    Ok(Arc::new(ids))
}

/// The id of a tenant that is named by id or domain.
///
/// # Errors
/// [`Code::Misconfigured`] for a domain of no tenant; network errors.
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
