//! The syntax tree of a filter.

/// A condition.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expr {
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
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
