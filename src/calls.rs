//! The way of one call: token, fetch, judge, renew once, retry, parse.

use crate::browser;
use crate::endpoint::{ACCOUNT, Endpoint, MARK};
use crate::failure::Failure;
use crate::http::{self, Answer, Watch};
use crate::tokens::{Token, Tokens};
use exo365_core::error::{Code, Error};
use exo365_core::options::{Key, Options, Want};
use exo365_core::outgoing::{self, Outgoing};
use exo365_core::request::Request;
use exo365_core::scan;
use exo365_core::{reply, retry};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

/// Sends calls with tokens. Who is next is the face's to say (`pkg-template/queue.js`).
pub(crate) struct Sender {
    pub(crate) tokens: Rc<Tokens>,
    /// The endpoint, where it passes the calls on; then no token is here.
    pub(crate) proxied: Option<Rc<Endpoint>>,
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
    /// Undefined where there is none; what it is, the headers say.
    pub(crate) body: JsValue,
}

impl Job {
    /// How the answer is read: the pieces of an upload by the face, which looks at their status.
    fn form(&self) -> Option<&str> {
        match self.request.bare {
            true => Some(http::SUCCESS),
            false => self.options.text(Key::As),
        }
    }

    /// What one attempt gives to `fetch`.
    fn init(
        &self,
        token: &str,
        proxied: Option<&Endpoint>,
        course: &Course,
        watch: &Watch,
    ) -> Result<JsValue, Failure> {
        let bearer = scan::concat(&["Bearer ", token]);
        let account = proxied.map(Endpoint::believed).unwrap_or_default();
        let own = [
            ("client-request-id", course.id.as_str()),
            ("return-client-request-id", "true"),
            match proxied {
                Some(_) => MARK,
                None => ("authorization", &bearer),
            },
            (ACCOUNT, &account),
        ];
        let outgoing = Outgoing {
            method: &self.request.method,
            headers: &self.request.headers,
            own: if self.request.bare { &[] } else { &own },
            credentials: match (self.request.bare, proxied) {
                (false, Some(endpoint)) => endpoint.credentials(),
                _ => outgoing::OMIT,
            },
            // Not `no-store`: with it Chromium asks for a preflight before every call, whatever the
            // service allowed for an hour. The services' own `Cache-Control: private` decides.
            cache: if course.past_cache {
                "reload"
            } else {
                "default"
            },
        };
        http::init(outgoing, &self.body, watch)
    }
}

/// Where a call is: what one attempt leaves to the next.
#[derive(Default)]
struct Course {
    token: Option<Rc<Token>>,
    /// What the next token has to be, and has not to be.
    want: Want,
    rejected: Option<Rc<Token>>,
    renewed: bool,
    past_cache: bool,
    repeats: u32,
    attempts: u32,
    /// The id of the last attempt.
    id: String,
}

/// What comes after an attempt.
enum Next {
    End(Result<JsValue, Failure>),
    /// The same call again, at once.
    Again,
    /// The same call again, after so many milliseconds.
    Wait(u32),
}

impl Sender {
    /// Sends `job` until it succeeds or is refused for good. What waits for nothing stands in functions
    /// of its own: in here each variable would be memory.
    pub(crate) async fn call(&self, job: &Job) -> Result<JsValue, Failure> {
        let mut course = Course::default();
        loop {
            if course.token.is_none() && self.carries_token(job) {
                let want = core::mem::take(&mut course.want);
                course.token = Some(self.tokens.get(want, course.rejected.take()).await?);
            }
            let (init, watch) = self.attempt(job, &mut course)?;
            let answer = http::exchange(&job.request.url, init, watch, job.form()).await;
            match self.next(job, &mut course, answer) {
                Next::End(result) => return result,
                Next::Again => {}
                Next::Wait(time) => {
                    let _ = browser::sleep(time, job.signal.as_ref()).await;
                }
            }
        }
    }

    /// Milliseconds until what was refused is sent again; `None` where it is not.
    pub(crate) fn wait(&self, error: &Error, method: &str, repeats: u32) -> Option<u32> {
        retry::decide(error, method, repeats, self.retries, browser::jitter())
    }

    fn carries_token(&self, job: &Job) -> bool {
        self.proxied.is_none() && !job.request.bare
    }

    #[inline(never)]
    fn attempt(&self, job: &Job, course: &mut Course) -> Result<(JsValue, Watch), Failure> {
        let timeout = job.options.number(Key::Timeout).unwrap_or(self.timeout);
        let watch = Watch::new(job.signal.as_ref(), timeout)?;
        course.attempts += 1;
        course.id = browser::uuid();
        let token = course.token.as_deref();
        let token = token.map_or("", |token| token.secret.expose());
        let init = job.init(token, self.proxied.as_deref(), course, &watch)?;
        Ok((init, watch))
    }

    #[inline(never)]
    fn next(&self, job: &Job, course: &mut Course, answer: Result<Answer, Failure>) -> Next {
        let judged = answer.and_then(|answer| judge(answer, job.form()));
        let Err(mut failure) = judged else {
            return Next::End(judged);
        };
        let wants_renewal = reply::wants_renewal(failure.error());
        let detail = failure.detail_mut();
        detail.client_request_id = Some(core::mem::take(&mut course.id));
        if wants_renewal && !course.renewed && self.carries_token(job) {
            course.renewed = true;
            if let Some(claims) = &detail.claims {
                course.want = Want::claiming(claims);
            }
            course.rejected = course.token.take();
            return Next::Again;
        }
        if failure.error().code == Code::Gone && !course.past_cache {
            // It may come out of the browser's cache, where a 410 never grows old (RFC 9110 §15.5.11).
            course.past_cache = true;
            return Next::Again;
        }
        let wait = self.wait(failure.error(), &job.request.method, course.repeats);
        course.repeats += 1;
        match wait {
            Some(time) => Next::Wait(time),
            None => {
                failure.after(course.attempts);
                Next::End(Err(failure))
            }
        }
    }
}

/// Hands a success over as the browser parsed it; what is none goes to the judge.
fn judge(answer: Answer, form: Option<&str>) -> Result<JsValue, Failure> {
    let Answer { response, body } = answer;
    if response.status() == 0 {
        return Err(Error::new(
            Code::InvalidResponse,
            "the API redirects: a token does not follow",
        )
        .into());
    }
    if http::unread(&response, form) {
        return Ok(response.into());
    }
    if response.ok() {
        if !matches!(form, None | Some("json")) || http::is_json(&response) {
            return Ok(body);
        }
        if body.is_falsy() {
            return Ok(JsValue::UNDEFINED);
        }
        return Err(Error::new(Code::InvalidResponse, "the answer is not JSON").into());
    }
    let error = http::refusal(&response, &http::small(body));
    Err(Failure::told(error, response.headers().into()))
}
