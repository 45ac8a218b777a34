//! The layers of `crates/tenant`.

use super::layers::{Layers, Mode};

pub(crate) const LAYERS: Layers = Layers {
    package: "exo365-tenant",
    source: "crates/tenant/src",
    mode: Mode::Enforced,
    layers: &[
        &["api_error.rs", "http/"],
        &["clock/", "ids.rs"],
        &["directory/", "options.rs"],
        &["schema/"],
        &["odata/"],
        &["store/"],
        &["views/"],
        &["seed/"],
        &["oauth/"],
        &["state/"],
        &["token/"],
        &["signin/"],
        &["api/"],
        &["control/"],
        &["router.rs"],
        &["lib.rs"],
        &["cli.rs"],
        &["serve.rs"],
        &["main.rs"],
    ],
};
