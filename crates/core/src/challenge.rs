//! Headers that explain a refusal: `WWW-Authenticate` (RFC 9110 §11.6.1) and Exchange's `x-ms-diagnostics`.

use crate::error::Diagnostics;
use crate::scan;
use crate::text::base64_decode;
use alloc::string::String;
use alloc::vec::Vec;

/// The largest decoded `claims` of a challenge that is taken, in bytes.
const MAX_CLAIMS: usize = 8 * 1024;

/// What a Bearer challenge asks for. `authorization_uri` and `realm` are not read: a challenge does not choose where
/// users or tokens go.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Challenge {
    /// `error`, e.g. `invalid_token` or `insufficient_claims`.
    pub error: Option<String>,
    /// `claims`, decoded: the text of a JSON object.
    pub claims: Option<String>,
}

/// Reads the first Bearer challenge of a `WWW-Authenticate` value. There may be several challenges, parameters in any
/// order, and commas and `=` inside quotes.
#[must_use]
pub fn bearer(header: &str) -> Challenge {
    let mut challenge = Challenge::default();
    let mut inside = false;
    let mut rest = scan::trim_start(header, BETWEEN);
    while !rest.is_empty() {
        // `[scheme] name`, then `=` with a value; without one a scheme alone, or a stray quote.
        let end = scan::find_any(rest, b"=,\"").unwrap_or(rest.len());
        let (head, after) = scan::split_at(rest, end);
        let head = scan::trim(head);
        let (mut scheme, mut name) = scan::rsplit_once(head, b" \t").unwrap_or(("", head));
        let mut value = String::new();
        if let Some(after) = after.strip_prefix("=") {
            let after = scan::trim_start(after, b" \t");
            if let Some(quoted) = after.strip_prefix("\"") {
                rest = unquote(quoted, &mut value);
            } else {
                let plain = scan::before(after, b",");
                rest = scan::split_at(after, plain.len()).1;
                value = scan::trim(plain).into();
            }
        } else {
            (scheme, name) = (head, "");
            rest = after.strip_prefix("\"").unwrap_or(after);
        }
        rest = scan::trim_start(rest, BETWEEN);
        let scheme = scan::trim(scheme);
        if !scheme.is_empty() {
            if inside {
                break;
            }
            inside = scheme.eq_ignore_ascii_case("bearer");
        }
        if inside && name.eq_ignore_ascii_case("error") {
            challenge.error = Some(value);
        } else if inside && name.eq_ignore_ascii_case("claims") {
            challenge.claims = claims(&value);
        }
    }
    challenge
}

/// What separates parameters.
const BETWEEN: &[u8] = b" \t,";

/// Reads a quoted string (RFC 9110 §5.6.4) whose first quote was read already; gives the rest. A string without a last
/// quote goes to the end.
fn unquote<'a>(text: &'a str, value: &mut String) -> &'a str {
    let mut bytes = Vec::new();
    let (mut escaped, mut rest) = (false, "");
    for (at, byte) in text.bytes().enumerate() {
        if !escaped && byte == b'"' {
            rest = scan::split_at(text, at + 1).1;
            break;
        }
        escaped = !escaped && byte == b'\\';
        if !escaped {
            bytes.push(byte);
        }
    }
    *value = scan::text(bytes);
    rest
}

/// Decodes base64 or base64url; `None` for anything but a JSON object of at most 8 kB.
fn claims(encoded: &str) -> Option<String> {
    let bytes = base64_decode(encoded).filter(|bytes| bytes.len() <= MAX_CLAIMS)?;
    let text = scan::text(bytes);
    is_json_object(&text).then_some(text)
}

/// Whether `text` is one JSON object.
#[must_use]
pub fn is_json_object(text: &str) -> bool {
    matches!(
        crate::json::Json::parse(text),
        Some(crate::json::Json::Object(_))
    )
}

