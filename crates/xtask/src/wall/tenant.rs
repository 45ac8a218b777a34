//! The layers of `crates/tenant`.
//!
//! To fill in: list the files and folders of `crates/tenant/src` in `layers`, from the ground to the roof
//! (`failure, http` - `clock, ids` - `odata` - `store` - `views` - `signin, token` - `api/*` - `control` - `router`),
//! a folder with a slash at its end. Then set `mode` to `Mode::Enforced`.

use super::layers::{Layers, Mode};

pub(crate) const LAYERS: Layers = Layers {
    package: "exo365-tenant",
    source: "crates/tenant/src",
    mode: Mode::ReportOnly,
    layers: &[],
};
