//! The one class that crosses the boundary, and what the JavaScript face builds on.
//! Options cross as JSON text: the core reads and checks them.

use crate::answer::{Arrival, SIGNED_OUT, go_back};
use crate::boundary::{Member, plain, promise};
use crate::browser;
use crate::calls::{Job, Sender};
use crate::endpoint::Endpoint;
use crate::failure::Failure;
use crate::http;
use crate::page::{Page, Place};
use crate::tokens::{Source, Token, Tokens};
use exo365_core::endpoint::{agree, alone, exchanged, expect, redirect_uri};
use exo365_core::error::{Code, Error};
use exo365_core::json::{Json, ToJson};
use exo365_core::options::{Asked, Key, Options, Want};
use exo365_core::origin;
use exo365_core::request::{Api, Request};
use exo365_core::scan;
use exo365_core::signin::{self, Entropy};
use exo365_core::wire::{Account, LogoutReply, LogoutRequest, Mode, PageConfig, SessionReply};
use js_sys::{Array, Function, Promise};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

/// A client: the signed-in account, its tokens, and the API.
#[wasm_bindgen]
pub struct Core(Rc<Inner>);

struct Inner {
    page: Option<Page>,
    /// Missing where tokens come from the page.
    home: Option<Home>,
    redirect_uri: Option<String>,
    api: Api,
    sender: Sender,
}

/// Where sessions are kept, and what was agreed there.
struct Home {
    endpoint: Rc<Endpoint>,
    config: PageConfig,
}

impl Home {
    /// The address of Microsoft's own sign-out, where the endpoint gave one, with a `state` that the tab keeps.
    fn left(&self, reply: &Json, page: Option<&Page>) -> Result<JsValue, Failure> {
        let LogoutReply { logout_url } = expect(reply)?;
        let Some(url) = logout_url else {
            return Ok(JsValue::UNDEFINED);
        };
        if origin::of(&url) != self.config.cloud.login {
            return Err(Error::new(
                Code::UntrustedHost,
                "the sign-out address is not on the sign-in host",
            )
            .into());
        }
        let state = browser::uuid();
        if let Some(page) = page {
            page.keep(&state, SIGNED_OUT)?;
        }
        let joint = if scan::has(&url, b"?") { "&" } else { "?" };
        Ok(scan::concat(&[&url, joint, "state=", &state]).into())
    }
}

/// Milliseconds of one attempt.
fn timeout(setup: &Options) -> u32 {
    setup.number(Key::Timeout).unwrap_or(30_000)
}

/// The session that the endpoint told of.
fn session(arrival: Option<Box<Arrival>>, reply: &Json) -> Result<SessionReply, Error> {
    match arrival {
        Some(arrival) if arrival.consent.is_none() => exchanged(reply, arrival.config),
        _ => expect(reply),
    }
}

/// What an administrator's consent brought, as pages get it.
fn consented(arrival: &Arrival) -> JsValue {
    let (tenant, scope) = arrival
        .consent
        .as_ref()
        .map_or(("", ""), |both| (&both.0, &both.1));
    let scopes: Vec<String> = scan::parts(scope, b' ').map(String::from).collect();
    plain(&[
        ("tenant", Member::Text(Some(tenant))),
        ("scopes", Member::Texts(Some(&scopes))),
    ])
}

/// A token as pages get it.
fn handed_out(token: &Token) -> JsValue {
    let left = (token.expires - browser::monotonic()) / 1000.0;
    plain(&[
        ("token", Member::Text(Some(token.secret.expose()))),
        ("expiresIn", Member::Number(left as u32)),
        ("scopes", Member::Texts(Some(&token.scopes))),
    ])
}

#[wasm_bindgen]
impl Core {
    /// Opens a client: finishes a sign-in that this page load is the answer of, or restores the session.
    /// Resolves with a `Core`. `page` is missing in a worker and in Node.
    pub fn open(config: String, get_token: Option<Function>, page: Option<Page>) -> Promise {
        promise(async move {
            let setup = Options::setup(&config, get_token.is_some())?;
            let core = match get_token {
                Some(function) => Inner::alone(&setup, function),
                None => Inner::open(&setup, page).await,
            };
            core.map(JsValue::from)
        })
    }

