//! Snapshots of the mailboxes: kept in memory under a name, or as the text of a data file.

use axum::body::Body;
use axum::response::Response;
use serde_json::{Value, json};

use crate::http;
use crate::state::Tenant;
use crate::store::snapshot;

/// Longest name, in characters.
const MAX_NAME: usize = 80;

/// The names.
pub(super) fn list(tenant: &Tenant) -> Value {
    json!({"snapshots": tenant.snapshots().names()})
}

/// Keeps the mailboxes and the time.
pub(super) fn keep(tenant: &Tenant, name: &str) -> Result<Value, String> {
    if name.trim().is_empty() || name.chars().count() > MAX_NAME {
        return Err(format!(
            "the name of a snapshot has 1 to {MAX_NAME} characters"
        ));
    }
    tenant.keep_snapshot(name)?;
    Ok(list(tenant))
}

/// Restores the mailboxes and the time.
pub(super) fn restore(tenant: &Tenant, name: &str) -> Result<Value, String> {
    tenant.restore_snapshot(name)?;
    Ok(list(tenant))
}

/// Removes a snapshot.
pub(super) fn remove(tenant: &Tenant, name: &str) -> Result<Value, String> {
    match tenant.snapshots().remove(name) {
        true => {}
        false => return Err(format!("there is no snapshot `{name}`")),
    }
    Ok(list(tenant))
}

/// The mailboxes as the text of a data file, which `--data` reads too.
pub(super) fn download(tenant: &Tenant) -> Response {
    let text = snapshot::text(&tenant.store());
    match text {
        Ok(text) => {
            let mut response = Response::new(Body::from(text));
            http::set(&mut response, "content-type", "application/json");
            response
        }
        Err(sentence) => http::json(500, &json!({"error": sentence})),
    }
}

/// Takes the mailboxes of the text of a data file.
pub(super) fn upload(tenant: &Tenant, text: &[u8]) -> Result<Value, String> {
    let store = snapshot::read(text).map_err(|sentence| format!("the body {sentence}"))?;
    tenant.replace_store(store);
    Ok(list(tenant))
}
