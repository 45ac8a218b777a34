//! The one class that crosses the boundary, and what the JavaScript face builds on.

use crate::answer::{self, Pending};
use crate::browser;
use crate::calls::Sender;
use crate::endpoint::Endpoint;
use crate::failure::Failure;
use crate::options::{self, Options, each, read};
use crate::setup::Setup;
use crate::tokens::{Source, Tokens, Want};
use exo365_core::endpoint::redirect_uri;
use exo365_core::error::{Code, Error};
use exo365_core::origin;
use exo365_core::request::{Api, Request};
use exo365_core::signin::{self, Options as SignIn};
use exo365_core::wire::{
    Account, LogoutReply, LogoutRequest, PageConfig, SessionReply, SessionRequest,
};
use js_sys::{Object, Promise, Reflect};
use serde::Serialize;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

/// A client: the signed-in account, its tokens, and the API.
#[wasm_bindgen]
pub struct Core(Rc<Inner>);

struct Inner {
    endpoint: Option<Rc<Endpoint>>,
    config: PageConfig,
    redirect_uri: Option<String>,
    api: Api,
    account: RefCell<Option<Account>>,
    sender: Sender,
}

/// An error of the face's own, as all others are: `code`, `message`, `remedy`.
#[wasm_bindgen]
pub fn fail(code: &str, message: String) -> JsValue {
    let code = Code::parse(code).unwrap_or(Code::InvalidArgument);
    Failure::from(Error::with(code, message)).into()
}

#[wasm_bindgen]
impl Core {
    /// Opens a client: finishes a sign-in that this page load is the answer of, or restores the session.
    /// Resolves with a `Core`.
    pub fn open(config: JsValue) -> Promise {
        future_to_promise(async move {
            let setup = Setup::read(&config)?;
            let inner = Inner::open(setup).await?;
            Ok(Self(Rc::new(inner)).into())
        })
    }

    /// The flavour's name and the time zone: what short forms of values depend on.
    pub fn profile(&self) -> JsValue {
        let Inner { api, .. } = &*self.0;
        let object = Object::new();
        for (name, value) in [
            ("api", Some(api.flavor.name())),
            ("timeZone", api.time_zone.as_deref()),
        ] {
            // Setting a property on an object made above cannot fail.
            let _ = Reflect::set(&object, &name.into(), &value.into());
        }
        object.into()
    }

    /// The signed-in user, or null.
    pub fn account(&self) -> JsValue {
        let account = self.0.account.borrow();
        let Some(account) = &*account else {
            return JsValue::NULL;
        };
        account
            .serialize(&serde_wasm_bindgen::Serializer::json_compatible())
            .unwrap_or(JsValue::NULL)
    }

    /// The address that a sign-in begins at; the tab remembers that it began.
    ///
    /// # Errors
    /// `invalid_argument`, `misconfigured`, `navigation_blocked`.
    pub fn authorize_url(&self, options: &JsValue) -> Result<String, JsValue> {
        Ok(self.0.authorize_url(options)?)
    }

    /// A token for another API: resolves with `{token, expiresIn, scopes}`.
    pub fn token(&self, request: JsValue) -> Promise {
        let inner = Rc::clone(&self.0);
        future_to_promise(async move {
            inner.signed_in()?;
            let want = want(&request)?;
            let token = inner
                .sender
                .tokens
                .get(&want)
                .await
                .map_err(|failure| inner.lost(failure))?;
            let object = Object::new();
            let scopes: js_sys::Array = token.scopes.iter().map(JsValue::from).collect();
            let seconds = ((token.expires - browser::monotonic()) / 1000.0)
                .max(0.0)
                .floor();
            for (name, value) in [
                ("token", token.secret.expose().into()),
                ("expiresIn", seconds.into()),
                ("scopes", scopes.into()),
            ] {
                let value: JsValue = value;
                let _ = Reflect::set(&object, &name.into(), &value);
            }
            Ok(object.into())
        })
    }

