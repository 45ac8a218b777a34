//! Client authentication: a secret in the form or by HTTP Basic, or an assertion in the form.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::assertion::{self, Expected};
use super::request::Request;
use crate::directory::{Platform, Registration};
use crate::oauth::aadsts::Aadsts;
use crate::oauth::request::no_application;
use crate::state::Tenant;

/// Client id and secret of a request.
fn credentials(request: &Request) -> (Option<String>, Option<String>) {
    let basic = request
        .authorization
        .as_deref()
        .and_then(|value| value.strip_prefix("Basic "))
        .and_then(|value| STANDARD.decode(value.trim()).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .and_then(|pair| {
            pair.split_once(':')
                .map(|(id, secret)| (form_decoded(id), form_decoded(secret)))
        });
    match basic {
        Some((id, secret)) => (Some(id), Some(secret)),
        None => {
            let field = |name: &str| request.form.get(name).map(str::to_owned);
            (field("client_id"), field("client_secret"))
        }
    }
}

/// Decodes a half of HTTP Basic, which is form-encoded (RFC 6749 §2.3.1).
fn form_decoded(text: &str) -> String {
    let spaced = text.replace('+', " ");
    percent_encoding::percent_decode_str(&spaced)
        .decode_utf8_lossy()
        .into_owned()
}

/// Authenticates the client, and gives its registration. The platform is that of the grant.
///
/// # Errors
/// AADSTS numbers for unknown clients and for wrong, missing or unexpected secrets.
pub(crate) fn authenticate(
    tenant: &Tenant,
    request: &Request,
    platform: Platform,
) -> Result<Registration, Aadsts> {
    let (id, secret) = credentials(request);
    let id = id.ok_or_else(|| Aadsts::missing("client_id"))?;
    let app = tenant.directory().registration(&id).cloned();
    let app = app.ok_or_else(|| no_application(&id))?;
    let assertion = request.form.get("client_assertion");
    let has_credential = secret.is_some() || assertion.is_some();
    match (platform, &request.origin) {
        (Platform::SinglePage | Platform::Native, _) if has_credential => {
            let text = "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.";
            Err(Aadsts::client(700_025, text))
        }
        (Platform::SinglePage, Some(_)) | (Platform::Native, None) => Ok(app),
        (Platform::SinglePage, None) => {
            let text = "Tokens issued for the 'Single-Page Application' client-type may only be \
                        redeemed via cross-origin requests.";
            Err(Aadsts::new(9_002_327, "invalid_request", text))
        }
        (Platform::Native | Platform::Web, Some(_)) => {
            let text = "Cross-origin token redemption is permitted only for the 'Single-Page \
                        Application' client-type.";
            Err(Aadsts::new(9_002_326, "invalid_request", text))
        }
        (Platform::Web, None) => {
            confidential(tenant, request, &app, secret.as_deref(), assertion).map(|()| app)
        }
    }
}

/// Authenticates a client that polls for a device, or renews what a device got: public where its registration allows it,
/// and confidential where it presents something.
///
/// # Errors
/// As [`authenticate`].
pub(crate) fn of_public(tenant: &Tenant, request: &Request) -> Result<Registration, Aadsts> {
    let (id, secret) = credentials(request);
    let known = id.and_then(|id| tenant.directory().registration(&id).cloned());
    let presents = secret.is_some() || request.form.get("client_assertion").is_some();
    let public =
        known.is_some_and(|app| app.allow_public_client || !app.public_redirect_uris.is_empty());
    match public && !presents {
        true => authenticate(tenant, request, Platform::Native),
        false => authenticate(tenant, request, Platform::Web),
    }
}

/// Checks the secret or the assertion.
fn confidential(
    tenant: &Tenant,
    request: &Request,
    app: &Registration,
    secret: Option<&str>,
    assertion: Option<&str>,
) -> Result<(), Aadsts> {
    let id = &app.client_id;
    match (secret, assertion) {
        (None, Some(assertion)) => {
            let clock = tenant.clock();
            let expected = Expected {
                client_id: id,
                certificate: app.certificate.as_deref(),
                origin: &tenant.origin(),
                segment: &request.segment,
                now: clock.unix() - clock.offset(),
            };
            let kind = request.form.get("client_assertion_type");
            assertion::check(kind, assertion, &expected)
        }
        (Some(secret), _)
            if app
                .secret
                .as_deref()
                .is_some_and(|own| constant_time_eq(secret, own)) =>
        {
            Ok(())
        }
        (Some(_), _) => {
            let text = format!(
                "Invalid client secret provided. Ensure the secret being sent in the request is the \
                 client secret value, not the client secret ID, for a secret added to app '{id}'."
            );
            Err(Aadsts::client(7_000_215, text))
        }
        (None, None) => {
            let text = "The request body must contain the following parameter: 'client_assertion' \
                        or 'client_secret'.";
            Err(Aadsts::client(7_000_218, text))
        }
    }
}

/// Compares two texts in constant time.
fn constant_time_eq(a: &str, b: &str) -> bool {
    a.len() == b.len()
        && a.bytes()
            .zip(b.bytes())
            .fold(0, |all, (x, y)| all | (x ^ y))
            == 0
}
