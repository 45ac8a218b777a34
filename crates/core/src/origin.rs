//! Checks where a token may go: origins, and links below a root.

use crate::error::{Code, Error};
use crate::scan;
use alloc::string::String;

/// Checks that `origin` is `https://host[:port]`, without path, user and query. With `insecure_loopback` (development),
/// loopback hosts may have `http`.
///
/// # Errors
/// [`Code::Misconfigured`].
pub fn check(origin: &str, insecure_loopback: bool) -> Result<(), Error> {
    let host = if let Some(host) = origin.strip_prefix("https://") {
        host
    } else {
        let host = origin
            .strip_prefix("http://")
            .filter(|host| insecure_loopback && is_loopback(host));
        host.ok_or(Error::new(
            Code::Misconfigured,
            "sign-in and API hosts have to be https origins (http only for localhost, with allowInsecureLoopback)",
        ))?
    };
    if host.is_empty() || !scan::is_plain(host, b"-.:") {
        return Err(Error::new(
            Code::Misconfigured,
            "a host is an origin such as https://graph.microsoft.com: no path, user or query",
        ));
    }
    Ok(())
}

/// True for `localhost`, `127.0.0.1` and these with a port.
#[must_use]
pub fn is_loopback(host: &str) -> bool {
    let name = scan::before(host, b":");
    name == "localhost" || name == "127.0.0.1"
}

/// The origin (scheme, host, port) of an absolute URL, as written.
#[must_use]
pub fn of(url: &str) -> &str {
    let after = scan::find(url, "://").map_or(0, |at| at + 3);
    let end = url
        .get(after..)
        .and_then(|rest| scan::find_any(rest, b"/?#"));
    end.and_then(|end| url.get(..after + end)).unwrap_or(url)
}

/// Checks that a link of the service stays below `root`, such as `https://host/v1.0`.
///
/// The texts are compared. Whatever a URL parser might read in another way (a user before the host, backslashes, control
/// characters, dot segments) is refused.
///
/// # Errors
/// [`Code::UntrustedHost`]: the token must never travel to a host that a body or a caller chose.
pub fn guard(root: &str, link: &str) -> Result<String, Error> {
    let untrusted = Error::new(
        Code::UntrustedHost,
        "the link leaves the API's own host and version: it is not followed",
    );
    let Some(rest) = link.strip_prefix(root) else {
        return Err(untrusted);
    };
    let odd = |byte: &u8| *byte <= b' ' || *byte == b'\\' || *byte >= 127;
    let path = scan::before(rest, b"?#");
    let dots = scan::split(path, b'/').any(is_dots);
    if !(rest.starts_with("/") || rest.starts_with("?")) || rest.as_bytes().iter().any(odd) || dots
    {
        return Err(untrusted);
    }
    Ok(link.into())
}

/// `.` or `..`, also with the dots as `%2e`.
fn is_dots(segment: &str) -> bool {
    let (mut rest, mut dots) = (segment, 0);
    while !rest.is_empty() {
        let next = [".", "%2e", "%2E"]
            .iter()
            .find_map(|dot| rest.strip_prefix(dot));
        let Some(next) = next else { return false };
        (rest, dots) = (next, dots + 1);
    }
    dots == 1 || dots == 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn s36_only_https_and_loopback_by_flag() {
        for (origin, flag, wanted) in [
            ("https://graph.microsoft.com", false, true),
            ("https://graph.microsoft.com:444", false, true),
            ("http://graph.microsoft.com", true, false),
            ("http://localhost:8080", true, true),
            ("http://localhost:8080", false, false),
            ("http://127.0.0.1", true, true),
            ("http://localhost.evil.example", true, false),
            ("https://graph.microsoft.com/", false, false),
            ("https://user@graph.microsoft.com", false, false),
            ("https://", false, false),
            ("ftp://localhost", true, false),
            ("", true, false),
        ] {
            assert_eq!(check(origin, flag).is_ok(), wanted, "{origin}");
        }
    }

    #[test]
    fn s14_s15_links_stay_below_the_root() {
        let root = "https://graph.microsoft.com/v1.0";
        for (link, wanted) in [
            (
                "https://graph.microsoft.com/v1.0/me/messages?$skip=10",
                true,
            ),
            ("https://graph.microsoft.com/v1.0?x", true),
            ("https://graph.microsoft.com/v1.0x/me", false),
            ("https://graph.microsoft.com/beta/me", false),
            ("https://graph.microsoft.com.evil.example/v1.0/me", false),
            ("https://graph.microsoft.com@evil.example/v1.0/me", false),
            ("https://evil.example/v1.0/me", false),
            ("http://graph.microsoft.com/v1.0/me", false),
            ("https://graph.microsoft.com/v1.0/../beta/me", false),
            ("https://graph.microsoft.com/v1.0/%2E%2e/beta/me", false),
            ("https://graph.microsoft.com/v1.0/\\evil", false),
            ("https://graph.microsoft.com/v1.0/me\n", false),
            ("//graph.microsoft.com/v1.0/me", false),
            ("", false),
        ] {
            assert_eq!(guard(root, link).is_ok(), wanted, "{link}");
        }
    }

    #[test]
    fn the_origin_is_cut_out() {
        assert_eq!(of("https://app.example/x?y"), "https://app.example");
        assert_eq!(of("http://localhost:1"), "http://localhost:1");
        assert_eq!(of("/relative"), "");
    }

    proptest! {
        #[test]
        fn nothing_that_passes_has_another_origin(link in "https://graph[./@:a-z\\\\%?#]{0,40}") {
            let root = "https://graph.example/v1.0";
            if guard(root, &link).is_ok() {
                prop_assert!(link.starts_with("https://graph.example/v1.0"));
            }
        }
    }
}
