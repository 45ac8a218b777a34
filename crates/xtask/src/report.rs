//! What a step of `cargo xtask test` came to.

use crate::counts::{self, Counts};
use crate::run;
use anyhow::Result;
use std::process::Command;

/// What a step came to.
pub(crate) struct Report {
    pub(crate) counts: Counts,
    /// Names of what failed, where the runner told.
    pub(crate) failures: Vec<String>,
}

impl Report {
    /// One check that passed.
    pub(crate) const PASSED: Self = Self {
        counts: Counts::PASSED,
        failures: Vec::new(),
    };
    /// One that is not possible here.
    pub(crate) const SKIPPED: Self = Self {
        counts: Counts::SKIPPED,
        failures: Vec::new(),
    };
}

/// A program that passes or fails as one.
pub(crate) fn check(command: &mut Command, name: &str) -> Result<Report> {
    run::run(command, name)?;
    Ok(Report::PASSED)
}

/// A program that runs tests and says how many.
pub(crate) fn suite(command: &mut Command, name: &str) -> Result<Report> {
    let (success, output) = run::tee(command, name)?;
    Ok(Report {
        counts: Counts::read(&output).judge(success),
        failures: counts::failures(&output),
    })
}
