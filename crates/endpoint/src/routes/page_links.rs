//! The header `Link` of the page: what a browser can begin to load before it has read a line of it (RFC 8288).
//!
//! A page finds its script, the script finds the SDK, and the SDK its WebAssembly: one after another. The endpoint sees
//! all of them in the folder, and it knows where the API is.
//!
//! The WebAssembly is the largest, and needed last. On a new connection it would take the first round trips from the
//! page's own script, which no browser asks for before it has read the page. So it has a low priority, and where the
//! page has `exo365/start`, it is left to that script.

use crate::config::Config;
use axum::http::HeaderValue;
use exo365_core::wire::Mode;
use std::path::{Path, PathBuf};

/// Most entries of the folder that are looked at.
const MOST: usize = 20_000;
/// Depth to which folders are searched.
const DEPTH: usize = 16;

/// The header for the documents of `folder`; `None` where there is nothing to begin with.
pub(super) fn links(config: &Config, folder: &Path) -> Option<HeaderValue> {
    let mut links = Vec::new();
    let mut left = MOST;
    let mut modules = Vec::new();
    search(folder, (&mut left, DEPTH), &mut modules);
    // Of several nobody knows which one the page uses.
    if let [module] = modules.as_slice() {
        let at = |file: &Path| address(config, folder, file);
        let page = std::fs::read_to_string(folder.join("index.html")).unwrap_or_default();
        let started = page.contains("exo365.start.js");
        // Servers answer in this order: the small scripts do not wait for the module.
        links.extend(scripts(&page, started, module).filter_map(|(file, kind)| {
            let address = at(&file)?;
            Some(format!("<{address}>; {kind}"))
        }));
        let kind =
            "rel=preload; as=fetch; type=\"application/wasm\"; crossorigin; fetchpriority=low";
        let module = at(module).filter(|_| !started);
        links.extend(module.map(|at| format!("<{at}>; {kind}")));
    }
    if config.public.mode == Mode::Direct {
        let api = &config.public.cloud.api;
        links.push(format!("<{api}>; rel=preconnect; crossorigin"));
    }
    (!links.is_empty()).then(|| HeaderValue::try_from(links.join(", ")).ok())?
}

/// The files that are the SDK's WebAssembly; bundlers put a digest into the name.
fn search(folder: &Path, (left, depth): (&mut usize, usize), found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if *left == 0 || name.starts_with('.') {
            continue;
        }
        *left -= 1;
        let path = entry.path();
        if path.is_dir() && depth > 0 {
            search(&path, (left, depth - 1), found);
        } else if name.starts_with("exo365_bg") && name.ends_with(".wasm") {
            found.push(path);
        }
    }
}

/// The scripts of the package that has this module, as the page loads them. Where a bundler has put them nobody knows.
fn scripts(
    page: &str,
    started: bool,
    module: &Path,
) -> impl Iterator<Item = (PathBuf, &'static str)> {
    let wasm = module.parent().filter(|folder| folder.ends_with("wasm"));
    let package = wasm.and_then(Path::parent);
    // A script tag that loads the whole SDK is in the page, where a browser finds it by itself.
    let imported = !page.contains("exo365.global.js");
    let files = [
        (started, "dist/exo365.start.js", "rel=preload; as=script"),
        (imported, "index.js", "rel=modulepreload"),
    ];
    let found =
        package.map(|package| files.map(|(used, file, kind)| (used, package.join(file), kind)));
    let found = found.into_iter().flatten();
    found.filter_map(|(used, file, kind)| (used && file.is_file()).then_some((file, kind)))
}

/// Where browsers find a file of the folder; `None` for a name that would have to be encoded.
fn address(config: &Config, folder: &Path, file: &Path) -> Option<String> {
    let prefix = config.public_base.strip_suffix(config.base.as_str());
    let mut address = String::from(prefix.unwrap_or_default());
    for name in file.strip_prefix(folder).ok()? {
        let name = name.to_str()?;
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~@".contains(&byte);
        if !name.bytes().all(fits) {
            return None;
        }
        address.push('/');
        address.push_str(name);
    }
    Some(address)
}
