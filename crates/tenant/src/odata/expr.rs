//! The syntax tree of a filter.

/// A condition.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expr {
    /// All of them; a list, so that many terms do not nest.
    And(Vec<Expr>),
    /// One of them.
    Or(Vec<Expr>),
    Not(Box<Expr>),
    Compare(Op, Operand, Operand),
    Call(Function, Operand, Operand),
    /// `path/any(v:condition)`, or `all` if the flag is set.
    Any {
        path: Vec<String>,
        body: Option<Box<Expr>>,
        all: bool,
    },
    /// A property of type Boolean.
    Boolean(Operand),
}

impl Expr {
    /// Whether the filter has only `eq`, `startswith`, `any`, `and` and `or`.
    pub(crate) fn is_simple(&self) -> bool {
        match self {
            Self::And(terms) | Self::Or(terms) => terms.iter().all(Self::is_simple),
            Self::Compare(op, ..) => *op == Op::Eq,
            Self::Call(function, ..) => *function == Function::StartsWith,
            Self::Any { body, all, .. } => !all && body.as_deref().is_none_or(Self::is_simple),
            Self::Boolean(_) => true,
            Self::Not(_) => false,
        }
    }
}

/// A comparison.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Op {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
}

/// A function that returns a Boolean.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Function {
    Contains,
    EndsWith,
    StartsWith,
}

/// An operand of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Operand {
    /// A property by its path. `of_variable`: the path starts at the variable of `any` or `all`.
    Path {
        segments: Vec<String>,
        of_variable: bool,
    },
    Text(String),
    Number(f64),
    Time(i64),
    Bool(bool),
    Null,
    Lower(Box<Operand>),
    Upper(Box<Operand>),
}
