//! Sends one call: gets a token, fetches, judges the answer, renews the token once, retries.

use crate::browser;
use crate::endpoint::{ACCOUNT_HEADER, CSRF_HEADER, Endpoint};
use crate::failure::Failure;
use crate::http::{self, Answer, AttemptSignal};
use crate::tokens::{Token, Tokens};
use exo365_core::access_token_request::AccessTokenRequest;
use exo365_core::error::{Code, Error};
use exo365_core::fetch::{self, RequestInit};
use exo365_core::intent::{Effect, Intent};
use exo365_core::options::{Key, Options};
use exo365_core::reply;
use exo365_core::request::Request;
use exo365_core::rest::Rest;
use exo365_core::retry::{self, Attempts, Chance, Doubt};
use exo365_core::scan;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

/// Sends calls with tokens. In which order calls are sent, the face decides (`pkg-template/calls/queue.ts`).
pub(crate) struct Sender {
    pub(crate) tokens: Rc<Tokens>,
    /// The endpoint, where it is the proxy for all calls: then no token is in the page.
    pub(crate) proxied: Option<Rc<Endpoint>>,
    /// The highest number of repeats of a call.
    pub(crate) retries: u32,
    /// The default time-out of one attempt, in milliseconds.
    pub(crate) timeout: u32,
    /// The mailbox that refuses calls for their number.
    pub(crate) rest: RefCell<Rest>,
}

/// One call, ready to be sent any number of times.
pub(crate) struct Call {
    pub(crate) request: Request,
    pub(crate) intent: Intent,
    /// Whose mailbox the call is for; empty for the signed-in user's.
    pub(crate) user: String,
    /// Whether the browser was offline when the call began.
    pub(crate) offline: bool,
    pub(crate) options: Options,
    pub(crate) signal: Option<AbortSignal>,
    /// Undefined where there is none. Its type is in the headers.
    pub(crate) body: JsValue,
}

impl Call {
    /// What the body is read as. The face reads the answers to the pieces of an upload itself.
    fn form(&self) -> Option<&str> {
        if self.request.preauthenticated {
            return Some(http::SUCCESS);
        }
        self.options.text(Key::As)
    }

    /// What one attempt gives to `fetch`.
    fn init(
        &self,
        token: &str,
        proxied: Option<&Endpoint>,
        progress: &Progress,
        signal: &AttemptSignal,
    ) -> Result<JsValue, Failure> {
        let bearer = scan::concat(&["Bearer ", token]);
        let account = proxied.map(Endpoint::expected_account).unwrap_or_default();
        let own = [
            ("client-request-id", progress.id.as_str()),
            ("return-client-request-id", "true"),
            match proxied {
                Some(_) => CSRF_HEADER,
                None => ("authorization", &bearer),
            },
            (ACCOUNT_HEADER, &account),
        ];
        let init = RequestInit {
            method: &self.request.method,
            headers: &self.request.headers,
            own: if self.request.preauthenticated {
                &[]
            } else {
                &own
            },
            credentials: match (self.request.preauthenticated, proxied) {
                (false, Some(endpoint)) => endpoint.credentials(),
                _ => fetch::OMIT,
            },
            // Not `no-store`: with it Chromium sends a preflight before every call, although the services allow an
            // hour. Their own `Cache-Control: private` decides.
            cache: if progress.past_cache { "reload" } else { "" },
        };
        http::init(init, &self.body, signal)
    }
}

/// What one attempt of a call leaves to the next.
#[derive(Default)]
struct Progress {
    token: Option<Rc<Token>>,
    /// What the next token has to be.
    token_request: AccessTokenRequest,
    /// The token that the API refused.
    rejected: Option<Rc<Token>>,
    renewed: bool,
    past_cache: bool,
    outcome: Attempts,
    /// Milliseconds to wait before the next attempt.
    pause: u32,
    /// How often the call was sent.
    attempts: u32,
    /// `client-request-id` of the last attempt.
    id: String,
}

/// What comes after an attempt.
enum Next {
    End(Result<JsValue, Failure>),
    /// The same call again, after its pause.
    Again,
}

impl Sender {
    /// Sends `call` until it succeeds or is refused for good. What needs no `await` stands in functions of its own: here,
    /// each variable would be part of the future.
    pub(crate) async fn call(&self, call: &Call) -> Result<JsValue, Failure> {
        let mut progress = Progress::default();
        progress.outcome.offline = call.offline;
        loop {
            while let Some(time) = self.pause(call, &mut progress) {
                let _ = browser::sleep(time, call.signal.as_ref()).await;
            }
            if progress.token.is_none() && self.needs_token(call) {
                let token_request = core::mem::take(&mut progress.token_request);
                progress.token = Some(
                    self.tokens
                        .get(token_request, progress.rejected.take(), self.timeout(call))
                        .await?,
                );
            }
            let (init, signal) = self.attempt(call, &mut progress)?;
            let sent = http::send(&call.request.url, &init);
            let answer = http::exchange(sent, signal, call.form()).await;
            match self.next(call, &mut progress, answer) {
                Next::End(result) => return result,
                Next::Again => {}
            }
        }
    }

