//! Rules of the service that people measured or reported: `t` and a number for a report, `m` and a number for a
//! measurement at the live service.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod batches;
mod bodies;
mod control;
mod data;
mod events;
mod mail;
mod queries;
mod seed;
mod series;
#[path = "../support/mod.rs"]
mod support;

use serde_json::{Value, json};
use support::{Caller, GRAPH, Local};

const BERLIN: &str = "W. Europe Standard Time";

async fn graph() -> Caller {
    Local::default().app(GRAPH).await
}

/// Status and error code of a request.
async fn outcome(caller: &Caller, method: &str, path: &str, body: Value) -> (u16, String) {
    let answer = caller.call(method, path, &[], Some(body)).await;
    (answer.status, answer.code())
}

async fn refused(caller: &Caller, path: &str) -> (u16, String) {
    let answer = caller.call("GET", path, &[], None).await;
    (answer.status, answer.code())
}

fn no(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

fn time(text: &str, zone: &str) -> Value {
    json!({"dateTime": text, "timeZone": zone})
}

fn event(start: &str, end: &str, zone: &str) -> Value {
    json!({"subject": "E", "start": time(start, zone), "end": time(end, zone)})
}
