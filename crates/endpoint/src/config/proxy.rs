//! The paths of the API that the endpoint itself asks for: in proxy mode, and for `/preload`.

use super::file::File;
use crate::base::problem::Problem;
use exo365_core::wire::Mode;

/// Below the API's root, where nothing else is configured.
const USUAL: [&str; 5] = ["/me", "/users", "/places", "/subscriptions", "/$batch"];

/// The same for what is preloaded.
const USUALLY_PRELOADED: [&str; 3] = ["/me", "/users", "/places"];

/// Who calls the API.
pub(super) fn mode(file: &File) -> Result<Mode, Problem> {
    match file.mode.as_deref() {
        None | Some("direct") => Ok(Mode::Direct),
        Some("proxy") => Ok(Mode::Proxy),
        Some(_) => Err(Problem::config("`mode` is \"direct\" or \"proxy\"")),
    }
}

/// The prefixes of the paths that go through.
pub(super) fn paths(file: &File, mode: Mode) -> Result<Vec<String>, Problem> {
    let Some(paths) = &file.proxy_paths else {
        let root = file.api.root_path();
        return Ok(USUAL.map(|path| format!("{root}{path}")).into());
    };
    if mode != Mode::Proxy {
        return Err(Problem::config("`proxy_paths` goes with mode = \"proxy\""));
    }
    if paths.is_empty() || !paths.iter().all(|path| is_prefix(path)) {
        return Err(Problem::config(
            "`proxy_paths` is a list of paths of the API with its root, without a slash at the end, such as \
             [\"/v1.0/me\", \"/v1.0/$batch\"]",
        ));
    }
    Ok(paths.clone())
}

/// The prefixes of the paths that are preloaded; an empty list switches preloading off.
pub(super) fn preload_paths(file: &File) -> Result<Vec<String>, Problem> {
    let Some(paths) = &file.preload_paths else {
        let root = file.api.root_path();
        return Ok(USUALLY_PRELOADED.map(|path| format!("{root}{path}")).into());
    };
    if !paths.iter().all(|path| is_prefix(path)) {
        return Err(Problem::config(
            "`preload_paths` is a list of paths of the API with its root, without a slash at the end, such as \
             [\"/v1.0/me\"]; an empty list switches preloading off",
        ));
    }
    Ok(paths.clone())
}

/// Whether a path consists of names between single slashes, none of them dots only.
fn is_prefix(path: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~$@".contains(&byte);
    let name = |name: &str| name.bytes().all(fits) && !name.trim_matches('.').is_empty();
    path.strip_prefix('/')
        .is_some_and(|rest| rest.split('/').all(name))
}
