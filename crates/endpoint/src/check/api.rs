//! The API: whether tokens are for it, whether the proxy reaches it, and how much of it.

use super::finding::{Finding, Verdict, finding};
use crate::base::problem::Problem;
use crate::config::Config;
use crate::upstream::api::{Api, Call, Failed, Progress};
use crate::upstream::authority;
use crate::upstream::outgoing::Outgoing;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, Method, StatusCode};
use exo365_core::wire::{Flavor, Identity, Mode};
use std::time::Duration;

/// As long as an operator waits for a line.
const TIMEOUT: Duration = Duration::from_secs(20);

/// A token that is for another service would be refused by the API, and should not get there.
pub(super) fn permissions(config: &Config) -> Option<Finding> {
    let public = &config.public;
    let api = authority::api_audience(config);
    let scopes = &public.scopes;
    if public.identity == Identity::V1 || scopes.is_empty() {
        return None;
    }
    if scopes.iter().any(|scope| authority::audience(scope) == api) {
        return None;
    }
    let form = if api.is_empty() {
        "names without a host, such as Mail.Read".into()
    } else {
        format!("names that begin with {api}/")
    };
    let host = &public.cloud.api;
    Some(finding(
        Verdict::Wrong,
        format!(
            "none of `scopes` is a permission of the API at {host}, so tokens are for another service: its are {form}"
        ),
    ))
}

/// Whether `path` is `prefix` or below it.
fn is_below(path: &str, prefix: &str) -> bool {
    let rest = path.strip_prefix(prefix);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether one of the paths is the other or below it.
fn overlap(one: &str, other: &str) -> bool {
    is_below(one, other) || is_below(other, one)
}

/// Whether pages reach what they need, and no more.
pub(super) fn paths(config: &Config) -> Vec<Finding> {
    let (root, prefixes) = (config.public.api.root_path(), &config.proxy_paths);
    let has = |name: &str| {
        let whole = format!("{root}{name}");
        prefixes.iter().any(|prefix| overlap(prefix, &whole))
    };
    let mut found = Vec::new();
    for prefix in prefixes {
        let sentence = match prefix.strip_prefix(root) {
            Some("") => format!("all of the API: name what the pages need, such as {root}/me"),
            Some(rest) if rest.starts_with('/') => continue,
            _ => format!("not below {root}: the exo365 SDK calls nothing there"),
        };
        let text = format!("`proxy_paths` has {prefix}, which is {sentence}");
        found.push(finding(Verdict::Note, text));
    }
    if !has("/me") && !has("/users") {
        found.push(finding(
            Verdict::Wrong,
            format!("`proxy_paths` has neither {root}/me nor {root}/users: pages reach no mailbox"),
        ));
    }
    // The oldest API has no batches.
    if !has("/$batch") && config.public.api != Flavor::OutlookV1 {
        found.push(finding(
            Verdict::Note,
            format!(
                "`proxy_paths` lacks {root}/$batch: reads that could go together go one by one"
            ),
        ));
    }
    if found.is_empty() {
        let text = format!("pages reach {} of the API", prefixes.join(", "));
        found.push(finding(Verdict::Good, text));
    }
    found
}

/// What is preloaded, and whether this machine can ask for it. A page whose preload fails goes its usual way, later.
///
/// # Errors
/// As [`reach`].
pub(super) async fn preload(config: &Config) -> Result<Vec<Finding>, Problem> {
    let (root, prefixes) = (config.public.api.root_path(), &config.preload_paths);
    if prefixes.is_empty() {
        let text = "`preload_paths` is empty: pages get their first lists later, from the API";
        return Ok(vec![finding(Verdict::Note, text)]);
    }
    let proxied = config.public.mode == Mode::Proxy;
    let mut found = Vec::new();
    for prefix in prefixes {
        let reached = || {
            config
                .proxy_paths
                .iter()
                .any(|other| overlap(prefix, other))
        };
        let sentence = if !is_below(prefix, root) {
            "not below the API's root"
        } else if proxied && !reached() {
            "not below `proxy_paths`"
        } else {
            continue;
        };
        let text =
            format!("`preload_paths` has {prefix}, which is {sentence}: it is never asked for");
        found.push(finding(Verdict::Note, text));
    }
    // In proxy mode the same is an error, and told.
    if !proxied {
        let reached = reach(config).await?;
        if reached.verdict == Verdict::Wrong {
            let text = format!(
                "nothing can be preloaded: {}; or set `preload_paths` to an empty list",
                reached.text
            );
            found.push(finding(Verdict::Note, text));
        }
    }
    if found.is_empty() {
        let text = format!("{} of the API may be preloaded", prefixes.join(", "));
        found.push(finding(Verdict::Good, text));
    }
    Ok(found)
}

/// Calls the API without a token: an API answers 401.
///
/// # Errors
/// [`Problem::Machine`] where TLS cannot be set up.
pub(super) async fn reach(config: &Config) -> Result<Finding, Problem> {
    let host = &config.public.cloud.api;
    let mut api = Api::new(config)?;
    api.patience = TIMEOUT;
    let path = format!("{}/me", config.public.api.root_path());
    let call = Call {
        method: &Method::GET,
        path: PathAndQuery::try_from(path)
            .map_err(|_| Problem::config("the API's root is no path".to_owned()))?,
        headers: &HeaderMap::new,
    };
    let nothing = (Outgoing::Empty, Progress::default());
    let answer = api.send(&call, None, nothing).await;
    let (verdict, text) = match answer.map(|answer| answer.status()) {
        Ok(StatusCode::UNAUTHORIZED) => (
            Verdict::Good,
            format!("the API at {host} is reached, and asks for a token"),
        ),
        Ok(status) if status.is_redirection() => (
            Verdict::Wrong,
            format!(
                "{host} sends calls elsewhere, which the proxy does not follow: check `api_origin` and `cloud`"
            ),
        ),
        Ok(status) if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => (
            Verdict::Note,
            format!(
                "the API at {host} is reached, but has trouble for now ({})",
                status.as_u16()
            ),
        ),
        Ok(status) if status.is_success() => (
            Verdict::Note,
            format!(
                "{host} answers without a token: if that is no test double, check `api_origin`"
            ),
        ),
        Ok(status) => (
            Verdict::Wrong,
            format!(
                "{host} answers {} where the API would ask for a token: check `api`, `api_origin` and `cloud`",
                status.as_u16()
            ),
        ),
        Err(failed) => {
            let why = match failed {
                Failed::Unsent(_) => "cannot be reached from here",
                Failed::Lost(_) | Failed::TooLarge => "does not answer in time",
            };
            let text = format!(
                "the API at {host} {why}: check `api_origin`, and what this machine may reach"
            );
            (Verdict::Wrong, text)
        }
    };
    Ok(finding(verdict, text))
}
