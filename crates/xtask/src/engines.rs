//! Other browser engines: Debian's Firefox by WebDriver BiDi, and WebKitGTK by its own driver on a screen of its own.

use crate::servers::{Profile, Programs};
use crate::{debian, node, pack, project, run};
use anyhow::Result;
use std::path::PathBuf;
use std::process::Command;

const FIREFOX: &[&str] = &["firefox-esr", "firefox"];
/// The browser that the driver starts; Debian keeps it apart from programs for people.
const MINI_BROWSER: &[&str] = &[
    "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
    "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
    "/usr/libexec/webkit2gtk-4.1/MiniBrowser",
];

/// The journey in Firefox, or why it is not possible here.
pub(crate) fn firefox() -> Result<Command, String> {
    let browser = ensure(&["firefox-esr"], || one("FIREFOX", FIREFOX))?;
    let mut command = journey("firefox").map_err(|error| format!("{error:#}"))?;
    command.env("FIREFOX", browser);
    Ok(command)
}

/// The driver for the boundary tests in Firefox, or why there is none.
pub(crate) fn geckodriver() -> Result<PathBuf, String> {
    one("GECKODRIVER", &["geckodriver"]).ok_or_else(|| {
        "no geckodriver on the PATH; `cargo install geckodriver` brings it".to_owned()
    })
}

/// The journey in WebKit, or why it is not possible here.
pub(crate) fn webkit() -> Result<Command, String> {
    let find = || {
        Some((
            one("WEBKIT_DRIVER", &["WebKitWebDriver"])?,
            one("WEBKIT_BROWSER", MINI_BROWSER)?,
            one("XVFB_RUN", &["xvfb-run"])?,
        ))
    };
    let packages = ["webkit2gtk-driver", "libwebkit2gtk-4.1-0", "xvfb", "xauth"];
    let (driver, browser, xvfb) = ensure(&packages, find)?;
    let mut command = journey("webkit").map_err(|error| format!("{error:#}"))?;
    command
        .env("WEBKIT_DRIVER", driver)
        .env("WEBKIT_BROWSER", browser)
        .env("XVFB_RUN", xvfb);
    Ok(command)
}

/// What `find` finds, after an installation where that is ours to do.
fn ensure<T>(packages: &[&str], find: impl Fn() -> Option<T>) -> Result<T, String> {
    if let Some(found) = find() {
        return Ok(found);
    }
    let names = packages.join(" ");
    if !debian::may_install() {
        return Err(format!("on Debian: `apt-get install {names}`"));
    }
    debian::install(packages).map_err(|error| format!("{error:#}"))?;
    find().ok_or_else(|| format!("the packages {names} did not bring it"))
}

fn one(variable: &str, names: &[&str]) -> Option<PathBuf> {
    std::env::var_os(variable)
        .map(PathBuf::from)
        .or_else(|| run::find(names))
}

/// Node's test runner over one engine's file, with servers and package.
fn journey(engine: &str) -> Result<Command> {
    node::ensure()?;
    let programs = Programs::build(Profile::Dev)?;
    let package = pack::run()?;
    node::install("tests/e2e")?;
    node::install("tests/engines")?;
    let mut command = Command::new("node");
    command
        .args(["--test", "--test-reporter=spec"])
        .arg(format!("tests/engines/{engine}.test.mjs"))
        .current_dir(project::root())
        .env("EXO365_PACKAGE", &package.dir);
    programs.tell(&mut command);
    Ok(command)
}