    /// Ends the session; resolves with the address of Microsoft's own sign-out where `microsoft` is set.
    pub fn sign_out(&self, microsoft: bool) -> Promise {
        let inner = Rc::clone(&self.0);
        future_to_promise(async move {
            inner.forget();
            let Some(endpoint) = &inner.endpoint else {
                return Ok(JsValue::UNDEFINED);
            };
            let LogoutReply { logout_url } = endpoint
                .post("/logout", &LogoutRequest { microsoft })
                .await?;
            let foreign = |url: &String| origin::of(url) != inner.config.cloud.login;
            if logout_url.as_ref().is_some_and(foreign) {
                return Err(Failure::from(Error::new(
                    Code::UntrustedHost,
                    "the sign-out address is not on the sign-in host",
                ))
                .into());
            }
            Ok(logout_url.into())
        })
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
        ids: JsValue,
        options: JsValue,
        body: JsValue,
        allowed: String,
    ) -> Promise {
        let inner = Rc::clone(&self.0);
        future_to_promise(async move {
            let options = Options::read(&options, &allowed)?;
            let request = inner.request(&method, user.as_deref(), &path, ids, &options)?;
            inner.signed_in()?;
            let result = inner.sender.call(&request, &options, &body).await;
            Ok(result.map_err(|failure| inner.lost(failure))?)
        })
    }
}

impl Inner {
    async fn open(setup: Setup) -> Result<Self, Failure> {
        let Some(base) = setup.endpoint.clone() else {
            let config = setup.wishes.alone()?;
            let source = setup.get_token.clone().map(Source::Page);
            let source = source.ok_or(Error::argument(
                "createClient takes either `endpoint` or `getToken`",
            ))?;
            return Ok(Self::new(&setup, config, None, source));
        };
        let window = browser::window();
        if window
            .as_ref()
            .is_some_and(|window| !window.is_secure_context())
        {
            return Err(
                Error::new(Code::InsecureContext, "the page is not served over https").into(),
            );
        }
        let endpoint = Rc::new(Endpoint {
            base,
            timeout: setup.timeout,
        });
        let arrival = match &window {
            Some(window) => answer::finish(window, &endpoint).await?,
            None => None,
        };
        let loopback = window.as_ref().is_some_and(|window| {
            let host = window.location().hostname().unwrap_or_default();
            origin::is_loopback(&host)
        });
        let source = Source::Endpoint(Rc::clone(&endpoint));
        if let (Some(arrival), Some(window)) = (arrival, &window) {
            let config = setup.wishes.agree(arrival.config, loopback)?;
            let inner = Self::new(&setup, config, Some(endpoint), source);
            let reply = arrival.reply;
            inner.admit(
                Some(reply.account),
                reply.access_token,
                reply.expires_in,
                reply.scopes,
            );
            if answer::go_back(window, &arrival.return_to) {
                // The page is leaving for where the user was; the session is waiting there.
                core::future::pending::<()>().await;
            }
            return Ok(inner);
        }
        let reply: SessionReply = endpoint.post("/session", &SessionRequest {}).await?;
        let scopes = reply.config.scopes.clone();
        let config = setup.wishes.agree(reply.config, loopback)?;
        let inner = Self::new(&setup, config, Some(endpoint), source);
        inner.admit(
            reply.account,
            reply.access_token,
            reply.expires_in.unwrap_or_default(),
            scopes,
        );
        Ok(inner)
    }

    fn new(
        setup: &Setup,
        config: PageConfig,
        endpoint: Option<Rc<Endpoint>>,
        source: Source,
    ) -> Self {
        let mut api = Api::new(config.api, &config.cloud.api);
        api.time_zone.clone_from(&setup.time_zone);
        api.text_bodies = setup.text_bodies;
        api.immutable_ids = setup.immutable_ids;
        Self {
            endpoint,
            config,
            redirect_uri: setup.redirect_uri.clone(),
            api,
            account: RefCell::new(None),
            sender: Sender {
                tokens: Rc::new(Tokens::new(source)),
                retries: setup.retries,
                timeout: setup.timeout,
            },
        }
    }