    /// `{ api, timeZone }`: the flavour's name, and the time zone where one was set.
    pub fn profile(&self) -> JsValue {
        let api = &self.0.api;
        plain(&[
            ("api", Member::Text(Some(api.flavor.name()))),
            ("timeZone", Member::Text(api.time_zone.as_deref())),
        ])
    }

    /// The signed-in user, or null.
    pub fn account(&self) -> JsValue {
        let home = self.0.home.as_ref();
        let account = home.map(|home| home.endpoint.account.borrow());
        let Some(account) = account.as_ref().and_then(|account| account.as_ref()) else {
            return JsValue::NULL;
        };
        plain(&[
            ("tenantId", Member::Text(Some(&account.tenant_id))),
            ("objectId", Member::Text(Some(&account.object_id))),
            ("username", Member::Text(Some(&account.username))),
            ("name", Member::Text(Some(&account.name))),
            ("isGuest", Member::Flag(account.is_guest)),
            ("loginHint", Member::Text(account.login_hint.as_deref())),
        ])
    }

    /// The address that a sign-in begins at; the tab remembers that it began.
    ///
    /// # Errors
    /// `invalid_argument`, `misconfigured`, `navigation_blocked`.
    pub fn authorize_url(&self, options: &str) -> Result<JsValue, JsValue> {
        Ok(self.0.authorize_url(options)?)
    }

    /// A token for another API: resolves with `{token, expiresIn, scopes}`.
    pub fn token(&self, request: &str) -> Promise {
        let inner = Rc::clone(&self.0);
        let want = inner.wanted(request);
        promise(async move {
            let got = inner.sender.tokens.get(want?, None).await;
            got.map(|token| handed_out(&token))
                .inspect_err(|failure| inner.notice(failure))
        })
    }

    /// Takes in the answer to a sign-in that arrived in another window (`said`, as that window's page told it), or the
    /// session that another tab began. Resolves with `{tenant, scopes}` after an administrator's consent.
    pub fn enter(&self, said: Option<String>) -> Promise {
        let inner = Rc::clone(&self.0);
        promise(async move { inner.enter(said).await })
    }

    /// Ends the session; resolves with the address of Microsoft's own sign-out where `microsoft` is set.
    pub fn sign_out(&self, microsoft: bool) -> Promise {
        let inner = Rc::clone(&self.0);
        inner.forget();
        promise(async move { inner.sign_out(microsoft).await })
    }

    /// Forgets account and tokens: another tab has signed out.
    pub fn forget(&self) {
        self.0.forget();
    }

    /// What [`Core::call`] would send, as an item of a batch in JSON; undefined where it would leave the API.
    ///
    /// # Errors
    /// As [`Core::call`], before anything is sent.
    pub fn item(&self, asked: &str) -> Result<JsValue, JsValue> {
        let (request, _) = self.0.request(asked)?;
        Ok(request.item(&self.0.api.root).into())
    }

    /// Judges a refused item of a batch: `status` and `headers` of `answer`, `body` as text. Gives `[error, wait]`:
    /// the milliseconds after which the item is sent again, undefined where it must not be. `method` is the item's,
    /// `repeats` how often it was sent again already.
    pub fn judge(&self, answer: &JsValue, body: &str, method: &str, repeats: u32) -> Array {
        let failure = http::judge(answer.unchecked_ref(), body);
        let wait = self.0.sender.wait(failure.error(), method, repeats);
        Array::of2(&failure.into(), &wait.into())
    }

    /// One call: `asked` is `[method, user, path, ids, options, allowed]` as JSON. With ids, `path` is a
    /// template below the mailbox of `user` (the signed-in one where null); without, a path below the API's
    /// root or a link that the service gave. `allowed` lists the names of all options that the call takes.
    pub fn call(&self, asked: &str, signal: Option<AbortSignal>, body: JsValue) -> Promise {
        let inner = Rc::clone(&self.0);
        let job = inner.job(asked, signal, body);
        promise(async move {
            let result = inner.sender.call(&*job?).await;
            result.inspect_err(|failure| inner.notice(failure))
        })
    }
}

