//! Access tokens: in this memory only, one per audience, one renewal at a time for each.

use crate::boundary::{self, Member};
use crate::browser;
use crate::endpoint::Endpoint;
use crate::failure::Failure;
use crate::secret::Secret;
use exo365_core::access_token_request::AccessTokenRequest;
use exo365_core::endpoint::expect;
use exo365_core::error::{Code, Error};
use exo365_core::json::Json;
use exo365_core::wire::TokenReply;
use js_sys::{Function, JSON, Promise, Reflect};
use std::cell::{Cell, RefCell, RefMut};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// A token is renewed this long before it ends, in milliseconds; short-lived ones at half of their life.
const MARGIN: f64 = 120_000.0;
/// And up to 255 times this earlier: pages that were opened together do not all ask at once.
const JITTER: f64 = 200.0;

/// Where tokens come from.
pub(crate) enum Source {
    Endpoint(Rc<Endpoint>),
    Page(Function),
}

/// A token as it is handed out.
pub(crate) struct Token {
    pub(crate) secret: Secret,
    pub(crate) scopes: Vec<String>,
    /// On the monotonic clock, in milliseconds.
    pub(crate) expires: f64,
    renew_at: f64,
}

impl Token {
    /// With fewer permissions than were asked for it serves this call, and the next one asks again.
    fn new(
        want: &AccessTokenRequest,
        token: String,
        expires_in: u32,
        scopes: Vec<String>,
    ) -> Rc<Self> {
        let (now, life) = (browser::monotonic(), f64::from(expires_in) * 1000.0);
        let fresh = if want.is_covered_by(&scopes) {
            let jitter = f64::from(browser::jitter()) * JITTER;
            (life - MARGIN - jitter).max(life / 2.0)
        } else {
            0.0
        };
        Rc::new(Self {
            secret: Secret::from(token),
            scopes,
            expires: now + life,
            renew_at: now + fresh,
        })
    }
}

/// What is under one key: a token, and the renewal that is under way.
struct Slot {
    key: String,
    token: Option<Rc<Token>>,
    flight: Option<Promise>,
}

/// The tokens of one client.
pub(crate) struct Tokens {
    source: Source,
    slots: RefCell<Vec<Slot>>,
    /// Counts sign-outs: a renewal that began before one changes nothing after it.
    epoch: Cell<u32>,
}

impl Tokens {
    pub(crate) const fn new(source: Source) -> Self {
        Self {
            source,
            slots: RefCell::new(Vec::new()),
            epoch: Cell::new(0),
        }
    }

    /// Takes the token that came with a session or a sign-in.
    pub(crate) fn admit(&self, token: Option<String>, expires_in: u32, scopes: Vec<String>) {
        if let Some(token) = token {
            let want = AccessTokenRequest::default();
            let token = Token::new(&want, token, expires_in, scopes);
            self.slot(&want.cache_key()).token = Some(token);
        }
    }

    /// Forgets everything, at once.
    pub(crate) fn forget(&self) {
        self.epoch.set(self.epoch.get() + 1);
        self.slots.borrow_mut().clear();
    }

