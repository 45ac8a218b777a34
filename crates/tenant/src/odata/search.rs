//! `$search`: the part of the keyword query language (KQL) that the mail service supports.
//!
//! ```text
//! or := and ("OR" and)*      and := unary ("AND"? unary)*      unary := "NOT" unary | primary
//! primary := "(" or ")" | property ":" ("(" or ")" | word) | word
//! ```

/// Largest nesting of a search.
const DEPTH: usize = 40;

/// A parsed search.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Search {
    All(Vec<Search>),
    Any(Vec<Search>),
    Not(Box<Search>),
    Term(Term),
}

/// A word or a phrase, in lower case.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Term {
    /// The property in lower case; empty for free text.
    pub(crate) property: String,
    /// What stands between property and text: `:`, `>=` or `<=`; empty for free text.
    pub(crate) operator: &'static str,
    pub(crate) text: String,
}

/// Something that can be searched.
pub(crate) trait Searchable {
    /// Whether the item matches a term.
    fn meets(&self, term: &Term) -> bool;
}

impl Search {
    /// Parses the value of `$search`. A value in quotes is a query; without quotes one word is a query, and
    /// several words are ignored by the service.
    ///
    /// # Errors
    /// A message with the position of the character that is not valid.
    pub(crate) fn parse(value: &str) -> Result<Self, String> {
        let value = value.trim();
        let inner = value
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'));
        let Some(inner) = inner else {
            return bare(value);
        };
        let tokens = tokens(inner, value)?;
        let mut parser = Parser {
            tokens: &tokens,
            at: 0,
            depth: 0,
        };
        let search = parser.or("")?;
        match parser.peek() {
            None => Ok(search),
            Some(_) => Err(invalid(')', 0, value)),
        }
    }

    /// Whether an item matches.
    pub(crate) fn matches(&self, item: &dyn Searchable) -> bool {
        match self {
            Self::All(terms) => terms.iter().all(|one| one.matches(item)),
            Self::Any(terms) => terms.iter().any(|one| one.matches(item)),
            Self::Not(inner) => !inner.matches(item),
            Self::Term(term) => item.meets(term),
        }
    }
}

fn invalid(char: char, position: usize, value: &str) -> String {
    format!("Syntax error: character '{char}' is not valid at position {position} in '{value}'.")
}

/// A value without quotes.
fn bare(value: &str) -> Result<Search, String> {
    let odd = value
        .chars()
        .enumerate()
        .find(|(_, char)| ":\"\\*()&|!<>=".contains(*char));
    match odd {
        Some((at, char)) => Err(invalid(char, at, value)),
        None if value.contains(char::is_whitespace) || value.is_empty() => {
            Ok(Search::All(Vec::new()))
        }
        None => Ok(Search::Term(Term {
            text: value.to_lowercase(),
            ..Term::default()
        })),
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Close,
    Open,
    Word(String),
}

/// The tokens of a query. `\"` begins and ends a phrase.
fn tokens(inner: &str, value: &str) -> Result<Vec<Token>, String> {
    let mut out = Vec::new();
    let mut word = String::new();
    let mut quoted = false;
    let mut chars = inner.chars().enumerate();
    while let Some((at, char)) = chars.next() {
        match char {
            '\\' => match chars.next() {
                Some((_, '"')) => quoted = !quoted,
                Some((_, '\\')) => word.push('\\'),
                _ => return Err(invalid('\\', at + 1, value)),
            },
            '"' => return Err(invalid('"', at + 1, value)),
            '(' | ')' if !quoted => {
                push(&mut out, &mut word);
                out.push(if char == '(' {
                    Token::Open
                } else {
                    Token::Close
                });
            }
            char if char.is_whitespace() && !quoted => push(&mut out, &mut word),
            char => word.push(char),
        }
    }
    if quoted {
        return Err(invalid('"', inner.chars().count(), value));
    }
    push(&mut out, &mut word);
    if out.contains(&Token::Word("*".to_owned())) {
        return Err(invalid('*', 1, value));
    }
    Ok(out)
}

fn push(out: &mut Vec<Token>, word: &mut String) {
    if !word.is_empty() {
        out.push(Token::Word(std::mem::take(word)));
    }
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn operator(&mut self, name: &str) -> bool {
        let is = matches!(self.peek(), Some(Token::Word(word)) if word == name);
        self.at += usize::from(is);
        is
    }

    fn or(&mut self, property: &str) -> Result<Search, String> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err("The search is nested too deeply.".to_owned());
        }
        let mut terms = vec![self.and(property)?];
        while self.operator("OR") {
            terms.push(self.and(property)?);
        }
        self.depth -= 1;
        Ok(Search::Any(terms))
    }

    fn and(&mut self, property: &str) -> Result<Search, String> {
        let mut terms = Vec::new();
        loop {
            let end = match self.peek() {
                None | Some(Token::Close) => true,
                Some(Token::Word(word)) => word == "OR",
                Some(Token::Open) => false,
            };
            if end {
                return Ok(Search::All(terms));
            }
            if !self.operator("AND") {
                terms.push(self.unary(property)?);
            }
        }
    }

    fn unary(&mut self, property: &str) -> Result<Search, String> {
        let mut negations = 0_usize;
        while self.operator("NOT") {
            negations += 1;
        }
        let inner = self.primary(property)?;
        Ok(if negations % 2 == 1 {
            Search::Not(Box::new(inner))
        } else {
            inner
        })
    }

    fn primary(&mut self, property: &str) -> Result<Search, String> {
        let token = self.peek().cloned();
        self.at += 1;
        match token {
            Some(Token::Open) => self.group(property),
            Some(Token::Word(word)) => {
                let term = term(&word, property);
                // `subject:(a b)`
                if term.text.is_empty()
                    && !term.property.is_empty()
                    && self.peek() == Some(&Token::Open)
                {
                    self.at += 1;
                    return self.group(&term.property);
                }
                Ok(Search::Term(term))
            }
            Some(Token::Close) | None => Err("The search ends too early.".to_owned()),
        }
    }

    fn group(&mut self, property: &str) -> Result<Search, String> {
        let inner = self.or(property)?;
        if self.peek() == Some(&Token::Close) {
            self.at += 1;
            return Ok(inner);
        }
        Err("The search has an unbalanced parenthesis.".to_owned())
    }
}

