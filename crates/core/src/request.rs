//! A request as data: where to, with which headers. Holds no credential and no body.

use crate::error::{Code, Error};
use crate::flavor;
use crate::json::Writer;
use crate::odata;
use crate::options::Options;
use crate::origin;
use crate::outgoing::Headers;
use crate::scan;
use crate::text::push_segment;
use crate::wire::Flavor;
use alloc::string::String;

/// Which API, where, and what every call says about the answer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Api {
    /// The flavour.
    pub flavor: Flavor,
    /// `{origin}{root path}`, e.g. `https://graph.microsoft.com/v1.0`.
    pub root: String,
    /// IANA or Windows name, for event times in answers.
    pub time_zone: Option<String>,
    /// Whether bodies shall come as plain text (the service's default is HTML).
    pub text_bodies: bool,
    /// Whether ids shall survive a move (Graph only).
    pub immutable_ids: bool,
}

/// What to send. The shell adds `authorization`, `client-request-id` and the body.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Request {
    /// Upper-case, as the wire has it.
    pub method: String,
    /// Absolute, already encoded.
    pub url: String,
    /// What the service shall know about the answer.
    pub headers: Headers,
    /// Whether the address bears its own permission: no token and no id goes there.
    pub bare: bool,
}

impl Request {
    /// Whether the request may be repeated although the first one may have taken effect
    /// (RFC 9110 §9.2.2).
    #[must_use]
    pub fn idempotent(&self) -> bool {
        is_idempotent(&self.method)
    }
}

impl Request {
    /// As an item of a batch, without id and body, as JSON; `None` where the address is not below `root`.
    #[must_use]
    pub fn item(&self, root: &str) -> Option<String> {
        let path = self.url.strip_prefix(root)?;
        let mut headers = Writer::new();
        for (name, value) in &self.headers.0 {
            headers.text(name, value);
        }
        let headers = headers.done();
        let mut item = Writer::new();
        item.text("method", &self.method).text("url", path);
        Some(item.raw("headers", &headers).done())
    }
}

/// See [`Request::idempotent`].
#[must_use]
pub fn is_idempotent(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "PUT" | "PATCH" | "DELETE")
}

impl Api {
    /// A new request for `flavor` at `origin`.
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

