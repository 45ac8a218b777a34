//! `$orderby`, and its rule for `$filter`.

use std::cmp::Ordering;

use super::eval::{Scalar, Source};
use super::expr::{Expr, Operand};

/// One sort key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Key {
    pub(crate) path: Vec<String>,
    pub(crate) descending: bool,
}

/// Parses `receivedDateTime desc, subject`.
///
/// # Errors
/// A direction is neither `asc` nor `desc`.
pub(crate) fn parse(text: &str) -> Result<Vec<Key>, String> {
    let mut keys = Vec::new();
    for part in text
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        let mut words = part.split_whitespace();
        let path = words.next().unwrap_or_default();
        let descending = match words.next() {
            None => false,
            Some(word) if word.eq_ignore_ascii_case("asc") => false,
            Some(word) if word.eq_ignore_ascii_case("desc") => true,
            Some(word) => return Err(format!("Syntax error in $orderby near '{word}'.")),
        };
        keys.push(Key {
            path: path.split('/').map(str::to_owned).collect(),
            descending,
        });
    }
    Ok(keys)
}

/// Sorts by the keys. The sort is stable.
pub(crate) fn sort<T: Source>(keys: &[Key], items: &mut Vec<&T>) {
    if keys.is_empty() {
        return;
    }
    let mut order: Vec<(Vec<Scalar<'_>>, &T)> = Vec::with_capacity(items.len());
    for item in items.iter() {
        let values = keys.iter().map(|key| item.val(&key.path));
        order.push((values.collect(), *item));
    }
    order.sort_by(|a, b| compare(keys, &a.0, &b.0));
    *items = order.into_iter().map(|(_, item)| item).collect();
}

fn compare(keys: &[Key], a: &[Scalar<'_>], b: &[Scalar<'_>]) -> Ordering {
    for (key, (a, b)) in keys.iter().zip(a.iter().zip(b)) {
        let order = a.compare(b).unwrap_or(Ordering::Equal);
        let order = if key.descending {
            order.reverse()
        } else {
            order
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    Ordering::Equal
}

/// Exchange's rule: the sorted properties come first in the filter, in the same order.
pub(crate) fn efficient(filter: &Expr, keys: &[Key]) -> bool {
    let mut filtered = Vec::new();
    paths(filter, &mut filtered);
    keys.iter()
        .map(|key| &key.path)
        .zip(&filtered)
        .all(|(sorted, filtered)| sorted == filtered)
        && keys.len() <= filtered.len()
}

/// Whether a filter has a property.
pub(crate) fn mentions(filter: &Expr, property: &str) -> bool {
    let mut all = Vec::new();
    paths(filter, &mut all);
    let mut names = all.iter().filter_map(|path| path.first());
    names.any(|name| name == property)
}

/// The paths of a filter in their order, each once.
fn paths(expr: &Expr, out: &mut Vec<Vec<String>>) {
    let mut operand = |operand: &Operand| {
        let mut inner = operand;
        while let Operand::Lower(next) | Operand::Upper(next) = inner {
            inner = next;
        }
        if let Operand::Path {
            segments,
            of_variable: false,
        } = inner
            && !out.contains(segments)
        {
            out.push(segments.clone());
        }
    };
    match expr {
        Expr::And(terms) | Expr::Or(terms) => terms.iter().for_each(|one| paths(one, out)),
        Expr::Not(inner) => paths(inner, out),
        Expr::Compare(_, a, b) | Expr::Call(_, a, b) => {
            operand(a);
            operand(b);
        }
        Expr::Any { path, .. } => out.push(path.clone()),
        Expr::Boolean(one) => operand(one),
    }
}

#[cfg(test)]
mod tests {
    use super::super::parser;
    use super::*;

    #[test]
    fn the_rule_of_filter_and_order() {
        let table = [
            ("isRead eq false", "receivedDateTime desc", false),
            (
                "receivedDateTime ge 2026-01-01 and isRead eq false",
                "receivedDateTime desc",
                true,
            ),
            (
                "isRead eq false and receivedDateTime ge 2026-01-01",
                "receivedDateTime desc",
                false,
            ),
            (
                "receivedDateTime ge 2026-01-01 and subject eq 'x'",
                "receivedDateTime,subject",
                true,
            ),
            (
                "receivedDateTime ge 2026-01-01",
                "receivedDateTime,subject",
                false,
            ),
        ];
        for (filter, order, fits) in table {
            let filter_expr = parser::parse(filter).unwrap();
            assert_eq!(
                efficient(&filter_expr, &parse(order).unwrap()),
                fits,
                "{filter} / {order}"
            );
        }
        assert!(parse("subject sideways").is_err());
    }
}
