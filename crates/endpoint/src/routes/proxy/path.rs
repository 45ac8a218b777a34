//! Which addresses of the API the proxy reaches: those below its prefixes, however they are written.
//!
//! A URL parser takes `%2e%2e` for `..`, and services decode once more: what a prefix says has to hold for
//! the path as it came and for each of its decoded forms.

use crate::http::answer::Rejection;
use axum::http::{Method, StatusCode};
use exo365_core::error::Code;
use std::borrow::Cow;

/// Below the base; the API's own path follows, from its root on.
pub(crate) const PATH: &str = "/proxy";
/// Most rounds of percent-decoding.
const MAX_DECODINGS: usize = 3;

/// What goes through.
pub(crate) const METHODS: [Method; 5] = [
    Method::GET,
    Method::POST,
    Method::PATCH,
    Method::PUT,
    Method::DELETE,
];

/// A path that may be called.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct PathCheck {
    /// It holds further calls in its body.
    pub(crate) is_batch: bool,
    /// Its response is a user's content, which is never changed.
    pub(crate) is_content: bool,
}

/// Checks a path, as it came, without its query.
///
/// # Errors
/// 403.
pub(crate) fn check(prefixes: &[String], path: &str) -> Result<PathCheck, Rejection> {
    judge(prefixes, path).ok_or_else(refused)
}

pub(super) fn refused() -> Rejection {
    Rejection::at(
        StatusCode::FORBIDDEN,
        Code::Forbidden,
        "the path is not among the endpoint's `proxy_paths`",
    )
}

/// The same; `None` where it is refused.
pub(super) fn judge(prefixes: &[String], path: &str) -> Option<PathCheck> {
    let mut level = Cow::Borrowed(path.as_bytes());
    for turn in 0..=MAX_DECODINGS {
        if !is_clean(&level) || !is_below(prefixes, &level) {
            return None;
        }
        if !level.contains(&b'%') {
            return decoded(&level);
        }
        let next = decode(&level, turn == 0)?;
        if *next == *level {
            return decoded(&level);
        }
        level = next.into();
    }
    None
}

/// What a clean path is that has nothing more to decode.
fn decoded(path: &[u8]) -> Option<PathCheck> {
    let last = path.rsplit(|byte| *byte == b'/').next();
    let is = |what: &[u8]| last.is_some_and(|name| name.eq_ignore_ascii_case(what));
    let is_batch = is(b"$batch");
    // A batch in any other spelling or place would not be looked into.
    let batches = path
        .split(|byte| *byte == b'/')
        .filter(|name| may_be_batch(name));
    (batches.count() == usize::from(is_batch)).then(|| PathCheck {
        is_batch,
        is_content: is(b"$value"),
    })
}

/// Whether a service could take a segment for `$batch`: with parameters, parentheses, white space or dots behind it, or
/// in full-width letters.
fn may_be_batch(segment: &[u8]) -> bool {
    // Names with a dollar sign are the service's own, and ASCII.
    if segment.contains(&b'$') && !segment.is_ascii() {
        return true;
    }
    // In full-width letters there is no ASCII dollar sign, and no ASCII text.
    if segment.is_ascii() && !segment.contains(&b'$') {
        return false;
    }
    let plain = narrow(segment);
    let plain = plain.trim_start().trim_start_matches('.');
    let fits = |letter: char| letter.is_ascii_alphanumeric() || letter == '$';
    let name = plain.split(|letter: char| !fits(letter)).next();
    name.is_some_and(|name| name.eq_ignore_ascii_case("$batch"))
}

/// A segment with its full-width letters as ASCII: some servers read them so.
fn narrow(segment: &[u8]) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(segment);
    if text.is_ascii() {
        return text;
    }
    let letter = |letter: char| match u32::from(letter) {
        wide @ 0xff01..=0xff5e => char::from_u32(wide - 0xfee0).unwrap_or(letter),
        _ => letter,
    };
    text.chars().map(letter).collect()
}

/// Letters that a service could take for a dot, a slash, a backslash, a percent or a dollar sign, since they are one in
/// another form (Unicode's compatibility decomposition, and the best fit of code pages). Full-width letters are folded.
const LOOK_ALIKE: [char; 15] = [
    '\u{2024}', '\u{2025}', '\u{2026}', '\u{fe52}', '\u{ff0e}', '\u{ff61}', '\u{2044}', '\u{2215}',
    '\u{ff0f}', '\u{2216}', '\u{fe68}', '\u{ff3c}', '\u{fe6a}', '\u{ff05}', '\u{fe69}',
];

