//! Client authentication: a secret in the form or by HTTP Basic, or an assertion in the form.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::assertion::{self, Expected};
use super::request::Request;
use crate::oauth::aadsts::Aadsts;
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

/// Authenticates the client. `spa`: the grant belongs to the single-page platform, which has no secret.
///
/// # Errors
/// AADSTS numbers for unknown clients and for wrong, missing or unexpected secrets.
pub(crate) fn authenticate(tenant: &Tenant, request: &Request, spa: bool) -> Result<(), Aadsts> {
    let options = tenant.options();
    let (id, secret) = credentials(request);
    let id = id.ok_or_else(|| Aadsts::missing("client_id"))?;
    if id != options.client_id {
        let text =
            format!("Application with identifier '{id}' was not found in the directory 'Contoso'.");
        return Err(Aadsts::new(700_016, "unauthorized_client", text));
    }
    let assertion = request.form.get("client_assertion");
    match (spa, &request.origin) {
        (true, _) if secret.is_some() || assertion.is_some() => {
            let text = "Client is public so neither 'client_assertion' nor 'client_secret' should be credentials.";
            Err(Aadsts::client(700_025, text))
        }
        (true, Some(_)) => Ok(()),
        (true, None) => {
            let text = "Tokens issued for the 'Single-Page Application' client-type may only be \
                        redeemed via cross-origin requests.";
            Err(Aadsts::new(9_002_327, "invalid_request", text))
        }
        (false, Some(_)) => {
            let text = "Cross-origin token redemption is permitted only for the 'Single-Page \
                        Application' client-type.";
            Err(Aadsts::new(9_002_326, "invalid_request", text))
        }
        (false, None) => confidential(tenant, request, secret.as_deref(), assertion),
    }
}

/// Checks the secret or the assertion.
fn confidential(
    tenant: &Tenant,
    request: &Request,
    secret: Option<&str>,
    assertion: Option<&str>,
) -> Result<(), Aadsts> {
    let options = tenant.options();
    let id = &options.client_id;
    match (secret, assertion) {
        (None, Some(assertion)) => {
            let clock = tenant.clock();
            let expected = Expected {
                client_id: id,
                certificate: options.client_certificate.as_deref(),
                origin: &tenant.origin(),
                segment: &request.segment,
                now: clock.unix() - clock.offset(),
            };
            let kind = request.form.get("client_assertion_type");
            assertion::check(kind, assertion, &expected)
        }
        (Some(secret), _) if constant_time_eq(secret, &options.client_secret) => Ok(()),
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
