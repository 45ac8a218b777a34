//! The calls of a preload, made into requests by the core that the page has too, and held to what is preloaded.

use crate::base::random;
use crate::config::Config;
use crate::http::answer::Rejection;
use crate::routes::proxy::path;
use crate::routes::proxy::request_headers::FORWARDED;
use crate::routes::proxy::target::at_api;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use exo365_core::call_description::CallDescription;
use exo365_core::error::{Code, Error};
use exo365_core::options::{Key, Options, is_time_zone};
use exo365_core::request::{Api, Request};
use exo365_core::wire::{Mode, PreloadRequest};
use serde_json::Value;

/// Most calls of a preload.
const MOST: usize = 4;

/// A request to the API, checked.
pub(super) struct ApiRequest {
    /// At the API.
    pub(super) path: PathAndQuery,
    pub(super) headers: HeaderMap,
    /// Its answer is a user's content, in which no link is changed.
    pub(super) is_content: bool,
}

/// Reads all of them. `page` are the headers of the page's request.
///
/// # Errors
/// 400; it names the call that is not preloaded, counted from 1, and says why.
pub(super) fn read(
    config: &Config,
    asked: &PreloadRequest,
    page: &HeaderMap,
) -> Result<Vec<ApiRequest>, Rejection> {
    if config.preload_paths.is_empty() {
        return Err(refused(Error::new(
            Code::Misconfigured,
            "nothing is preloaded here (`preload_paths` is empty): the page asks the API itself",
        )));
    }
    if asked.calls.is_empty() || asked.calls.len() > MOST {
        return Err(refused(Error::argument("`calls` are one to four calls")));
    }
    let zone = asked.time_zone.as_deref();
    if zone.is_some_and(|zone| !is_time_zone(zone)) {
        return Err(refused(Error::argument(
            "`timeZone` is an IANA or Windows name, such as Europe/Berlin",
        )));
    }
    let mut api = Api::new(config.public.api, &config.public.cloud.api);
    api.time_zone = asked.time_zone.clone();
    api.text_bodies = asked.text_bodies;
    api.immutable_ids = asked.immutable_ids;
    let numbered = asked.calls.iter().zip(1..);
    numbered
        .map(|(call, number)| {
            one(config, &api, call, page).map_err(|error| {
                let code = match error.code {
                    Code::Misconfigured | Code::ServiceUnavailable => error.code,
                    _ => Code::InvalidArgument,
                };
                let text = format!("call {number}: {}", reason(&error));
                refused(Error::with(code, text))
            })
        })
        .collect()
}

/// Why a call is refused. Core quotes names that the page gave, and no answer repeats what was sent: only names of known
/// options stay.
fn reason(error: &Error) -> &str {
    let is_option = |name: &str| Key::ALL.iter().any(|key| key.name() == name);
    let quoted = error.message.split('`').nth(1);
    if error.code == Code::InvalidArgument && quoted.is_some_and(|name| !is_option(name)) {
        return "it has an option or a header that a call does not take";
    }
    &error.message
}

fn refused(error: Error) -> Rejection {
    match error.code {
        // The machine has no random bytes.
        Code::ServiceUnavailable => error.into(),
        _ => Rejection::from(error).status(StatusCode::BAD_REQUEST),
    }
}

fn one(config: &Config, api: &Api, call: &Value, page: &HeaderMap) -> Result<ApiRequest, Error> {
    if !call.is_array() {
        return Err(Error::argument(
            "a call is a list: [method, user, path, ...]",
        ));
    }
    let call = CallDescription::read(&call.to_string())?;
    check_options(&call.options)?;
    let request = call.request(api)?;
    if request.method != "GET" || request.preauthenticated {
        return Err(Error::argument("only GET is preloaded"));
    }
    let (path, is_content) = target(config, &request)?;
    Ok(ApiRequest {
        path,
        headers: headers(&request, page)?,
        is_content,
    })
}

/// What `fetch` would do with an answer that is no JSON, nobody can do here.
fn check_options(options: &Options) -> Result<(), Error> {
    if options.flag(Key::Bare, false) {
        return Err(Error::argument("links with a host are not preloaded"));
    }
    match options.text(Key::As) {
        None | Some("json") => Ok(()),
        Some(_) => Err(Error::argument("only JSON is preloaded")),
    }
}

/// The address at the API: one that the lists have, and in proxy mode one that the page could call.
fn target(config: &Config, request: &Request) -> Result<(PathAndQuery, bool), Error> {
    let away = || Error::new(Code::UntrustedHost, "the address is not the API's");
    let below = request.url.strip_prefix(&config.public.cloud.api);
    let below = below.unwrap_or_default();
    let (path, query) = match below.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (below, None),
    };
    let outside = |key: &'static str| Error::with(Code::Misconfigured, key.into());
    let preloaded = path::check(&config.preload_paths, path)
        .map_err(|_| outside("the path is not among the endpoint's `preload_paths`"))?;
    if config.public.mode == Mode::Proxy {
        path::check(&config.proxy_paths, path)
            .map_err(|_| outside("the path is not among the endpoint's `proxy_paths`"))?;
    }
    if preloaded.is_batch {
        return Err(Error::argument("batches are not preloaded"));
    }
    // A browser would cut the address there.
    if below.contains('#') {
        return Err(away());
    }
    let target = at_api(path, query).ok_or_else(away)?;
    Ok((target, preloaded.is_content))
}