    /// `template` below the mailbox of `user` (the signed-in one where that is `None`), each `{}`
    /// replaced by the next of `ids`.
    ///
    /// # Errors
    /// [`Code::InvalidArgument`] for an id that cannot be one; [`Code::UnsupportedByApi`].
    pub fn named(
        &self,
        method: &str,
        user: Option<&str>,
        template: &str,
        ids: &[String],
        options: &Options,
    ) -> Result<Request, Error> {
        // What a part of the settings is, its name says.
        let part = match (template, ids) {
            ("mailboxSettings/{}", [part]) => part.as_str(),
            _ => template,
        };
        if self.flavor.lacking(method, part).is_some() {
            return Err(flavor::unsupported(self.flavor, method, part));
        }
        let template = self.flavor.changes(template);
        let mut url = self.root.clone();
        let rooted = template.starts_with('/');
        // Subscriptions and batches: Outlook has them below the mailbox.
        let moved =
            rooted && self.flavor != Flavor::Graph && scan::find(template, "/users") != Some(0);
        match user {
            _ if rooted && !moved => {}
            _ if moved => url.push_str("/me"),
            None => url.push_str("/me"),
            Some(user) => {
                url.push_str("/users/");
                push_id(&mut url, user)?;
            }
        }
        let mut ids = ids.iter().map(String::as_str);
        for name in scan::parts(template, b'/').filter(|name| !matches!(*name, "" | ".")) {
            let name = self.flavor.segment(name);
            // Outlook's subscriptions take a key in the OData way.
            let key = moved && name == "{}";
            let (slash, mut rest) = if key { ("", "('{}')") } else { ("/", name) };
            url.push_str(slash);
            while let Some((before, after)) = scan::cut(rest, "{}") {
                url.push_str(before);
                let id = ids.next().unwrap_or_default();
                // A text of OData (OData 4.01 part 2, §5.1.1.14.1): quotes in it are doubled.
                let mut text = String::new();
                for part in scan::parts(id, b'\'') {
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

    /// A path below the root (`/me/...`), or an absolute link that the service gave.
    ///
    /// # Errors
    /// [`Code::UntrustedHost`], [`Code::InvalidArgument`].
    pub fn free(&self, method: &str, path: &str, options: &Options) -> Result<Request, Error> {
        if options.truth("bare", false) {
            return bare(method, path, options);
        }
        let absolute =
            scan::find(path, "://").is_some() || path.starts_with("//") || path.starts_with('\\');
        let mut url = if absolute {
            origin::guard(&self.root, path)?
        } else {
            let slash = if path.starts_with('/') { "" } else { "/" };
            origin::guard(&self.root, &scan::concat(&[&self.root, slash, path])).map_err(|_| {
                Error::argument(
                    "path is a path below the API's root, encoded, without spaces and dot segments",
                )
            })?
        };
        if scan::has(&url, b"#") {
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
        for (name, value) in options.pairs("headers") {
            // Ours, with every call; in another's place they would say something untrue.
            let own = OWN.iter().find(|one| one.eq_ignore_ascii_case(name));
            if let Some(own) = own {
                let pieces = ["`", *own, "` is set by the package"];
                return Err(Error::with(Code::InvalidArgument, scan::concat(&pieces)));
            }
            headers.set(name, value)?;
        }
        if let Some(etag) = options.text("ifMatch") {
            headers.set("if-match", etag)?;
        }
        Ok(Request {
            method: method.into(),
            url,
            headers,
            bare: false,
        })
    }

    /// The `Prefer` header: sent on every page, since links do not carry it.
    fn prefer(&self, options: &Options) -> String {
        let zone = options.text("timeZone").or(self.time_zone.as_deref());
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
        if options.truth("changes", false) && self.flavor != Flavor::Graph {
            add(["odata.track-changes", "", ""]);
        }
        if let Some(size) = options.number("pageSize") {
            let mut digits = String::new();
            scan::push_number(&mut digits, size.into());
            add(["odata.maxpagesize=", &digits, ""]);
        }
        text
    }
}

/// Headers that go with every call, whatever the caller says.
const OWN: [&str; 3] = [
    "authorization",
    "client-request-id",
    "return-client-request-id",
];

/// Whether the directory answers this query from its index only, which the caller has to know about
/// (<https://learn.microsoft.com/graph/aad-advanced-queries>).
fn is_advanced(url: &str) -> bool {
    let has = |part| scan::find(url, part).is_some();
    let path = scan::before(url, b"?");
    let list = path.strip_suffix("/$count").unwrap_or(path);
    let query = list.len() < path.len() || has("$search=") || has("$count=true");
    query && (list.ends_with("/users") || list.ends_with("/directReports"))
}

/// Whether `zone` can be the name of a time zone: it travels inside a quoted header value.
pub(crate) fn is_time_zone(zone: &str) -> bool {
    !zone.is_empty() && zone.len() <= 64 && scan::is_plain(zone, b" /_+-.()")
}

/// A request to an address that bears its own permission: the upload URL of an attachment. It is another host's, so
/// nothing goes with it but what describes the piece.
fn bare(method: &str, url: &str, options: &Options) -> Result<Request, Error> {
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
    for (name, value) in options.pairs("headers") {
        headers.set(name, value)?;
    }
    Ok(Request {
        method: method.into(),
        url: url.into(),
        headers,
        bare: true,
    })
}

/// An id or address as one path segment.
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
mod tests {
    use super::*;
    use crate::json::Json;
    use alloc::string::ToString;
    use alloc::vec;
    use proptest::prelude::*;

    fn api(flavor: Flavor) -> Api {
        Api::new(flavor, "https://api.example")
    }

    fn url(
        flavor: Flavor,
        user: Option<&str>,
        template: &str,
        ids: &[&str],
    ) -> Result<String, Code> {
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let request = api(flavor).named("GET", user, template, &ids, &Options::default());
        request
            .map(|request| request.url)
            .map_err(|error| error.code)
    }

    #[test]
    fn paths_of_the_three_flavours() {
        for (flavor, user, template, ids, wanted) in [
            (
                Flavor::Graph,
                None,
                "messages",
                &[][..],
                "https://api.example/v1.0/me/messages",
            ),
            (
                Flavor::Graph,
                Some("sales@contoso.example"),
                "messages/{}",
                &["A/b="][..],
                "https://api.example/v1.0/users/sales%40contoso.example/messages/A%2Fb%3D",
            ),
            (
                Flavor::OutlookV2,
                None,
                "mailFolders/{}/messages",
                &["inbox"][..],
                "https://api.example/api/v2.0/me/mailFolders/inbox/messages",
            ),
            (
                Flavor::OutlookV1,
                None,
                "mailFolders/{}/messages",
                &["inbox"][..],
                "https://api.example/api/v1.0/me/folders/inbox/messages",
            ),
            (
                Flavor::Graph,
                None,
                "/users",
                &[][..],
                "https://api.example/v1.0/users",
            ),
        ] {
            assert_eq!(url(flavor, user, template, ids).unwrap(), wanted);
        }
        assert_eq!(
            url(Flavor::OutlookV1, None, "people", &[]),
            Err(Code::UnsupportedByApi)
        );
    }

    #[test]
    fn ids_that_cannot_be_ids_are_refused() {
        for id in ["", " ", ".", ".."] {
            assert_eq!(
                url(Flavor::Graph, None, "messages/{}", &[id]),
                Err(Code::InvalidArgument),
                "{id:?}"
            );
        }
        assert_eq!(
            url(Flavor::Graph, None, "messages/{}", &[]),
            Err(Code::InvalidArgument)
        );
        assert_eq!(
            url(Flavor::Graph, Some(""), "messages", &[]),
            Err(Code::InvalidArgument)
        );
    }

    #[test]
    fn preferences_are_those_that_the_flavour_knows() {
        let prefer = |flavor| {
            let mut api = api(flavor);
            api.time_zone = Some("Europe/Berlin".into());
            api.text_bodies = true;
            api.named("GET", None, "messages", &[], &Options::default())
                .unwrap()
                .headers
                .0
        };
        assert_eq!(prefer(Flavor::Graph), vec![("prefer".to_string(), "outlook.timezone=\"Europe/Berlin\", outlook.body-content-type=\"text\", IdType=\"ImmutableId\"".to_string())]);
        assert_eq!(
            prefer(Flavor::OutlookV2),
            vec![(
                "prefer".to_string(),
                "outlook.timezone=\"Europe/Berlin\", outlook.body-content-type=\"text\""
                    .to_string()
            )]
        );
        assert_eq!(
            prefer(Flavor::OutlookV1),
            vec![(
                "prefer".to_string(),
                "outlook.body-content-type=\"text\"".to_string()
            )]
        );
    }

    #[test]
    fn free_requests_stay_below_the_root() {
        let api = api(Flavor::Graph);
        let url = |path: &str| {
            api.free("get", path, &Options::default())
                .map(|request| request.url)
                .map_err(|error| error.code)
        };
        assert_eq!(
            url("/me/mailFolders").unwrap(),
            "https://api.example/v1.0/me/mailFolders"
        );
        assert_eq!(
            url("me/events?$top=1").unwrap(),
            "https://api.example/v1.0/me/events?$top=1"
        );
        assert_eq!(
            url("https://api.example/v1.0/me?$skip=1").unwrap(),
            "https://api.example/v1.0/me?$skip=1"
        );
        for foreign in [
            "https://evil.example/v1.0/me",
            "//evil.example/v1.0/me",
            "\\\\evil.example",
            "https://user@evil.example/",
        ] {
            assert_eq!(url(foreign), Err(Code::UntrustedHost), "{foreign}");
        }
        for odd in [
            "/../beta/me",
            "/me/a b",
            "/me#x",
            "/me/%2e%2E/x",
            "/me/\u{e9}",
        ] {
            assert_eq!(url(odd), Err(Code::InvalidArgument), "{odd}");
        }
        let made = api
            .free(
                "patch",
                "/me",
                &Options::call(
                    Json::parse(r#"{"query":{"$top":"5","a&b":"c d"}}"#).unwrap_or_default(),
                    "query",
                )
                .unwrap(),
            )
            .unwrap();
        assert_eq!(
            (made.method.as_str(), made.url.as_str()),
            ("PATCH", "https://api.example/v1.0/me?$top=5&a%26b=c%20d")
        );
    }

    #[test]
    fn zone_names_cannot_break_out_of_the_header() {
        for good in [
            "Europe/Berlin",
            "W. Europe Standard Time",
            "Etc/GMT+3",
            "UTC",
            "America/Port-au-Prince",
        ] {
            assert!(is_time_zone(good), "{good}");
        }
        for bad in ["", "a\"b", "a\r\nb", "é"] {
            assert!(!is_time_zone(bad), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn s14_no_path_leads_elsewhere(path in "\\PC{0,80}") {
            if let Ok(request) = api(Flavor::Graph).free("GET", &path, &Options::default()) {
                prop_assert!(request.url.starts_with("https://api.example/v1.0/") || request.url.starts_with("https://api.example/v1.0?"));
            }
        }

        #[test]
        fn an_id_is_one_segment(id in "\\PC{1,60}") {
            if let Ok(url) = url(Flavor::Graph, None, "messages/{}", &[&id]) {
                let rest = url.strip_prefix("https://api.example/v1.0/me/messages/").unwrap();
                prop_assert!(!rest.contains(['/', '?', '#', '\\']));
                prop_assert_eq!(crate::text::form_decode(rest), id);
            }
        }
    }
}
