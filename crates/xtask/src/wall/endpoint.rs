//! The layers of `crates/endpoint`.

use super::layers::{Layers, Mode};

pub(crate) const LAYERS: Layers = Layers {
    package: "exo365-endpoint",
    source: "crates/endpoint/src",
    mode: Mode::ReportOnly,
    layers: &[],
};
