//! The state of a client: who is signed in, the tokens, and the API.

use crate::calls::{Call, Sender};
use crate::endpoint::Endpoint;
use crate::failure::Failure;
use crate::page::Page;
use crate::tokens::{TokenSource, Tokens};
use exo365_core::access_token_request::AccessTokenRequest;
use exo365_core::call_description::CallDescription;
use exo365_core::error::{Code, Error};
use exo365_core::options::{Key, Options};
use exo365_core::request::{Api, Request};
use exo365_core::signin::MINUTES;
use exo365_core::wire::{Account, Mode, PageConfig};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use web_sys::AbortSignal;

/// What the methods of the class share.
pub(crate) struct Client {
    pub(crate) page: Option<Page>,
    /// `None` where tokens come from the page.
    pub(crate) session: Option<Session>,
    /// Where the answer to a sign-in shall arrive, where the page named an address.
    pub(crate) redirect_uri: Option<String>,
    /// How long a sign-in may take.
    pub(crate) sign_in_minutes: u32,
    pub(crate) api: Api,
    pub(crate) sender: Sender,
}

/// The endpoint that keeps the session, and the configuration that it gave.
pub(crate) struct Session {
    pub(crate) endpoint: Rc<Endpoint>,
    pub(crate) config: PageConfig,
}

/// The time-out of one attempt, in milliseconds.
pub(crate) fn timeout(setup: &Options) -> u32 {
    setup.number(Key::Timeout).unwrap_or(30_000)
}

impl Client {
    /// A client with the settings of the page, and without a token yet.
    pub(crate) fn new(
        setup: &Options,
        mut api: Api,
        page: Option<Page>,
        session: Option<Session>,
        source: TokenSource,
    ) -> Rc<Self> {
        api.time_zone = setup.text(Key::TimeZone).map(String::from);
        api.text_bodies = setup.text(Key::BodyType) == Some("text");
        api.immutable_ids = setup.flag(Key::ImmutableIds, true);
        let proxied = session
            .as_ref()
            .filter(|session| session.config.mode == Mode::Proxy)
            .map(|session| Rc::clone(&session.endpoint));
        Rc::new(Self {
            page,
            session,
            redirect_uri: setup.text(Key::RedirectUri).map(String::from),
            sign_in_minutes: setup.number(Key::SignInMinutes).unwrap_or(MINUTES),
            api,
            sender: Sender {
                tokens: Rc::new(Tokens::new(source)),
                proxied,
                retries: setup.number(Key::Retries).unwrap_or(3),
                timeout: timeout(setup),
                rest: RefCell::default(),
            },
        })
    }

    /// Sets the account, and stores the token that came with it.
    pub(crate) fn admit(
        &self,
        account: Option<Account>,
        token: Option<String>,
        expires_in: Option<u32>,
        scopes: Vec<String>,
    ) {
        if let Some(session) = &self.session {
            session.endpoint.signed_in.set(account.is_some());
            session.endpoint.account.replace(account);
        }
        let tokens = &self.sender.tokens;
        tokens.store(token, expires_in.unwrap_or_default(), scopes);
    }

    /// Forgets account and tokens.
    pub(crate) fn forget(&self) {
        if let Some(session) = &self.session {
            session.endpoint.signed_in.set(false);
        }
        self.sender.tokens.forget();
    }

    /// Forgets account and tokens, and for whom the next sign-in might be: the user left.
    pub(crate) fn leave(&self) {
        if let Some(session) = &self.session {
            session.endpoint.account.take();
        }
        self.forget();
    }

    /// Forgets account and tokens where `failure` says that nobody is signed in.
    pub(crate) fn end_if_signed_out(&self, failure: &Failure) {
        if failure.error().code == Code::SignedOut {
            self.forget();
        }
    }

    /// Refuses a call while nobody is signed in at the endpoint.
    fn check_signed_in(&self) -> Result<(), Failure> {
        let session = self.session.as_ref();
        if session.is_some_and(|session| !session.endpoint.signed_in.get()) {
            return Err(Error::new(Code::SignedOut, "nobody is signed in").into());
        }
        Ok(())
    }

    /// The call that `asked` describes, checked before anything is sent.
    pub(crate) fn call(
        &self,
        asked: &str,
        signal: Option<AbortSignal>,
        body: JsValue,
    ) -> Result<Box<Call>, Failure> {
        let (request, asked) = self.request(asked)?;
        // Pieces of an upload go to another host, which counts for itself.
        let user = match request.preauthenticated {
            true => "/".into(),
            false => asked.user.unwrap_or_default(),
        };
        Ok(Box::new(Call {
            intent: request.intent(asked.keyed),
            request,
            user,
            offline: asked.offline,
            options: asked.options,
            signal,
            body,
        }))
    }

    /// The request that `asked` describes, and the description as it was read.
    pub(crate) fn request(&self, asked: &str) -> Result<(Request, CallDescription), Failure> {
        self.check_signed_in()?;
        let asked = CallDescription::read(asked)?;
        Ok((asked.request(&self.api)?, asked))
    }

    /// Reads the options of `getToken`; refuses where no token can be given.
    pub(crate) fn token_request(&self, options: &str) -> Result<AccessTokenRequest, Failure> {
        self.check_signed_in()?;
        if self.sender.proxied.is_some() {
            let text = "in proxy mode no token reaches the page: the endpoint keeps them";
            return Err(Error::new(Code::Misconfigured, text).into());
        }
        Ok(AccessTokenRequest::read(options)?)
    }
}
