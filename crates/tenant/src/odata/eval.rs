//! Evaluates filters.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::Value;

use super::expr::{Expr, Function, Op, Operand};
use super::lexer::time;

/// A value to compare. Text is compared case-insensitively, as Exchange does.
#[derive(Clone, Debug)]
pub(crate) enum Scalar<'a> {
    Null,
    Bool(bool),
    Number(f64),
    Text(Cow<'a, str>),
    /// Microseconds since 1970.
    Time(i64),
}

/// An item with properties.
pub(crate) trait Source {
    /// The value at a path with canonical names.
    fn val(&self, path: &[String]) -> Scalar<'_>;
    /// The elements of a list at a path.
    fn list(&self, path: &[String]) -> Vec<Value>;
}

impl Source for Value {
    fn val(&self, path: &[String]) -> Scalar<'_> {
        let mut here = self;
        for name in path {
            match here.get(name) {
                Some(next) => here = next,
                None => return Scalar::Null,
            }
        }
        match here {
            Self::Bool(value) => Scalar::Bool(*value),
            Self::Number(number) => number.as_f64().map_or(Scalar::Null, Scalar::Number),
            Self::String(text) => Scalar::Text(Cow::Borrowed(text)),
            Self::Null | Self::Array(_) | Self::Object(_) => Scalar::Null,
        }
    }

    fn list(&self, path: &[String]) -> Vec<Value> {
        let found = path.iter().try_fold(self, |here, name| here.get(name));
        found.and_then(Self::as_array).cloned().unwrap_or_default()
    }
}

impl Scalar<'_> {
    /// Whether two values are equal. This is faster than `compare` for texts.
    fn same(&self, other: &Scalar<'_>) -> bool {
        match (self, other) {
            (Scalar::Text(a), Scalar::Text(b)) if b.is_ascii() => a.eq_ignore_ascii_case(b),
            _ => self.compare(other) == Some(Ordering::Equal),
        }
    }

    /// Order of two values; `None` where they cannot be compared.
    pub(crate) fn compare(&self, other: &Scalar<'_>) -> Option<Ordering> {
        match (self, other) {
            (Scalar::Null, Scalar::Null) => Some(Ordering::Equal),
            (Scalar::Bool(a), Scalar::Bool(b)) => Some(a.cmp(b)),
            (Scalar::Number(a), Scalar::Number(b)) => a.partial_cmp(b),
            (Scalar::Time(a), Scalar::Time(b)) => Some(a.cmp(b)),
            (Scalar::Time(a), Scalar::Text(b)) => time(b).map(|b| a.cmp(&b)),
            (Scalar::Text(a), Scalar::Time(b)) => time(a).map(|a| a.cmp(b)),
            (Scalar::Text(a), Scalar::Text(b)) => Some(compare_texts(a, b)),
            _ => None,
        }
    }
}

/// Compares texts case-insensitively.
fn compare_texts(a: &str, b: &str) -> Ordering {
    if a.is_ascii() && b.is_ascii() {
        let lower = |byte: u8| byte.to_ascii_lowercase();
        return a.bytes().map(lower).cmp(b.bytes().map(lower));
    }
    fold(a).cmp(fold(b))
}

/// Evaluates a string function, case-insensitively.
fn text_holds(function: Function, a: &str, b: &str) -> bool {
    if !(a.is_ascii() && b.is_ascii()) {
        let (a, b) = (a.to_lowercase(), b.to_lowercase());
        return match function {
            Function::Contains => a.contains(&b),
            Function::EndsWith => a.ends_with(&b),
            Function::StartsWith => a.starts_with(&b),
        };
    }
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let Some(room) = a.len().checked_sub(b.len()) else {
        return false;
    };
    match function {
        Function::Contains => contains_ascii(a, b, room),
        Function::EndsWith => a[room..].eq_ignore_ascii_case(b),
        Function::StartsWith => a[..b.len()].eq_ignore_ascii_case(b),
    }
}

/// Whether a text contains a part. Finds the first byte before it compares the rest.
fn contains_ascii(text: &[u8], part: &[u8], room: usize) -> bool {
    let Some(first) = part.first().map(u8::to_ascii_lowercase) else {
        return true;
    };
    let starts = text.iter().take(room + 1).enumerate();
    let mut starts = starts.filter(|(_, byte)| byte.to_ascii_lowercase() == first);
    starts.any(|(at, _)| text[at..at + part.len()].eq_ignore_ascii_case(part))
}

