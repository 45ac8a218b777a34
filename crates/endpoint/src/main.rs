//! exo365-endpoint.
fn main() {}
