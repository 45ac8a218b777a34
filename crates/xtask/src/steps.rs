//! The steps of `cargo xtask test`.

use crate::browser::Browser;
use crate::counts::Counts;
use crate::report::{Report, check, suite};
use crate::servers::{Profile, Programs};
use crate::{
    demo, docs, e2e, javascript, node, operations, pack, programs, project, projects, redis,
    remedies, run, schemathesis, tools, valkey, wall,
};
use anyhow::Result;
use std::process::Command;

mod browsers;

/// One step: its name, and what it does.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) run: fn() -> Result<Report>,
}

/// In this order: what fails quickest first, what needs the package after the package.
pub(crate) const STEPS: &[Step] = &[
    Step {
        name: "format",
        run: format,
    },
    Step {
        name: "wall",
        run: wall,
    },
    Step {
        name: "clippy-host",
        run: clippy_host,
    },
    Step {
        name: "clippy-wasm",
        run: clippy_wasm,
    },
    Step {
        name: "native",
        run: native,
    },
    Step {
        name: "valkey",
        run: valkey,
    },
    Step {
        name: "schemathesis",
        run: schemathesis,
    },
    Step {
        name: "pack",
        run: pack,
    },
    Step {
        name: "size",
        run: size,
    },
    Step {
        name: "operations",
        run: operations,
    },
    Step {
        name: "javascript",
        run: javascript,
    },
    Step {
        name: "types",
        run: types,
    },
    Step {
        name: "face",
        run: face,
    },
    Step {
        name: "security",
        run: security,
    },
    Step {
        name: "documents",
        run: documents,
    },
    Step {
        name: "docs",
        run: site,
    },
    Step {
        name: "browser",
        run: browsers::boundary,
    },
    Step {
        name: "wasm-pack",
        run: browsers::wasm_pack,
    },
    Step {
        name: "package",
        run: package,
    },
    Step {
        name: "projects",
        run: projects,
    },
    Step {
        name: "e2e",
        run: journeys,
    },
    Step {
        name: "firefox",
        run: browsers::firefox,
    },
    Step {
        name: "webkit",
        run: browsers::webkit,
    },
    Step {
        name: "demo",
        run: demo,
    },
];

fn format() -> Result<Report> {
    check(run::cargo().args(["fmt", "--all", "--check"]), "cargo fmt")
}

fn wall() -> Result<Report> {
    wall::check().map(|()| Report::PASSED)
}

fn clippy_host() -> Result<Report> {
    let mut clippy = run::cargo();
    clippy.args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]);
    check(&mut clippy, "clippy for this machine")
}

fn clippy_wasm() -> Result<Report> {
    tools::wasm_target()?;
    let mut clippy = run::cargo();
    clippy.args([
        "clippy",
        "--package",
        "exo365",
        "--all-targets",
        "--target",
        tools::WASM,
    ]);
    check(
        clippy.args(["--", "-D", "warnings"]),
        "clippy for WebAssembly",
    )
}

/// Tests for each processor. Most wait for a server, a replica or a bound, and do not compute.
const TESTS_PER_PROCESSOR: usize = 3;

fn native() -> Result<Report> {
    redis::ensure();
    let mut tests = run::cargo();
    tests.args(["test", "--workspace", "--no-fail-fast"]);
    if std::env::var_os("RUST_TEST_THREADS").is_none() {
        let threads = run::processors() * TESTS_PER_PROCESSOR;
        tests.env("RUST_TEST_THREADS", threads.to_string());
    }
    let report = suite(&mut tests, "the native tests");
    Programs::share_with_tests();
    report
}

/// What is tested over Redis, over Valkey.
fn valkey() -> Result<Report> {
    let commands = match valkey::commands() {
        Ok(commands) => commands,
        Err(why) => {
            run::say(&format!("skipped: the tests over Valkey ({why})"));
            return Ok(Report::SKIPPED);
        }
    };
    let mut sum = Report {
        counts: Counts::default(),
        failures: Vec::new(),
    };
    for mut command in commands {
        let report = suite(&mut command, "the tests over Valkey")?;
        sum.counts += report.counts;
        sum.failures.extend(report.failures);
    }
    Ok(sum)
}

