//! The one class that crosses the boundary, and what the JavaScript face builds on.
//! Options cross as JSON text: the core reads and checks them.

use crate::answer;
use crate::boundary::{Member, plain, promise};
use crate::browser;
use crate::calls::{Job, Sender};
use crate::endpoint::Endpoint;
use crate::failure::Failure;
use crate::page::{Page, Place};
use crate::tokens::{Source, Tokens};
use exo365_core::endpoint::{agree, alone, expect, redirect_uri};
use exo365_core::error::{Code, Error};
use exo365_core::json::ToJson;
use exo365_core::options::{self, Options, Want};
use exo365_core::origin;
use exo365_core::request::Api;
use exo365_core::scan;
use exo365_core::signin::{self, Pending};
use exo365_core::wire::{
    Account, LogoutReply, LogoutRequest, PageConfig, SessionReply, SessionRequest,
};
use js_sys::{Function, Promise};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

/// A client: the signed-in account, its tokens, and the API.
#[wasm_bindgen]
pub struct Core(Rc<Inner>);

struct Inner {
    page: Option<Page>,
    endpoint: Option<Rc<Endpoint>>,
    config: PageConfig,
    redirect_uri: Option<String>,
    api: Api,
    account: RefCell<Option<Account>>,
    sender: Sender,
}

/// Milliseconds of one attempt.
fn timeout(setup: &Options) -> u32 {
    setup.number("timeout").unwrap_or(30_000)
}

#[wasm_bindgen]
impl Core {
    /// Opens a client: finishes a sign-in that this page load is the answer of, or restores the session.
    /// Resolves with a `Core`. `page` is missing in a worker and in Node.
    pub fn open(config: String, get_token: Option<Function>, page: Option<Page>) -> Promise {
        promise(async move {
            let setup = Options::setup(&config, get_token.is_some())?;
            let inner = match get_token {
                Some(function) => Inner::alone(&setup, function),
                None => Inner::open(&setup, page).await,
            };
            Ok(Self(Rc::new(inner?)).into())
        })
    }

    /// The flavour's name and the time zone.
    pub fn profile(&self) -> JsValue {
        let api = &self.0.api;
        plain(&[
            ("api", Member::Text(Some(api.flavor.name()))),
            ("timeZone", Member::Text(api.time_zone.as_deref())),
        ])
    }

