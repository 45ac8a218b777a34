//! The steps that run in browsers: the boundary, and the journeys in Firefox and WebKit.

use crate::browser::Browser;
use crate::report::{Report, suite};
use crate::{engines, project, run, tools};
use anyhow::Result;
use std::process::Command;

/// The boundary, in a real browser: the runner that wasm-pack wraps, of the version that Cargo.lock asks for.
pub(super) fn boundary() -> Result<Report> {
    tools::wasm_target()?;
    let browser = Browser::ensure()?;
    suite(browser.tell(&mut boundary_tests()?), "the browser tests")
}

/// The tests of the boundary, in the browser that the environment names the driver of.
fn boundary_tests() -> Result<Command> {
    let runner = tools::wasm_bindgen()?.join("wasm-bindgen-test-runner");
    let mut test = run::cargo();
    test.args([
        "test",
        "--package",
        "exo365",
        "--tests",
        "--target",
        tools::WASM,
    ]);
    test.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner);
    Ok(test)
}

/// The same tests by `wasm-pack test`, for those who are used to it.
pub(super) fn wasm_pack() -> Result<Report> {
    let Some(wasm_pack) = run::find(&["wasm-pack"]) else {
        run::say("skipped: wasm-pack is not on the PATH (`cargo install wasm-pack` brings it)");
        return Ok(Report::SKIPPED);
    };
    tools::wasm_target()?;
    let browser = Browser::ensure()?;
    let mut test = Command::new(wasm_pack);
    // Without this, wasm-pack downloads a driver where none is on the PATH.
    test.args(["test", "--headless", "--chrome", "--chromedriver"])
        .arg(&browser.driver)
        .current_dir(project::root())
        .env("PATH", run::path_with(&tools::wasm_bindgen()?)?);
    suite(browser.tell(&mut test), "wasm-pack test")
}

/// The journey in Firefox, and the boundary tests there.
pub(super) fn firefox() -> Result<Report> {
    let mut report = match engines::firefox() {
        Ok(mut journey) => suite(&mut journey, "the journey in Firefox")?,
        Err(why) => {
            run::say(&format!("skipped: the journey in Firefox ({why})"));
            return Ok(Report::SKIPPED);
        }
    };
    let boundary = match engines::geckodriver() {
        Ok(driver) => {
            tools::wasm_target()?;
            let mut test = boundary_tests()?;
            // Without CHROMEDRIVER the runner takes the driver that it is told.
            test.env_remove("CHROMEDRIVER").env("GECKODRIVER", driver);
            suite(&mut test, "the boundary tests in Firefox")?
        }
        Err(why) => {
            run::say(&format!("skipped: the boundary tests in Firefox ({why})"));
            Report::SKIPPED
        }
    };
    report.counts += boundary.counts;
    report.failures.extend(boundary.failures);
    Ok(report)
}

pub(super) fn webkit() -> Result<Report> {
    match engines::webkit() {
        Ok(mut journey) => suite(&mut journey, "the journey in WebKit"),
        Err(why) => {
            run::say(&format!("skipped: the journey in WebKit ({why})"));
            Ok(Report::SKIPPED)
        }
    }
}
