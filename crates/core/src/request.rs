//! Requests as data: method, URL and headers. They hold no credential and no body.

use crate::error::{Code, Error};
use crate::fetch::Headers;
use crate::flavor;
use crate::intent::{Effect, Intent};
use crate::json::Writer;
use crate::odata;
use crate::options::{Key, Options};
use crate::origin;
use crate::scan;
use crate::text::push_segment;
use crate::wire::Flavor;
use alloc::string::String;

/// An API, and what every request to it says about the answer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Api {
    /// The flavour.
    pub flavor: Flavor,
    /// `{origin}{root path}`, e.g. `https://graph.microsoft.com/v1.0`.
    pub root: String,
    /// IANA or Windows name, for event times in answers.
    pub time_zone: Option<String>,
    /// Whether bodies of items come as plain text (the service's default is HTML).
    pub text_bodies: bool,
    /// Whether ids stay the same when an item is moved (Graph only).
    pub immutable_ids: bool,
}

/// A request. The shell adds `authorization`, `client-request-id` and the body.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Request {
    /// In capitals.
    pub method: String,
    /// Absolute and encoded.
    pub url: String,
    /// `Prefer`, and the caller's own.
    pub headers: Headers,
    /// Whether the URL carries its own permission: then no token and no id is sent.
    pub preauthenticated: bool,
}

impl Request {
    /// What it is for. `keyed` says that its body has a `transactionId`.
    #[must_use]
    pub fn intent(&self, keyed: bool) -> Intent {
        if self.preauthenticated {
            // The pieces of an upload: what they are for is done by the last one alone, which the face looks at.
            return Intent {
                effect: Effect::Read,
                conditional: false,
            };
        }
        Intent::of(&self.method, &self.url, self.headers.has("if-match"), keyed)
    }

    /// The item of a batch, as JSON without id and body; `None` where the URL is not below `root`.
    #[must_use]
    pub fn item(&self, root: &str) -> Option<String> {
        let path = self.url.strip_prefix(root)?;
        Some(
            Writer::new()
                .text("method", &self.method)
                .text("url", path)
                .raw("headers", &self.headers.json(&[]))
                .finish(),
        )
    }
}

impl Api {
    /// The API of `flavor` at `origin`, with the default preferences.
    #[must_use]
    pub fn new(flavor: Flavor, origin: &str) -> Self {
        Self {
            flavor,
            root: scan::concat(&[origin, flavor.root_path()]),
            time_zone: None,
            text_bodies: false,
            immutable_ids: true,
        }
    }

    /// The request of an operation: `template` below the mailbox of `user` (`None`: the signed-in user), each `{}`
    /// replaced by the next of `ids`.
    ///
    /// # Errors
    /// [`Code::InvalidArgument`] for an id that cannot be one; [`Code::UnsupportedByApi`].
    pub fn operation(
        &self,
        method: &str,
        user: Option<&str>,
        template: &str,
        ids: &[String],
        options: &Options,
    ) -> Result<Request, Error> {
        let operation = match (template, ids) {
            // The parts of the settings are operations of their own.
            ("mailboxSettings/{}", [part]) => part.as_str(),
            // The owner of the mailbox.
            (".", _) => "me",
            _ => template,
        };
        if self.flavor.lacks(method, operation) {
            return Err(flavor::unsupported(self.flavor, method, operation));
        }
        let template = self.flavor.changes(template);
        let mut url = self.root.clone();
        let rooted = template.starts_with("/");
        // Outlook has subscriptions and batches below the mailbox.
        let moved =
            rooted && self.flavor != Flavor::Graph && scan::find(template, "/users") != Some(0);
        match user {
            _ if rooted && !moved => {}
            Some(user) if !moved => {
                url.push_str("/users/");
                push_id(&mut url, user)?;
            }
            _ => url.push_str("/me"),
        }
        let mut ids = ids.iter().map(String::as_str);
        for name in scan::split(template, b'/').filter(|name| !matches!(*name, "" | ".")) {
            let name = self.flavor.segment(name);
            // Outlook's subscriptions have their key in parentheses.
            let key = moved && name == "{}";
            let (slash, mut rest) = if key { ("", "('{}')") } else { ("/", name) };
            url.push_str(slash);
            while let Some((before, after)) = scan::split_once(rest, "{}") {
                url.push_str(before);
                let id = ids.next().unwrap_or_default();
                // In an OData string, quotes are doubled (OData 4.01 part 2, §5.1.1.14.1).
                let mut text = String::new();
                for part in scan::split(id, b'\'') {
                    if rest != "{}" && !text.is_empty() {
                        text.push('\'');
                    }
                    text.push_str(part);
                    text.push('\'');
                }
                text.pop();
                push_id(&mut url, &text)?;
                rest = after;
            }
            url.push_str(rest);
        }
        odata::write(options, self.flavor, &mut url)?;
        self.request(method, url, options)
    }

