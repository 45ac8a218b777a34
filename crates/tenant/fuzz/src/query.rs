//! Query options. Fields: a collection, the name of an option, its value.

use super::{fields, local};

const COLLECTIONS: [&str; 6] = [
    "/messages",
    "/events",
    "/contacts",
    "/mailFolders",
    "/people",
    "/messages/delta",
];

pub(super) fn run(input: &str) {
    let [collection, option, value] = fields(input);
    let number = collection.trim().parse().unwrap_or(0_usize);
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair(&format!("${option}"), value)
        .finish();
    let collection = COLLECTIONS[number % COLLECTIONS.len()];
    local::send("GET", &format!("{collection}?$top=2&{query}"), "");
}
