//! OData query options: `$filter`, `$orderby`, `$search`, `$select`, `$top`, `$skip`.

pub(crate) mod eval;
pub(crate) mod expr;
pub(crate) mod lexer;
pub(crate) mod order;
pub(crate) mod parser;
pub(crate) mod query;
pub(crate) mod search;

pub(crate) use eval::{Scalar, Source};
pub(crate) use query::Query;
