//! Requests to the sign-in service: to its own host, with bounds on time and size, and with nothing of the browser.

use crate::base::problem::Problem;
use crate::base::random;
use crate::base::tls;
use exo365_core::error::{Code, Error};
use exo365_core::text::push_segment;
use exo365_core::token_reply::Head;
use reqwest::{Client, RequestBuilder, Response, header, redirect};
use std::time::Duration;
use zeroize::Zeroizing;

/// Largest answer that is read, in bytes.
const MAX_BODY: usize = 1024 * 1024;
const CONNECT: Duration = Duration::from_secs(5);
const TOTAL: Duration = Duration::from_secs(20);

/// The client of the sign-in service.
#[derive(Clone)]
pub(crate) struct Upstream(Client);

/// An answer, whole.
pub(crate) struct Reply {
    pub(crate) status: u16,
    content_type: String,
    retry_after: Option<String>,
    pub(crate) date: Option<String>,
    pub(crate) body: Zeroizing<String>,
}

impl Reply {
    /// What the judge looks at beside the body.
    pub(crate) fn head(&self) -> Head<'_> {
        Head {
            status: self.status,
            content_type: &self.content_type,
            retry_after: self.retry_after.as_deref(),
        }
    }
}

impl Upstream {
    /// Makes the client.
    ///
    /// # Errors
    /// [`Problem::Machine`] where TLS has no certificates to trust.
    pub(crate) fn new() -> Result<Self, Problem> {
        client(Some(TOTAL)).map(Self)
    }

    /// `POST`s a form.
    ///
    /// # Errors
    /// [`Code::ServiceUnavailable`], [`Code::InvalidResponse`].
    pub(crate) async fn post(&self, url: &str, form: &[(&str, &str)]) -> Result<Reply, Error> {
        let request = self
            .0
            .post(url)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(encode(form));
        send(request).await
    }

    /// `GET`s a document.
    ///
    /// # Errors
    /// As [`Upstream::post`].
    pub(crate) async fn get(&self, url: &str) -> Result<Reply, Error> {
        send(self.0.get(url)).await
    }
}

/// A client that follows no redirection; `total` is how long a whole exchange may take.
///
/// # Errors
/// As [`Upstream::new`].
pub(crate) fn client(total: Option<Duration>) -> Result<Client, Problem> {
    tls::install_provider();
    let client = Client::builder()
        .redirect(redirect::Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT)
        .user_agent(concat!("exo365-endpoint/", env!("CARGO_PKG_VERSION")));
    let client = match total {
        Some(total) => client.timeout(total),
        None => client,
    };
    client.build().map_err(|error| {
        Problem::Machine(format!(
            "TLS cannot be set up ({error}): install the certificates of the system (ca-certificates)"
        ))
    })
}

async fn send(request: RequestBuilder) -> Result<Reply, Error> {
    let id = random::guid()?;
    let response = request
        .header(header::ACCEPT, "application/json")
        .header("client-request-id", &id)
        .send()
        .await;
    let response = response.map_err(|error| unreachable(&error, &id))?;
    let text = |name: &str| {
        let value = response.headers().get(name)?;
        Some(value.to_str().ok()?.to_owned())
    };
    let (content_type, retry_after) = (
        text("content-type").unwrap_or_default(),
        text("retry-after"),
    );
    Ok(Reply {
        status: response.status().as_u16(),
        content_type,
        retry_after,
        date: text("date"),
        body: read(response, &id).await?,
    })
}

async fn read(mut response: Response, id: &str) -> Result<Zeroizing<String>, Error> {
    let announced = response.content_length().unwrap_or_default();
    let mut body = Zeroizing::new(Vec::new());
    let mut fits = usize::try_from(announced).is_ok_and(|length| length <= MAX_BODY);
    while fits
        && let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| unreachable(&error, id))?
    {
        body.extend_from_slice(&chunk);
        fits = body.len() <= MAX_BODY;
    }
    if !fits {
        return Err(Error::new(
            Code::InvalidResponse,
            "the sign-in service answered with more than it should",
        ));
    }
    let text = std::str::from_utf8(&body).unwrap_or_default();
    Ok(Zeroizing::new(text.to_owned()))
}

/// The error's own text may hold an address: only its kind is told.
fn unreachable(error: &reqwest::Error, id: &str) -> Error {
    let timeout = error.is_timeout();
    tracing::warn!(
        client_request_id = id,
        timeout,
        connect = error.is_connect(),
        "the sign-in service gave no whole answer"
    );
    let sentence = if timeout {
        "the sign-in service did not answer in time"
    } else if error.is_connect() {
        "the sign-in service cannot be reached from the endpoint"
    } else {
        "the answer of the sign-in service broke off"
    };
    Error::new(Code::ServiceUnavailable, sentence)
}

fn encode(form: &[(&str, &str)]) -> String {
    let mut body = String::new();
    for (name, value) in form {
        if !body.is_empty() {
            body.push('&');
        }
        body.push_str(name);
        body.push('=');
        push_segment(&mut body, value);
    }
    body
}

#[cfg(test)]
mod unit {
    use super::*;
    use exo365_core::text::form_decode;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn e53_no_value_adds_a_field(one in "\\PC{0,40}", two in "\\PC{0,40}") {
            let body = encode(&[("a", &one), ("b", &two)]);
            let fields: Vec<_> = body.split('&').map(|pair| pair.split_once('=').unwrap()).collect();
            prop_assert_eq!(fields.len(), 2);
            prop_assert_eq!(form_decode(fields[0].1), one);
            prop_assert_eq!(form_decode(fields[1].1), two);
        }
    }
}
