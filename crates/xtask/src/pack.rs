//! The npm package: WebAssembly, glue, face and types, packed as npm would publish them.

use crate::{files, names, node, notices, order, project, prune, remedies, run, tools};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Files of the template that the package has as they are.
const AS_THEY_ARE: &[&str] = &["CHANGELOG.md", "README.md", "package.json"];

/// What `pack` made.
pub(crate) struct Package {
    /// The unpacked package: what a page vendors.
    pub(crate) dir: PathBuf,
    /// The tarball: what `npm install` takes.
    pub(crate) tarball: PathBuf,
}

impl Package {
    /// Puts the package where npm would, below `dir`.
    pub(crate) fn install(&self, dir: &Path) -> Result<()> {
        let installed = dir.join("node_modules/exo365");
        files::fresh(&installed)?;
        files::copy(&self.dir, &installed, |_| true)
    }
}

/// Builds and packs; a step whose inputs have not changed is not repeated.
pub(crate) fn run() -> Result<Package> {
    node::ensure()?;
    tools::wasm_target()?;
    // Two commands at once would write into each other's package; the lock goes with this value.
    let lock = fs::File::create(project::target().join("pack.lock"))?;
    lock.lock().context("waiting for another xtask to pack")?;
    let tools_dir = node::install("crates/xtask/node")?;
    let types_dir = node::install("crates/xtask/types")?;
    let raw = compile()?;
    let remedies = remedies::write()?;
    let out = project::target().join("pack");
    let dir = out.join("package");
    let tarball = out.join(format!("exo365-{}.tgz", env!("CARGO_PKG_VERSION")));

    let mark_file = out.join("mark");
    let mark = inputs_mark(&raw, &remedies, &[&tools_dir, &types_dir])?;
    if tarball.is_file() && fs::read_to_string(&mark_file).is_ok_and(|old| old == mark) {
        return Ok(Package { dir, tarball });
    }
    files::fresh(&out)?;
    run::say("packing the npm package");
    let pruned = out.join("pruned.wasm");
    let linked = fs::read(&raw).with_context(|| format!("reading {}", raw.display()))?;
    fs::write(
        &pruned,
        prune::prune(&linked).context("pruning the WebAssembly")?,
    )?;
    let bound = out.join("bound");
    bind(&pruned, &bound)?;
    fs::create_dir_all(dir.join("wasm"))?;
    let wasm_opt = tools_dir.join("node_modules/binaryen/bin/wasm-opt");
    let small = out.join("small.wasm");
    optimise(&wasm_opt, &bound.join("exo365_bg.wasm"), &small)?;
    let ordered = out.join("ordered.wasm");
    let read = fs::read(&small).with_context(|| format!("reading {}", small.display()))?;
    fs::write(
        &ordered,
        order::number_functions(&read).context("ordering the functions")?,
    )?;
    let (names, symbols) = (out.join("names.json"), out.join("symbols"));
    let wasm = dir.join("wasm/exo365_bg.wasm");
    shorten_names(&wasm_opt, &ordered, &wasm, &names, &symbols)?;
    names::write(&symbols, &wasm.with_extension("names.json"))?;
    let mut glue = node::script("crates/xtask/node/glue.mjs");
    run::run(
        glue.arg(&bound).arg(&names),
        "joining the glue with the WebAssembly",
    )?;
    assemble(&dir, &bound.join("exo365.js"), &remedies)?;
    npm_pack(&dir, &out)?;
    if !tarball.is_file() {
        bail!(
            "npm pack made no {}: does pkg-template/package.json have the workspace's version?",
            tarball.display()
        );
    }
    fs::write(mark_file, mark)?;
    run::say(&format!("{} is ready", tarball.display()));
    Ok(Package { dir, tarball })
}

fn template() -> PathBuf {
    project::root().join("pkg-template")
}

/// Panics name the files that they happen in: the folders of this machine are taken off.
fn remapped() -> String {
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cargo")));
    let mut flags = vec![format!(
        "--remap-path-prefix={}=",
        project::root().display()
    )];
    let sources = home.map(|home| home.join("registry/src"));
    for dir in sources
        .iter()
        .filter_map(|dir| fs::read_dir(dir).ok())
        .flatten()
        .flatten()
    {
        flags.push(format!("--remap-path-prefix={}=", dir.path().display()));
    }
    flags.join("\u{1f}")
}

fn compile() -> Result<PathBuf> {
    run::say("building the WebAssembly");
    let mut build = run::cargo();
    build.args([
        "build",
        "--package",
        "exo365",
        "--lib",
        "--release",
        "--target",
        tools::WASM,
    ]);
    // What the linker knew is what `prune.rs` needs.
    let flags = [&remapped(), "-Clink-arg=--emit-relocs"].join("\u{1f}");
    build.env("CARGO_ENCODED_RUSTFLAGS", flags);
    run::run(&mut build, "building the WebAssembly")?;
    Ok(project::target()
        .join(tools::WASM)
        .join("release/exo365.wasm"))
}

