//! Pages of lists whose items are filtered and sorted as JSON.

use serde_json::{Map, Value};

use super::call::Call;
use super::page::Page;
use crate::odata::{Query, eval, order};
use crate::schema::names::Kind;

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
    let value: Vec<Value> = shown.map(|one| render(selected(one, query))).collect();
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
        .is_none_or(|filter| eval::matches(filter, one));
    filtered && query.search.as_deref().is_none_or(|text| finds(text, one))
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
            .any(|(_, one)| contains(one, word)),
        _ => false,
    }
}

/// The selected properties of an entity.
fn selected(one: &Value, query: &Query) -> Map<String, Value> {
    let mut entity = one.as_object().cloned().unwrap_or_default();
    entity.retain(|name, _| {
        name.starts_with('@') || name == "id" || query.selects(name) || query.expands(name)
    });
    entity
}
