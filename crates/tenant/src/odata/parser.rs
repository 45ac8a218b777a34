//! The grammar of `$filter`.
//!
//! ```text
//! or := and ("or" and)*      and := unary ("and" unary)*      unary := "not" unary | primary
//! primary := "(" or ")" | function | path "/any(" v ":" or ")" | operand (op operand)?
//! ```

use super::expr::{Expr, Function, Op, Operand};
use super::lexer::{Token, tokens};

/// Largest nesting of a filter.
const DEPTH: usize = 40;

/// Reads a filter.
///
/// # Errors
/// A message that says what is not valid.
pub(crate) fn parse(text: &str) -> Result<Expr, String> {
    let tokens = tokens(text)?;
    let mut parser = Parser {
        tokens,
        at: 0,
        variables: Vec::new(),
        depth: 0,
    };
    let expr = parser.or()?;
    match parser.peek() {
        None => Ok(expr),
        Some(_) => Err(format!(
            "Syntax error at position {} in '{text}'.",
            parser.at
        )),
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    variables: Vec<String>,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn word(&mut self, word: &str) -> bool {
        let is = matches!(self.peek(), Some(Token::Name(name)) if name.eq_ignore_ascii_case(word));
        self.at += usize::from(is);
        is
    }

    fn expect(&mut self, token: &Token) -> Result<(), String> {
        if self.next().as_ref() == Some(token) {
            Ok(())
        } else {
            Err(format!(
                "Syntax error: {token:?} expected at position {}.",
                self.at.saturating_sub(1)
            ))
        }
    }

    fn or(&mut self) -> Result<Expr, String> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err("The filter is nested too deeply.".to_owned());
        }
        let first = self.and()?;
        let mut terms = vec![first];
        while self.word("or") {
            terms.push(self.and()?);
        }
        self.depth -= 1;
        Ok(joined(terms, Expr::Or))
    }

    fn and(&mut self) -> Result<Expr, String> {
        let first = self.unary()?;
        let mut terms = vec![first];
        while self.word("and") {
            terms.push(self.unary()?);
        }
        Ok(joined(terms, Expr::And))
    }

    fn unary(&mut self) -> Result<Expr, String> {
        let mut negations = 0_usize;
        while self.word("not") {
            negations += 1;
        }
        let inner = self.primary()?;
        Ok(if negations % 2 == 1 {
            Expr::Not(Box::new(inner))
        } else {
            inner
        })
    }

    fn primary(&mut self) -> Result<Expr, String> {
        if self.peek() == Some(&Token::Open) {
            self.at += 1;
            let inner = self.or()?;
            self.expect(&Token::Close)?;
            return Ok(inner);
        }
        let name = match (self.peek(), self.tokens.get(self.at + 1)) {
            (Some(Token::Name(name)), Some(Token::Open)) => Some(name.clone()),
            _ => None,
        };
        if let Some(name) = name
            && let Some(expr) = self.call(&name)?
        {
            return Ok(expr);
        }
        let left = self.operand()?;
        match self.op() {
            Some(op) => Ok(Expr::Compare(op, left, self.operand()?)),
            None => Ok(Expr::Boolean(left)),
        }
    }

    fn call(&mut self, name: &str) -> Result<Option<Expr>, String> {
        let lower = name.to_ascii_lowercase();
        let function = match &*lower {
            "contains" => Some(Function::Contains),
            "endswith" => Some(Function::EndsWith),
            "startswith" => Some(Function::StartsWith),
            _ => None,
        };
        if let Some(function) = function {
            self.at += 2;
            let left = self.operand()?;
            self.expect(&Token::Comma)?;
            let right = self.operand()?;
            self.expect(&Token::Close)?;
            let _ = self.truth_suffix();
            return Ok(Some(Expr::Call(function, left, right)));
        }
        let all = lower.ends_with("/all");
        if all || lower.ends_with("/any") {
            self.at += 2;
            return self.lambda(&name[..name.len() - 4], all).map(Some);
        }
        Ok(None)
    }

    /// Skips `eq true` after a function: `contains(...) eq true` is common.
    fn truth_suffix(&mut self) -> bool {
        let is = matches!(
            (self.peek(), self.tokens.get(self.at + 1)),
            (Some(Token::Name(eq)), Some(Token::Name(value)))
                if eq.eq_ignore_ascii_case("eq") && value.eq_ignore_ascii_case("true")
        );
        self.at += if is { 2 } else { 0 };
        is
    }

    fn lambda(&mut self, path: &str, all: bool) -> Result<Expr, String> {
        let path: Vec<String> = path.split('/').map(str::to_owned).collect();
        if self.peek() == Some(&Token::Close) {
            self.at += 1;
            return Ok(Expr::Any {
                path,
                body: None,
                all,
            });
        }
        let Some(Token::Name(variable)) = self.next() else {
            return Err("Syntax error: a range variable is expected in any/all.".to_owned());
        };
        self.expect(&Token::Colon)?;
        self.variables.push(variable);
        let body = self.or()?;
        self.variables.pop();
        self.expect(&Token::Close)?;
        Ok(Expr::Any {
            path,
            body: Some(Box::new(body)),
            all,
        })
    }

    fn op(&mut self) -> Option<Op> {
        let ops = [
            ("eq", Op::Eq),
            ("ne", Op::Ne),
            ("gt", Op::Gt),
            ("ge", Op::Ge),
            ("lt", Op::Lt),
            ("le", Op::Le),
        ];
        ops.into_iter()
            .find(|(word, _)| self.word(word))
            .map(|(_, op)| op)
    }

    fn operand(&mut self) -> Result<Operand, String> {
        let mut folds = Vec::new();
        loop {
            match self.next() {
                Some(Token::Text(text)) => return self.folded(Operand::Text(text), &folds),
                Some(Token::Number(number)) => return self.folded(Operand::Number(number), &folds),
                Some(Token::Time(time)) => return self.folded(Operand::Time(time), &folds),
                Some(Token::Name(name)) if self.peek() == Some(&Token::Open) => {
                    match &*name.to_ascii_lowercase() {
                        "tolower" => folds.push(false),
                        "toupper" => folds.push(true),
                        _ => {
                            return Err(format!(
                                "An unknown function with name '{name}' was found."
                            ));
                        }
                    }
                    self.at += 1;
                }
                Some(Token::Name(name)) if is_keyword(&name) => {
                    return Err(format!(
                        "Syntax error: an expression was expected in the filter before '{name}'."
                    ));
                }
                Some(Token::Name(name)) => return self.folded(self.named(&name), &folds),
                _ => {
                    return Err(
                        "Syntax error: an expression was expected in the filter.".to_owned()
                    );
                }
            }
            if folds.len() > DEPTH {
                return Err("The filter is nested too deeply.".to_owned());
            }
        }
    }

    fn folded(&mut self, mut inner: Operand, folds: &[bool]) -> Result<Operand, String> {
        for upper in folds.iter().rev() {
            self.expect(&Token::Close)?;
            let boxed = Box::new(inner);
            inner = if *upper {
                Operand::Upper(boxed)
            } else {
                Operand::Lower(boxed)
            };
        }
        Ok(inner)
    }

    fn named(&self, name: &str) -> Operand {
        match name {
            "true" => return Operand::Bool(true),
            "false" => return Operand::Bool(false),
            "null" => return Operand::Null,
            _ => {}
        }
        let mut segments: Vec<String> = name.split('/').map(str::to_owned).collect();
        let of_variable = segments
            .first()
            .is_some_and(|first| self.variables.contains(first));
        if of_variable {
            segments.remove(0);
        }
        Operand::Path {
            segments,
            of_variable,
        }
    }
}