/// No control characters, no backslashes, no segment of dots alone, and nothing that could be read as one of these: neither
/// octets that are no UTF-8, which some decoders take for ASCII (`%C0%AE`), nor letters that look alike, nor `%u002e`.
fn is_clean(path: &[u8]) -> bool {
    let is_text =
        path.is_ascii() || std::str::from_utf8(path).is_ok_and(|text| !text.contains(LOOK_ALIKE));
    if !is_text || has_unicode_escape(path) {
        return false;
    }
    let odd = |byte: &u8| byte.is_ascii_control() || *byte == b'\\';
    // Some servers cut a segment at a semicolon, others trim it.
    let dots = |segment: &[u8]| {
        // Most segments begin with a letter of a name.
        if segment.first().is_some_and(u8::is_ascii_alphanumeric) {
            return false;
        }
        let plain = narrow(segment);
        let name = plain.split(';').next().unwrap_or_default().trim();
        !name.is_empty() && name.chars().all(|letter| letter == '.')
    };
    !path.iter().any(odd) && !path.split(|byte| *byte == b'/').any(dots)
}

/// `%u` and four digits, as some servers decode it.
fn has_unicode_escape(path: &[u8]) -> bool {
    path.contains(&b'%')
        && path.windows(6).any(|part| {
            let (mark, digits) = part.split_at(2);
            mark.eq_ignore_ascii_case(b"%u") && digits.iter().all(u8::is_ascii_hexdigit)
        })
}

/// Below one of the prefixes; keys may follow in parentheses. The services do not tell case apart.
fn is_below(prefixes: &[String], path: &[u8]) -> bool {
    prefixes.iter().any(|prefix| {
        let head = path.get(..prefix.len());
        let same = head.is_some_and(|head| head.eq_ignore_ascii_case(prefix.as_bytes()));
        same && matches!(path.get(prefix.len()), None | Some(b'/' | b'('))
    })
}

/// Percent-decoded. As it came (`strict`) a path has no stray percent sign.
fn decode(path: &[u8], strict: bool) -> Option<Vec<u8>> {
    let digit = |byte: Option<&u8>| char::from(*byte?).to_digit(16);
    let mut decoded = Vec::with_capacity(path.len());
    let mut rest = path.iter().as_slice();
    while let Some((byte, after)) = rest.split_first() {
        let pair = (digit(after.first()), digit(after.get(1)));
        rest = after;
        match (byte, pair) {
            (b'%', (Some(high), Some(low))) => {
                decoded.push(u8::try_from(high * 16 + low).ok()?);
                rest = after.get(2..).unwrap_or_default();
            }
            (b'%', _) if strict => return None,
            (byte, _) => decoded.push(*byte),
        }
    }
    Some(decoded)
}

/// The prefixes of the tests.
#[cfg(test)]
pub(super) fn prefixes() -> Vec<String> {
    ["/v1.0/me", "/v1.0/users", "/v1.0/$batch"]
        .map(String::from)
        .into()
}

#[cfg(test)]
mod unit {
    use super::*;
    use proptest::prelude::*;

    fn is_admitted(path: &str) -> bool {
        check(&prefixes(), path).is_ok()
    }

    #[test]
    fn e37_paths_below_the_prefixes_go_through() {
        for path in [
            "/v1.0/me",
            "/v1.0/me/",
            "/v1.0/Me/messages/AAMk-_=",
            "/v1.0/me/messages/AA%2FBB%2B=",
            "/v1.0/users('adele@contoso.example')/messages",
            "/v1.0/users/ben_fabrikam.example%23EXT%23@contoso.example/events",
            "/v1.0/me/photos/48x48/$value",
            "/v1.0/me/mailFolders/a..b/messages",
            "/v1.0/me/messages/100%25",
            "/v1.0/me/messages/100%25united",
            "/v1.0/me/contactFolders/Kontakte%20f%C3%BCr%20%E6%9D%B1%E4%BA%AC",
        ] {
            assert!(is_admitted(path), "{path}");
        }
        assert!(check(&prefixes(), "/v1.0/$batch").is_ok_and(|path| path.is_batch));
        assert!(check(&prefixes(), "/v1.0/me/%24BATCH").is_ok_and(|path| path.is_batch));
        assert!(check(&prefixes(), "/v1.0/me").is_ok_and(|path| !path.is_batch));
    }

