//! exo365-xtask.
fn main() {}