    /// Milliseconds to wait before the next attempt: after a failure, or while the mailbox rests.
    #[inline(never)]
    fn pause(&self, call: &Call, progress: &mut Progress) -> Option<u32> {
        let own = core::mem::take(&mut progress.pause);
        let pause = own.max(
            self.rest
                .borrow()
                .left(&call.user, browser::clocks()[0] as u64),
        );
        let aborted = call.signal.as_ref().is_some_and(AbortSignal::aborted);
        (pause > 0 && !aborted).then_some(pause)
    }

    /// Decides what comes after an attempt that ended with `error`.
    pub(crate) fn after(
        &self,
        error: &mut Error,
        intent: Intent,
        attempts: &mut Attempts,
        user: &str,
    ) -> retry::Next {
        let chance = Chance {
            limit: self.retries,
            now: browser::clocks()[0] as u64,
            jitter: browser::jitter(),
        };
        let rest = &mut self.rest.borrow_mut();
        retry::next(error, intent, attempts, (rest, user), chance)
    }

    /// The time-out of one attempt, in milliseconds.
    fn timeout(&self, call: &Call) -> u32 {
        call.options.number(Key::Timeout).unwrap_or(self.timeout)
    }

    fn needs_token(&self, call: &Call) -> bool {
        self.proxied.is_none() && !call.request.preauthenticated
    }

    #[inline(never)]
    fn attempt(
        &self,
        call: &Call,
        progress: &mut Progress,
    ) -> Result<(JsValue, AttemptSignal), Failure> {
        let signal = AttemptSignal::new(call.signal.as_ref(), self.timeout(call))?;
        progress.attempts += 1;
        if progress.outcome.doubt == Doubt::None {
            // What may have been done keeps its id: the service's support finds all attempts by it.
            progress.id = browser::uuid()?;
        }
        let token = progress.token.as_deref();
        let token = token.map_or("", |token| token.secret.expose());
        let init = call.init(token, self.proxied.as_deref(), progress, &signal)?;
        Ok((init, signal))
    }

    #[inline(never)]
    fn next(&self, call: &Call, progress: &mut Progress, answer: Result<Answer, Failure>) -> Next {
        let needs_body = call.intent.effect == Effect::Read && call.request.method != "HEAD";
        let judged = answer.and_then(|answer| judge(answer, call.form(), needs_body));
        let Err(mut failure) = judged else {
            if call.intent.effect != Effect::Batch {
                self.rest.borrow_mut().succeeded(&call.user);
            }
            return Next::End(judged);
        };
        let needs_new_token = reply::needs_new_token(failure.error());
        let detail = failure.detail_mut();
        detail.client_request_id = Some(progress.id.clone());
        if needs_new_token && !progress.renewed && self.needs_token(call) {
            progress.renewed = true;
            if let Some(claims) = &detail.claims {
                progress.token_request = AccessTokenRequest::with_claims(claims);
            }
            progress.rejected = progress.token.take();
            return Next::Again;
        }
        if failure.error().code == Code::Gone && !progress.past_cache {
            // The browser may have cached it: a 410 is cacheable (RFC 9110 §15.5.11). The next attempt goes past the cache.
            progress.past_cache = true;
            return Next::Again;
        }
        match self.after(
            failure.error_mut(),
            call.intent,
            &mut progress.outcome,
            &call.user,
        ) {
            retry::Next::Wait(time) => {
                progress.pause = time;
                Next::Again
            }
            retry::Next::Done => Next::End(Ok(JsValue::UNDEFINED)),
            retry::Next::Told => {
                failure.set_attempts(progress.attempts);
                Next::End(Err(failure))
            }
        }
    }
}

/// Gives a success as the browser parsed it; makes an error of everything else. Of a write, nothing is a success too,
/// whatever its headers promise; a read needs a body.
fn judge(answer: Answer, form: Option<&str>, needs_body: bool) -> Result<JsValue, Failure> {
    let Answer { response, body } = answer;
    if response.status() == 0 {
        return Err(Error::new(
            Code::InvalidResponse,
            "the API redirects: a token does not follow",
        )
        .into());
    }
    if http::is_unread(&response, form) {
        return Ok(response.into());
    }
    if !response.ok() {
        let error = http::refusal(&response, &http::small_text(body));
        return Err(Failure::with_headers(error, response.headers().into()));
    }
    if needs_body && body.is_undefined() {
        let mut error = Error::new(Code::InvalidResponse, "the answer is not JSON");
        error.detail_mut().status = Some(response.status());
        return Err(error.into());
    }
    Ok(body)
}