/// A single term as it is, several under an operator.
fn joined(mut terms: Vec<Expr>, operator: impl FnOnce(Vec<Expr>) -> Expr) -> Expr {
    match terms.len() {
        1 => terms.remove(0),
        _ => operator(terms),
    }
}

/// Whether a word is an operator.
fn is_keyword(word: &str) -> bool {
    ["and", "or", "not", "eq", "ne", "gt", "ge", "lt", "le"]
        .iter()
        .any(|keyword| keyword.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn filters_of_daily_life_parse() {
        let good = [
            "isRead eq false",
            "receivedDateTime ge 2026-01-01T00:00:00Z and receivedDateTime lt 2026-02-01",
            "from/emailAddress/address eq 'o''brien@contoso.example'",
            "not (isRead eq true or importance ne 'high')",
            "startswith(subject,'Re') and contains(tolower(subject), 'x')",
            "categories/any(c:c eq 'Red')",
            "toRecipients/any(r:r/emailAddress/address eq 'a@b') and hasAttachments",
            "categories/any()",
            "contains(subject,'x') eq true",
        ];
        for filter in good {
            assert!(parse(filter).is_ok(), "{filter}: {:?}", parse(filter));
        }
    }

    #[test]
    fn broken_filters_are_refused_with_a_sentence() {
        for filter in [
            "",
            "isRead eq",
            "eq",
            "(isRead eq true",
            "a eq 'x",
            "a eq 1 b",
            "a ! b",
            "nope(a) eq 1",
            "x/any(",
            "tolower(a",
        ] {
            assert!(parse(filter).is_err(), "{filter}");
        }
        assert!(parse(&"(".repeat(10_000)).is_err());
        assert!(parse(&"not ".repeat(10_000)).is_err());
        assert!(parse(&"tolower(".repeat(10_000)).is_err());
    }

    #[test]
    fn and_binds_tighter_than_or() {
        assert!(
            matches!(parse("a eq 1 or b eq 2 and c eq 3"), Ok(Expr::Or(terms)) if matches!(terms[1], Expr::And(_)))
        );
    }

    proptest! {
        #[test]
        fn no_input_panics(text in "\\PC{0,60}") {
            let _ = parse(&text);
        }

        #[test]
        fn no_soup_of_tokens_panics(words in proptest::collection::vec(
            prop_oneof![Just("a/b"), Just("eq"), Just("("), Just(")"), Just("'x'"), Just("not"), Just("any("),
                Just("x/any("), Just("a:"), Just("and"), Just("contains("), Just(","), Just("2026-01-01T00:00:00Z"), Just("1")],
            0..25)) {
            let _ = parse(&words.join(" "));
        }
    }
}
