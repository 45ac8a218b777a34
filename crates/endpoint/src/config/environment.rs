//! Environment variables that override keys of the file: `EXO365_` and the key in capitals.

use super::keys::KEYS;
use crate::base::problem::Problem;

/// Keys whose values are numbers, booleans or lists, written as in the file.
const VALUES: [&str; 16] = [
    "behind_tls_proxy",
    "cross_origins",
    "id_token_algorithms",
    "insecure_loopback",
    "limit_per_address",
    "limit_per_session",
    "origins",
    "page_images",
    "preload_paths",
    "proxies",
    "proxy_paths",
    "redirect_uris",
    "resources",
    "scopes",
    "store_replicas",
    "tenants",
];
/// Of the same kind, by their ends.
const UNITS: [&str; 3] = ["_days", "_hours", "_seconds"];

/// The variable of a key.
pub(super) fn variable(key: &str) -> String {
    format!("EXO365_{}", key.to_ascii_uppercase())
}

/// Overrides the file's table with the variables. An empty variable counts as unset.
///
/// # Errors
/// [`Problem::Config`], which names the variable and does not repeat its value.
pub(super) fn overlay(
    table: &mut toml::Table,
    environment: &impl Fn(&str) -> Option<String>,
) -> Result<(), Problem> {
    for key in KEYS {
        let name = variable(key);
        let given = environment(&name).filter(|text| !text.trim().is_empty());
        let Some(text) = given else { continue };
        let value = if VALUES.contains(&key) || UNITS.iter().any(|unit| key.ends_with(unit)) {
            value(&text).ok_or_else(|| {
                Problem::config(format!(
                    "{name} is written as `{key}` in the file: a number, true or false, or a list such as [\"one\", \"two\"]"
                ))
            })?
        } else {
            toml::Value::String(text.trim().into())
        };
        table.insert(key.into(), value);
    }
    Ok(())
}

/// Parses exactly one value.
fn value(text: &str) -> Option<toml::Value> {
    let mut table: toml::Table = format!("value = {}", text.trim()).parse().ok()?;
    let value = table.remove("value")?;
    table.is_empty().then_some(value)
}

#[cfg(test)]
mod unit {
    use super::super::file::File;
    use super::*;

    const NEEDED: &str = "client_id = \"x\"\n";

    fn said(text: &str, name: &str, given: &str) -> String {
        let environment = |asked: &str| (asked == name).then(|| given.to_owned());
        match File::read(text, &environment) {
            Ok(file) => format!("{file:?}"),
            Err(problem) => problem.to_string(),
        }
    }

    /// Each line of the example, as a variable.
    #[test]
    fn every_key_may_come_by_the_environment() {
        let example = include_str!("../../deploy/endpoint.toml");
        let mut seen = 0;
        for line in example.lines().map(|line| line.trim_start_matches("# ")) {
            let Some((key, value)) = line.split_once(" = ") else {
                continue;
            };
            let needed = if key == "client_id" { "" } else { NEEDED };
            let by_file = said(&format!("{needed}{line}"), "", "");
            let plain = value.trim_matches('"');
            let by_environment = said(needed, &variable(key), plain);
            assert_eq!(by_environment, by_file, "{key}");
            // It is no default that both have.
            let before = said(&format!("{needed}{key} = {{}}"), &variable(key), plain);
            assert_eq!(before, by_file, "{key}: the variable goes before the file");
            seen += 1;
        }
        assert_eq!(seen, KEYS.len());
    }

    #[test]
    fn what_is_wrong_is_named_and_not_repeated() {
        for (name, given) in [
            ("EXO365_ORIGINS", "https://hush.example"),
            ("EXO365_ORIGINS", "[\"a\"]\nclient_id = \"hush\""),
            ("EXO365_LIMIT_PER_SESSION", "hush"),
            ("EXO365_SESSION_IDLE_HOURS", "\"hush"),
            ("EXO365_BEHIND_TLS_PROXY", "hush"),
        ] {
            let sentence = said(NEEDED, name, given);
            assert!(sentence.contains(name), "{sentence}");
            assert!(!sentence.contains("hush"), "{sentence}");
        }
        let kind = said(NEEDED, "EXO365_ORIGINS", "7");
        assert!(kind.contains("the configuration is wrong"), "{kind}");
        let plain = said(NEEDED, "", "");
        assert_eq!(said(NEEDED, "EXO365_TENANT", "  "), plain, "empty is none");
        assert_eq!(said(NEEDED, "EXO365_NOTHING", "7"), plain);
    }
}
