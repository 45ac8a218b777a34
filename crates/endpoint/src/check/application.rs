//! The application in its own name (client credentials): whether it gets a token, and what an administrator granted it.

use super::finding::{Finding, Verdict, describe, finding, format_numbers};
use crate::app_only::AppOnly;
use crate::base::clock::Clock;
use crate::base::problem::Problem;
use crate::config::{Config, Service};
use exo365_core::error::Error;
use exo365_core::text::base64_decode;
use serde::Deserialize;

/// Nothing is granted: no consent, no role where roles are required, no such application or API in the tenant.
const NOT_GRANTED: [u32; 5] = [65_001, 501_051, 700_016, 7_000_229, 500_011];
/// Names of roles that are shown.
const SHOWN: usize = 40;

/// Asks for a token. Nobody said that services need one unless it is `wanted`.
///
/// # Errors
/// [`Problem::Machine`] where TLS cannot be set up.
pub(super) async fn token(
    config: &Config,
    clock: &Clock,
    wanted: bool,
) -> Result<Option<Finding>, Problem> {
    let verdict = if wanted {
        Verdict::Wrong
    } else {
        Verdict::Note
    };
    let Some(service) = Service::of(config) else {
        let text =
            "the application itself has its rights in one tenant: set `tenant` to its id or domain";
        return Ok(wanted.then(|| finding(verdict, text)));
    };
    let resource = service.resource.trim_end_matches('/').to_owned();
    let application = AppOnly::at(&service, clock.clone())?;
    Ok(Some(match application.token(false).await {
        Ok(token) => granted(roles(token.token.reveal()), &resource, verdict),
        Err(error) => finding(verdict, refused(&error, &resource)),
    }))
}

fn granted(roles: Option<Vec<String>>, resource: &str, verdict: Verdict) -> Finding {
    let name = "the application itself";
    match roles {
        None => finding(
            Verdict::Good,
            format!("{name} gets a token for {resource}; what it may do cannot be seen in it"),
        ),
        Some(roles) if roles.is_empty() => finding(
            verdict,
            format!(
                "{name} gets a token for {resource}, but has no role there, so that every call would be refused: \
                 where a service needs it, add application permissions and have an administrator consent"
            ),
        ),
        Some(roles) => finding(
            Verdict::Good,
            format!(
                "{name} gets a token for {resource}, with {}",
                roles.join(", ")
            ),
        ),
    }
}

fn refused(error: &Error, resource: &str) -> String {
    let numbers = error.detail.as_ref().map(|detail| detail.aadsts.as_slice());
    let numbers = numbers.unwrap_or_default();
    let cure = if numbers.iter().any(|number| NOT_GRANTED.contains(number)) {
        format!(
            " For services: add application permissions of {resource}, and have an administrator of the tenant consent."
        )
    } else {
        String::new()
    };
    format!(
        "the application itself gets no token for {resource}: {}{}{cure}",
        describe(error),
        format_numbers(numbers)
    )
}

/// The roles in a token, to be shown to its owner: nothing is decided by them, and a token of another form is as good.
fn roles(token: &str) -> Option<Vec<String>> {
    #[derive(Deserialize)]
    struct Claims {
        #[serde(default)]
        roles: Vec<String>,
    }
    let mut parts = token.split('.');
    let (_, claims) = (parts.next()?, parts.next()?);
    let _signature = parts.next()?;
    let claims: Claims = serde_json::from_slice(&base64_decode(claims)?).ok()?;
    let plain = |role: &String| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        role.len() <= 100 && role.bytes().all(fits)
    };
    Some(claims.roles.into_iter().filter(plain).take(SHOWN).collect())
}
