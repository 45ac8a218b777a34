//! The way of one call: token, fetch, judge, renew once, retry, parse.

use crate::browser;
use crate::failure::Failure;
use crate::http::{self, Outgoing, Watch};
use crate::tokens::Tokens;
use exo365_core::error::{Code, Error};
use exo365_core::options::{Options, Want};
use exo365_core::request::Request;
use exo365_core::scan;
use exo365_core::{reply, retry};
use js_sys::JSON;
use std::rc::Rc;
use uuid::Uuid;
use wasm_bindgen::prelude::*;
use web_sys::{AbortSignal, Blob, RequestCredentials, Response};

/// Sends calls with tokens. The request scheduler will stand before [`Sender::call`].
pub(crate) struct Sender {
    pub(crate) tokens: Rc<Tokens>,
    /// Tries after the first.
    pub(crate) retries: u32,
    /// Milliseconds of one attempt, where the caller names none.
    pub(crate) timeout: u32,
}

impl Sender {
    /// Sends `request` until it succeeds or is refused for good.
    pub(crate) async fn call(
        &self,
        request: &Request,
        options: &Options,
        signal: Option<&AbortSignal>,
        body: &JsValue,
    ) -> Result<JsValue, Failure> {
        let body = Body::of(body)?;
        let mut token = self.tokens.get(&Want::default()).await?;
        let (mut renewed, mut repeats) = (false, 0);
        loop {
            let failure = match self
                .attempt(request, options, signal, &body, token.secret.expose())
                .await
            {
                Ok(value) => return Ok(value),
                Err(failure) => failure,
            };
            if reply::wants_renewal(failure.error()) && !renewed {
                renewed = true;
                let want = Want {
                    claims: failure
                        .error()
                        .detail
                        .as_ref()
                        .and_then(|detail| detail.claims.clone()),
                    ..Want::default()
                };
                token = self.tokens.renew(&want, Some(token.secret)).await?;
                continue;
            }
            let wait = retry::decide(
                failure.error(),
                repeats,
                self.retries,
                request.idempotent(),
                browser::jitter(),
            );
            let Some(wait) = wait else {
                return Err(failure);
            };
            repeats += 1;
            browser::sleep(wait, signal).await;
        }
    }

    /// One attempt, with an id of its own.
    async fn attempt(
        &self,
        request: &Request,
        options: &Options,
        signal: Option<&AbortSignal>,
        body: &Body,
        token: &str,
    ) -> Result<JsValue, Failure> {
        let watch = Watch::new(signal, options.number("timeout").unwrap_or(self.timeout))?;
        let mut id = Uuid::encode_buffer();
        let id = &*Uuid::new_v4().hyphenated().encode_lower(&mut id);
        let headers = http::headers()?;
        for (name, value) in &request.headers {
            http::set_header(&headers, name, value)?;
        }
        if body.json {
            http::set_header(&headers, "content-type", "application/json")?;
        }
        let if_match = options.text("ifMatch").map(|etag| ("if-match", etag));
        for (name, value) in options.pairs("headers").chain(if_match) {
            http::set_header(&headers, name, value)?;
        }
        // Last, so that nobody's headers replace them.
        http::set_header(&headers, "client-request-id", id)?;
        http::set_header(&headers, "return-client-request-id", "true")?;
        http::set_header(
            &headers,
            "authorization",
            &scan::concat(&["Bearer ", token]),
        )?;
        let outgoing = Outgoing {
            method: &request.method,
            url: &request.url,
            headers,
            body: body.value.clone(),
            credentials: RequestCredentials::Omit,
        };
        let result = match http::send(outgoing, &watch).await {
            Ok(response) => finish(response, options.text("as"), &watch).await,
            Err(failure) => Err(failure),
        };
        result.map_err(|mut failure| {
            failure.detail_mut().client_request_id = Some(id.into());
            failure
        })
    }
}

/// What goes out, made once for all attempts.
struct Body {
    value: Option<JsValue>,
    json: bool,
}

impl Body {
    /// Texts, blobs and bytes go as they are; everything else as the browser's own JSON.
    fn of(value: &JsValue) -> Result<Self, Failure> {
        let bytes =
            value.is_instance_of::<js_sys::ArrayBuffer>() || js_sys::ArrayBuffer::is_view(value);
        if value.is_undefined() {
            return Ok(Self {
                value: None,
                json: false,
            });
        }
        if value.is_string() || bytes || value.is_instance_of::<Blob>() {
            return Ok(Self {
                value: Some(value.clone()),
                json: false,
            });
        }
        let text = JSON::stringify(value).map_err(|cause| {
            Failure::caused(Error::argument("the body cannot be written as JSON"), cause)
        })?;
        Ok(Self {
            value: Some(text.into()),
            json: true,
        })
    }
}

/// Hands a success over as the browser parsed it; a refusal goes to the judge.
async fn finish(
    response: Response,
    form: Option<&str>,
    watch: &Watch<'_>,
) -> Result<JsValue, Failure> {
    if form == Some("response") && response.status() != 401 && response.status() != 0 {
        return Ok(response.into());
    }
    if !response.ok() {
        return Err(refusal(&response, watch).await?);
    }
    let empty = matches!(response.status(), 202 | 204 | 205)
        || http::header(&response, "content-length").as_deref() == Some("0");
    match form {
        Some("text") => watch.wait(response.text()).await,
        Some("blob") => watch.wait(response.blob()).await,
        _ if empty => Ok(JsValue::UNDEFINED),
        _ => watch.wait(response.json()).await,
    }
}

async fn refusal(response: &Response, watch: &Watch<'_>) -> Result<Failure, Failure> {
    if response.status() == 0 {
        return Ok(Error::new(
            Code::InvalidResponse,
            "the API redirects: a token does not follow",
        )
        .into());
    }
    let headers = reply::Headers {
        www_authenticate: http::header(response, "www-authenticate"),
        diagnostics: http::header(response, "x-ms-diagnostics"),
        request_id: http::header(response, "request-id"),
        retry_after: http::header(response, "retry-after"),
    };
    let body = http::text(response, watch).await?;
    Ok(reply::judge(response.status(), &headers, &body, browser::now()).into())
}
