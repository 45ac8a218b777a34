//! The class that a client of the face is built on. Options cross as JSON text, which core reads and checks.

use crate::boundary::{Member, plain};
use crate::browser;
use crate::client::Client;
use crate::failure::Failure;
use crate::open;
use crate::page::Page;
use crate::task::promise;
use crate::tokens::Token;
use exo365_core::batch_item::ItemAnswer;
use exo365_core::options::Options;
use exo365_core::retry::Next;
use exo365_core::wire::Mode;
use js_sys::{Array, Function, Promise};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

/// A client: the signed-in account, its tokens, and the API.
#[wasm_bindgen]
pub struct Core(Rc<Client>);

#[wasm_bindgen]
impl Core {
    /// Opens a client: completes the sign-in whose answer this page load is, or restores the session. Resolves with a
    /// `Core`. A worker and Node have no `page`; `origin` is that of the page or the worker.
    pub fn open(
        config: String,
        get_token: Option<Function>,
        page: Option<Page>,
        origin: Option<String>,
    ) -> Promise {
        promise(async move {
            let setup = Options::setup(&config, get_token.is_some())?;
            let client = match get_token {
                Some(function) => open::with_own_tokens(&setup, function),
                None => open::with_endpoint(&setup, page, origin).await,
            };
            client.map(|client| Self(client).into())
        })
    }

    /// `{ api, timeZone, origin }`: the flavour's name, the time zone where one was set, and the API's origin where the
    /// page itself calls it for an endpoint's session.
    pub fn profile(&self) -> JsValue {
        let api = &self.0.api;
        let session = self.0.session.as_ref();
        let session = session.filter(|session| session.config.mode == Mode::Direct);
        let origin = session.map(|session| session.config.cloud.api.as_str());
        plain(&[
            ("api", Member::Text(Some(api.flavor.name()))),
            ("timeZone", Member::Text(api.time_zone.as_deref())),
            ("origin", Member::Text(origin)),
        ])
    }

    /// The signed-in user, or null.
    pub fn account(&self) -> JsValue {
        let session = self.0.session.as_ref();
        let session = session.filter(|session| session.endpoint.signed_in.get());
        let account = session.map(|session| session.endpoint.account.borrow());
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

    /// The URL at which a sign-in begins. The tab keeps a record of it.
    ///
    /// # Errors
    /// `invalid_argument`, `misconfigured`, `navigation_blocked`.
    pub fn authorize_url(&self, options: &str) -> Result<JsValue, JsValue> {
        Ok(self.0.authorize_url(options)?)
    }

    /// A token for another API: resolves with `{token, expiresIn, scopes}`.
    pub fn token(&self, options: &str) -> Promise {
        let client = Rc::clone(&self.0);
        let token_request = client.token_request(options);
        promise(async move {
            let sender = &client.sender;
            let got = sender
                .tokens
                .get(token_request?, None, sender.timeout)
                .await;
            got.map(|token| handed_out(&token))
                .inspect_err(|failure| client.end_if_signed_out(failure))
        })
    }

    /// Takes in the session that a sign-in in another window leads to (`location` is what that window's page told), or
    /// the session that another tab began. Resolves with `{tenant, scopes}` after an administrator's consent.
    pub fn enter(&self, location: Option<String>) -> Promise {
        let client = Rc::clone(&self.0);
        promise(async move { client.enter(location).await })
    }

    /// Ends the session. Resolves with the URL of Microsoft's own sign-out where `microsoft` is set.
    pub fn sign_out(&self, microsoft: bool) -> Promise {
        let client = Rc::clone(&self.0);
        client.leave();
        promise(async move { client.sign_out(microsoft).await })
    }

    /// Forgets account and tokens, after another tab has signed out.
    pub fn forget(&self) {
        self.0.leave();
    }

    /// What [`Core::call`] would send, as an item of a batch in JSON; undefined where it would leave the API.
    ///
    /// # Errors
    /// As [`Core::call`], before anything is sent.
    pub fn item(&self, asked: &str) -> Result<JsValue, JsValue> {
        let (request, _) = self.0.request(asked)?;
        Ok(request.item(&self.0.api.root).into())
    }

    /// Judges the answer to an item of a batch. `answer` is `[status, headers, body, item, keyed, repeats, doubt, user]` as JSON,
    /// in which `body` is JSON text and `item` is `[method, url, headers]`. Gives `[error, wait, doubt]`: the milliseconds
    /// after which the item is sent again, undefined where it must not be; and what the next judgement of it has to know.
    /// Without an error, the item counts as done. A success ends the rests of its mailbox.
    pub fn judge(&self, answer: &str) -> Array {
        let mut answer = ItemAnswer::read(answer);
        if answer.succeeded() {
            self.0.sender.rest.borrow_mut().succeeded(&answer.user);
            return Array::new();
        }
        let mut error = answer.error(browser::until);
        let next = self.0.sender.after(
            &mut error,
            answer.intent,
            &mut answer.attempts,
            &answer.user,
        );
        let wait = match next {
            Next::Done => return Array::new(),
            Next::Wait(time) => Some(time),
            Next::Told => None,
        };
        let doubt = JsValue::from(answer.attempts.doubt as u32);
        Array::of3(&Failure::from(error).into(), &wait.into(), &doubt)
    }

    /// Sends a call. `asked` is `[method, user, path, ids, options, allowed, offline, keyed]` as JSON. With `ids`, `path` is a template
    /// below the mailbox of `user` (null: the signed-in user). Without, it is a path below the API's root, or a link that
    /// the service gave. `allowed` lists the names of all options that the call takes.
    pub fn call(&self, asked: &str, signal: Option<AbortSignal>, body: JsValue) -> Promise {
        let client = Rc::clone(&self.0);
        let call = client.call(asked, signal, body);
        promise(async move {
            let result = client.sender.call(&*call?).await;
            result.inspect_err(|failure| client.end_if_signed_out(failure))
        })
    }
}

/// A token as pages get it.
fn handed_out(token: &Token) -> JsValue {
    let left = token.left() / 1000.0;
    plain(&[
        ("token", Member::Text(Some(token.secret.expose()))),
        ("expiresIn", Member::Number(left as u32)),
        ("scopes", Member::Texts(Some(&token.scopes))),
    ])
}
