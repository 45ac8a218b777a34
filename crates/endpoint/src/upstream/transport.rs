//! HTTP requests to the sign-in service, with limits on time and size and without any header of the browser.

use crate::base::problem::Problem;
use crate::base::quiet::Quiet;
use crate::base::random;
use crate::base::tls;
use exo365_core::error::{Code, Error};
use exo365_core::text::push_segment;
use exo365_core::token_reply::Head;
use reqwest::{Client, RequestBuilder, Response, header, redirect};
use std::sync::LazyLock;
use std::time::Duration;
use zeroize::Zeroizing;

/// Largest response that is read, in bytes.
const MAX_BODY: usize = 1024 * 1024;
const CONNECT: Duration = Duration::from_secs(5);
const TOTAL: Duration = Duration::from_secs(20);
/// How long a connection is kept without a request.
const IDLE: Duration = Duration::from_secs(30);
/// How long a connection may stay silent before the request is sent on a new one as well.
const SILENCE: Duration = Duration::from_secs(4);

/// The client of the sign-in service.
#[derive(Clone)]
pub(crate) struct Upstream {
    /// Keeps connections.
    kept: Client,
    /// Opens one for each request.
    fresh: Client,
}

/// A complete response.
pub(crate) struct Reply {
    pub(crate) status: u16,
    content_type: String,
    retry_after: Option<String>,
    pub(crate) date: Option<String>,
    pub(crate) body: Zeroizing<String>,
}

impl Reply {
    /// Status and headers for the judge of the reply.
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
        Ok(Self {
            kept: client(Some(TOTAL), Connections::Kept)?,
            fresh: client(Some(TOTAL), Connections::Fresh)?,
        })
    }

    /// `POST`s a form. A connection that was kept may have died: where it breaks or stays silent the form is sent once
    /// more on a new one, and the first good answer counts.
    ///
    /// # Errors
    /// [`Code::ServiceUnavailable`], [`Code::InvalidResponse`].
    pub(crate) async fn post(&self, url: &str, form: &[(&str, &str)]) -> Result<Reply, Error> {
        let body = Zeroizing::new(encode(form));
        self.twice(|client| {
            let kind = "application/x-www-form-urlencoded";
            let request = client.post(url).header(header::CONTENT_TYPE, kind);
            request.body(body.as_str().to_owned())
        })
        .await
    }

    /// `GET`s a document, in the same way.
    ///
    /// # Errors
    /// As [`Upstream::post`].
    pub(crate) async fn get(&self, url: &str) -> Result<Reply, Error> {
        self.twice(|client| client.get(url)).await
    }

    async fn twice(&self, request: impl Fn(&Client) -> RequestBuilder) -> Result<Reply, Error> {
        let first = send(request(&self.kept));
        tokio::pin!(first);
        match tokio::time::timeout(SILENCE, &mut first).await {
            Ok(Err(Lost::Broken(_))) => return Ok(send(request(&self.fresh)).await?),
            Ok(outcome) => return Ok(outcome?),
            Err(_) => {}
        }
        // It is slow, or the connection is dead: nobody can tell. Where both answer, one of them may be told that the
        // code was used before.
        let second = send(request(&self.fresh));
        tokio::pin!(second);
        let (outcome, other) = tokio::select! {
            outcome = &mut first => (outcome, second),
            outcome = &mut second => (outcome, first),
        };
        match outcome {
            Ok(reply) if reply.status == 200 => Ok(reply),
            outcome => match (other.await, outcome) {
                (Ok(reply), Err(_)) => Ok(reply),
                (Ok(reply), Ok(_)) if reply.status == 200 => Ok(reply),
                (_, outcome) => Ok(outcome?),
            },
        }
    }
}

/// What kept an answer from coming.
enum Lost {
    /// The connection broke before the answer.
    Broken(Error),
    Other(Error),
}

impl From<Lost> for Error {
    fn from(lost: Lost) -> Self {
        match lost {
            Lost::Broken(error) | Lost::Other(error) => error,
        }
    }
}

impl From<Error> for Lost {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

/// Whether a client keeps its connections for the next request.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Connections {
    Kept,
    Fresh,
}

