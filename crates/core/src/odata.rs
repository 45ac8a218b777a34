//! Checks and writes the system query options of OData (OData 4.01 part 2, §5.1).

use crate::error::Error;
use crate::options::{Key, Options};
use crate::scan;
use crate::text::{push_pair, push_segment};
use crate::wire::Flavor;
use alloc::string::String;

/// Appends the options of a list or a get to `url`: `select`, `filter`, `orderBy`, `expand`, `search`,
/// `top`, `skip`, `count`, and the parameters in `query`, which go first.
///
/// # Errors
/// [`crate::error::Code::InvalidArgument`] where a number is out of range or a list is empty.
pub fn write(options: &Options, flavor: Flavor, url: &mut String) -> Result<(), Error> {
    for (name, value) in options.pairs(Key::Query) {
        let mut key = String::new();
        // A leading `$` stays as it is: it marks OData's own parameters.
        if let Some(rest) = name.strip_prefix("$") {
            key.push('$');
            push_segment(&mut key, rest);
        } else {
            push_segment(&mut key, name);
        }
        push_pair(url, &key, value);
    }
    for &(key, name) in &[
        (Key::Select, "$select"),
        (Key::Expand, "$expand"),
        (Key::OrderBy, "$orderby"),
    ] {
        let Some(list) = options.texts(key) else {
            continue;
        };
        if list.iter().any(|item| scan::trim(item).is_empty()) || list.is_empty() {
            return Err(Error::argument(
                "select, expand and orderBy take names: not an empty list, not an empty name",
            ));
        }
        push_pair(url, name, &scan::join(&list, ","));
    }
    if let Some(filter) = options.text(Key::Filter) {
        push_pair(url, "$filter", filter);
    }
    if let Some(search) = options.text(Key::Search) {
        push_pair(url, "$search", &quoted(search));
    }
    for (key, name, least, most) in [
        (Key::Top, "$top", 1, flavor.max_top()),
        (Key::Skip, "$skip", 0, u32::MAX),
    ] {
        let Some(number) = options.number(key) else {
            continue;
        };
        if number < least || number > most {
            return Err(Error::argument(
                "top is out of range: 1 to 1000 for graph, 1 to 50 for outlook-v1 and outlook-v2",
            ));
        }
        let mut text = String::new();
        scan::push_number(&mut text, number.into());
        push_pair(url, name, &text);
    }
    if options.flag(Key::Count, false) {
        push_pair(url, "$count", "true");
    }
    Ok(())
}

/// The value of `$search`, in quotes, as the service requires: what a caller quoted is a phrase in it.
fn quoted(search: &str) -> String {
    let mut text = b"\"".to_vec();
    scan::push_escaped(&mut text, search, b"\"\\");
    text.push(b'"');
    scan::text(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::json::Json;
    use alloc::format;
    use alloc::string::ToString;
    use proptest::prelude::*;

    fn written(flavor: Flavor, options: &str) -> Result<String, Code> {
        let mut url = String::from("/me/messages");
        Options::call(
            Json::parse(options).unwrap_or_default(),
            &Key::list(Key::ALL),
        )
        .and_then(|options| write(&options, flavor, &mut url))
        .map_err(|error| error.code)?;
        Ok(url)
    }

    #[test]
    fn every_option_under_its_own_name() {
        let options = r#"{"select":["subject","from"],"filter":"isRead eq false","orderBy":["receivedDateTime desc","id"],
            "expand":"attachments","top":50,"skip":100,"count":true,"query":{"startDateTime":"2026-01-01T00:00:00Z"}}"#;
        assert_eq!(
            written(Flavor::Graph, options).unwrap(),
            "/me/messages?startDateTime=2026-01-01T00:00:00Z&$select=subject,from&$expand=attachments&$orderby=receivedDateTime%20desc,id&$filter=isRead%20eq%20false&$top=50&$skip=100&$count=true"
        );
        for none in ["{}", r#"{"count":false}"#] {
            assert_eq!(written(Flavor::Graph, none).unwrap(), "/me/messages");
        }
    }

    #[test]
    fn pages_are_as_large_as_the_flavour_grants() {
        for (flavor, top, fits) in [
            (Flavor::Graph, 0, false),
            (Flavor::Graph, 1, true),
            (Flavor::Graph, 1000, true),
            (Flavor::Graph, 1001, false),
            (Flavor::OutlookV2, 50, true),
            (Flavor::OutlookV2, 51, false),
            (Flavor::OutlookV1, 51, false),
        ] {
            let options = format!(r#"{{"top":{top}}}"#);
            assert_eq!(written(flavor, &options).is_ok(), fits, "{flavor:?} {top}");
        }
    }

    #[test]
    fn empty_lists_and_names_are_refused() {
        for list in ["[]", r#"[""]"#, r#"["a"," "]"#] {
            let options = format!(r#"{{"select":{list}}}"#);
            assert_eq!(written(Flavor::Graph, &options), Err(Code::InvalidArgument));
        }
    }

    #[test]
    fn a_search_is_quoted_whole() {
        for (search, wanted) in [
            ("lunch", "%22lunch%22"),
            ("from:ben", "%22from:ben%22"),
            ("say \"hi\"", "%22say%20%5C%22hi%5C%22%22"),
            (
                "\"quarterly report\" from:ben",
                "%22%5C%22quarterly%20report%5C%22%20from:ben%22",
            ),
            ("\"lunch\"", "%22%5C%22lunch%5C%22%22"),
            ("\"", "%22%5C%22%22"),
            ("a\\", "%22a%5C%5C%22"),
        ] {
            let options = serde_json::json!({ "search": search }).to_string();
            assert_eq!(
                written(Flavor::Graph, &options).unwrap(),
                ["/me/messages?$search=", wanted].concat()
            );
        }
    }

    proptest! {
        #[test]
        fn whatever_a_filter_holds_stays_one_parameter(filter in "\\PC{0,60}") {
            let options = serde_json::json!({ "filter": filter }).to_string();
            let url = written(Flavor::Graph, &options).unwrap();
            let value = url.strip_prefix("/me/messages?$filter=").unwrap();
            prop_assert!(!value.contains(['&', '#', '?', '+', ' ']));
            prop_assert_eq!(crate::text::form_decode(value), filter);
        }
    }
}
