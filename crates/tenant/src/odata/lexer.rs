//! Tokens of a filter.

/// One token.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Token {
    /// `from/emailAddress/address`, `eq`, `contains`.
    Name(String),
    /// `'it''s'`, unescaped.
    Text(String),
    Number(f64),
    /// `2026-01-01T00:00:00Z`, microseconds since 1970.
    Time(i64),
    Open,
    Close,
    Comma,
    Colon,
}

/// Reads the tokens of a filter.
///
/// # Errors
/// A message that names the position.
pub(crate) fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(&char) = chars.get(at) {
        at += 1;
        match char {
            ' ' | '\t' | '\r' | '\n' => {}
            '(' => out.push(Token::Open),
            ')' => out.push(Token::Close),
            ',' => out.push(Token::Comma),
            ':' => out.push(Token::Colon),
            '\'' => {
                let (text, next) = quoted(&chars, at)?;
                out.push(Token::Text(text));
                at = next;
            }
            _ if is_word(char) => {
                let start = at - 1;
                while chars
                    .get(at)
                    .is_some_and(|next| is_word(*next) || time_colon(&chars, start, at))
                {
                    at += 1;
                }
                let word: String = chars[start..at].iter().collect();
                out.push(classify(word));
            }
            other => {
                return Err(format!(
                    "Syntax error: character '{other}' is not valid at position {} in '{text}'.",
                    at - 1
                ));
            }
        }
    }
    Ok(out)
}

fn is_word(char: char) -> bool {
    char.is_alphanumeric() || "_/.-+@$#".contains(char)
}

/// Whether a colon belongs to a time (`2026-01-01T09:00:00Z`), not to a lambda (`any(a:...)`).
fn time_colon(chars: &[char], start: usize, at: usize) -> bool {
    chars.get(at) == Some(&':')
        && chars.get(start).is_some_and(char::is_ascii_digit)
        && chars.get(at + 1).is_some_and(char::is_ascii_digit)
}

fn quoted(chars: &[char], mut at: usize) -> Result<(String, usize), String> {
    let mut text = String::new();
    loop {
        match (chars.get(at), chars.get(at + 1)) {
            (Some('\''), Some('\'')) => {
                text.push('\'');
                at += 2;
            }
            (Some('\''), _) => return Ok((text, at + 1)),
            (Some(char), _) => {
                text.push(*char);
                at += 1;
            }
            (None, _) => {
                return Err("There is an unterminated string literal in the filter.".to_owned());
            }
        }
    }
}

fn classify(word: String) -> Token {
    let digit = word.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '+');
    if digit {
        if let Some(time) = time(&word) {
            return Token::Time(time);
        }
        if let Ok(number) = word.parse::<f64>()
            && number.is_finite()
        {
            return Token::Number(number);
        }
    }
    Token::Name(word)
}

/// An instant or a date, in microseconds since 1970.
pub(crate) fn time(text: &str) -> Option<i64> {
    if text.len() < 10 {
        return None;
    }
    if let Ok(time) = chrono::DateTime::parse_from_rfc3339(text) {
        return Some(time.timestamp_micros());
    }
    for form in ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"] {
        if let Ok(time) = chrono::NaiveDateTime::parse_from_str(text.trim_end_matches('Z'), form) {
            return Some(time.and_utc().timestamp_micros());
        }
    }
    let date = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    Some(date.and_hms_opt(0, 0, 0)?.and_utc().timestamp_micros())
}