fn inputs_mark(raw: &Path, remedies: &Path, tools: &[&Path]) -> Result<String> {
    let mut inputs = files::walk(&template())?;
    for dir in tools {
        inputs.extend(files::walk(dir)?);
    }
    inputs.extend([raw, remedies].map(Path::to_owned));
    let own = project::root().join("crates/xtask/src");
    inputs.extend(
        ["linked.rs", "notices.rs", "order.rs", "pack.rs", "prune.rs"].map(|name| own.join(name)),
    );
    files::mark(&inputs)
}

/// wasm-bindgen: the glue, and a module that imports nothing but it.
fn bind(raw: &Path, to: &Path) -> Result<()> {
    let mut bindgen = Command::new(tools::wasm_bindgen()?.join("wasm-bindgen"));
    bindgen.args([
        "--target",
        "bundler",
        "--no-typescript",
        "--out-name",
        "exo365",
        "--out-dir",
    ]);
    run::run(bindgen.arg(to).arg(raw), "wasm-bindgen")
}

/// No feature flags: Binaryen then honours the module's own list; `--all-features` writes what engines refuse.
///
/// What is fewer bytes once compressed may be more before: functions with one caller stay apart unless they are tiny,
/// locals are left as the compiler put them. The control flow is taken apart and built anew, which levels what the
/// compiler wrote in many ways.
/// `--low-memory-unused`: the linker puts the stack below everything else, so that nothing but an overflowing stack
/// comes near address 0.
fn optimise(wasm_opt: &Path, from: &Path, to: &Path) -> Result<()> {
    let mut opt = Command::new("node");
    opt.arg(wasm_opt);
    opt.args([
        "--flatten",
        "--rereloop",
        "-Oz",
        "--one-caller-inline-max-function-size=24",
        "--skip-pass=local-cse",
        "--skip-pass=simplify-locals",
        "--low-memory-unused",
        "--converge",
        "--debuginfo",
    ])
    .arg(from)
    .arg("-o")
    .arg(to);
    run::run(&mut opt, "wasm-opt")
}

/// Puts the functions in the order of their names, shortens the names between module and glue, and writes to `names` which name became which. The names of functions go
/// from the module into `symbols`. A run of its own: `--converge` repeats every pass, and the second time there are
/// only short names.
fn shorten_names(
    wasm_opt: &Path,
    from: &Path,
    to: &Path,
    names: &Path,
    symbols: &Path,
) -> Result<()> {
    let mut opt = Command::new("node");
    opt.arg(wasm_opt);
    opt.args([
        "--reorder-functions-by-name",
        "--minify-imports-and-exports-and-modules",
        &format!("--symbolmap={}", symbols.display()),
        "--strip-debug",
        "--strip-producers",
        "--strip-target-features",
    ])
    .arg(from)
    .arg("-o")
    .arg(to);
    let map = run::read(&mut opt, "wasm-opt, shortening names")?;
    fs::write(names, map).with_context(|| format!("writing {}", names.display()))
}

/// The JavaScript of the template, bundled and minified over the glue; its types; the licences.
fn assemble(dir: &Path, glue: &Path, remedies: &Path) -> Result<()> {
    files::copy(&template(), dir, |path| {
        AS_THEY_ARE.iter().any(|name| path == Path::new(name))
    })?;
    for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
        fs::copy(project::root().join(licence), dir.join(licence))
            .with_context(|| licence.to_owned())?;
    }
    let compiled = notices::Compiled {
        package: "exo365",
        target: tools::WASM,
        name: "The WebAssembly of exo365",
    };
    notices::write(&compiled, &dir.join("THIRD-PARTY-NOTICES.md"))?;
    let mut types = node::script("crates/xtask/node/types.mjs");
    run::run(types.arg(template()).arg(dir), "bundling the types")?;
    let mut bundle = node::script("crates/xtask/node/bundle.mjs");
    run::run(
        bundle.arg(template()).arg(glue).arg(remedies).arg(dir),
        "bundling the JavaScript",
    )
}

/// `npm pack` of the folder `dir`; the tarball comes into `out`.
pub(crate) fn npm_pack(dir: &Path, out: &Path) -> Result<()> {
    let mut pack = node::npm();
    pack.args(["pack", "--silent", "--ignore-scripts", "--pack-destination"])
        .arg(out);
    run::run(pack.current_dir(dir), "npm pack")
}