/// The request's own headers, where the proxy would let them pass; and those of the page's browser that tell nothing of
/// its user but the language.
fn headers(request: &Request, page: &HeaderMap) -> Result<HeaderMap, Error> {
    let mut headers = HeaderMap::new();
    for (name, value) in request.headers.iter() {
        let known = FORWARDED.into_iter().find(|known| known.as_str() == name);
        let value = HeaderValue::from_bytes(&latin_1(value)).ok();
        let (Some(name), Some(value)) = (known, value) else {
            let text = format!("the header `{name}` does not pass the endpoint");
            return Err(Error::with(Code::InvalidArgument, text));
        };
        headers.insert(name, value);
    }
    for value in page.get_all(header::ACCEPT_LANGUAGE) {
        if !request.headers.has("accept-language") {
            headers.append(header::ACCEPT_LANGUAGE, value.clone());
        }
    }
    let id = HeaderValue::try_from(random::guid()?).ok();
    headers.extend(id.map(|id| (HeaderName::from_static("client-request-id"), id)));
    for (name, value) in [
        (HeaderName::from_static("return-client-request-id"), "true"),
        // Links inside are rewritten, and the answer is read here.
        (header::ACCEPT_ENCODING, "identity"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Ok(headers)
}

/// A value as `fetch` sends it: one octet for each character, which core has seen to be at most U+00FF.
fn latin_1(value: &str) -> Vec<u8> {
    let octet = |letter: char| u8::try_from(letter).unwrap_or(b'?');
    value.chars().map(octet).collect()
}

#[cfg(test)]
mod unit {
    use super::*;
    use exo365_core::text::form_decode;
    use proptest::prelude::*;
    use serde_json::json;
    use std::path::Path;

    fn config(extra: &str) -> Config {
        let text = format!(
            "client_id = \"11111111-2222-3333-4444-555555555555\"\nscopes = [\"Mail.Read\"]\n\
             redirect_uris = [\"https://app.contoso.example/\"]\norigins = [\"https://app.contoso.example\"]\n\
             behind_tls_proxy = true\n{extra}"
        );
        let environment = |name: &str| (name == "EXO365_CLIENT_SECRET").then(|| "x".to_owned());
        Config::parse(&text, Path::new(""), environment).unwrap()
    }

    /// Parts of paths that a service, a parser or this file could read in another way than was meant.
    fn path() -> impl Strategy<Value = String> {
        let pieces = [
            "me",
            "users",
            "groups",
            "/",
            "/",
            "/",
            "..",
            ".",
            "%2e%2e",
            "%2E",
            "%252e",
            "%2f",
            "%5c",
            "\\",
            "$batch",
            "%24batch",
            "$value",
            "?x=/",
            "#",
            "{}",
            "https:",
            "//",
            "@evil.example",
            ":",
            ";",
            "(",
            " ",
            "%00",
            "\u{ff0e}",
            "\u{e9}",
            "\t",
            "messages",
            "/me/",
            "/v1.0/me",
        ];
        let piece = prop_oneof![
            proptest::sample::select(pieces.to_vec()).prop_map(String::from),
            "\\PC"
        ];
        proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn e86_no_words_lead_out_of_the_lists(
            path in path(),
            user in proptest::option::of(path()),
            ids in proptest::option::of(proptest::collection::vec(self::path(), 0..3)),
            method in prop_oneof![5 => Just("GET"), 1 => Just("get"), 1 => Just("POST"), 1 => Just("GET\r\n")],
            name in prop_oneof![3 => Just("prefer".to_owned()), 1 => "[a-zA-Z-]{1,12}"],
            proxied in any::<bool>(),
        ) {
            let mode = if proxied { "mode = \"proxy\"" } else { "" };
            let config = config(&format!("{mode}\npreload_paths = [\"/v1.0/me\"]"));
            let options = json!({"headers": {name: "x"}});
            let call = json!([method, user, path, ids, options, ["headers"], false, false]);
            let asked = PreloadRequest { time_zone: None, text_bodies: false, immutable_ids: true, calls: vec![call] };
            for request in read(&config, &asked, &HeaderMap::new()).into_iter().flatten() {
                let url = reqwest::Url::parse(&format!("https://graph.microsoft.com{}", request.path)).unwrap();
                prop_assert_eq!(url.path(), request.path.path());
                prop_assert_eq!(url.origin().ascii_serialization(), "https://graph.microsoft.com");
                prop_assert!(url.username().is_empty() && url.password().is_none() && url.fragment().is_none());
                // However often a service decodes it, and though it takes a backslash for a slash.
                let mut text = url.path().to_owned();
                for _ in 0..4 {
                    let plain = text.replace('\\', "/").to_ascii_lowercase();
                    let mut names = plain.split('/').skip(1);
                    prop_assert_eq!(names.next(), Some("v1.0"));
                    prop_assert!(names.next().is_some_and(|name| name == "me" || name.starts_with("me(")), "{}", url);
                    prop_assert!(!names.any(|name| matches!(name, "." | ".." | "$batch")), "{}", url);
                    text = form_decode(&text.replace('+', "%2b"));
                }
                let own = ["client-request-id", "return-client-request-id", "accept-encoding"];
                for name in request.headers.keys() {
                    prop_assert!(own.contains(&name.as_str()) || FORWARDED.contains(name), "{}", name);
                }
            }
        }
    }
}
