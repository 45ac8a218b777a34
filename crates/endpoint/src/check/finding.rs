//! Findings of `check`, and their wording.

use exo365_core::error::Error;

/// The weight of a finding.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// As it should be.
    Good,
    /// Good for now, or for development.
    Note,
    /// To be changed; the sentence says how.
    Wrong,
}

/// One thing that was looked at.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Finding {
    /// Its weight.
    pub verdict: Verdict,
    /// In words, without secrets.
    pub text: String,
}

/// A finding.
pub(super) fn finding(verdict: Verdict, text: impl Into<String>) -> Finding {
    let text = text.into();
    Finding { verdict, text }
}

/// An error's sentence, and its cure.
pub(super) fn describe(error: &Error) -> String {
    let cause = error.to_string();
    format!("{}. {}", cause.trim_end_matches('.'), error.remedy())
}

/// The numbers, as they are looked up.
pub(super) fn format_numbers(numbers: &[u32]) -> String {
    let numbers: Vec<String> = numbers
        .iter()
        .map(|number| format!("AADSTS{number}"))
        .collect();
    if numbers.is_empty() {
        String::new()
    } else {
        format!(" ({})", numbers.join(", "))
    }
}
