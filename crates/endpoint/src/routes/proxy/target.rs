//! Path and query of a call, as they go to the API.

use axum::http::uri::PathAndQuery;
use std::fmt::Write as _;

/// Path and query as they go to the API, which are those that were checked: `None` for a path that a URL parser would write
/// otherwise. In a query it would encode some octets: so are they here.
pub(in crate::routes) fn at_api(path: &str, query: Option<&str>) -> Option<PathAndQuery> {
    let plain =
        |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/%|[]^".contains(&byte);
    if !path.bytes().all(plain) {
        return None;
    }
    let mut whole = String::with_capacity(path.len() + 1 + query.map_or(0, str::len));
    whole.push_str(path);
    if let Some(query) = query {
        whole.push('?');
        for letter in query.chars() {
            if letter.is_ascii_graphic() && !matches!(letter, '"' | '#' | '<' | '>' | '\'') {
                whole.push(letter);
                continue;
            }
            for byte in letter.encode_utf8(&mut [0; 4]).bytes() {
                // Writing to a text does not fail.
                let _ = write!(whole, "%{byte:02X}");
            }
        }
    }
    whole.try_into().ok()
}

#[cfg(test)]
mod unit {
    use super::super::path::check;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// What is sent is what a URL parser would send, and no path that it would change.
        #[test]
        fn e37_path_and_query_are_as_a_url_parser_writes_them(rest in "[ -~é]{0,12}", query in "[ -~é]{0,12}") {
            let (path, query) = (format!("/v1.0/me/{rest}"), query.replace('#', ""));
            let Ok(admitted) = format!("{}?x", path.replace(['?', '#'], "")).parse::<PathAndQuery>() else {
                return Ok(());
            };
            let (path, prefixes) = (admitted.path(), ["/v1.0/me".to_owned()]);
            let mut url = reqwest::Url::parse(&format!("https://graph.example{path}")).unwrap();
            url.set_query(Some(&query));
            match at_api(path, Some(&query)) {
                Some(sent) if check(&prefixes, path).is_ok() => {
                    prop_assert_eq!(format!("https://graph.example{sent}"), url.as_str());
                }
                Some(_) => {}
                None => prop_assert_ne!(url.path(), path),
            }
        }
    }
}