    /// The signed-in user, or null.
    pub fn account(&self) -> JsValue {
        let account = self.0.account.borrow();
        let Some(account) = &*account else {
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
    pub fn authorize_url(&self, options: &str) -> Result<String, JsValue> {
        Ok(self.0.authorize_url(options)?)
    }

    /// A token for another API: resolves with `{token, expiresIn, scopes}`.
    pub fn token(&self, request: String) -> Promise {
        let inner = Rc::clone(&self.0);
        promise(async move { inner.token(&request).await })
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

    /// One call. With `ids`, `path` is a template below the mailbox of `user` (the signed-in one where
    /// undefined); without, a path below the API's root or a link that the service gave. `allowed`
    /// names the keys that `options` may have, with commas.
    #[allow(clippy::too_many_arguments)] // The boundary passes plain values: an object would cost a getter each.
    pub fn call(
        &self,
        method: String,
        user: Option<String>,
        path: String,
        ids: Option<String>,
        options: String,
        allowed: String,
        signal: Option<AbortSignal>,
        body: JsValue,
    ) -> Promise {
        let inner = Rc::clone(&self.0);
        let job = inner.job(&method, user, &path, ids, &options, &allowed, signal, &body);
        promise(async move { inner.call(&job?).await })
    }
}

impl Inner {
    /// A client whose tokens come from the page.
    fn alone(setup: &Options, get_token: Function) -> Result<Self, Failure> {
        let config = alone(setup)?;
        Ok(Self::new(setup, config, None, Source::Page(get_token)))
    }

    async fn open(setup: &Options, page: Option<Page>) -> Result<Self, Failure> {
        let place = page.as_ref().map(Page::read);
        if place.as_ref().is_some_and(|place| !place.is("secure")) {
            return Err(
                Error::new(Code::InsecureContext, "the page is not served over https").into(),
            );
        }
        let base = setup.text("endpoint").unwrap_or_default();
        let endpoint = Rc::new(Endpoint {
            base: scan::trim_end(base, b"/").into(),
            timeout: timeout(setup),
        });
        let arrival = match (&page, &place) {
            (Some(page), Some(place)) => answer::finish(page, place, &endpoint).await?,
            _ => None,
        };
        let (reply, return_to) = match arrival {
            Some((reply, return_to)) => (reply, Some(return_to)),
            None => {
                let request = SessionRequest {}.to_json();
                (expect(&endpoint.post("/session", request).await?)?, None)
            }
        };
        let SessionReply {
            config,
            account,
            access_token,
            expires_in,
        } = reply;
        let loopback = place.as_ref().is_some_and(Place::is_loopback);
        let config = agree(setup, config, loopback)?;
        let scopes = config.scopes.clone();
        let mut inner = Self::new(
            setup,
            config,
            Some(Rc::clone(&endpoint)),
            Source::Endpoint(endpoint),
        );
        inner.account.replace(account);
        inner
            .sender
            .tokens
            .admit(access_token, expires_in.unwrap_or_default(), scopes);
        if let (Some(page), Some(place), Some(return_to)) = (&page, &place, return_to)
            && answer::go_back(page, place, &return_to)
        {
            // The page is leaving for where the user was; the session is waiting there.
            core::future::pending::<()>().await;
        }
        inner.page = page;
        Ok(inner)
    }

    fn new(
        setup: &Options,
        config: PageConfig,
        endpoint: Option<Rc<Endpoint>>,
        source: Source,
    ) -> Self {
        let mut api = Api::new(config.api, &config.cloud.api);
        api.time_zone = setup.text("timeZone").map(String::from);
        api.text_bodies = setup.text("bodyType") == Some("text");
        api.immutable_ids = setup.truth("immutableIds", true);
        Self {
            page: None,
            endpoint,
            config,
            redirect_uri: setup.text("redirectUri").map(String::from),
            api,
            account: RefCell::new(None),
            sender: Sender {
                tokens: Rc::new(Tokens::new(source)),
                retries: setup.number("retries").unwrap_or(3),
                timeout: timeout(setup),
            },
        }
    }

    fn forget(&self) {
        self.account.replace(None);
        self.sender.tokens.forget();
    }

    /// Everything that can be wrong with a call before it is sent.
    #[allow(clippy::too_many_arguments)] // As they cross the boundary.
    fn job(
        &self,
        method: &str,
        user: Option<String>,
        path: &str,
        ids: Option<String>,
        options: &str,
        allowed: &str,
        signal: Option<AbortSignal>,
        body: &JsValue,
    ) -> Result<Job, Failure> {
        self.signed_in()?;
        let options = Options::call(options, allowed)?;
        let request = match ids {
            Some(ids) => {
                let ids = options::ids(&ids)?;
                self.api
                    .named(method, user.as_deref(), path, &ids, &options)?
            }
            None => self.api.free(method, path, &options)?,
        };
        Job::new(request, options, signal, body)
    }

    async fn call(&self, job: &Job) -> Result<JsValue, Failure> {
        let result = self.sender.call(job).await;
        result.inspect_err(|failure| self.notice(failure))
    }

    async fn token(&self, request: &str) -> Result<JsValue, Failure> {
        self.signed_in()?;
        let want = Want::read(request)?;
        let token = self
            .sender
            .tokens
            .get(&want)
            .await
            .inspect_err(|failure| self.notice(failure))?;
        let left = (token.expires - browser::monotonic()) / 1000.0;
        Ok(plain(&[
            ("token", Member::Text(Some(token.secret.expose()))),
            ("expiresIn", Member::Number(left as u32)),
            ("scopes", Member::Texts(Some(&token.scopes))),
        ]))
    }

    async fn sign_out(&self, microsoft: bool) -> Result<JsValue, Failure> {
        let Some(endpoint) = &self.endpoint else {
            return Ok(JsValue::UNDEFINED);
        };
        let request = LogoutRequest { microsoft }.to_json();
        let LogoutReply { logout_url } = expect(&endpoint.post("/logout", request).await?)?;
        if logout_url
            .as_ref()
            .is_some_and(|url| origin::of(url) != self.config.cloud.login)
        {
            return Err(Error::new(
                Code::UntrustedHost,
                "the sign-out address is not on the sign-in host",
            )
            .into());
        }
        Ok(logout_url.into())
    }

    /// Nothing is asked of an endpoint that said that nobody is signed in.
    fn signed_in(&self) -> Result<(), Failure> {
        if self.endpoint.is_some() && self.account.borrow().is_none() {
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

    fn authorize_url(&self, options: &str) -> Result<String, Failure> {
        let page = self.page.as_ref().ok_or_else(|| {
            Error::new(
                Code::NavigationBlocked,
                "signing in needs a window and an `endpoint`: here tokens come from getToken",
            )
        })?;
        let place = page.read();
        place.unframed()?;
        let (options, return_to) = options::sign_in(options)?;
        let redirect_uri = redirect_uri(&self.config, self.redirect_uri.as_deref(), &place.here())?;
        let return_to = return_to.unwrap_or_else(|| place.place());
        let (url, flow) = signin::begin(
            &self.config,
            &options,
            &redirect_uri,
            &return_to,
            &browser::entropy()?,
            browser::now(),
        )?;
        let config = self.config.clone();
        let pending = Pending { flow, config };
        page.keep(&pending.flow.state, &pending.to_json())?;
        Ok(url)
    }
}