impl Inner {
    /// A client whose tokens come from the page.
    fn alone(setup: &Options, get_token: Function) -> Result<Core, Failure> {
        let (api, cloud) = alone(setup)?;
        let api = Api::new(api, &cloud.api);
        Ok(Self::assemble(
            setup,
            api,
            None,
            None,
            Source::Page(get_token),
        ))
    }

    /// A client with a session. One request, between two halves that wait for nothing: what lives over
    /// an `await` is code.
    async fn open(setup: &Options, page: Option<Page>) -> Result<Core, Failure> {
        let place = page.as_ref().map(Page::read);
        let (endpoint, mut arrival) = Self::arrive(setup, page.as_ref(), place.as_ref())?;
        let (route, request) = Arrival::ask(arrival.as_mut());
        let reply = endpoint.post(route, request).await?;
        let (core, leaving) = Self::opened(setup, page, place.as_ref(), endpoint, arrival, &reply)?;
        if leaving {
            // The page is leaving for where the user was; the session is waiting there.
            core::future::pending::<()>().await;
        }
        Ok(core)
    }

    fn arrive(
        setup: &Options,
        page: Option<&Page>,
        place: Option<&Place>,
    ) -> Result<(Rc<Endpoint>, Option<Box<Arrival>>), Failure> {
        let arrival = match (page, place) {
            (Some(page), Some(place)) => {
                if !place.is("secure") {
                    let text = "the page is not served over https";
                    return Err(Error::new(Code::InsecureContext, text).into());
                }
                Arrival::find(page, place)?
            }
            _ => None,
        };
        let base = setup.text(Key::Endpoint).unwrap_or_default();
        let endpoint = Rc::new(Endpoint {
            base: scan::trim_end(base, b"/").into(),
            account: RefCell::default(),
            timeout: timeout(setup),
        });
        Ok((endpoint, arrival))
    }

    /// The client, and whether the page leaves for where the user was.
    fn opened(
        setup: &Options,
        page: Option<Page>,
        place: Option<&Place>,
        endpoint: Rc<Endpoint>,
        arrival: Option<Box<Arrival>>,
        reply: &Json,
    ) -> Result<(Core, bool), Failure> {
        let return_to = arrival.as_ref().map(|arrival| arrival.return_to.clone());
        let mut session = session(arrival, reply)?;
        let loopback = place.is_some_and(Place::is_loopback);
        agree(setup, &mut session.config, loopback)?;
        let config = session.config;
        let source = Source::Endpoint(Rc::clone(&endpoint));
        let proxy = scan::concat(&[&endpoint.base, "/proxy"]);
        let origin = match config.mode {
            Mode::Proxy => &proxy,
            Mode::Direct => &config.cloud.api,
        };
        let api = Api::new(config.api, origin);
        let scopes = config.scopes.clone();
        let leaving = match (&page, place, return_to) {
            (Some(page), Some(place), Some(return_to)) => go_back(page, place, &return_to),
            _ => false,
        };
        let core = Self::assemble(setup, api, page, Some(Home { endpoint, config }), source);
        core.0.take_in(
            session.account,
            session.access_token,
            session.expires_in,
            scopes,
        );
        Ok((core, leaving))
    }

    fn take_in(
        &self,
        account: Option<Account>,
        token: Option<String>,
        expires_in: Option<u32>,
        scopes: Vec<String>,
    ) {
        if let Some(home) = &self.home {
            home.endpoint.account.replace(account);
        }
        let tokens = &self.sender.tokens;
        tokens.admit(token, expires_in.unwrap_or_default(), scopes);
    }

    /// Takes in the session that `said`, the answer of another window, leads to; without one that of another tab.
    async fn enter(&self, said: Option<String>) -> Result<JsValue, Failure> {
        let (Some(page), Some(home)) = (&self.page, &self.home) else {
            return Ok(JsValue::UNDEFINED);
        };
        let said = said.map(|said| Arrival::told(page, &Place::of(&said)));
        let mut arrival = said.transpose()?;
        let (route, request) = match &arrival {
            // An administrator's consent changes no session.
            Some(arrival) if arrival.consent.is_some() => return Ok(consented(arrival)),
            _ => Arrival::ask(arrival.as_mut()),
        };
        let reply = home.endpoint.post(route, request).await?;
        let session = session(arrival, &reply)?;
        self.forget();
        self.take_in(
            session.account,
            session.access_token,
            session.expires_in,
            home.config.scopes.clone(),
        );
        Ok(JsValue::UNDEFINED)
    }

