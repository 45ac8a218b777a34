//! The bodies of the fuzz targets (`crates/tenant/fuzz`) on every `cargo test`: over the seeds, and over seeds that were
//! changed at random. libFuzzer finds more (`cargo xtask fuzz`).

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

use std::path::{Path, PathBuf};

// A library of its own in crates/tenant/fuzz, hence its `pub`.
#[allow(unreachable_pub)]
#[path = "../fuzz/src/lib.rs"]
mod bodies;
#[path = "../../core/fuzz/seeds.rs"]
mod seeds;

/// What is put into a seed: pieces of queries and of bodies.
const WORDS: [&str; 32] = [
    "(",
    ")",
    "'",
    "\"",
    "not ",
    " or ",
    " and ",
    "/any(a:",
    " eq ",
    "null",
    "true",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "-1",
    "9999999999999999999",
    "2026-02-30T25:61:00Z",
    "W. Europe Standard Time",
    "UTC",
    "\\u0000",
    "\n",
    "BEGIN:VEVENT\n",
    "END:VCARD\n",
    "RRULE:FREQ=MONTHLY;BYDAY=-1FR;UNTIL=",
    "DTSTART;TZID=",
    "=?utf-8?B?",
    "20261201T250000Z",
    "--b\r\n",
    "PHOTO;ENCODING=b:",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

fn all(folder: &Path) -> seeds::Targets<'_> {
    seeds::Targets {
        folder,
        library: "exo365_tenant_fuzz",
        run: bodies::run,
        words: WORDS.map(str::to_owned).to_vec(),
        cases: 400,
    }
}

#[test]
fn body() {
    all(&folder()).hold("body");
}

#[test]
fn query() {
    all(&folder()).hold("query");
}

#[test]
fn seed() {
    all(&folder()).hold("seed");
}

#[test]
fn cargo_fuzz_has_the_same_targets() {
    let known: Vec<_> = bodies::TARGETS.iter().map(|target| target.0).collect();
    assert_eq!(known, ["body", "query", "seed"]);
    all(&folder()).have_programs(&known);
}
