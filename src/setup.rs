//! What `createClient` was given.

use crate::failure::Failure;
use crate::options::{self, each, read};
use exo365_core::endpoint::{Cloud, Wishes};
use exo365_core::error::Error;
use exo365_core::wire::{Flavor, Hosts, Identity, Mode};
use js_sys::Function;
use wasm_bindgen::prelude::*;

/// The settings of a page, checked. Keys and defaults: `ClientConfig` in `index.d.ts`.
pub(crate) struct Setup {
    /// Base URL of the token endpoint, without a slash at its end.
    pub(crate) endpoint: Option<String>,
    pub(crate) get_token: Option<Function>,
    pub(crate) wishes: Wishes,
    pub(crate) redirect_uri: Option<String>,
    pub(crate) time_zone: Option<String>,
    pub(crate) text_bodies: bool,
    pub(crate) immutable_ids: bool,
    /// Tries after the first.
    pub(crate) retries: u32,
    /// Milliseconds of one attempt.
    pub(crate) timeout: u32,
}

impl Setup {
    pub(crate) fn read(config: &JsValue) -> Result<Self, Failure> {
        let mut setup = Self {
            endpoint: None,
            get_token: None,
            wishes: Wishes::default(),
            redirect_uri: None,
            time_zone: None,
            text_bodies: false,
            immutable_ids: true,
            retries: 3,
            timeout: 30_000,
        };
        each(config, |key, value| setup.take(key, value))?;
        if setup.endpoint.is_some() == setup.get_token.is_some() {
            return Err(
                Error::argument("createClient takes either `endpoint` or `getToken`").into(),
            );
        }
        Ok(setup)
    }

    fn take(&mut self, key: &str, value: JsValue) -> Result<bool, Failure> {
        let wishes = &mut self.wishes;
        match key {
            "endpoint" => {
                let base: String = read(key, value)?;
                self.endpoint = Some(base.trim_end_matches('/').to_owned());
            }
            "getToken" => {
                let function = value
                    .dyn_into()
                    .map_err(|_| Error::argument("`getToken` is a function"))?;
                self.get_token = Some(function);
            }
            "clientId" => wishes.client_id = Some(read(key, value)?),
            "tenant" => wishes.tenant = Some(tenant(read(key, value)?)?),
            "cloud" => wishes.cloud = Some(cloud(key, &value)?),
            "identity" => {
                wishes.identity = Some(one_of(
                    key,
                    &value,
                    &[("v2", Identity::V2), ("v1", Identity::V1)],
                )?)
            }
            "api" => {
                let flavors = [Flavor::Graph, Flavor::OutlookV2, Flavor::OutlookV1]
                    .map(|flavor| (flavor.name(), flavor));
                wishes.api = Some(one_of(key, &value, &flavors)?);
            }
            "mode" => {
                wishes.mode = Some(one_of(
                    key,
                    &value,
                    &[("direct", Mode::Direct), ("proxy", Mode::Proxy)],
                )?)
            }
            "scopes" => wishes.scopes = Some(read(key, value)?),
            "allowInsecureLoopback" => wishes.insecure_loopback = read(key, value)?,
            "redirectUri" => self.redirect_uri = Some(read(key, value)?),
            "timeZone" => self.time_zone = Some(options::time_zone(value)?),
            "bodyType" => {
                self.text_bodies = one_of(key, &value, &[("html", false), ("text", true)])?
            }
            "immutableIds" => self.immutable_ids = read(key, value)?,
            "retries" => self.retries = read(key, value)?,
            "timeout" => self.timeout = options::timeout(value)?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// The value that the page's text names.
fn one_of<T: Copy>(key: &str, value: &JsValue, known: &[(&str, T)]) -> Result<T, Failure> {
    let text = value.as_string().unwrap_or_default();
    if let Some((_, found)) = known.iter().find(|(name, _)| *name == text) {
        return Ok(*found);
    }
    let names: Vec<_> = known.iter().map(|(name, _)| *name).collect();
    let message = ["`", key, "` is one of ", &names.join(", ")].concat();
    Err(Error::with(exo365_core::error::Code::InvalidArgument, message).into())
}

/// A tenant is one path segment of plain characters.
fn tenant(text: String) -> Result<String, Failure> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
    if text.is_empty() || !text.bytes().all(plain) {
        return Err(Error::argument(
            "`tenant` is a tenant id, a domain, organizations, common or consumers",
        )
        .into());
    }
    Ok(text)
}

fn cloud(key: &str, value: &JsValue) -> Result<Cloud, Failure> {
    if let Some(name) = value.as_string() {
        return Ok(Cloud::Named(name));
    }
    let mut hosts = Hosts {
        login: String::new(),
        api: String::new(),
    };
    for (name, origin) in options::pairs(key, value)? {
        match name.as_str() {
            "login" => hosts.login = origin,
            "api" => hosts.api = origin,
            _ => {
                return Err(
                    Error::argument("`cloud` has `login` and `api`, and nothing else").into(),
                );
            }
        }
    }
    Ok(Cloud::Custom(hosts))
}
