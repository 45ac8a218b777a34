//! The cache of access tokens, in this memory only: one for each API and set of permissions, with at most one renewal
//! at a time.

use crate::boundary::{self, Member};
use crate::browser;
use crate::endpoint::Endpoint;
use crate::failure::Failure;
use crate::secret::Secret;
use crate::task::{self, Awaited};
use exo365_core::access_token_request::AccessTokenRequest;
use exo365_core::endpoint::success;
use exo365_core::error::{Code, Error};
use exo365_core::json::Json;
use exo365_core::wire::TokenReply;
use js_sys::{Function, Promise};
use std::cell::{Cell, RefCell, RefMut};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// A token is renewed so many milliseconds before it expires; one with a short life, after half of it.
const MARGIN: f64 = 120_000.0;
/// Milliseconds for each step of the random byte by which a renewal comes earlier still, so that pages which were opened
/// together do not all ask at once.
const JITTER: f64 = 200.0;

/// Where tokens come from.
pub(crate) enum TokenSource {
    Endpoint(Rc<Endpoint>),
    Page(Function),
}

/// An access token and what is known of it.
pub(crate) struct Token {
    pub(crate) secret: Secret,
    pub(crate) scopes: Vec<String>,
    /// When it expires, in milliseconds of the monotonic clock and of the wall clock.
    expires: [f64; 2],
    /// How long before its end it is renewed, in milliseconds.
    ahead: f64,
}

impl Token {
    /// A token that expires in `expires_in` seconds. One with fewer permissions than were requested serves the call that
    /// requested it; the next call requests another.
    fn new(
        request: &AccessTokenRequest,
        token: String,
        expires_in: u32,
        scopes: Vec<String>,
    ) -> Rc<Self> {
        let life = f64::from(expires_in) * 1000.0;
        let ahead = if request.is_covered_by(&scopes) {
            let jitter = f64::from(browser::jitter()) * JITTER;
            (MARGIN + jitter).min(life / 2.0)
        } else {
            life
        };
        Rc::new(Self {
            secret: Secret::from(token),
            scopes,
            expires: browser::clocks().map(|now| now + life),
            ahead,
        })
    }

    /// Milliseconds until it has expired, by the clock that says so first: the monotonic one may stand still while the
    /// device sleeps, and the wall clock may be set.
    pub(crate) fn left(&self) -> f64 {
        let [monotonic, wall] = browser::clocks();
        (self.expires[0] - monotonic).min(self.expires[1] - wall)
    }
}

/// An entry of the cache: a token, and the renewal that is under way.
struct Slot {
    key: String,
    token: Option<Rc<Token>>,
    renewal: Option<Promise>,
}

/// The tokens of one client.
pub(crate) struct Tokens {
    source: TokenSource,
    slots: RefCell<Vec<Slot>>,
    /// Counts sign-outs: a renewal that began before one changes nothing after it.
    epoch: Cell<u32>,
}

impl Tokens {
    pub(crate) const fn new(source: TokenSource) -> Self {
        Self {
            source,
            slots: RefCell::new(Vec::new()),
            epoch: Cell::new(0),
        }
    }

    /// Stores the token that came with a session or a sign-in.
    pub(crate) fn store(&self, token: Option<String>, expires_in: u32, scopes: Vec<String>) {
        if let Some(token) = token {
            let request = AccessTokenRequest::default();
            let token = Token::new(&request, token, expires_in, scopes);
            self.slot(&request.cache_key()).token = Some(token);
        }
    }

    /// Empties the cache.
    pub(crate) fn forget(&self) {
        self.epoch.set(self.epoch.get() + 1);
        self.slots.borrow_mut().clear();
    }

