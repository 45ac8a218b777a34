//! Where an item of a seed stands, so that a message about it names file and line.

use std::rc::Rc;

/// A file of the seed.
#[derive(Debug)]
pub(super) struct Source {
    /// As the messages show it.
    pub(super) name: String,
    pub(super) text: String,
}

/// A place in a file.
#[derive(Clone, Debug)]
pub(super) struct Place {
    source: Rc<Source>,
    /// Bytes before it.
    offset: usize,
}

impl Place {
    /// The place after `offset` bytes.
    pub(super) fn new(source: &Rc<Source>, offset: usize) -> Self {
        Self {
            source: source.clone(),
            offset,
        }
    }

    /// The number of the line, from 1.
    pub(super) fn line(&self) -> usize {
        let before = self
            .source
            .text
            .as_bytes()
            .get(..self.offset)
            .unwrap_or_default();
        before.iter().filter(|byte| **byte == b'\n').count() + 1
    }

    /// The first place from here where a text stands, in any letter case; this place if it stands nowhere.
    pub(super) fn find(&self, text: &str) -> Self {
        let rest = self
            .source
            .text
            .as_bytes()
            .get(self.offset..)
            .unwrap_or_default();
        let found = rest
            .windows(text.len().max(1))
            .position(|part| part.eq_ignore_ascii_case(text.as_bytes()));
        Self {
            source: self.source.clone(),
            offset: self.offset + found.unwrap_or(0),
        }
    }

    /// The message about something wrong here.
    pub(super) fn wrong(&self, sentence: impl std::fmt::Display) -> String {
        format!("{}:{}: {sentence}", self.source.name, self.line())
    }
}

/// Checks that each `BEGIN:X` has its `END:X`, which the parser of iCalendar and vCard does not require.
///
/// # Errors
/// The place of a line that has no counterpart.
pub(super) fn check_components(source: &Rc<Source>) -> Result<(), String> {
    let mut open: Vec<(&str, usize)> = Vec::new();
    let mut offset = 0;
    for line in source.text.split_inclusive('\n') {
        let here = Place::new(source, offset);
        offset += line.len();
        let Some((word, name)) = line.trim_end().split_once(':') else {
            continue;
        };
        if word.eq_ignore_ascii_case("BEGIN") {
            open.push((name, here.offset));
        } else if word.eq_ignore_ascii_case("END") {
            let begun = open
                .pop()
                .filter(|(begun, _)| begun.eq_ignore_ascii_case(name));
            begun.ok_or_else(|| here.wrong(format!("END:{name} has no BEGIN:{name}")))?;
        }
    }
    match open.pop() {
        None => Ok(()),
        Some((name, at)) => {
            Err(Place::new(source, at).wrong(format!("BEGIN:{name} has no END:{name}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_from_one() {
        let source = Rc::new(Source {
            name: "a.ics".to_owned(),
            text: "one\ntwo\nRRule:x".to_owned(),
        });
        let start = Place::new(&source, 0);
        assert_eq!(start.wrong("no"), "a.ics:1: no");
        assert_eq!(start.find("RRULE").line(), 3);
        assert_eq!(start.find("four").line(), 1);
    }
}
