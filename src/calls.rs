//! The way of one call: token, fetch, judge, renew once, retry, parse.

use crate::browser;
use crate::failure::Failure;
use crate::http::{self, Answer, Outgoing, Watch};
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
use web_sys::{AbortSignal, Blob, RequestCredentials};

/// Sends calls with tokens. The request scheduler will stand before [`Sender::call`].
pub(crate) struct Sender {
    pub(crate) tokens: Rc<Tokens>,
    /// Tries after the first.
    pub(crate) retries: u32,
    /// Milliseconds of one attempt, where the caller names none.
    pub(crate) timeout: u32,
}

/// One call, ready to be sent any number of times.
pub(crate) struct Job {
    pub(crate) request: Request,
    pub(crate) options: Options,
    pub(crate) signal: Option<AbortSignal>,
    body: Body,
}

impl Job {
    pub(crate) fn new(
        request: Request,
        options: Options,
        signal: Option<AbortSignal>,
        body: &JsValue,
    ) -> Result<Self, Failure> {
        Ok(Self {
            request,
            options,
            signal,
            body: Body::of(body)?,
        })
    }

    /// The request of one attempt, with an id of its own.
    fn attempt(&self, token: &str, id: &str, watch: &Watch) -> Result<web_sys::Request, Failure> {
        let headers = http::headers()?;
        let set = |name: &str, value: &str| http::set_header(&headers, name, value);
        for (name, value) in &self.request.headers {
            set(name, value)?;
        }
        if self.body.json {
            set("content-type", "application/json")?;
        }
        let if_match = self.options.text("ifMatch").map(|etag| ("if-match", etag));
        for (name, value) in self.options.pairs("headers").chain(if_match) {
            set(name, value)?;
        }
        // Last, so that nobody's headers replace them.
        set("client-request-id", id)?;
        set("return-client-request-id", "true")?;
        set("authorization", &scan::concat(&["Bearer ", token]))?;
        let outgoing = Outgoing {
            method: &self.request.method,
            url: &self.request.url,
            headers,
            body: self.body.value.clone(),
            credentials: RequestCredentials::Omit,
        };
        http::build(outgoing, watch)
    }
}

impl Sender {
    /// Sends `job` until it succeeds or is refused for good.
    pub(crate) async fn call(&self, job: &Job) -> Result<JsValue, Failure> {
        let mut token = self.tokens.get(&Want::default()).await?;
        let (mut renewed, mut repeats) = (false, 0);
        let timeout = job.options.number("timeout").unwrap_or(self.timeout);
        loop {
            let watch = Watch::new(job.signal.as_ref(), timeout)?;
            let mut id = Uuid::encode_buffer();
            let id = &*Uuid::new_v4().hyphenated().encode_lower(&mut id);
            let request = job.attempt(token.secret.expose(), id, &watch)?;
            let answer = http::exchange(request, watch, job.options.text("as")).await;
            let mut failure = match answer.and_then(|answer| judge(answer, &job.options)) {
                Ok(value) => return Ok(value),
                Err(failure) => failure,
            };
            failure.detail_mut().client_request_id = Some(id.into());
            if reply::wants_renewal(failure.error()) && !renewed {
                renewed = true;
                let mut want = Want::default();
                want.claims.clone_from(&failure.detail_mut().claims);
                token = self.tokens.renew(&want, Some(token.secret)).await?;
                continue;
            }
            let wait = retry::decide(
                failure.error(),
                repeats,
                self.retries,
                job.request.idempotent(),
                browser::jitter(),
            );
            let Some(wait) = wait else {
                return Err(failure);
            };
            repeats += 1;
            browser::sleep(wait, job.signal.as_ref()).await;
        }
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

/// Hands a success over as the browser parsed it; what is none goes to the judge.
fn judge(answer: Answer, options: &Options) -> Result<JsValue, Failure> {
    let Answer { response, body } = answer;
    let status = response.status();
    if status == 0 {
        return Err(Error::new(
            Code::InvalidResponse,
            "the API redirects: a token does not follow",
        )
        .into());
    }
    if options.text("as") == Some("response") && status != 401 {
        return Ok(response.into());
    }
    if response.ok() {
        return Ok(body);
    }
    let headers = reply::Headers {
        www_authenticate: http::header(&response, "www-authenticate"),
        diagnostics: http::header(&response, "x-ms-diagnostics"),
        request_id: http::header(&response, "request-id"),
        retry_after: http::header(&response, "retry-after"),
    };
    Err(reply::judge(status, &headers, &http::small(body), browser::now()).into())
}