/// `property:text`, `property>=text`, or a text for the property of its group.
fn term(word: &str, group: &str) -> Term {
    let split = [">=", "<=", ":"].iter().find_map(|operator| {
        let (property, text) = word.split_once(operator)?;
        let named = !property.is_empty() && property.chars().all(char::is_alphanumeric);
        named.then_some((property, *operator, text))
    });
    let (property, operator, text) = split.unwrap_or((group, ":", word));
    Term {
        property: property.to_lowercase(),
        operator,
        text: text.to_lowercase(),
    }
}

/// Whether a word of a text begins with a part, which is in lower case. A phrase can go over several words.
pub(crate) fn has_word(text: &str, part: &str) -> bool {
    let part = part.trim_end_matches('*');
    let lower = text.to_lowercase();
    let mut starts = lower.match_indices(part).map(|(at, _)| at);
    !part.is_empty()
        && starts.any(|at| {
            let before = lower[..at].chars().next_back();
            before.is_none_or(|char| !char.is_alphanumeric())
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Properties and their texts; the first is free text.
    struct Item(&'static [(&'static str, &'static str)]);

    impl Searchable for Item {
        fn meets(&self, term: &Term) -> bool {
            let mut fields = self.0.iter();
            fields.any(|(name, text)| {
                (term.property.is_empty() || *name == term.property) && has_word(text, &term.text)
            })
        }
    }

    #[test]
    fn m27_to_m31_searches_are_read_as_the_service_does() {
        let item = Item(&[
            ("subject", "Budget draft"),
            ("body", "Numbers of the plan"),
            ("from", "Ben Walker"),
        ]);
        for (search, found) in [
            ("\"budget\"", Ok(true)),
            ("\"bud\"", Ok(true)),
            ("\"udget\"", Ok(false)),
            ("\"budget plan\"", Ok(true)),
            ("\"budget AND nothing\"", Ok(false)),
            ("\"budget OR nothing\"", Ok(true)),
            ("\"budget and plan\"", Ok(false)),
            ("\"NOT budget\"", Ok(false)),
            ("\"subject:draft plan\"", Ok(true)),
            ("\"subject:(draft plan)\"", Ok(false)),
            ("\"subject:(draft budget)\"", Ok(true)),
            ("\"(nothing OR budget) from:ben\"", Ok(true)),
            ("\"subject:\\\"budget draft\\\"\"", Ok(true)),
            ("\"budget | plan\"", Ok(false)),
            ("budget", Ok(true)),
            ("nothing", Ok(false)),
            ("nothing here", Ok(true)),
            ("subject:x", Err(())),
            ("\"subject:\"A B\"\"", Err(())),
            ("\"x\" OR \"y\"", Err(())),
            ("\"*\"", Err(())),
            ("\"a\\s\"", Err(())),
            ("\"(a\"", Err(())),
        ] {
            let read = Search::parse(search)
                .map(|parsed| parsed.matches(&item))
                .map_err(|_| ());
            assert_eq!(read, found, "{search}");
        }
        let text = Search::parse("subject:x").unwrap_err();
        assert!(
            text.contains("character ':' is not valid at position 7"),
            "{text}"
        );
        assert!(Search::parse(&format!("\"{}\"", "(".repeat(10_000))).is_err());
        assert!(Search::parse(&format!("\"{}\"", "NOT ".repeat(10_000))).is_err());
    }

    proptest! {
        #[test]
        fn no_search_panics(text in "[\"\\\\()*:a-cANDORT ]{0,40}") {
            let _ = Search::parse(&text);
        }
    }
}
