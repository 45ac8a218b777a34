//! Tests of `request.rs`: calls by their path.

use super::tests::api;
use super::*;
use crate::json::Json;
use proptest::prelude::*;

#[test]
fn links_of_the_endpoints_proxy_are_followed_there() {
    for (root, link, wanted) in [
        (
            "/auth/proxy",
            "/auth/proxy/v1.0/me/messages?$skip=1",
            "/auth/proxy/v1.0/me/messages?$skip=1",
        ),
        (
            "/auth/proxy",
            "/me/messages",
            "/auth/proxy/v1.0/me/messages",
        ),
        (
            "https://app.example/auth/proxy",
            "/auth/proxy/v1.0/me?$skip=1",
            "https://app.example/auth/proxy/v1.0/me?$skip=1",
        ),
        (
            "https://api.example",
            "/v1.0/me",
            "https://api.example/v1.0/me",
        ),
        (
            "https://api.example",
            "/v1.0x/me",
            "https://api.example/v1.0/v1.0x/me",
        ),
    ] {
        let api = Api::new(Flavor::Graph, root);
        let made = api.at_path("GET", link, &Options::default()).unwrap();
        assert_eq!(made.url, wanted, "{root} {link}");
    }
    let proxied = Api::new(Flavor::Graph, "/auth/proxy");
    for bad in [
        "/auth/proxy/v1.0/../../session",
        "https://graph.microsoft.com/v1.0/me",
        "//evil.example/auth/proxy/v1.0/me",
    ] {
        assert!(
            proxied.at_path("GET", bad, &Options::default()).is_err(),
            "{bad}"
        );
    }
}

#[test]
fn s15_an_upload_goes_where_the_service_says_with_what_describes_the_piece() {
    let json = r#"{"bare":true,"headers":{"content-range":"bytes 0-1/2"}}"#;
    let options = Options::call(
        Json::parse(json).unwrap(),
        &Key::list(&[Key::Bare, Key::Headers]),
    )
    .unwrap();
    let upload = |url: &str| api(Flavor::Graph).at_path("PUT", url, &options);
    let request = upload("https://outlook.office.com/upload?authtoken=x").unwrap();
    assert!(request.preauthenticated);
    assert_eq!(request.headers.0.len(), 1, "no preference, no id");
    assert_eq!(request.item("https://api.example/v1.0"), None);
    for bad in [
        "http://outlook.office.com/",
        "https://a@b.example/",
        "/me",
        "https://b.example/../x",
    ] {
        assert_eq!(upload(bad).unwrap_err().code, Code::UntrustedHost, "{bad}");
    }
}

#[test]
fn requests_by_path_stay_below_the_root() {
    let api = api(Flavor::Graph);
    let url = |path: &str| {
        api.at_path("get", path, &Options::default())
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
        .at_path(
            "patch",
            "/me",
            &Options::call(
                Json::parse(r#"{"query":{"$top":"5","a&b":"c d"}}"#).unwrap_or_default(),
                &Key::list(&[Key::Query]),
            )
            .unwrap(),
        )
        .unwrap();
    assert_eq!(
        (made.method.as_str(), made.url.as_str()),
        ("PATCH", "https://api.example/v1.0/me?$top=5&a%26b=c%20d")
    );
}

proptest! {
    #[test]
    fn s14_no_path_leads_elsewhere(path in "\\PC{0,80}") {
        if let Ok(request) = api(Flavor::Graph).at_path("GET", &path, &Options::default()) {
            prop_assert!(request.url.starts_with("https://api.example/v1.0/") || request.url.starts_with("https://api.example/v1.0?"));
        }
    }
}
