//! Pages of lists whose items are filtered and sorted as JSON.

use serde_json::{Map, Value};

use super::call::Call;
use super::page::Page;
use crate::odata::eval::{Scalar, Source};
use crate::odata::{Query, eval, order};
use crate::schema::names::Kind;
use crate::views::extended_properties;
use crate::views::selection::selected;

/// Filters, sorts, counts, selects the page and renders it.
pub(crate) fn page(
    call: &Call<'_>,
    kind: Kind,
    query: &Query,
    all: Vec<Map<String, Value>>,
) -> Page {
    cut(query, all, |entity| call.render(kind, entity))
}

/// The same for items that are in no mailbox.
pub(crate) fn cut(
    query: &Query,
    all: Vec<Map<String, Value>>,
    render: impl Fn(Map<String, Value>) -> Value,
) -> Page {
    let all: Vec<Value> = all.into_iter().map(Value::Object).collect();
    let mut met: Vec<&Value> = all.iter().filter(|one| matches(query, one)).collect();
    order::sort(&query.order, &mut met);
    let total = met.len();
    let shown = met.into_iter().skip(query.skip).take(query.top);
    let value: Vec<Value> = shown
        .filter_map(Value::as_object)
        .map(|one| render(selected(one.clone(), query)))
        .collect();
    Page {
        scanned: value.len(),
        count: (query.count && query.skip == 0).then_some(total),
        more: query.skip + value.len() < total,
        value,
    }
}

/// Whether an entity matches the filter and the search.
pub(crate) fn matches(query: &Query, one: &Value) -> bool {
    let filtered = query
        .filter
        .as_ref()
        .is_none_or(|filter| eval::matches(filter, &Entity(one)));
    filtered && query.search.as_deref().is_none_or(|text| finds(text, one))
}

/// An entity for a filter, which finds an open extension by its id and by its name.
struct Entity<'a>(&'a Value);

impl Source for Entity<'_> {
    fn val(&self, path: &[String]) -> Scalar<'_> {
        self.0.val(path)
    }

    fn list(&self, path: &[String]) -> Vec<Value> {
        match (path, self.0) {
            ([name], Value::Object(held)) if is_extended(name) => {
                extended_properties::listed(held, name)
            }
            _ => self.0.list(path),
        }
    }
}

fn is_extended(name: &str) -> bool {
    extended_properties::NAMES.contains(&name)
}

/// Whether the texts of an entity contain all words.
fn finds(search: &str, one: &Value) -> bool {
    let text = search.replace(['"', '\\'], " ").to_lowercase();
    let words = text.split_whitespace().map(|word| {
        // `property:word`: the property is ignored here.
        word.split_once(':').map_or(word, |(_, word)| word)
    });
    let mut words = words;
    words.all(|word| contains(one, word))
}

fn contains(value: &Value, word: &str) -> bool {
    match value {
        Value::String(text) => text.to_lowercase().contains(word),
        Value::Array(list) => list.iter().any(|one| contains(one, word)),
        Value::Object(object) => object
            .iter()
            .filter(|(name, _)| !name.starts_with('@') && !name.to_lowercase().ends_with("id"))
            .filter(|(name, _)| !is_extended(name))
            .any(|(_, one)| contains(one, word)),
        _ => false,
    }
}
