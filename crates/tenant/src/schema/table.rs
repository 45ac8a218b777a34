//! The types and request bodies of Graph, read from the table that `cargo xtask schema` makes.

use std::collections::HashMap;
use std::sync::LazyLock;

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::parse(include_str!("graph.txt")));

/// The table.
pub(crate) fn table() -> &'static Table {
    &TABLE
}

/// The type of a value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Type {
    Any,
    Binary,
    Boolean,
    Date,
    DateTime,
    Double,
    Duration,
    Guid,
    Int32,
    Int64,
    List(Box<Nullable>),
    /// An enum or a complex type of the table.
    Named(&'static str),
    String,
    TimeOfDay,
}

/// A type, and whether null is a value of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Nullable {
    pub(crate) of: Type,
    pub(crate) null: bool,
}

/// The properties of a complex type, or the parameters of an action.
pub(crate) type Members = Vec<(&'static str, Nullable)>;

/// A complex type.
#[derive(Debug, Default)]
struct Complex {
    base: Option<&'static str>,
    own: Members,
}

/// What an operation takes as its body.
#[derive(Debug)]
pub(crate) enum Body {
    /// An entity of this type.
    Entity(&'static str),
    /// Parameters of an action.
    Parameters(Members),
}

/// All types and bodies.
#[derive(Debug, Default)]
pub(crate) struct Table {
    complex: HashMap<&'static str, Complex>,
    enums: HashMap<&'static str, Vec<&'static str>>,
    bodies: Vec<(&'static str, Vec<&'static str>, Body)>,
}

/// Where the indented lines belong that follow.
enum Owner {
    Body,
    Nothing,
    Type(&'static str),
}

impl Table {
    /// Reads the table. Lines of another form are ignored; a test checks that there are none.
    fn parse(text: &'static str) -> Self {
        let mut table = Self::default();
        let mut owner = Owner::Nothing;
        for line in text.lines() {
            let words: Vec<&'static str> = line.split_whitespace().collect();
            match (line.starts_with(' '), words.as_slice()) {
                (true, [name, kind]) => {
                    let member = (*name, nullable(kind));
                    match (&owner, table.bodies.last_mut()) {
                        (Owner::Type(name), _) => {
                            table.complex.entry(*name).or_default().own.push(member);
                        }
                        (Owner::Body, Some((_, _, Body::Parameters(list)))) => list.push(member),
                        _ => {}
                    }
                }
                (false, ["enum", name, values @ ..]) => {
                    table.enums.insert(*name, values.to_vec());
                }
                (false, ["type", name, rest @ ..]) => {
                    table.complex.entry(*name).or_default().base = rest.get(1).copied();
                    owner = Owner::Type(name);
                }
                (false, ["body", method, path, rest @ ..]) => {
                    let body = match rest.first() {
                        Some(name) => Body::Entity(name),
                        None => Body::Parameters(Members::new()),
                    };
                    let segments = path.split('/').skip(2).collect();
                    table.bodies.push((*method, segments, body));
                    owner = Owner::Body;
                }
                _ => {}
            }
        }
        table
    }

    /// The body of an operation, by the segments below the user in lower case.
    pub(crate) fn body(&self, method: &str, segments: &[String]) -> Option<&Body> {
        let found = self.bodies.iter().find(|(known, path, _)| {
            let same = |(known, segment): (&&str, &String)| {
                *known == "{}" || known.eq_ignore_ascii_case(segment)
            };
            *known == method && path.len() == segments.len() && path.iter().zip(segments).all(same)
        });
        found.map(|(_, _, body)| body)
    }

    /// The values of an enum.
    pub(crate) fn values(&self, name: &str) -> Option<&[&'static str]> {
        self.enums.get(name).map(Vec::as_slice)
    }

    /// A property of a type or of its base types, case-insensitively.
    pub(crate) fn property(&self, kind: &str, name: &str) -> Option<&(&'static str, Nullable)> {
        let complex = self.complex.get(kind)?;
        let own = member(&complex.own, name);
        own.or_else(|| self.property(complex.base?, name))
    }

    /// Whether a type is an entity: a property of it is a navigation property.
    pub(crate) fn is_entity(&self, kind: &str) -> bool {
        let base = self.complex.get(kind).and_then(|complex| complex.base);
        kind == "entity" || base.is_some_and(|base| self.is_entity(base))
    }

    /// The name of a complex type, case-insensitively.
    pub(crate) fn complex(&self, name: &str) -> Option<&'static str> {
        let mut names = self.complex.keys();
        names
            .find(|known| known.eq_ignore_ascii_case(name))
            .copied()
    }
}

/// A member of a list by its name, case-insensitively.
pub(crate) fn member<'a>(
    members: &'a [(&'static str, Nullable)],
    name: &str,
) -> Option<&'a (&'static str, Nullable)> {
    members
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
}

fn nullable(text: &'static str) -> Nullable {
    let (name, null) = match text.strip_suffix('?') {
        Some(name) => (name, true),
        None => (text, false),
    };
    let list = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'));
    let of = match (list, name) {
        (Some(item), _) => Type::List(Box::new(nullable(item))),
        (None, "any") => Type::Any,
        (None, "base64") => Type::Binary,
        (None, "boolean") => Type::Boolean,
        (None, "date") => Type::Date,
        (None, "date-time") => Type::DateTime,
        (None, "double") => Type::Double,
        (None, "duration") => Type::Duration,
        (None, "uuid") => Type::Guid,
        (None, "int32") => Type::Int32,
        (None, "int64") => Type::Int64,
        (None, "string") => Type::String,
        (None, "time") => Type::TimeOfDay,
        (None, other) => Type::Named(other),
    };
    Nullable { of, null }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_named_type_is_in_the_table() {
        fn check(of: &Type) {
            match of {
                Type::List(item) => check(&item.of),
                Type::Named(name) => {
                    let known = table().values(name).is_some() || table().complex(name).is_some();
                    assert!(known, "{name}");
                }
                _ => {}
            }
        }
        let lines = include_str!("graph.txt").lines();
        let members = lines.filter(|line| line.starts_with("  ")).count();
        let types = table().complex.values().map(|one| one.own.len());
        let bodies = table().bodies.iter().map(|(_, _, body)| match body {
            Body::Entity(_) => 0,
            Body::Parameters(list) => list.len(),
        });
        assert_eq!(members, types.sum::<usize>() + bodies.sum::<usize>());
        for one in table().complex.values() {
            one.own.iter().for_each(|(_, kind)| check(&kind.of));
        }
        assert!(table().property("message", "SUBJECT").is_some());
        assert!(
            table().property("message", "id").is_some(),
            "of a base type"
        );
        assert!(table().property("message", "sensitivity").is_none());
    }

    #[test]
    fn bodies_are_found_by_method_and_path() {
        let body = |method, path: &str| {
            let segments: Vec<String> = path.split('/').map(str::to_owned).collect();
            table().body(method, &segments)
        };
        assert!(matches!(
            body("POST", "messages"),
            Some(Body::Entity("message"))
        ));
        assert!(matches!(
            body("POST", "messages/AAMk=/move"),
            Some(Body::Parameters(_))
        ));
        assert!(body("GET", "messages").is_none() && body("POST", "nothing").is_none());
    }
}
