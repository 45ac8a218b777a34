//! Which token a page asks for, held to what is configured.

use crate::config::Config;
use crate::http::answer::Rejection;
use crate::session::record::TokenSpec;
use crate::upstream::authority;
use axum::http::StatusCode;
use exo365_core::error::{Code, Error};
use exo365_core::wire::{Identity, TokenRequest};

/// The token that a request means.
///
/// # Errors
/// 400 for what is not configured.
pub(crate) fn want(config: &Config, request: TokenRequest) -> Result<TokenSpec, Rejection> {
    let audience = match config.public.identity {
        Identity::V1 => resource(config, request.resource)?,
        Identity::V2 if request.resource.is_some() => {
            return Err(Error::argument("resource is for the v1 endpoints: name scopes").into());
        }
        Identity::V2 => None,
    };
    let mut scopes = match config.public.identity {
        Identity::V1 => Vec::new(),
        Identity::V2 => request.scopes.unwrap_or_default(),
    };
    if scopes
        .iter()
        .any(|scope| !config.public.scopes.contains(scope))
    {
        return Err(Rejection::at(
            StatusCode::BAD_REQUEST,
            Code::Misconfigured,
            "a permission that was asked for is not among the endpoint's `scopes`",
        ));
    }
    scopes.sort_unstable();
    scopes.dedup();
    let named = scopes
        .first()
        .map(|scope| authority::audience(scope).to_owned());
    let audience = audience
        .or(named)
        .unwrap_or_else(|| authority::default_audience(config));
    if config.public.identity == Identity::V2
        && scopes
            .iter()
            .any(|scope| authority::audience(scope) != audience)
    {
        return Err(Error::argument("scopes of one call belong to one service").into());
    }
    if let Some(claims) = &request.claims {
        authority::merge_claims(claims)?;
    }
    if request
        .rejected
        .as_deref()
        .is_some_and(|digest| digest.len() != 43)
    {
        return Err(Error::argument("rejected is the base64url SHA-256 of an access token").into());
    }
    Ok(TokenSpec {
        audience,
        scopes,
        claims: request.claims,
        rejected: request.rejected,
    })
}

/// v1: one of the configured resources; the API's own where none is named.
pub(crate) fn resource(
    config: &Config,
    named: Option<String>,
) -> Result<Option<String>, Rejection> {
    match named {
        Some(name) if !config.resources.contains(&name) => Err(Rejection::at(
            StatusCode::BAD_REQUEST,
            Code::Misconfigured,
            "the resource that was asked for is not among the endpoint's `resources`",
        )),
        named => Ok(named),
    }
}