fn fold(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().flat_map(char::to_lowercase)
}

/// Whether an item meets a condition.
pub(crate) fn matches(expr: &Expr, source: &dyn Source) -> bool {
    holds(expr, source, None)
}

fn holds(expr: &Expr, source: &dyn Source, item: Option<&Value>) -> bool {
    match expr {
        Expr::And(terms) => terms.iter().all(|one| holds(one, source, item)),
        Expr::Or(terms) => terms.iter().any(|one| holds(one, source, item)),
        Expr::Not(inner) => !holds(inner, source, item),
        Expr::Compare(op, a, b) => {
            let (a, b) = (value(a, source, item), value(b, source, item));
            match op {
                Op::Eq => a.same(&b),
                Op::Ne => !a.same(&b),
                Op::Gt => a.compare(&b) == Some(Ordering::Greater),
                Op::Ge => matches!(a.compare(&b), Some(Ordering::Greater | Ordering::Equal)),
                Op::Lt => a.compare(&b) == Some(Ordering::Less),
                Op::Le => matches!(a.compare(&b), Some(Ordering::Less | Ordering::Equal)),
            }
        }
        Expr::Call(function, a, b) => {
            let (Scalar::Text(a), Scalar::Text(b)) =
                (value(a, source, item), value(b, source, item))
            else {
                return false;
            };
            text_holds(*function, &a, &b)
        }
        Expr::Any { path, body, all } => {
            let list = source.list(path);
            match body {
                None => !list.is_empty(),
                Some(body) if *all => list.iter().all(|one| holds(body, source, Some(one))),
                Some(body) => list.iter().any(|one| holds(body, source, Some(one))),
            }
        }
        Expr::Boolean(operand) => matches!(value(operand, source, item), Scalar::Bool(true)),
    }
}

fn value<'a>(operand: &'a Operand, source: &'a dyn Source, item: Option<&'a Value>) -> Scalar<'a> {
    match operand {
        Operand::Path {
            segments,
            of_variable: true,
        } => item.map_or(Scalar::Null, |item| item.val(segments)),
        Operand::Path {
            segments,
            of_variable: false,
        } => source.val(segments),
        Operand::Text(text) => Scalar::Text(Cow::Borrowed(text)),
        Operand::Number(number) => Scalar::Number(*number),
        Operand::Time(time) => Scalar::Time(*time),
        Operand::Bool(value) => Scalar::Bool(*value),
        Operand::Null => Scalar::Null,
        Operand::Lower(inner) | Operand::Upper(inner) => value(inner, source, item),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::parser::parse;
    use super::*;

    #[test]
    fn conditions_hold_as_the_services_say() {
        let source = json!({
            "isRead": false, "importance": "high", "subject": "Re: Plans",
            "receivedDateTime": "2026-01-11T08:15:01Z",
            "from": {"emailAddress": {"address": "Ben@contoso.example"}},
            "categories": ["Red", "Blue"],
            "toRecipients": [{"emailAddress": {"address": "adele@contoso.example"}}],
            "size": 12
        });
        let table = [
            ("isRead eq false", true),
            ("isRead", false),
            ("not isRead", true),
            ("importance eq 'High'", true),
            ("from/emailAddress/address eq 'ben@contoso.example'", true),
            ("receivedDateTime ge 2026-01-11", true),
            ("receivedDateTime lt 2026-01-11T08:15:01Z", false),
            (
                "startswith(subject,'re:') and contains(subject,'plan')",
                true,
            ),
            ("endswith(subject,'x') or size gt 11", true),
            ("size le 11", false),
            ("categories/any(c:c eq 'red')", true),
            ("categories/all(c:c eq 'red')", false),
            (
                "toRecipients/any(r:r/emailAddress/address eq 'nobody')",
                false,
            ),
            ("missing eq null", true),
            ("subject ne 'x'", true),
        ];
        for (filter, expected) in table {
            assert_eq!(
                matches(&parse(filter).unwrap(), &source),
                expected,
                "{filter}"
            );
        }
    }
}
