//! Options objects of pages: every key known, every value checked, each complaint with the key's name.

use crate::failure::Failure;
use exo365_core::error::{Code, Error};
use exo365_core::odata::Query;
use exo365_core::request::check_time_zone;
use js_sys::{Array, Object};
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

/// Longest time-out that is taken, in milliseconds (one hour).
const MAX_TIMEOUT: u32 = 3_600_000;

/// Reads `value` as a `T`, or names `key`.
pub(crate) fn read<T: DeserializeOwned>(key: &str, value: JsValue) -> Result<T, Failure> {
    serde_wasm_bindgen::from_value(value).map_err(|error| Failure::option(key, &error.into()))
}

/// Calls `take` with every key whose value is not `undefined`; what `take` does not know (`false`) is refused.
pub(crate) fn each(
    options: &JsValue,
    mut take: impl FnMut(&str, JsValue) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    if options.is_undefined() || options.is_null() {
        return Ok(());
    }
    if !options.is_object() {
        return Err(Error::argument("options are an object").into());
    }
    for entry in Object::entries(options.unchecked_ref()) {
        let entry: Array = entry.unchecked_into();
        let (key, value) = (entry.get(0).as_string().unwrap_or_default(), entry.get(1));
        if !value.is_undefined() && !take(&key, value)? {
            let message = ["unknown option `", &key, "`"].concat();
            return Err(Error::with(Code::InvalidArgument, message).into());
        }
    }
    Ok(())
}

/// `signal`, by what it can do: signals of other realms and of polyfills count.
pub(crate) fn signal(value: JsValue) -> Result<AbortSignal, Failure> {
    let aborted = js_sys::Reflect::get(&value, &"aborted".into());
    if !value.is_object() || !aborted.is_ok_and(|aborted| aborted.as_bool().is_some()) {
        return Err(Error::argument("`signal` is an AbortSignal").into());
    }
    Ok(value.unchecked_into())
}

/// Milliseconds of one attempt: 1 to an hour.
pub(crate) fn timeout(value: JsValue) -> Result<u32, Failure> {
    let milliseconds = read("timeout", value)?;
    if milliseconds == 0 || milliseconds > MAX_TIMEOUT {
        return Err(Error::argument("`timeout` is in milliseconds, 1 to 3600000").into());
    }
    Ok(milliseconds)
}

/// An IANA or Windows name.
pub(crate) fn time_zone(value: JsValue) -> Result<String, Failure> {
    let zone: String = read("timeZone", value)?;
    check_time_zone(&zone)?;
    Ok(zone)
}

/// An object of texts, in its own order.
pub(crate) fn pairs(key: &str, value: &JsValue) -> Result<Vec<(String, String)>, Failure> {
    let mut pairs = Vec::new();
    each(value, |name, text| {
        pairs.push((name.to_owned(), read(key, text)?));
        Ok(true)
    })?;
    Ok(pairs)
}

/// A text, or a list of texts.
fn names(key: &str, value: JsValue) -> Result<Vec<String>, Failure> {
    if let Some(text) = value.as_string() {
        return Ok(vec![text]);
    }
    read(key, value)
}

/// What a call may choose.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) query: Query,
    /// `query` of `request()`.
    pub(crate) pairs: Vec<(String, String)>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) signal: Option<AbortSignal>,
    pub(crate) timeout: Option<u32>,
    pub(crate) time_zone: Option<String>,
    /// `json` (default), `text`, `blob` or `response`.
    pub(crate) form: Option<String>,
}

impl Options {
    /// Reads the options that `allowed` names: a comma-separated list.
    pub(crate) fn read(value: &JsValue, allowed: &str) -> Result<Self, Failure> {
        let mut options = Self::default();
        each(value, |key, value| {
            if !allowed.split(',').any(|name| name == key) {
                return Ok(false);
            }
            options.take(key, value)
        })?;
        Ok(options)
    }

    fn take(&mut self, key: &str, value: JsValue) -> Result<bool, Failure> {
        let query = &mut self.query;
        match key {
            "select" => query.select = Some(read(key, value)?),
            "filter" => query.filter = Some(read(key, value)?),
            "orderBy" => query.order_by = Some(names(key, value)?),
            "expand" => query.expand = Some(names(key, value)?),
            "search" => query.search = Some(read(key, value)?),
            "top" => query.top = Some(read(key, value)?),
            "skip" => query.skip = Some(read(key, value)?),
            "count" => query.count = Some(read(key, value)?),
            "query" => self.pairs = pairs(key, &value)?,
            "headers" => self.headers.extend(pairs(key, &value)?),
            "ifMatch" => self.headers.push(("if-match".into(), read(key, value)?)),
            "signal" => self.signal = Some(signal(value)?),
            "timeout" => self.timeout = Some(timeout(value)?),
            "timeZone" => self.time_zone = Some(time_zone(value)?),
            "as" => {
                let form: String = read(key, value)?;
                if !["json", "text", "blob", "response"].contains(&form.as_str()) {
                    return Err(
                        Error::argument("`as` is 'json', 'text', 'blob' or 'response'").into(),
                    );
                }
                self.form = Some(form);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}
