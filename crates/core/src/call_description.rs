//! The call that the face describes, read and checked.

use crate::error::Error;
use crate::json::Json;
use crate::options::Options;
use crate::request::{Api, Request};
use alloc::string::String;
use alloc::vec::Vec;

/// A call as the face describes it. It crosses as one text, since each argument would cost glue of its own.
#[derive(Debug, PartialEq)]
pub struct CallDescription {
    /// The HTTP method.
    pub method: String,
    /// Whose mailbox: an id or an address; `None` for the signed-in user.
    pub user: Option<String>,
    /// With ids, a template such as `messages/{}`; without, a path or a link.
    pub path: String,
    /// What replaces each `{}` of the template.
    pub ids: Option<Vec<String>>,
    /// The caller's options, checked.
    pub options: Options,
    /// Whether the browser was offline when the call began.
    pub offline: bool,
    /// Whether the body has a `transactionId`, by which the service makes an event once only.
    pub keyed: bool,
}

impl CallDescription {
    /// Reads `[method, user, path, ids, options, allowed, offline, keyed]`; `user` and `ids` may be null. `allowed` lists
    /// the names of all options that the call takes.
    ///
    /// # Errors
    /// [`crate::error::Code::InvalidArgument`].
    pub fn read(text: &str) -> Result<Self, Error> {
        let Some(Json::List(mut items)) = Json::parse(text) else {
            // The face writes it: the only text that cannot be read is one with half a surrogate pair.
            return Err(Error::argument(
                "a text has half a surrogate pair: it is no Unicode",
            ));
        };
        let flag = |at: usize| matches!(items.get(at), Some(Json::Bool(true)));
        let (offline, keyed) = (flag(6), flag(7));
        let mut take = |at: usize| items.get_mut(at).map(core::mem::take).unwrap_or_default();
        let ids = match take(3) {
            Json::Null => None,
            list => Some(
                list.texts()
                    .ok_or_else(|| Error::argument("an id is a text (is it undefined?)"))?,
            ),
        };
        let options = take(4);
        let options = Options::call(options, &take(5))?;
        Ok(Self {
            method: take(0).text_or_empty(),
            user: take(1).text(),
            path: take(2).text_or_empty(),
            ids,
            options,
            offline,
            keyed,
        })
    }

    /// The request to `api` that it describes. The page and the endpoint's `/preload` both make it here: one call is one
    /// request, whoever sends it.
    ///
    /// # Errors
    /// As [`Api::operation`] and [`Api::at_path`].
    pub fn request(&self, api: &Api) -> Result<Request, Error> {
        let (method, path, options) = (&self.method, &self.path, &self.options);
        match &self.ids {
            Some(ids) => api.operation(method, self.user.as_deref(), path, ids, options),
            None => api.at_path(method, path, options),
        }
    }
}
