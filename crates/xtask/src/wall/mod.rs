//! The step `wall`: which crates core may depend on, and in which direction the files of a crate may import.
//!
//! Each crate has a file here with its list of layers, from the ground to the roof. A file may import from its own
//! layer and from the layers below it. `imports` reads the arrows, `layers` judges them.

mod core;
mod dependencies;
mod endpoint;
mod imports;
mod layers;
mod tenant;

use crate::project;
use anyhow::{Result, bail};
use layers::{Layers, Mode};

/// The crates whose layers are checked.
const CRATES: [&Layers; 3] = [&core::LAYERS, &endpoint::LAYERS, &tenant::LAYERS];

/// Checks core's dependencies and the layers of each crate, and prints the largest circle of each.
///
/// # Errors
/// A crate that core may not depend on; an import that runs upwards; a circle that is too large or crosses folders.
pub(crate) fn check() -> Result<()> {
    dependencies::check()?;
    let mut failed = Vec::new();
    for layers in CRATES {
        let files = imports::read(&project::root().join(layers.source), layers.package)?;
        let judgement = layers::judge(layers, &files);
        println!("{}: {}", layers.package, judgement.summary);
        for problem in &judgement.problems {
            println!("  {problem}");
        }
        if !judgement.problems.is_empty() {
            match layers.mode {
                Mode::Enforced => failed.push(layers.package),
                Mode::ReportOnly => println!("  (reported only: see crates/xtask/src/wall)"),
            }
        }
    }
    if !failed.is_empty() {
        bail!(
            "the layers of {} do not hold: move what is imported to a lower layer, or pass it as an argument",
            failed.join(", ")
        );
    }
    Ok(())
}
