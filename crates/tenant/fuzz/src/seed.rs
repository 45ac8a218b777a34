//! Files of a seed (`--seed`): each is taken, or refused with a sentence that names the file and a line of it.

use std::path::PathBuf;

use exo365_tenant::{Options, Seed, Tenant};

use super::fields;

/// The kind of file (`eml`, `ics`, `json`, `vcf`) and its text.
pub(super) fn run(input: &str) {
    let [kind, text] = fields(input);
    let kind = ["eml", "ics", "json", "vcf"]
        .into_iter()
        .find(|known| *known == kind)
        .unwrap_or("eml");
    let file = scratch(kind);
    std::fs::write(&file, text).expect("a file for the seed");
    let made = Tenant::new(Options {
        seed: Seed::Files(file.clone()),
        ..Options::default()
    });
    std::fs::remove_file(&file).expect("the file is there");
    let Err(sentence) = made else {
        return;
    };
    let place = sentence.strip_prefix(&format!("{}:", file.display()));
    let line = place
        .and_then(|place| place.split(':').next())
        .and_then(|line| line.parse::<usize>().ok());
    let lines = text.bytes().filter(|byte| *byte == b'\n').count() + 1;
    assert!(
        line.is_some_and(|line| (1..=lines).contains(&line)),
        "{sentence}"
    );
}

/// A file of this thread.
fn scratch(kind: &str) -> PathBuf {
    let (process, thread) = (std::process::id(), std::thread::current().id());
    std::env::temp_dir().join(format!("exo365-seed-{process}-{thread:?}.{kind}"))
}
