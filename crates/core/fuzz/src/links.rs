//! Where requests go. Fields: which API, a user, an id, another id, a link.

use super::{fields, number};
use exo365_core::json::Json;
use exo365_core::options::{Key, Options};
use exo365_core::origin;
use exo365_core::request::Api;
use exo365_core::text::form_decode;
use exo365_core::wire::Flavor;
use url::Url;

const APIS: [(Flavor, &str); 4] = [
    (Flavor::Graph, "https://graph.contoso.example"),
    (Flavor::OutlookV2, "https://outlook.contoso.example:8443"),
    (Flavor::OutlookV1, "http://localhost:8080"),
    (Flavor::Graph, "https://app.contoso.example/auth/proxy"),
];

pub(super) fn run(input: &str) {
    let [which, user, id, other, link] = fields(input);
    let (flavor, at) = APIS[number(which, 0) % APIS.len()];
    let api = Api::new(flavor, at);
    let options = |text: &str| {
        Options::call(
            Json::parse(text).unwrap_or_default(),
            &Key::list(&[Key::Bare]),
        )
        .expect("options that are some")
    };
    if let Ok(link) = origin::guard(&api.root, link) {
        stays(&api, &link);
    }
    if let Ok(request) = api.at_path("get", link, &options("{}")) {
        stays(&api, &request.url);
        assert!(!request.url.contains('#') && !request.preauthenticated);
    }
    if let Ok(request) = api.at_path("PUT", link, &options(r#"{"bare":true}"#)) {
        assert!(
            request.preauthenticated && request.headers == exo365_core::fetch::Headers::default()
        );
        uploads(&request.url);
    }
    let ids = [id.to_owned(), other.to_owned()];
    let template = "messages/{}/attachments/{}";
    if let Ok(request) = api.operation("GET", Some(user), template, &ids, &options("{}")) {
        stays(&api, &request.url);
        each_id_is_one_segment(&api, &request.url, [user, id, other]);
    }
    if origin::check(link, false).is_ok() {
        assert!(link.starts_with("https://") && origin::of(link) == link);
    }
    if origin::check(link, true).is_ok()
        && let Ok(url) = Url::parse(link)
    {
        assert!(is_bare_origin(&url) && (url.scheme() == "https" || is_loopback(&url)));
    }
}

/// The address is below the API's root, however it is looked at.
fn stays(api: &Api, link: &str) {
    let (root, url) = (Url::parse(&api.root), Url::parse(link));
    let root = root.expect("a root is an address");
    let url = url.expect("a link that passes is an address");
    assert_eq!(url.origin(), root.origin(), "{link}");
    assert!(url.username().is_empty() && url.password().is_none());
    let rest = url.path().strip_prefix(root.path());
    let below = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    assert!(below, "{link} is not below {root}");
}

/// Nothing but https, or this machine, and nobody's name in it.
fn uploads(link: &str) {
    let Ok(url) = Url::parse(link) else {
        return; // `fetch` takes it no more than this does
    };
    assert!(url.username().is_empty() && url.password().is_none());
    assert!(url.scheme() == "https" || is_loopback(&url), "{link}");
}

fn is_bare_origin(url: &Url) -> bool {
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    bare && url.username().is_empty() && url.password().is_none()
}

fn is_loopback(url: &Url) -> bool {
    url.scheme() == "http" && matches!(url.host_str(), Some("localhost" | "127.0.0.1"))
}

fn each_id_is_one_segment(api: &Api, link: &str, [user, id, other]: [&str; 3]) {
    let url = Url::parse(link).expect("an address");
    let root = Url::parse(&api.root).expect("an address");
    let count = |url: &Url| url.path_segments().map_or(0, Iterator::count);
    assert_eq!(count(&url), count(&root) + 6, "{link}");
    let segments: Vec<_> = url
        .path_segments()
        .into_iter()
        .flatten()
        .skip(count(&root))
        .collect();
    // No `+` is left as it is, so that form text and percent-encoding are the same here.
    let decoded = |at: usize| form_decode(segments[at]);
    assert_eq!([decoded(1), decoded(3), decoded(5)], [user, id, other]);
    assert!(url.query().is_none() && url.fragment().is_none());
}