    #[test]
    fn e37_whatever_could_leave_the_prefixes_does_not() {
        for path in [
            "",
            "/",
            "/v1.0",
            "/v1.0/",
            "/v1.0/meetings",
            "/v1.0/me.x",
            "/v1.0/groups",
            "/beta/me",
            "//v1.0/me",
            "/v1.0//me",
            "/v1.0/me/../groups",
            "/v1.0/me/./x",
            "/v1.0/me/..",
            "/v1.0/me/.../x",
            "/v1.0/me/..;/groups",
            "/v1.0/me/..;a=b/groups",
            "/v1.0/me/%2e%2e/groups",
            "/v1.0/me/.%2E/groups",
            "/v1.0/me/%2e%2e%2fgroups",
            "/v1.0/me%2f..%2fgroups",
            "/v1.0/me/..%5cgroups",
            "/v1.0/me\\..\\groups",
            "/v1.0/me/%252e%252e/groups",
            "/v1.0/me/%25252e%25252e/groups",
            "/v1.0/me/%2e%2e%20/groups",
            "/v1.0/me/x%00",
            "/v1.0/me/x%0d%0aHost:evil",
            "/v1.0/me/%",
            "/v1.0/me/%zz",
            "/v1.0/%6de/messages",
            "/v1.0/me%2fmessages",
            "/v1.0/me/%EF%BC%8E%EF%BC%8E/groups",
            // Octets that are no UTF-8: overlong forms, single octets of Latin-1.
            "/v1.0/me/%C0%AE%C0%AE/groups",
            "/v1.0/me/%c0%ae%c0%ae%c0%afgroups",
            "/v1.0/me/%E0%80%AE%E0%80%AE/groups",
            "/v1.0/me/%25C0%25AE/groups",
            "/v1.0/me/x%FF",
            // Letters that are a slash or dots in another form.
            "/v1.0/me/x%EF%BC%8F..%EF%BC%8F..%EF%BC%8Fgroups",
            "/v1.0/me/x%E2%88%95..%E2%88%95groups",
            "/v1.0/me/x%EF%BC%BC..%EF%BC%BCgroups",
            "/v1.0/me/%E2%80%A5/groups",
            "/v1.0/me/%E2%80%A4%E2%80%A4/groups",
            "/v1.0/me/%EF%BC%852e%EF%BC%852e/groups",
            "/v1.0/me/%25u002e%25u002E/groups",
            "/v1.0/me/%25U002f..",
            "@evil.example/v1.0/me",
            "http://evil.example/v1.0/me",
        ] {
            assert!(!is_admitted(path), "{path}");
        }
    }

    #[test]
    fn e62_a_batch_in_any_other_spelling_is_refused() {
        for path in [
            "/v1.0/$batch/",
            "/v1.0/$batch//",
            "/v1.0/$batch()",
            "/v1.0/$batch;a=b",
            "/v1.0/$batch%20",
            "/v1.0/$batch.",
            "/v1.0/$batch/x",
            "/v1.0/%24batch%2f",
            "/v1.0/%2524Batch/",
            "/v1.0/me/$batch/",
            "/v1.0/me/%EF%BC%84batch",
            "/v1.0/me/%EF%BC%84%EF%BD%82atch/",
            "/v1.0/me/$batch/$batch",
            "/v1.0/me/$b%EF%BD%81tch",
            "/v1.0/me/$%F0%9D%90%9Batch",
            "/v1.0/me/$%E2%80%8Bbatch",
            "/v1.0/me/%EF%BB%BF$batch",
            "/v1.0/me/%EF%B9%A9batch",
            "/v1.0/me/$batch%C2%A0",
            "/v1.0/me/ $batch",
        ] {
            let all = ["/v1.0".to_owned(), "/v1.0/$batch".to_owned()];
            assert!(check(&all, path).is_err(), "{path}");
        }
        assert!(is_admitted("/v1.0/me/mailFolders/batch/messages"));
        assert!(is_admitted("/v1.0/me/$batches"));
    }

    proptest! {
        /// What goes through is where it says, also after a URL parser had it.
        #[test]
        fn e37_a_url_parser_sees_the_same_place(rest in "(/|\\.|%2e|%2E|%2f|%5c|%25|;|x|\\(|%20|%){0,12}") {
            let path = format!("/v1.0/me{rest}");
            if is_admitted(&path) {
                let url = reqwest::Url::parse(&format!("https://graph.example{path}")).unwrap();
                prop_assert_eq!(url.path(), path);
            }
        }
    }
}