    /// The slot of that key, made where there is none yet.
    fn slot(&self, key: &str) -> RefMut<'_, Slot> {
        RefMut::map(self.slots.borrow_mut(), |slots| {
            let known = slots.iter().position(|slot| slot.key == key);
            let at = known.unwrap_or_else(|| {
                slots.push(Slot {
                    key: key.into(),
                    token: None,
                    flight: None,
                });
                slots.len() - 1
            });
            &mut slots[at]
        })
    }

    /// A token that is good for a while and not `rejected`; renewed where there is none.
    /// Whoever asks meanwhile gets the same answer.
    pub(crate) async fn get(
        self: &Rc<Self>,
        want: AccessTokenRequest,
        rejected: Option<Rc<Token>>,
    ) -> Result<Rc<Token>, Failure> {
        let key = want.cache_key();
        let flight = match self.board(&key, want, rejected) {
            Ok(token) => return Ok(token),
            Err(flight) => flight,
        };
        match JsFuture::from(flight).await {
            // What was not kept under the asked key was handed over by the flight itself.
            Ok(_) => self
                .slot(&key)
                .token
                .clone()
                .ok_or_else(|| signed_out().into()),
            Err(cause) => Err(Failure::returned(cause)),
        }
    }

    /// The token that is here, or the one renewal that brings it.
    fn board(
        self: &Rc<Self>,
        key: &str,
        want: AccessTokenRequest,
        mut rejected: Option<Rc<Token>>,
    ) -> Result<Rc<Token>, Promise> {
        let cached = self.slot(key).token.clone();
        let mut flight = String::from(key);
        if let Some(claims) = want.claims() {
            flight.push('|');
            flight.push_str(claims);
        }
        if let Some(token) = cached {
            let good = match &rejected {
                Some(bad) => token.secret.expose() != bad.secret.expose(),
                None => !want.force_refresh() && browser::monotonic() < token.renew_at,
            };
            if good && want.claims().is_none() {
                return Ok(token);
            }
            if want.force_refresh() {
                rejected = Some(token);
            }
        }
        if let Some(joined) = &self.slot(&flight).flight {
            return Err(joined.clone());
        }
        let promise = self.start(flight.clone(), want, rejected);
        self.slot(&flight).flight = Some(promise.clone());
        Err(promise)
    }

    /// Starts the one renewal of a key.
    fn start(
        self: &Rc<Self>,
        own: String,
        want: AccessTokenRequest,
        rejected: Option<Rc<Token>>,
    ) -> Promise {
        let this = Rc::clone(self);
        boundary::promise(async move {
            let epoch = this.epoch.get();
            let token = this.fetch(&want, rejected).await;
            this.land(epoch, &own, &want, token)
        })
    }

    /// Ends a renewal.
    fn land(
        &self,
        epoch: u32,
        own: &str,
        want: &AccessTokenRequest,
        token: Result<Rc<Token>, Failure>,
    ) -> Result<JsValue, Failure> {
        let same_session = epoch == self.epoch.get();
        if same_session {
            let mut slots = self.slots.borrow_mut();
            if let Some(at) = slots.iter().position(|slot| slot.key == own) {
                slots[at].flight = None;
                // What was asked for with claims is kept under the key without them.
                if slots[at].token.is_none() {
                    slots.swap_remove(at);
                }
            }
        }
        let token = token?;
        if !same_session {
            return Err(signed_out().into());
        }
        self.slot(&want.cache_key()).token = Some(token);
        Ok(JsValue::UNDEFINED)
    }

    async fn fetch(
        &self,
        want: &AccessTokenRequest,
        rejected: Option<Rc<Token>>,
    ) -> Result<Rc<Token>, Failure> {
        match &self.source {
            Source::Endpoint(endpoint) => {
                let rejected = rejected.map(|token| token.secret.hash());
                let request = want.to_json(rejected.as_deref());
                let json = endpoint.post("/token", request).await?;
                let reply: TokenReply = expect(&json)?;
                Ok(Token::new(
                    want,
                    reply.access_token,
                    reply.expires_in,
                    reply.scopes,
                ))
            }
            Source::Page(function) => {
                let promise = ask(function, want, rejected.is_some())?;
                given(want, &JsFuture::from(promise).await.map_err(none_given)?)
            }
        }
    }
}

fn signed_out() -> Error {
    Error::new(Code::SignedOut, "nobody is signed in")
}

fn none_given(cause: JsValue) -> Failure {
    let error = Error::new(
        Code::InteractionRequired,
        "the page's getToken gave no token",
    );
    Failure::caused(error, cause)
}

/// Asks the page's own `getToken`.
fn ask(function: &Function, want: &AccessTokenRequest, force: bool) -> Result<Promise, Failure> {
    let scopes = want.scopes();
    let asked = boundary::plain(&[
        ("scopes", Member::Texts(scopes.as_deref())),
        ("resource", Member::Text(want.resource())),
        ("claims", Member::Text(want.claims())),
        ("forceRefresh", Member::Flag(force || want.force_refresh())),
    ]);
    let promise = function.call1(&JsValue::UNDEFINED, &asked);
    Ok(Promise::resolve(&promise.map_err(none_given)?))
}

/// The token that the page gave.
fn given(want: &AccessTokenRequest, given: &JsValue) -> Result<Rc<Token>, Failure> {
    if let Some(token) = given.as_string().filter(|token| !token.is_empty()) {
        // Nothing is known of its life: it serves this call, and the next one asks again.
        return Ok(Token::new(want, token, 0, Vec::new()));
    }
    let field = |name: &str| Reflect::get(given, &name.into()).unwrap_or_default();
    let token = field("token").as_string().filter(|token| !token.is_empty());
    let Some(token) = token else {
        return Err(Error::argument(
            "`getToken` resolves with a token: a text, or { token, expiresIn, scopes }",
        )
        .into());
    };
    let expires_in = field("expiresIn").as_f64().unwrap_or_default() as u32;
    let scopes = JSON::stringify(&field("scopes")).ok();
    let scopes = scopes
        .and_then(|text| Json::parse(&String::from(text))?.texts())
        .unwrap_or_default();
    Ok(Token::new(want, token, expires_in, scopes))
}
