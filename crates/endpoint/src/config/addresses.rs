//! Origins and redirect URIs, brought to the form in which browsers and the sign-in service write them.

use reqwest::Url;

/// An origin as browsers send it: the host in small letters and ASCII, without the scheme's own port.
/// `None` for what is no origin.
pub(super) fn origin(text: &str) -> Option<String> {
    let url = Url::parse(text).ok().filter(|url| is_plain(text, url))?;
    let alone = url.path() == "/" && !text.ends_with('/') && url.query().is_none();
    alone.then(|| url.origin().ascii_serialization())
}

/// A redirect URI as the browser arrives there: the host as in [`origin`], a slash where there is no path.
/// `None` for what is no absolute address, has a query or a fragment, or a path that a browser would write otherwise.
pub(super) fn redirect_uri(text: &str) -> Option<String> {
    let url = Url::parse(text).ok().filter(|url| is_plain(text, url))?;
    let path = text.splitn(4, '/').nth(3).unwrap_or_default();
    let same = url.path().strip_prefix('/') == Some(path);
    (same && url.query().is_none()).then(|| url.to_string())
}

/// An http address without a user and a fragment, written without white space and backslashes.
fn is_plain(text: &str, url: &Url) -> bool {
    let fits = |letter: char| !letter.is_whitespace() && !letter.is_control() && letter != '\\';
    let scheme = text.split("://").next().unwrap_or_default();
    ["https", "http"].contains(&url.scheme())
        && scheme.eq_ignore_ascii_case(url.scheme())
        && text.chars().all(fits)
        && !text.contains(['#', '@', '?'])
        && url.host_str().is_some_and(|host| !host.is_empty())
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn e64_addresses_have_one_form() {
        for (text, wanted) in [
            (
                "https://app.contoso.example",
                Some("https://app.contoso.example"),
            ),
            (
                "https://App.Contoso.Example",
                Some("https://app.contoso.example"),
            ),
            (
                "HTTPS://app.contoso.example:443",
                Some("https://app.contoso.example"),
            ),
            (
                "https://app.contoso.example:8443",
                Some("https://app.contoso.example:8443"),
            ),
            ("http://localhost:80", Some("http://localhost")),
            (
                "https://münchen.example",
                Some("https://xn--mnchen-3ya.example"),
            ),
            ("https://app.contoso.example/", None),
            ("https://app.contoso.example/x", None),
            ("https://app.contoso.example?a", None),
            ("https://user@app.contoso.example", None),
            ("https:app.contoso.example", None),
            ("ftp://app.contoso.example", None),
            ("", None),
        ] {
            assert_eq!(origin(text).as_deref(), wanted, "{text}");
        }
        for (text, wanted) in [
            (
                "https://app.contoso.example",
                Some("https://app.contoso.example/"),
            ),
            (
                "https://app.contoso.example/",
                Some("https://app.contoso.example/"),
            ),
            (
                "https://APP.contoso.example:443/Back",
                Some("https://app.contoso.example/Back"),
            ),
            ("https://app.contoso.example/back?a=b", None),
            ("https://app.contoso.example?", None),
            ("https://app.contoso.example/back#x", None),
            ("https://app.contoso.example/a/../b", None),
            ("https://app.contoso.example/a b", None),
            ("https://app.contoso.example/a\\b", None),
            ("https://user@app.contoso.example/", None),
            ("/back", None),
        ] {
            assert_eq!(redirect_uri(text).as_deref(), wanted, "{text}");
        }
    }
}
