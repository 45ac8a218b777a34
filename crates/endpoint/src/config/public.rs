//! What pages learn of the configuration.

use super::file::File;
use super::proxy;
use crate::base::problem::Problem;
use exo365_core::wire::{Flavor, Hosts, Identity, PageConfig};
use exo365_core::{flavor, id_token, origin};

/// Reads it.
///
/// # Errors
/// [`Problem::Config`].
pub(super) fn public(file: &File) -> Result<PageConfig, Problem> {
    let name = file.cloud.as_deref().unwrap_or("global");
    let named = flavor::cloud(name, file.api).ok_or_else(|| {
        Problem::config("`cloud` is \"global\", \"usgov\", \"usgov-dod\" or \"china\"")
    })?;
    if file.cloud.is_some() && (file.login.is_some() || file.api_origin.is_some()) {
        return Err(Problem::config("`cloud` excludes `login` and `api_origin`"));
    }
    let cloud = Hosts {
        login: file.login.clone().unwrap_or(named.login),
        api: file.api_origin.clone().unwrap_or(named.api),
    };
    for (key, host) in [("login", &cloud.login), ("api_origin", &cloud.api)] {
        origin::check(host, file.insecure_loopback).map_err(|_| {
            Problem::config(format!(
                "`{key}` is an https origin such as https://login.microsoftonline.com, without path \
                 (http only for localhost, with insecure_loopback = true)"
            ))
        })?;
    }
    if !is_guid_or_domain(&file.tenant) {
        return Err(Problem::config(
            "`tenant` is a tenant id, a domain, \"organizations\", \"common\" or \"consumers\"",
        ));
    }
    if !id_token::is_guid(&file.client_id) {
        return Err(Problem::config(
            "`client_id` is the application (client) id of the app registration, a GUID",
        ));
    }
    if file.scopes.iter().any(|scope| !is_scope(scope)) {
        return Err(Problem::config(
            "`scopes` is a list of names without spaces, such as \"Mail.Read\"",
        ));
    }
    let by_api = if file.api == Flavor::OutlookV1 {
        Identity::V1
    } else {
        Identity::V2
    };
    Ok(PageConfig {
        client_id: file.client_id.clone(),
        authority: format!("{}/{}", cloud.login, file.tenant),
        identity: file.identity.unwrap_or(by_api),
        api: file.api,
        cloud,
        scopes: file.scopes.clone(),
        redirect_uris: file.redirect_uris.clone(),
        mode: proxy::mode(file)?,
    })
}

/// The shape of a tenant id or a domain.
pub(super) fn is_guid_or_domain(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-';
    !text.is_empty() && text.len() <= 255 && text.bytes().all(fits) && !text.contains("..")
}

fn is_scope(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
}
