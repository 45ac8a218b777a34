//! exo365-tenant.
fn main() {}
