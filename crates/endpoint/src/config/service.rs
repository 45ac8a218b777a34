//! The part of the configuration for the application itself (client credentials), without pages and sessions.

use super::credential::{self, Credential};
use super::file::File;
use super::public::public;
use super::settings::Config;
use crate::base::problem::Problem;
use exo365_core::flavor;
use exo365_core::wire::PageConfig;
use std::path::Path;

/// Names that stand for several tenants: an application has its permissions in one.
const EVERYBODY: [&str; 3] = ["common", "consumers", "organizations"];

/// Client, proof, and where the token is good.
pub(crate) struct Service {
    pub(crate) public: PageConfig,
    pub(crate) credential: Credential,
    /// The API, without a slash at its end where the sign-in service wants none.
    pub(crate) resource: String,
}

impl Service {
    /// That of the endpoint's own configuration, for its API; none where it names no tenant.
    pub(crate) fn of(config: &Config) -> Option<Self> {
        if EVERYBODY.contains(&config.tenant.as_str()) {
            return None;
        }
        Some(Self {
            resource: flavor::resource(config.public.api, &config.public.cloud.api),
            public: config.public.clone(),
            credential: config.credential.clone(),
        })
    }

    /// Reads TOML text; `tenant` and `resource` override it.
    ///
    /// # Errors
    /// [`Problem::Config`], [`Problem::Secret`].
    pub(crate) fn parse(
        text: &str,
        folder: &Path,
        environment: impl Fn(&str) -> Option<String>,
        (tenant, resource): (Option<&str>, Option<&str>),
    ) -> Result<Self, Problem> {
        let mut file = File::read(text, &environment)?;
        file.normalize();
        if let Some(tenant) = tenant {
            file.tenant = tenant.into();
        }
        let public = public(&file)?;
        if EVERYBODY.contains(&file.tenant.as_str()) {
            return Err(Problem::config(
                "an application has its rights in one tenant: `tenant` (or --tenant) is its id or domain",
            ));
        }
        let own = flavor::resource(public.api, &public.cloud.api);
        let resource = resource.map_or(own, str::to_owned);
        let graphic = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
        if resource.is_empty() || !resource.bytes().all(graphic) {
            return Err(Problem::config(
                "a resource is an API's identifier, such as https://graph.microsoft.com",
            ));
        }
        Ok(Self {
            credential: credential::credential(&file, folder, &environment)?,
            public,
            resource,
        })
    }
}