/// A client that follows no redirection; `total` is how long a whole exchange may take.
///
/// # Errors
/// As [`Upstream::new`].
pub(crate) fn client(total: Option<Duration>, connections: Connections) -> Result<Client, Problem> {
    tls::install_provider();
    let client = Client::builder()
        .redirect(redirect::Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT)
        .pool_idle_timeout(IDLE)
        .user_agent(concat!("exo365-endpoint/", env!("CARGO_PKG_VERSION")));
    let client = match connections {
        Connections::Kept => client,
        Connections::Fresh => client.pool_max_idle_per_host(0),
    };
    let client = match way_out()? {
        Some(proxy) => client.proxy(proxy),
        None => client,
    };
    let client = match total {
        Some(total) => client.timeout(total),
        None => client,
    };
    client.build().map_err(no_tls)
}

/// The company's proxy for what goes out over https, but not for the hosts of `NO_PROXY`.
fn way_out() -> Result<Option<reqwest::Proxy>, Problem> {
    let Some(address) = proxy_address()? else {
        return Ok(None);
    };
    let proxy = reqwest::Proxy::https(address).map_err(|_| no_proxy("HTTPS_PROXY"))?;
    Ok(Some(proxy.no_proxy(reqwest::NoProxy::from_env())))
}

/// The address of the company's proxy, as the environment names it: `HTTPS_PROXY` or `ALL_PROXY`.
///
/// # Errors
/// [`Problem::Config`] for an address that is none; it is not repeated, since a password may be in it.
pub(super) fn proxy_address() -> Result<Option<String>, Problem> {
    let names = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    let given = |name: &'static str| {
        let value = std::env::var(name).ok()?;
        Some((name, value.trim().to_owned())).filter(|(_, value)| !value.is_empty())
    };
    let Some((name, address)) = names.into_iter().find_map(given) else {
        return Ok(None);
    };
    match reqwest::Proxy::https(&address) {
        Ok(_) => Ok(Some(address)),
        Err(_) => Err(no_proxy(name)),
    }
}

fn no_proxy(name: &str) -> Problem {
    Problem::config(format!(
        "{name} is no address of a proxy, such as http://proxy.contoso.example:3128"
    ))
}

/// TLS has no certificates to trust.
pub(super) fn no_tls(error: impl std::fmt::Display) -> Problem {
    Problem::Machine(format!(
        "TLS cannot be set up ({error}): install the certificates of the system (ca-certificates)"
    ))
}

async fn send(request: RequestBuilder) -> Result<Reply, Lost> {
    let id = random::guid()?;
    let response = request
        .header(header::ACCEPT, "application/json")
        .header("client-request-id", &id)
        .send()
        .await;
    let response = response.map_err(|error| {
        let broken = !error.is_connect() && !error.is_timeout() && !error.is_builder();
        let told = unreachable(&error, &id);
        if broken {
            Lost::Broken(told)
        } else {
            Lost::Other(told)
        }
    })?;
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

/// What the log is told of requests that got no answer: anybody who sends codes can cause such lines.
static LOST: LazyLock<Quiet> = LazyLock::new(Quiet::default);

/// The error's own text may hold an address, so only its kind is logged; and not once for each request.
fn unreachable(error: &reqwest::Error, id: &str) -> Error {
    let sentence = if error.is_timeout() {
        "the sign-in service did not answer in time"
    } else if error.is_connect() {
        "the sign-in service cannot be reached from the endpoint"
    } else {
        "the answer of the sign-in service broke off"
    };
    if let Some(left_out) = LOST.line(("sign-in service", sentence)) {
        tracing::warn!(client_request_id = id, left_out, "{sentence}");
    }
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

/// What the next client offers in its TLS greeting (with ALPN), as the service sees it.
#[cfg(test)]
pub(super) async fn greeting(listener: &tokio::net::TcpListener) -> Vec<u8> {
    use tokio::io::AsyncReadExt as _;
    let (mut stream, _) = listener.accept().await.unwrap();
    // A TLS record: its kind, its version, and the length of what follows.
    let mut head = [0; 5];
    stream.read_exact(&mut head).await.unwrap();
    let mut bytes = vec![0; usize::from(u16::from_be_bytes([head[3], head[4]]))];
    stream.read_exact(&mut bytes).await.unwrap();
    bytes
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

    #[tokio::test]
    async fn e37_the_sign_in_service_may_have_http_2() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let client = client(Some(TOTAL), Connections::Kept).unwrap();
        let greeting = tokio::select! {
            greeting = greeting(&listener) => greeting,
            _ = client.get(format!("https://localhost:{port}/")).send() => Vec::new(),
        };
        assert!(greeting.windows(3).any(|part| part == b"\x02h2"));
    }
}