/// The endpoint against its own description, the tenant against Microsoft's.
fn schemathesis() -> Result<Report> {
    suite(
        &mut schemathesis::command()?,
        "schemathesis over endpoint and tenant",
    )
}

fn pack() -> Result<Report> {
    pack::run().map(|_| Report::PASSED)
}

fn size() -> Result<Report> {
    let package = pack::run()?;
    suite(
        node::script("crates/xtask/node/size.mjs").arg(package.dir),
        "the size gate",
    )
}

fn operations() -> Result<Report> {
    suite(&mut operations::check()?, "the operations")
}

/// Formatter, linter and type check of everything in JavaScript and TypeScript.
fn javascript() -> Result<Report> {
    let (counts, failures) = javascript::check()?;
    Ok(Report { counts, failures })
}

/// The packed types, compiled against as a stranger would: installed, in a project of their own, by the oldest
/// TypeScript that works and by today's; and that each public member has a comment.
fn types() -> Result<Report> {
    let package = pack::run()?;
    let dir = node::install("tests/types")?;
    package.install(&dir)?;
    suite(
        node_tests().arg("tests/types/types.test.mjs"),
        "the packed types",
    )
}

fn face() -> Result<Report> {
    node::install("crates/xtask/node")?;
    remedies::write()?;
    let mut tests = node::script("crates/xtask/node/face.mjs");
    tests.env("CARGO_TARGET_DIR", project::target());
    suite(&mut tests, "the tests of the face")
}

/// Every code block of the documents: compiled, or read by the parser of its tool.
fn documents() -> Result<Report> {
    let programs = Programs::build(Profile::Dev)?;
    let package = pack::run()?;
    package.install(&node::install("tests/types")?)?;
    node::install("tests/e2e/microsoft")?;
    node::install("tests/documents")?;
    node::install("tests/documents/frameworks")?;
    let mut tests = node_tests();
    tests
        .args(
            ["documents", "guides", "permissions"]
                .map(|name| format!("tests/documents/{name}.test.mjs")),
        )
        .env("EXO365_PACKAGE", &package.dir)
        .env("EXO365_XTASK", std::env::current_exe()?)
        .env("EXO365_OUT", project::target().join("documents"));
    suite(programs.tell(&mut tests), "the documents")
}

/// The site: guides, API, and the pages of the crates, with their links.
fn site() -> Result<Report> {
    let mut report = suite(&mut docs::tests()?, "the tests of the site's scripts")?;
    docs::run(&docs::Options::default())?;
    report.counts += Counts::PASSED;
    Ok(report)
}

/// SECURITY.md and docs/security-tests.md against the names of the tests.
fn security() -> Result<Report> {
    suite(
        node_tests().arg("tests/security.test.mjs"),
        "SECURITY.md against the tests",
    )
}

/// Node's test runner, at the root of the project; the files are the caller's.
fn node_tests() -> Command {
    let mut node = Command::new("node");
    node.args(["--test", "--test-reporter=spec"])
        .current_dir(project::root());
    node
}

fn package() -> Result<Report> {
    let browser = Browser::ensure()?;
    let built = Programs::build(Profile::Dev)?;
    let package = pack::run()?;
    node::install("tests/e2e")?;
    let mut runner = e2e::runner(&project::root().join("tests/package"), None)?;
    runner
        .env("EXO365_PACKAGE", &package.dir)
        .env("EXO365_TARBALL", &package.tarball)
        .env("EXO365_PROGRAMS", programs::pack(&built)?);
    runner.env("EXO365_OUT", project::target().join("package"));
    suite(
        built.tell(browser.tell(&mut runner)),
        "the package in real projects",
    )
}

/// The short list; `cargo xtask projects` runs all.
fn projects() -> Result<Report> {
    suite(
        &mut projects::command(None, true)?,
        "the package in the projects of others",
    )
}

/// The short list; `cargo xtask e2e` runs all.
fn journeys() -> Result<Report> {
    let mut journeys = e2e::command(None)?;
    suite(
        journeys.env("EXO365_JOURNEYS", "short"),
        "the browser journeys",
    )
}

fn demo() -> Result<Report> {
    demo::run(&demo::Options {
        check: true,
        port: None,
    })
    .map(|()| Report::PASSED)
}
