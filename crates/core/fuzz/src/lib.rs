//! What has to hold for every text that comes from outside: one function for each reader of the core.
//!
//! libFuzzer runs them (`cargo xtask fuzz`), and `crates/core/tests/fuzz.rs` does with the seeds and with changed seeds,
//! on every `cargo test`. An input is text, a field on each line, the last field with what is left: so that seeds can
//! be read and written by people. What a field means, the header of each file says.
//!
//! Where it can be, what the core read is held to a parser that nobody here wrote: `url`, `httpdate`, `serde_json`.

mod authorization_response;
mod headers;
mod id_token;
mod json;
mod links;
mod options;
mod token_reply;

/// The name of a target and of the folder of its seeds, and what is run.
pub type Target = (&'static str, fn(&str));

/// Every target.
pub const TARGETS: &[Target] = &[
    ("authorization_response", authorization_response::run),
    ("headers", headers::run),
    ("id_token", id_token::run),
    ("json", json::run),
    ("links", links::run),
    ("options", options::run),
    ("token_reply", token_reply::run),
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

/// A number, or `usual` where the field is none.
fn number<T: std::str::FromStr>(field: &str, usual: T) -> T {
    field.trim().parse().unwrap_or(usual)
}

/// Everything that an error can say to anybody.
fn told(error: &exo365_core::error::Error) -> String {
    format!("{error}\n{error:?}\n{}", error.remedy())
}

/// Whether `text` has `secret`: short ones are anywhere by chance.
fn tells(text: &str, secret: &str) -> bool {
    secret.len() >= 12 && text.contains(secret)
}