/// Reads the first value of the header, `<number>;reason="<text>";error_category="<word>"`. SharePoint writes
/// `category` for `error_category`.
#[must_use]
pub fn diagnostics(header: &str) -> Option<Diagnostics> {
    let (number, rest) = scan::split_once(header, ";")?;
    let part = |key: &str| -> Option<&str> {
        let after = scan::split_once(rest, key)?.1;
        // Quotes inside a reason are not escaped: the reason ends where the next parameter begins.
        ["\";", "\","]
            .into_iter()
            .find_map(|end| scan::split_once(after, end))
            .or_else(|| scan::rsplit_once(after, b"\""))
            .map(|cut| cut.0)
    };
    Some(Diagnostics {
        number: scan::number(scan::trim(number))?,
        reason: part("reason=\"").unwrap_or_default().into(),
        category: part("category=\"").unwrap_or_default().into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use proptest::prelude::*;

    fn read(header: &str) -> (Option<String>, Option<String>) {
        let Challenge { error, claims } = bearer(header);
        (error, claims)
    }

    #[test]
    fn s28_challenges_as_the_services_send_them() {
        let some = |text: &str| Some(text.to_string());
        let nbf = r#"{"access_token":{"nbf":{"essential":true,"value":"1790000000"}}}"#;
        for (header, wanted) in [
            (
                r#"Bearer client_id="00000002", trusted_issuers="00000001@*", error="invalid_token",Basic Realm="""#,
                (some("invalid_token"), None),
            ),
            (
                r#"Basic Realm="",Bearer error="invalid_token""#,
                (some("invalid_token"), None),
            ),
            (
                r#"Bearer realm="", error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZSwidmFsdWUiOiIxNzkwMDAwMDAwIn19fQ==""#,
                (some("insufficient_claims"), some(nbf)),
            ),
            (
                r#"bearer claims="e30", error=insufficient_claims"#,
                (some("insufficient_claims"), some("{}")),
            ),
            (
                r#"Bearer error_description="a, error=\"x\" b", error="invalid_token""#,
                (some("invalid_token"), None),
            ),
            (r#"Bearer error="a" , Bearer error="b""#, (some("a"), None)),
            (
                r#"Bearer claims="bm90IGpzb24", error="x""#,
                (some("x"), None),
            ),
            (r#"Bearer claims="W10""#, (None, None)),
            ("Bearer", (None, None)),
            (
                "Negotiate, Bearer error=\"invalid_token",
                (some("invalid_token"), None),
            ),
            ("", (None, None)),
        ] {
            assert_eq!(read(header), wanted, "{header}");
        }
        let long = crate::text::base64url(
            alloc::format!("{{\"a\":\"{}\"}}", "x".repeat(MAX_CLAIMS)).as_bytes(),
        );
        assert_eq!(read(&alloc::format!("Bearer claims=\"{long}\"")).1, None);
    }

    #[test]
    fn diagnostics_of_exchange_and_sharepoint() {
        let read = |text| diagnostics(text).map(|d| (d.number, d.reason, d.category));
        let wanted = Some((
            2_000_001,
            "No applicable user context claims found.".to_string(),
            "invalid_token".to_string(),
        ));
        assert_eq!(
            read(
                r#"2000001;reason="No applicable user context claims found.";error_category="invalid_token""#
            ),
            wanted
        );
        let wanted = Some((
            3_000_003,
            "Invalid \"audience\" 'x'.".to_string(),
            "invalid_client".to_string(),
        ));
        assert_eq!(
            read(
                r#"3000003;reason="Invalid "audience" 'x'.";category="invalid_client", 2;reason="b""#
            ),
            wanted
        );
        assert_eq!(read("nonsense"), None);
        assert_eq!(read("x;reason=\"y\""), None);
    }

    proptest! {
        #[test]
        fn no_header_breaks_the_parsers(header in "[ -~]{0,80}") {
            let _ = bearer(&header);
            let _ = diagnostics(&header);
        }

        #[test]
        fn what_is_quoted_comes_out_as_it_was(error in "[ -~]{0,40}", other in "[ -~]{0,40}") {
            let quote = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
            let header = alloc::format!("Bearer realm=\"{}\", error=\"{}\"", quote(&other), quote(&error));
            prop_assert_eq!(bearer(&header).error, Some(error));
        }
    }
}
