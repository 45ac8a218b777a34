//! A filter, taken apart.

/// A condition.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expr {
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    Compare(Op, Operand, Operand),
    Call(Function, Operand, Operand),
    /// `path/any(v:condition)`; `all` where the flag is set.
    Any {
        path: Vec<String>,
        body: Option<Box<Expr>>,
        all: bool,
    },
    /// A property that is true or false by itself.
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

/// A function with a truth value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Function {
    Contains,
    EndsWith,
    StartsWith,
}

/// Something to compare.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Operand {
    /// A property by its path; inside `any` the variable is already gone.
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
