//! OData query options under their plain names, checked and written (OData 4.01 part 2, §5.1).

use crate::error::Error;
use crate::text::{push_pair, push_segment};
use crate::wire::Flavor;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// The options of a list or a get. `None` leaves the service's default.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Query {
    /// Fields to return.
    pub select: Option<Vec<String>>,
    /// A condition in OData's own language.
    pub filter: Option<String>,
    /// `field` or `field desc`, most telling first.
    pub order_by: Option<Vec<String>>,
    /// Related things to bring along.
    pub expand: Option<Vec<String>>,
    /// Words or KQL; quoted here where the caller did not.
    pub search: Option<String>,
    /// Items per page: 1 to the flavour's most.
    pub top: Option<u32>,
    /// Items to leave out.
    pub skip: Option<u32>,
    /// Whether to count everything that matches.
    pub count: Option<bool>,
    /// Parameters that are not OData's, such as `startDateTime`; they go first.
    pub extra: Vec<(String, String)>,
}

impl Query {
    /// Appends the options to `url`.
    ///
    /// # Errors
    /// [`crate::error::Code::InvalidArgument`] where a number is out of range or a list is empty.
    pub fn write(&self, flavor: Flavor, url: &mut String) -> Result<(), Error> {
        for (name, value) in &self.extra {
            let mut key = String::new();
            // `$` is common in OData's names and stays.
            if let Some(rest) = name.strip_prefix('$') {
                key.push('$');
                push_segment(&mut key, rest);
            } else {
                push_segment(&mut key, name);
            }
            push_pair(url, &key, value);
        }
        for (name, list, separator) in [
            ("$select", &self.select, ","),
            ("$expand", &self.expand, ","),
            ("$orderby", &self.order_by, ","),
        ] {
            let Some(list) = list else { continue };
            if list.iter().any(|item| item.trim().is_empty()) || list.is_empty() {
                return Err(Error::argument(
                    "select, expand and orderBy take names: not an empty list, not an empty name",
                ));
            }
            push_pair(url, name, &list.join(separator));
        }
        if let Some(filter) = &self.filter {
            push_pair(url, "$filter", filter);
        }
        if let Some(search) = &self.search {
            push_pair(url, "$search", &quoted(search));
        }
        if let Some(top) = self.top {
            if top == 0 || top > flavor.max_top() {
                return Err(Error::argument(
                    "top is out of range: 1 to 1000 for graph, 1 to 50 for outlook-v1 and outlook-v2",
                ));
            }
            push_pair(url, "$top", &top.to_string());
        }
        if let Some(skip) = self.skip {
            push_pair(url, "$skip", &skip.to_string());
        }
        if self.count == Some(true) {
            push_pair(url, "$count", "true");
        }
        Ok(())
    }
}

/// The service wants the whole of `$search` in quotes.
fn quoted(search: &str) -> String {
    if search.starts_with('"') {
        return search.into();
    }
    let mut text = String::from("\"");
    text.push_str(&search.replace('\\', "\\\\").replace('"', "\\\""));
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use alloc::vec;
    use proptest::prelude::*;

    fn written(flavor: Flavor, query: &Query) -> Result<String, Code> {
        let mut url = String::from("/me/messages");
        query.write(flavor, &mut url).map_err(|error| error.code)?;
        Ok(url)
    }

    #[test]
    fn every_option_under_its_own_name() {
        let query = Query {
            select: Some(vec!["subject".into(), "from".into()]),
            filter: Some("isRead eq false".into()),
            order_by: Some(vec!["receivedDateTime desc".into(), "id".into()]),
            expand: Some(vec!["attachments".into()]),
            search: None,
            top: Some(50),
            skip: Some(100),
            count: Some(true),
            extra: vec![("startDateTime".into(), "2026-01-01T00:00:00Z".into())],
        };
        assert_eq!(
            written(Flavor::Graph, &query).unwrap(),
            "/me/messages?startDateTime=2026-01-01T00:00:00Z&$select=subject,from&$expand=attachments&$orderby=receivedDateTime%20desc,id&$filter=isRead%20eq%20false&$top=50&$skip=100&$count=true"
        );
        assert_eq!(
            written(Flavor::Graph, &Query::default()).unwrap(),
            "/me/messages"
        );
        assert_eq!(
            written(
                Flavor::Graph,
                &Query {
                    count: Some(false),
                    ..Query::default()
                }
            )
            .unwrap(),
            "/me/messages"
        );
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
            let query = Query {
                top: Some(top),
                ..Query::default()
            };
            assert_eq!(written(flavor, &query).is_ok(), fits, "{flavor:?} {top}");
        }
    }

    #[test]
    fn empty_lists_and_names_are_refused() {
        for list in [vec![], vec![String::new()], vec!["a".into(), " ".into()]] {
            let query = Query {
                select: Some(list),
                ..Query::default()
            };
            assert_eq!(written(Flavor::Graph, &query), Err(Code::InvalidArgument));
        }
    }

    #[test]
    fn a_search_is_quoted_once() {
        for (search, wanted) in [
            ("lunch", "%22lunch%22"),
            ("\"from:ben\"", "%22from:ben%22"),
            ("say \"hi\"", "%22say%20%5C%22hi%5C%22%22"),
        ] {
            let query = Query {
                search: Some(search.into()),
                ..Query::default()
            };
            assert_eq!(
                written(Flavor::Graph, &query).unwrap(),
                ["/me/messages?$search=", wanted].concat()
            );
        }
    }

    proptest! {
        #[test]
        fn whatever_a_filter_holds_stays_one_parameter(filter in "\\PC{0,60}") {
            let query = Query { filter: Some(filter.clone()), ..Query::default() };
            let url = written(Flavor::Graph, &query).unwrap();
            let value = url.strip_prefix("/me/messages?$filter=").unwrap();
            prop_assert!(!value.contains(['&', '#', '?', '+', ' ']));
            prop_assert_eq!(crate::text::form_decode(value), filter);
        }
    }
}
