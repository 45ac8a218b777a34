//! Tokens of the application itself, without a user.

use std::collections::BTreeSet;

use super::grants::TokenResult;
use super::request::Request;
use super::{client, issue};
use crate::directory::Platform;
use crate::oauth::aadsts::Aadsts;
use crate::oauth::flow::AccessToken;
use crate::oauth::request::no_resource;
use crate::oauth::scopes;
use crate::state::Tenant;

/// `grant_type=client_credentials`: the application permissions of the registration, which an administrator granted.
///
/// # Errors
/// The client is not authenticated; the path names no tenant; the resource does not exist.
pub(crate) fn client_credentials(tenant: &Tenant, request: &Request) -> TokenResult {
    let app = client::authenticate(tenant, request, Platform::Web)?;
    let directory = tenant.directory();
    if matches!(&*request.segment, "common" | "organizations" | "consumers") {
        let text = "The grant type isn't supported over the /common or /consumers endpoints. Use \
                    the tenant-specific endpoint.";
        return Err(Aadsts::new(9_001_023, "invalid_request", text));
    }
    let resource = if request.v1 {
        let named = request
            .form
            .get("resource")
            .ok_or_else(|| Aadsts::missing("resource"))?;
        scopes::resource(named, &directory).ok_or_else(|| no_resource(named))?
    } else {
        let scope = request
            .form
            .get("scope")
            .ok_or_else(|| Aadsts::missing("scope"))?;
        scope.strip_suffix("/.default").and_then(|named| scopes::resource(named, &directory)).ok_or_else(|| {
            let text = format!(
                "The provided value for scope {scope} is not valid. Client credential flows must \
                 have a scope value with /.default suffixed to the resource identifier."
            );
            Aadsts::new(1_002_012, "invalid_scope", text)
        })?
    };
    let now = tenant.clock().unix();
    let access = AccessToken {
        oid: None,
        client_id: app.client_id.clone(),
        audience: resource,
        scopes: app
            .application_permissions
            .iter()
            .map(|name| name.to_ascii_lowercase())
            .collect(),
        issued: now,
        expires: now + 3599,
        cp1: false,
        contexts: BTreeSet::new(),
    };
    Ok(issue::application_answer(tenant, access, request.v1))
}