    fn assemble(
        setup: &Options,
        mut api: Api,
        page: Option<Page>,
        home: Option<Home>,
        source: Source,
    ) -> Core {
        api.time_zone = setup.text(Key::TimeZone).map(String::from);
        api.text_bodies = setup.text(Key::BodyType) == Some("text");
        api.immutable_ids = setup.truth(Key::ImmutableIds, true);
        let proxied = home
            .as_ref()
            .filter(|home| home.config.mode == Mode::Proxy)
            .map(|home| Rc::clone(&home.endpoint));
        Core(Rc::new(Self {
            page,
            home,
            redirect_uri: setup.text(Key::RedirectUri).map(String::from),
            api,
            sender: Sender {
                tokens: Rc::new(Tokens::new(source)),
                proxied,
                retries: setup.number(Key::Retries).unwrap_or(3),
                timeout: timeout(setup),
            },
        }))
    }

    fn forget(&self) {
        if let Some(home) = &self.home {
            home.endpoint.account.take();
        }
        self.sender.tokens.forget();
    }

    /// Everything that can be wrong with a call before it is sent.
    fn job(
        &self,
        asked: &str,
        signal: Option<AbortSignal>,
        body: JsValue,
    ) -> Result<Box<Job>, Failure> {
        let (request, options) = self.request(asked)?;
        Ok(Box::new(Job {
            request,
            options,
            signal,
            body,
        }))
    }

    fn request(&self, asked: &str) -> Result<(Request, Options), Failure> {
        self.signed_in()?;
        let asked = Asked::read(asked)?;
        let (method, path, options) = (&asked.method, &asked.path, &asked.options);
        let request = match &asked.ids {
            Some(ids) => self
                .api
                .named(method, asked.user.as_deref(), path, ids, options)?,
            None => self.api.free(method, path, options)?,
        };
        Ok((request, asked.options))
    }

    /// What a `TokenRequest` asks for, where somebody is signed in.
    fn wanted(&self, request: &str) -> Result<Want, Failure> {
        self.signed_in()?;
        if self.sender.proxied.is_some() {
            let text = "in proxy mode no token reaches the page: the endpoint keeps them";
            return Err(Error::new(Code::Misconfigured, text).into());
        }
        Ok(Want::read(request)?)
    }

    async fn sign_out(&self, microsoft: bool) -> Result<JsValue, Failure> {
        let Some(home) = &self.home else {
            return Ok(JsValue::UNDEFINED);
        };
        let request = LogoutRequest { microsoft }.to_json();
        let reply = home.endpoint.post("/logout", request).await?;
        home.left(&reply, self.page.as_ref())
    }

    /// Nothing is asked of an endpoint that said that nobody is signed in.
    fn signed_in(&self) -> Result<(), Failure> {
        let home = self.home.as_ref();
        if home.is_some_and(|home| home.endpoint.account.borrow().is_none()) {
            return Err(Error::new(Code::SignedOut, "nobody is signed in").into());
        }
        Ok(())
    }

    /// Notes that the session is over, where the failure says so.
    fn notice(&self, failure: &Failure) {
        if failure.error().code == Code::SignedOut {
            self.forget();
        }
    }

    fn authorize_url(&self, options: &str) -> Result<JsValue, Failure> {
        let (Some(page), Some(Home { config, .. })) = (&self.page, &self.home) else {
            return Err(Error::new(
                Code::NavigationBlocked,
                "signing in needs a window and an `endpoint`: here tokens come from getToken",
            )
            .into());
        };
        let place = page.read();
        place.unframed()?;
        let options = Options::sign_in(options)?;
        let here = place.here();
        let mut entropy = Entropy::default();
        browser::entropy(&mut entropy)?;
        let begun = signin::begin(
            config,
            &options,
            redirect_uri(config, self.redirect_uri.as_deref(), &here)?,
            &place.place(),
            &entropy,
            browser::now(),
        )?;
        page.keep(&begun.state, &begun.record)?;
        Ok(JsValue::from_str(&begun.url))
    }
}
