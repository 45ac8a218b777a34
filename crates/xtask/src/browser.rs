//! A Chromium and its driver: from the environment, the PATH, or Debian's packages.

use crate::{debian, run};
use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::process::Command;

const BROWSERS: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];
const FIREFOX: &[&str] = &[
    "firefox-esr",
    "firefox",
    "/Applications/Firefox.app/Contents/MacOS/firefox",
];
const DRIVERS: &[&str] = &["chromedriver", "/usr/lib/chromium/chromedriver"];

/// Where the browser and its driver are.
pub(crate) struct Browser {
    pub(crate) chromium: PathBuf,
    pub(crate) driver: PathBuf,
}

impl Browser {
    /// Finds both, or installs them where that is ours to do (root on Debian), or says what to install.
    pub(crate) fn ensure() -> Result<Self> {
        if let Some(found) = find() {
            return Ok(found);
        }
        if !debian::may_install() {
            bail!(
                "Chromium and its driver are needed; on Debian: `apt-get install chromium chromium-driver`, \
                 elsewhere install them and set CHROMIUM and CHROMEDRIVER to their paths"
            );
        }
        debian::install(&["chromium", "chromium-driver"])?;
        find().context(
            "the packages chromium and chromium-driver brought no chromium and chromedriver",
        )
    }

    /// Tells `command` about both, by the environment.
    pub(crate) fn tell<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("CHROMIUM", &self.chromium)
            .env("CHROMEDRIVER", &self.driver)
    }
}

/// Firefox, in which the demo is tested as well. Installed where that is ours to do; without it those tests say that they
/// skip.
pub(crate) fn firefox() -> Option<PathBuf> {
    let there = || one("FIREFOX", FIREFOX);
    if there().is_none() && debian::may_install() {
        // On a machine without network the other tests still count.
        if let Err(error) = debian::install(&["firefox-esr"]) {
            run::say(&format!("{error:#}"));
        }
    }
    if there().is_none() {
        run::say("Firefox is missing: the demo is tested in Chromium only");
    }
    there()
}

fn find() -> Option<Browser> {
    Some(Browser {
        chromium: one("CHROMIUM", BROWSERS)?,
        driver: one("CHROMEDRIVER", DRIVERS)?,
    })
}

fn one(variable: &str, names: &[&str]) -> Option<PathBuf> {
    std::env::var_os(variable)
        .map(PathBuf::from)
        .or_else(|| run::find(names))
}
