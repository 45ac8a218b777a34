//! The layers of `crates/endpoint`.

use super::layers::{Layers, Mode};

pub(crate) const LAYERS: Layers = Layers {
    package: "exo365-endpoint",
    source: "crates/endpoint/src",
    mode: Mode::Enforced,
    layers: &[
        &["base/"],
        &["config/"],
        &["store/"],
        &["upstream/"],
        &["session/"],
        &["http/"],
        &["state.rs"],
        &["routes/"],
        &["app_only/"],
        &["router.rs", "operator.rs", "check/"],
        &["site.rs"],
        &["lib.rs"],
        // The binary.
        &["connections/"],
        &["cli.rs", "connections.rs", "log.rs", "port.rs", "stop.rs"],
        &["commands.rs", "source.rs"],
        &["serve.rs"],
        &["main.rs"],
    ],
};
