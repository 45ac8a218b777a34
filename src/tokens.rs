//! Access tokens: in this memory only, one per audience, one renewal at a time for each.

use crate::boundary::{self, Member};
use crate::browser;
use crate::endpoint::Endpoint;
use crate::failure::Failure;
use crate::secret::Secret;
use exo365_core::endpoint::expect;
use exo365_core::error::{Code, Error};
use exo365_core::json::{Json, ToJson};
use exo365_core::options::Want;
use exo365_core::scan;
use exo365_core::wire::{TokenReply, TokenRequest};
use js_sys::{Function, JSON, Promise, Reflect};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// A token is renewed this long before it ends, in milliseconds; short-lived ones at half of their life.
const MARGIN: f64 = 120_000.0;

/// Where tokens come from.
pub(crate) enum Source {
    Endpoint(Rc<Endpoint>),
    Page(Function),
}

/// A token as it is handed out.
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) secret: Rc<Secret>,
    pub(crate) scopes: Rc<[String]>,
    /// On the monotonic clock, in milliseconds.
    pub(crate) expires: f64,
    renew_at: f64,
}

impl Token {
    fn new(token: String, expires_in: u32, scopes: Vec<String>) -> Self {
        let (now, life) = (browser::monotonic(), f64::from(expires_in) * 1000.0);
        Self {
            secret: Rc::new(Secret::from(token)),
            scopes: scopes.into(),
            expires: now + life,
            renew_at: now + (life - MARGIN).max(life / 2.0),
        }
    }
}

/// The tokens of one client.
pub(crate) struct Tokens {
    source: Source,
    entries: RefCell<Vec<(String, Token)>>,
    flights: RefCell<Vec<(String, Promise)>>,
    /// Counts sign-outs: a renewal that began before one changes nothing after it.
    epoch: RefCell<u32>,
}

impl Tokens {
    pub(crate) const fn new(source: Source) -> Self {
        Self {
            source,
            entries: RefCell::new(Vec::new()),
            flights: RefCell::new(Vec::new()),
            epoch: RefCell::new(0),
        }
    }

    /// Takes the token that came with a session or a sign-in.
    pub(crate) fn admit(&self, token: Option<String>, expires_in: u32, scopes: Vec<String>) {
        if let Some(token) = token {
            self.store(Want::default().key(), Token::new(token, expires_in, scopes));
        }
    }

    /// Forgets everything, at once.
    pub(crate) fn forget(&self) {
        *self.epoch.borrow_mut() += 1;
        self.entries.borrow_mut().clear();
        self.flights.borrow_mut().clear();
    }

    fn store(&self, key: String, token: Token) {
        let mut entries = self.entries.borrow_mut();
        entries.retain(|entry| entry.0 != key);
        entries.push((key, token));
    }

    fn cached(&self, key: &str) -> Option<Token> {
        self.entries
            .borrow()
            .iter()
            .find(|entry| entry.0 == key)
            .map(|entry| entry.1.clone())
    }

    /// A token that is good for a while; renewed where there is none.
    pub(crate) async fn get(self: &Rc<Self>, want: &Want) -> Result<Token, Failure> {
        let cached = self.cached(&want.key());
        let fresh = cached
            .as_ref()
            .filter(|token| browser::monotonic() < token.renew_at);
        match fresh {
            Some(token) if !want.force && want.claims.is_none() => Ok(token.clone()),
            _ => {
                self.renew(
                    want,
                    cached.filter(|_| want.force).map(|token| token.secret),
                )
                .await
            }
        }
    }