    fn admit(
        &self,
        account: Option<Account>,
        token: Option<String>,
        expires_in: u32,
        scopes: Vec<String>,
    ) {
        self.account.replace(account);
        self.sender.tokens.admit(token, expires_in, scopes);
    }

    fn forget(&self) {
        self.account.replace(None);
        self.sender.tokens.forget();
    }

    fn request(
        &self,
        method: &str,
        user: Option<&str>,
        path: &str,
        ids: JsValue,
        options: &Options,
    ) -> Result<Request, Failure> {
        let mut api = self.api.clone();
        if options.time_zone.is_some() {
            api.time_zone.clone_from(&options.time_zone);
        }
        if ids.is_undefined() {
            return Ok(api.free(method, path, &options.pairs)?);
        }
        let ids: Vec<String> = read("id", ids)?;
        Ok(api.named(method, user, path, &ids, &options.query)?)
    }

    /// Nothing is asked of an endpoint that said that nobody is signed in.
    fn signed_in(&self) -> Result<(), Failure> {
        if self.endpoint.is_some() && self.account.borrow().is_none() {
            return Err(Error::new(Code::SignedOut, "nobody is signed in").into());
        }
        Ok(())
    }

    /// Notes that the session is over, where the failure says so.
    fn lost(&self, failure: Failure) -> Failure {
        if failure.error.code == Code::SignedOut {
            self.forget();
        }
        failure
    }

    fn authorize_url(&self, options: &JsValue) -> Result<String, Failure> {
        let window = browser::window().filter(|_| self.endpoint.is_some());
        let window = window.ok_or(Error::new(
            Code::NavigationBlocked,
            "signing in needs a window and an `endpoint`: here tokens come from getToken",
        ))?;
        if browser::framed(&window) {
            return Err(Error::new(
                Code::NavigationBlocked,
                "the page is in a frame: the sign-in service does not open there",
            )
            .into());
        }
        let (options, return_to) = sign_in_options(options)?;
        let here = browser::here(&window);
        let redirect_uri = redirect_uri(&self.config, self.redirect_uri.as_deref(), &here)?;
        let place = return_to.unwrap_or_else(|| browser::place(&window));
        let (url, flow) = signin::begin(
            &self.config,
            &options,
            &redirect_uri,
            &place,
            &browser::entropy()?,
            browser::now(),
        )?;
        let state = flow.state.clone();
        let record = exo365_core::endpoint::write(&Pending {
            flow,
            config: self.config.clone(),
        })?;
        browser::keep(&window, &state, &record)?;
        Ok(url)
    }
}

/// `SignInOptions` without what is the face's: `mode` and `signal`.
fn sign_in_options(value: &JsValue) -> Result<(SignIn, Option<String>), Failure> {
    let (mut options, mut return_to) = (SignIn::default(), None);
    each(value, |key, value| {
        match key {
            "loginHint" => options.login_hint = Some(read(key, value)?),
            "domainHint" => options.domain_hint = Some(read(key, value)?),
            "prompt" => options.prompt = Some(read(key, value)?),
            "scopes" => options.scopes = Some(read(key, value)?),
            "claims" => options.claims = Some(read(key, value)?),
            "returnTo" => return_to = Some(read(key, value)?),
            "mode" | "signal" => {}
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok((options, return_to))
}

fn want(value: &JsValue) -> Result<Want, Failure> {
    let mut want = Want::default();
    each(value, |key, value| {
        match key {
            "scopes" => want.scopes = Some(read(key, value)?),
            "resource" => want.resource = Some(read(key, value)?),
            "claims" => want.claims = Some(read(key, value)?),
            "forceRefresh" => want.force = read(key, value)?,
            "signal" => drop(options::signal(value)?),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(want)
}
