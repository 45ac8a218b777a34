//! Sends requests to the hooks of subscriptions: on this machine alone, so that no test calls somebody else.

use std::sync::LazyLock;
use std::time::Duration;

use reqwest::{Client, Url};
use serde_json::{Value, json};

use crate::api_error::ApiError;
use crate::clock::iso;
use crate::ids;
use crate::state::Tenant;
use crate::state::subscriptions::Notification;

/// Time for an answer of a hook. The service waits as long for a validation.
const PATIENCE: Duration = Duration::from_secs(10);
/// Largest part of an answer in the log, in bytes.
const MAX_SHOWN: usize = 2_000;

static CLIENT: LazyLock<Result<Client, String>> = LazyLock::new(|| {
    // Hooks have no TLS, but where the endpoint is built along, reqwest has it and wants to know by whom.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder()
        .timeout(PATIENCE)
        .no_proxy()
        .pool_max_idle_per_host(0)
        .redirect(reqwest::redirect::Policy::none());
    client.build().map_err(|error| error.to_string())
});

/// Checks that a URL leads to this machine.
///
/// # Errors
/// 400: the tenant calls no other machine.
pub(crate) fn check_url(text: &str) -> Result<(), ApiError> {
    let url = Url::parse(text).ok();
    let here = url.filter(|url| {
        let host = url.host_str().unwrap_or_default();
        let loopback = host == "localhost" || host == "127.0.0.1" || host == "[::1]";
        loopback && url.scheme() == "http" && url.username().is_empty()
    });
    here.map(|_| ()).ok_or_else(|| {
        let text = "The notification URL is not valid: the local tenant calls http://localhost and http://127.0.0.1 alone.";
        ApiError::new(400, "InvalidRequest", text)
    })
}

/// Asks a hook to repeat a token.
///
/// # Errors
/// 400, as the service: the hook did not repeat it within ten seconds.
pub(crate) async fn validate(
    tenant: &Tenant,
    subscription: &str,
    url: &str,
) -> Result<(), ApiError> {
    let token = format!(
        "Validation: Testing client application reachability for subscription {}",
        ids::guid()
    );
    let mut to = Url::parse(url).map_err(|_| ApiError::bad("The URL is not valid."))?;
    to.query_pairs_mut().append_pair("validationToken", &token);
    let answered = post(to.as_str(), "text/plain; charset=utf-8", String::new()).await;
    let repeated = answered
        .as_ref()
        .is_ok_and(|(status, text)| *status == 200 && *text == token);
    record(tenant, "validation", subscription, url, &answered);
    if repeated {
        return Ok(());
    }
    let text = "Subscription validation request failed. Response must exactly match validationToken query parameter.";
    Err(ApiError::new(400, "ValidationError", text))
}

/// Delivers the notifications whose time has come. What a hook does not take with a 2xx is tried again later.
pub(crate) async fn deliver_due(tenant: &Tenant) {
    let now = tenant.clock().unix();
    let due = tenant.subscriptions().take_due(now);
    for notification in due {
        deliver(tenant, notification, now).await;
    }
}

async fn deliver(tenant: &Tenant, notification: Notification, now: i64) {
    let body = notification.body.to_string();
    let answered = post(&notification.url, "application/json; charset=utf-8", body).await;
    let taken = answered
        .as_ref()
        .is_ok_and(|(status, _)| (200..300).contains(status));
    let lifecycle = &notification.body["value"][0]["lifecycleEvent"];
    let kind = lifecycle.as_str().unwrap_or("change");
    record(
        tenant,
        kind,
        &notification.subscription,
        &notification.url,
        &answered,
    );
    if !taken {
        tenant.subscriptions().retry(notification, now);
    }
}

/// Status and text of an answer, or why there is none.
type Answered = Result<(u16, String), String>;

async fn post(url: &str, kind: &str, body: String) -> Answered {
    let client = CLIENT.as_ref().map_err(Clone::clone)?;
    let sent = client.post(url).header("content-type", kind).body(body);
    let response = sent.send().await.map_err(|error| error.to_string())?;
    let status = response.status().as_u16();
    let text = response.text().await.map_err(|error| error.to_string())?;
    Ok((status, text))
}

fn record(tenant: &Tenant, kind: &str, subscription: &str, url: &str, answered: &Answered) {
    let (status, said) = match answered {
        Ok((status, text)) => (Value::from(*status), text),
        Err(error) => (Value::Null, error),
    };
    let said: String = said.chars().take(MAX_SHOWN).collect();
    tenant.subscriptions().record(json!({
        "at": iso(tenant.clock().now()),
        "kind": kind,
        "subscriptionId": subscription,
        "url": url,
        "status": status,
        "answer": said,
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_called() {
        for url in [
            "http://localhost:3000/hook",
            "http://127.0.0.1/a?b=c",
            "http://[::1]:9/",
        ] {
            assert!(check_url(url).is_ok(), "{url}");
        }
        for url in [
            "https://contoso.example/hook",
            "http://contoso.example/",
            "http://localhost.contoso.example/",
            "http://localhost@contoso.example/",
            "http://u:p@localhost/",
            "file:///etc/passwd",
            "localhost",
            "",
        ] {
            assert!(check_url(url).is_err(), "{url}");
        }
    }
}