    /// A token that is not `rejected`; whoever asks meanwhile gets the same answer.
    pub(crate) async fn renew(
        self: &Rc<Self>,
        want: &Want,
        rejected: Option<Rc<Secret>>,
    ) -> Result<Token, Failure> {
        let key = want.key();
        if let (Some(bad), None, Some(token)) = (&rejected, &want.claims, self.cached(&key))
            && token.secret.expose() != bad.expose()
        {
            return Ok(token);
        }
        let flight_key = scan::concat(&[&key, "|", want.claims.as_deref().unwrap_or_default()]);
        let joined = self
            .flights
            .borrow()
            .iter()
            .find(|flight| flight.0 == flight_key)
            .map(|flight| flight.1.clone());
        let promise = joined.unwrap_or_else(|| self.start(flight_key, want.clone(), rejected));
        match JsFuture::from(promise).await {
            // What was not kept under the asked key was handed over by the flight itself.
            Ok(_) => self.cached(&key).ok_or_else(|| signed_out().into()),
            Err(cause) => Err(Failure::returned(cause)),
        }
    }

    /// Starts the one renewal of a key.
    fn start(self: &Rc<Self>, key: String, want: Want, rejected: Option<Rc<Secret>>) -> Promise {
        let (this, own) = (Rc::clone(self), key.clone());
        let promise = boundary::promise(async move {
            let epoch = *this.epoch.borrow();
            let token = this.fetch(&want, rejected).await;
            this.flights.borrow_mut().retain(|flight| flight.0 != own);
            let token = token?;
            if epoch != *this.epoch.borrow() {
                return Err(signed_out().into());
            }
            this.store(want.key(), token);
            Ok(JsValue::UNDEFINED)
        });
        self.flights.borrow_mut().push((key, promise.clone()));
        promise
    }

    async fn fetch(&self, want: &Want, rejected: Option<Rc<Secret>>) -> Result<Token, Failure> {
        match &self.source {
            Source::Endpoint(endpoint) => {
                let request = TokenRequest {
                    scopes: want.scopes.clone(),
                    resource: want.resource.clone(),
                    claims: want.claims.clone(),
                    rejected: rejected.map(|secret| secret.hash()),
                };
                let json = endpoint.post("/token", request.to_json()).await?;
                let reply: TokenReply = expect(&json)?;
                Ok(Token::new(
                    reply.access_token,
                    reply.expires_in,
                    reply.scopes,
                ))
            }
            Source::Page(function) => from_page(function, want, rejected.is_some()).await,
        }
    }
}

fn signed_out() -> Error {
    Error::new(Code::SignedOut, "nobody is signed in")
}

/// Asks the page's own `getToken`.
async fn from_page(function: &Function, want: &Want, force: bool) -> Result<Token, Failure> {
    let asked = boundary::plain(&[
        ("scopes", Member::Texts(want.scopes.as_deref())),
        ("resource", Member::Text(want.resource.as_deref())),
        ("claims", Member::Text(want.claims.as_deref())),
        ("forceRefresh", Member::Flag(force || want.force)),
    ]);
    let failed = |cause| {
        let error = Error::new(
            Code::InteractionRequired,
            "the page's getToken gave no token",
        );
        Failure::caused(error, cause)
    };
    let promise = function
        .call1(&JsValue::UNDEFINED, &asked)
        .map_err(failed)?;
    let given = JsFuture::from(Promise::resolve(&promise))
        .await
        .map_err(failed)?;
    if let Some(token) = given.as_string().filter(|token| !token.is_empty()) {
        // Nothing is known of its life: it serves this call, and the next one asks again.
        return Ok(Token::new(token, 0, Vec::new()));
    }
    let field = |name: &str| Reflect::get(&given, &name.into()).unwrap_or_default();
    let token = field("token").as_string().filter(|token| !token.is_empty());
    let token = token.ok_or(Error::argument(
        "`getToken` resolves with a token: a text, or { token, expiresIn, scopes }",
    ))?;
    let expires_in = field("expiresIn").as_f64().unwrap_or_default() as u32;
    let scopes = JSON::stringify(&field("scopes")).ok();
    let scopes = scopes
        .and_then(|text| Json::parse(&String::from(text))?.texts())
        .unwrap_or_default();
    Ok(Token::new(token, expires_in, scopes))
}
