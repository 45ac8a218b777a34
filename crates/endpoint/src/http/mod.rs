//! Requests and answers: what every route checks before it works, and the form of what it answers.

pub(crate) mod answer;
pub(crate) mod call;
pub(crate) mod caller;
pub(crate) mod client_address;
pub(crate) mod cookie;
pub(crate) mod expected_account;
pub(crate) mod gate;
pub(crate) mod limits;
pub(crate) mod reply;
pub(crate) mod whole;
