//! `exo365-bare answer|api --port-file FILE`, `exo365-bare proxy http://HOST:PORT --port-file FILE`: what `cargo xtask bench`
//! measures the endpoint against, on the same machine and in the same run.
//!
//! - `answer` reads the body of each request and answers with as much JSON as `/token` does, by axum.
//! - `api` plays the API: a constant list of messages.
//! - `proxy` passes every request on to the one address and the answer back, by hyper, with connections that are kept.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Request, Response, StatusCode, Uri, header};
use axum::routing::any;
use axum::serve::ListenerExt as _;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::convert::Infallible;
use std::error::Error;
use std::fmt::Write as _;
use tokio::net::TcpListener;

/// Octets of an access token, as the local tenant makes them.
const TOKEN: usize = 1100;
/// Messages of the list, as a page asks for at a time.
const MESSAGES: usize = 10;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    match words.as_slice() {
        ["answer", "--port-file", file] => {
            std::fs::write(file, port.to_string())?;
            constant(listener, answer()).await
        }
        ["api", "--port-file", file] => {
            std::fs::write(file, port.to_string())?;
            constant(listener, list()).await
        }
        ["proxy", target, "--port-file", file] => {
            std::fs::write(file, port.to_string())?;
            proxy(listener, target).await
        }
        _ => Err("usage: exo365-bare answer|api|proxy http://HOST:PORT --port-file FILE".into()),
    }
}

/// As long as an answer of `/token`.
fn answer() -> String {
    format!(
        "{{\"accessToken\":\"{}\",\"expiresIn\":3000,\"scopes\":[\"Mail.Read\"],\"now\":1790000000}}",
        "t".repeat(TOKEN)
    )
}

/// A list of messages without links to further ones.
fn list() -> String {
    let mut text = String::from("{\"value\":[");
    for number in 0..MESSAGES {
        let comma = if number == 0 { "" } else { "," };
        // Writing to a text does not fail.
        let _ = write!(
            text,
            "{comma}{{\"id\":\"AAMkAGI2TG93AAA{number:0>120}\",\"subject\":\"Minutes of meeting {number}\",\
             \"from\":{{\"emailAddress\":{{\"name\":\"Adele\",\"address\":\"adele@contoso.example\"}}}},\
             \"receivedDateTime\":\"2026-09-21T08:00:00Z\",\"isRead\":false,\"bodyPreview\":\"{}\"}}",
            "preview ".repeat(30)
        );
    }
    text.push_str("]}");
    text
}

/// The same answer to every request, after its body.
async fn constant(listener: TcpListener, text: String) -> Result<(), Box<dyn Error>> {
    let text = Bytes::from(text);
    let handler = any(move |_: Bytes| {
        let text = text.clone();
        async move {
            let kind = HeaderValue::from_static("application/json; charset=utf-8");
            ([(header::CONTENT_TYPE, kind)], text)
        }
    });
    let listener = listener.tap_io(|tcp| drop(tcp.set_nodelay(true)));
    axum::serve(listener, Router::new().fallback(handler)).await?;
    Ok(())
}

/// Every request to the target, and every answer back, as they come.
async fn proxy(listener: TcpListener, target: &str) -> Result<(), Box<dyn Error>> {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let client: Client<_, Incoming> = Client::builder(TokioExecutor::new()).build(connector);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let (client, target) = (client.clone(), target.to_owned());
        tokio::spawn(async move {
            let service = service_fn(move |mut request: Request<Incoming>| {
                let (client, target) = (client.clone(), target.clone());
                async move {
                    let path = request.uri().path_and_query();
                    let path = path.map_or("/", |path| path.as_str());
                    if let Ok(uri) = format!("{target}{path}").parse::<Uri>() {
                        *request.uri_mut() = uri;
                    }
                    let answer = client.request(request).await;
                    Ok::<_, Infallible>(answer.map(|answer| answer.map(Body::new)).unwrap_or_else(
                        |_| {
                            let mut broken = Response::new(Body::empty());
                            *broken.status_mut() = StatusCode::BAD_GATEWAY;
                            broken
                        },
                    ))
                }
            });
            // A client that goes away is its own affair.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}
