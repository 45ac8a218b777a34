//! What has to hold for every request to the tenant: it is answered, and not with a 5xx; the answer is whole, and an
//! error has the service's form. What has to hold for every file of a seed: it is taken, or refused with its line.
//!
//! libFuzzer runs the targets (`cargo xtask fuzz`), and `crates/tenant/tests/fuzz.rs` does with the seeds and with changed
//! seeds, on every `cargo test`. An input is text, a field on each line, the last field with what is left.

mod body;
mod local;
mod query;
mod seed;

/// The name of a target and of the folder of its seeds, and what is run.
pub type Target = (&'static str, fn(&str));

/// Every target.
pub const TARGETS: &[Target] = &[
    ("body", body::run),
    ("query", query::run),
    ("seed", seed::run),
];

/// Runs a target; what is no UTF-8 becomes some.
///
/// # Panics
/// Where something does not hold, or `name` is no target.
pub fn run(name: &str, input: &[u8]) {
    let target = TARGETS.iter().find(|target| target.0 == name);
    let (_, body) = target.expect("the name of a target");
    body(&String::from_utf8_lossy(input));
}

/// The fields of an input; those that are not there are empty.
fn fields<const COUNT: usize>(input: &str) -> [&str; COUNT] {
    let mut parts = input.splitn(COUNT, '\n');
    [(); COUNT].map(|()| parts.next().unwrap_or_default())
}
