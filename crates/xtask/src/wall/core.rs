//! The layers of `crates/core`.

use super::layers::{Layers, Mode};

pub(crate) const LAYERS: Layers = Layers {
    package: "exo365-core",
    source: "crates/core/src",
    mode: Mode::ReportOnly,
    layers: &[],
};