    /// The request to a path below the root (`/me/...`), or to an absolute link that the service gave.
    ///
    /// # Errors
    /// [`Code::UntrustedHost`], [`Code::InvalidArgument`].
    pub fn at_path(&self, method: &str, path: &str, options: &Options) -> Result<Request, Error> {
        if options.flag(Key::Bare, false) {
            return preauthenticated(method, path, options);
        }
        // Links of the endpoint's proxy have no origin.
        let link = scan::concat(&[origin::of(&self.root), path]);
        let absolute =
            scan::find(path, "://").is_some() || path.starts_with("//") || path.starts_with("\\");
        let mut url = if let Ok(url) = origin::guard(&self.root, &link) {
            url
        } else if absolute {
            origin::guard(&self.root, path)?
        } else {
            let slash = if path.starts_with("/") { "" } else { "/" };
            origin::guard(&self.root, &scan::concat(&[&self.root, slash, path])).map_err(|_| {
                Error::argument(
                    "path is a path below the API's root, encoded, without spaces and dot segments",
                )
            })?
        };
        if scan::contains_any(&url, b"#") {
            return Err(Error::argument("path has a fragment (#): encode it as %23"));
        }
        odata::write(options, self.flavor, &mut url)?;
        self.request(&method.to_ascii_uppercase(), url, options)
    }

    fn request(&self, method: &str, url: String, options: &Options) -> Result<Request, Error> {
        let prefer = self.prefer(options);
        let mut headers = Headers::default();
        if !prefer.is_empty() {
            headers.set("prefer", &prefer)?;
        }
        if is_advanced(&url) {
            headers.set("consistencylevel", "eventual")?;
        }
        for (name, value) in options.pairs(Key::Headers) {
            // The package sets these itself.
            let own = RESERVED_HEADERS
                .iter()
                .find(|one| one.eq_ignore_ascii_case(name));
            if let Some(own) = own {
                let pieces = ["`", *own, "` is set by the package"];
                return Err(Error::with(Code::InvalidArgument, scan::concat(&pieces)));
            }
            headers.set(name, value)?;
        }
        if let Some(etag) = options.text(Key::IfMatch) {
            headers.set("if-match", etag)?;
        }
        Ok(Request {
            method: method.into(),
            url,
            headers,
            preauthenticated: false,
        })
    }

    /// The `Prefer` header. It is sent with every page, since links do not repeat it.
    fn prefer(&self, options: &Options) -> String {
        let zone = options.text(Key::TimeZone).or(self.time_zone.as_deref());
        let mut text = String::new();
        let mut add = |pieces: [&str; 3]| {
            if !text.is_empty() {
                text.push_str(", ");
            }
            for piece in pieces {
                text.push_str(piece);
            }
        };
        if let Some(zone) = zone.filter(|_| self.flavor != Flavor::OutlookV1) {
            add(["outlook.timezone=\"", zone, "\""]);
        }
        if self.text_bodies {
            add(["outlook.body-content-type=", "\"text\"", ""]);
        }
        if self.immutable_ids && self.flavor == Flavor::Graph {
            add(["IdType=", "\"ImmutableId\"", ""]);
        }
        if options.flag(Key::Changes, false) && self.flavor != Flavor::Graph {
            add(["odata.track-changes", "", ""]);
        }
        if let Some(size) = options.number(Key::PageSize) {
            let mut digits = String::new();
            scan::push_number(&mut digits, size.into());
            add(["odata.maxpagesize=", &digits, ""]);
        }
        text
    }
}

/// Headers that the package sets itself.
const RESERVED_HEADERS: [&str; 3] = [
    "authorization",
    "client-request-id",
    "return-client-request-id",
];

/// Whether the directory answers this query only with `ConsistencyLevel: eventual`
/// (<https://learn.microsoft.com/graph/aad-advanced-queries>).
fn is_advanced(url: &str) -> bool {
    let has = |part| scan::find(url, part).is_some();
    let path = scan::before(url, b"?");
    let list = path.strip_suffix("/$count").unwrap_or(path);
    let query = list.len() < path.len() || has("$search=") || has("$count=true");
    query && (list.ends_with("/users") || list.ends_with("/directReports"))
}

/// The request to a pre-authenticated URL: that of an upload session. It is on another host, so that only the headers
/// that describe the piece are sent.
fn preauthenticated(method: &str, url: &str, options: &Options) -> Result<Request, Error> {
    let origin = origin::of(url);
    origin::check(origin, true)
        .and_then(|()| origin::guard(origin, url))
        .map_err(|_| {
            Error::new(
                Code::UntrustedHost,
                "the service's upload address is none that can be trusted",
            )
        })?;
    let mut headers = Headers::default();
    for (name, value) in options.pairs(Key::Headers) {
        headers.set(name, value)?;
    }
    Ok(Request {
        method: method.into(),
        url: url.into(),
        headers,
        preauthenticated: true,
    })
}

/// Appends an id or an address as one path segment.
fn push_id(url: &mut String, id: &str) -> Result<(), Error> {
    if scan::trim(id).is_empty() || id == "." || id == ".." {
        return Err(Error::new(
            Code::InvalidArgument,
            "an id is a text that is not empty (is it undefined?)",
        ));
    }
    push_segment(url, id);
    Ok(())
}

#[cfg(test)]
#[path = "tests/request.rs"]
mod tests;

#[cfg(test)]
#[path = "tests/request_at_path.rs"]
mod tests_at_path;