    /// The entry under `key`, a new one where there is none yet.
    fn slot(&self, key: &str) -> RefMut<'_, Slot> {
        RefMut::map(self.slots.borrow_mut(), |slots| {
            let known = slots.iter().position(|slot| slot.key == key);
            let at = known.unwrap_or_else(|| {
                slots.push(Slot {
                    key: key.into(),
                    token: None,
                    renewal: None,
                });
                slots.len() - 1
            });
            &mut slots[at]
        })
    }

    /// A token that does not expire soon and is not `rejected`: from the cache, or by a renewal. Callers that ask for the
    /// same token during a renewal share its result. `timeout` is in milliseconds: after a renewal that took longer, the
    /// next call begins another.
    pub(crate) async fn get(
        self: &Rc<Self>,
        request: AccessTokenRequest,
        rejected: Option<Rc<Token>>,
        timeout: u32,
    ) -> Result<Rc<Token>, Failure> {
        let key = request.cache_key();
        let renewal = match self.find_or_renew(&key, request, rejected) {
            Ok(token) => return Ok(token),
            Err(renewal) => renewal,
        };
        match Awaited::from(browser::within(&renewal, timeout)).await {
            Ok(_) => self
                .slot(&key)
                .token
                .clone()
                .ok_or_else(|| signed_out().into()),
            Err(cause) if cause.is_undefined() => {
                // The next call begins another.
                for slot in self.slots.borrow_mut().iter_mut() {
                    slot.renewal = None;
                }
                Err(Error::new(Code::Timeout, "no token in time").into())
            }
            Err(cause) => Err(Failure::rethrown(cause)),
        }
    }

    /// The cached token, or else the renewal that brings one.
    fn find_or_renew(
        self: &Rc<Self>,
        key: &str,
        request: AccessTokenRequest,
        mut rejected: Option<Rc<Token>>,
    ) -> Result<Rc<Token>, Promise> {
        let cached = self.slot(key).token.clone();
        let mut renewal = String::from(key);
        if let Some(claims) = request.claims() {
            renewal.push('|');
            renewal.push_str(claims);
        }
        if let Some(token) = cached {
            let good = match &rejected {
                Some(bad) => token.secret.expose() != bad.secret.expose(),
                None => !request.force_refresh() && token.left() > token.ahead,
            };
            if good && request.claims().is_none() {
                return Ok(token);
            }
            if request.force_refresh() {
                rejected = Some(token);
            }
        }
        if let Some(joined) = &self.slot(&renewal).renewal {
            return Err(joined.clone());
        }
        let promise = self.start_renewal(renewal.clone(), request, rejected);
        self.slot(&renewal).renewal = Some(promise.clone());
        Err(promise)
    }

    /// Starts the renewal `own`.
    fn start_renewal(
        self: &Rc<Self>,
        own: String,
        request: AccessTokenRequest,
        rejected: Option<Rc<Token>>,
    ) -> Promise {
        let this = Rc::clone(self);
        task::promise(async move {
            let epoch = this.epoch.get();
            let token = this.fetch(&request, rejected).await;
            this.finish_renewal(epoch, &own, &request, token)
        })
    }

    /// Stores what the renewal `own` brought, unless the user signed out meanwhile.
    fn finish_renewal(
        &self,
        epoch: u32,
        own: &str,
        request: &AccessTokenRequest,
        token: Result<Rc<Token>, Failure>,
    ) -> Result<JsValue, Failure> {
        let same_session = epoch == self.epoch.get();
        if same_session {
            let mut slots = self.slots.borrow_mut();
            if let Some(at) = slots.iter().position(|slot| slot.key == own) {
                slots[at].renewal = None;
                // A token that was requested with claims is stored under the key without them.
                if slots[at].token.is_none() {
                    slots.swap_remove(at);
                }
            }
        }
        let token = token?;
        if !same_session {
            return Err(signed_out().into());
        }
        self.slot(&request.cache_key()).token = Some(token);
        Ok(JsValue::UNDEFINED)
    }

    /// Requests a token from the endpoint or from the page.
    async fn fetch(
        &self,
        request: &AccessTokenRequest,
        rejected: Option<Rc<Token>>,
    ) -> Result<Rc<Token>, Failure> {
        let json = match &self.source {
            TokenSource::Endpoint(endpoint) => {
                let rejected = rejected.map(|token| token.secret.hash());
                let body = request.to_json(rejected.as_deref());
                endpoint.post("/token", body).await?
            }
            TokenSource::Page(function) => {
                let promise = call_get_token(function, request, rejected.is_some())?;
                let given = Awaited::from(promise).await.map_err(Failure::rethrown)?;
                Json::parse(&given.as_string().unwrap_or_default()).unwrap_or_default()
            }
        };
        let reply: TokenReply = success(&json)?;
        Ok(Token::new(
            request,
            reply.access_token,
            reply.expires_in,
            reply.scopes,
        ))
    }
}

fn signed_out() -> Error {
    Error::new(Code::SignedOut, "nobody is signed in")
}

/// Calls the page's `getToken`, which the face has made resolve with JSON as the endpoint gives it (`session/token.ts`).
fn call_get_token(
    function: &Function,
    request: &AccessTokenRequest,
    force: bool,
) -> Result<Promise, Failure> {
    let scopes = request.scopes();
    let asked = boundary::plain(&[
        ("scopes", Member::Texts(scopes.as_deref())),
        ("resource", Member::Text(request.resource())),
        ("claims", Member::Text(request.claims())),
        (
            "forceRefresh",
            Member::Flag(force || request.force_refresh()),
        ),
    ]);
    let promise = function.call1(&JsValue::UNDEFINED, &asked);
    Ok(Promise::resolve(&promise.map_err(Failure::rethrown)?))
}
