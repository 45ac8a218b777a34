//! The query options of one request, with canonical names.

use super::expr::{Expr, Operand};
use super::order::{self, Key};
use super::parser;
use super::search::{Search, Searchable};
use crate::api_error::ApiError;
use crate::http::Params;
use crate::schema::names::Names;
use crate::schema::table::{Type, table};

/// Default of `$top`.
const DEFAULT_TOP: usize = 10;

/// Parsed query options.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query {
    pub(crate) select: Option<Vec<String>>,
    /// `$select` as received, for the context URL.
    pub(crate) select_text: String,
    pub(crate) filter: Option<Expr>,
    pub(crate) order: Vec<Key>,
    pub(crate) top: usize,
    pub(crate) skip: usize,
    pub(crate) count: bool,
    pub(crate) search: Option<String>,
    /// `$search` of messages, parsed by [`Self::check_messages`].
    parsed_search: Option<Search>,
    pub(crate) expand: Vec<Expansion>,
}

/// A navigation property of `$expand`, with the filter of its own.
#[derive(Clone, Debug)]
pub(crate) struct Expansion {
    pub(crate) name: String,
    pub(crate) filter: Option<Expr>,
}

impl Expansion {
    /// Parses `attachments` or `singleValueExtendedProperties($filter=id eq 'x')`.
    ///
    /// # Errors
    /// 400 for a property that the type does not have, and for a filter that is not valid.
    fn parse(text: &str, names: Names) -> Result<Self, ApiError> {
        let (name, options) = text.split_once('(').unwrap_or((text, ""));
        let name = name.trim();
        if !names.navigates_to(name) {
            return Err(names.unknown(name));
        }
        let options = Params(
            options
                .trim_end_matches(')')
                .split(';')
                .filter_map(|pair| pair.split_once('='))
                .map(|(name, value)| (name.trim().to_owned(), value.to_owned()))
                .collect(),
        );
        let filter = option(&options, "filter").map(parser::parse).transpose();
        let filter = filter.map_err(|text| names.uri_error(&text))?;
        Ok(Self {
            name: name.to_owned(),
            filter,
        })
    }
}

/// The items of a list that commas separate, but not those in parentheses.
fn items(text: &str) -> Vec<String> {
    let mut depth = 0_i32;
    let mut out = vec![String::new()];
    for char in text.chars() {
        depth += i32::from(char == '(') - i32::from(char == ')');
        match (char, out.last_mut()) {
            (',', _) if depth <= 0 => out.push(String::new()),
            (char, Some(last)) => last.push(char),
            _ => {}
        }
    }
    out.retain(|one| !one.trim().is_empty());
    out
}

/// An option by its name, with or without the dollar sign, case-insensitively.
pub(crate) fn option<'a>(params: &'a Params, name: &str) -> Option<&'a str> {
    params
        .get_any_case(&format!("${name}"))
        .or_else(|| params.get_any_case(name))
}

impl Query {
    /// Parses the options of a type.
    ///
    /// # Errors
    /// 400 for unknown properties, wrong syntax and wrong numbers.
    pub(crate) fn read(params: &Params, names: Names, max_top: usize) -> Result<Self, ApiError> {
        check_options(params, names)?;
        let mut query = Self {
            top: DEFAULT_TOP,
            ..Self::default()
        };
        if let Some(select) = option(params, "select").filter(|text| !text.trim().is_empty()) {
            query.select_text = select.to_owned();
            query.select = Some(selected(select, names)?);
        }
        if let Some(filter) = option(params, "filter") {
            let mut expr = parser::parse(filter).map_err(|text| names.uri_error(&text))?;
            bind(&mut expr, names)?;
            query.filter = Some(expr);
        }
        if let Some(text) = option(params, "orderby") {
            query.order = order::parse(text).map_err(|text| names.uri_error(&text))?;
            for key in &mut query.order {
                bind_path(&mut key.path, names)?;
                check_sortable(&key.path, names)?;
            }
        }
        if let Some(top) = option(params, "top") {
            query.top = number("$top", top, names)?;
            if query.top > max_top {
                return Err(names.uri_error(&format!(
                    "The limit of '{max_top}' for Top query has been exceeded. The value from the \
                     incoming request is '{top}'."
                )));
            }
            query.top = query.top.max(1);
        }
        if let Some(skip) = option(params, "skip") {
            query.skip = number("$skip", skip, names)?;
        }
        query.count = match option(params, "count") {
            None => false,
            Some(value) if value.eq_ignore_ascii_case("true") => true,
            Some(value) if value.eq_ignore_ascii_case("false") => false,
            Some(value) => {
                return Err(names.uri_error(&format!(
                    "Invalid value '{value}' for $count query option found. Valid values are 'true' and 'false'."
                )));
            }
        };
        query.search = option(params, "search").map(str::to_owned);
        for text in option(params, "expand").map(items).unwrap_or_default() {
            query.expand.push(Expansion::parse(&text, names)?);
        }
        Ok(query)
    }

    /// Checks the rules of messages for filter, order and search, and parses the search.
    ///
    /// # Errors
    /// `InefficientFilter`, or 400 for a search that is not valid, or with a filter or an order.
    pub(crate) fn check_messages(&mut self) -> Result<(), ApiError> {
        if let Some(filter) = &self.filter
            && !order::efficient(filter, &self.order)
        {
            let text = "The restriction or sort order is too complex for this operation.";
            return Err(ApiError::new(400, "InefficientFilter", text));
        }
        let Some(search) = &self.search else {
            return Ok(());
        };
        if !self.order.is_empty() {
            let text = "The query parameter '$orderBy' is not supported with '$search'.";
            return Err(ApiError::new(400, "SearchWithOrderBy", text));
        }
        if self.filter.is_some() {
            let text = "The query parameter '$filter' is not supported with '$search'.";
            return Err(ApiError::new(400, "SearchWithFilter", text));
        }
        let parsed =
            Search::parse(search).map_err(|text| ApiError::new(400, "BadRequest", text))?;
        self.parsed_search = Some(parsed);
        Ok(())
    }

    /// Whether an item matches the parsed `$search`.
    pub(crate) fn matches_search(&self, item: &dyn Searchable) -> bool {
        self.parsed_search
            .as_ref()
            .is_none_or(|search| search.matches(item))
    }

    /// Whether the query expands a navigation property.
    pub(crate) fn expands(&self, name: &str) -> bool {
        self.expansion(name).is_some()
    }

    /// How the query expands a navigation property, if it does.
    pub(crate) fn expansion(&self, name: &str) -> Option<&Expansion> {
        self.expand
            .iter()
            .find(|one| one.name.eq_ignore_ascii_case(name))
    }

    /// Whether the response contains a property.
    pub(crate) fn selects(&self, name: &str) -> bool {
        self.select
            .as_ref()
            .is_none_or(|select| select.iter().any(|one| one == name))
    }
}

/// The system query options of OData and those of change tracking.
const OPTIONS: [&str; 12] = [
    "$count",
    "$deltatoken",
    "$expand",
    "$filter",
    "$format",
    "$orderby",
    "$search",
    "$select",
    "$skip",
    "$skiptoken",
    "$top",
    "$schemaversion",
];

/// Fails for a system query option that does not exist, and for one that is there twice. Names without a dollar sign can
/// be anything.
fn check_options(params: &Params, names: Names) -> Result<(), ApiError> {
    let mut seen: Vec<&str> = Vec::new();
    for (name, _) in &params.0 {
        let Some(known) = OPTIONS
            .iter()
            .find(|known| known.eq_ignore_ascii_case(name))
        else {
            if name.starts_with('$') {
                let text = format!("The query parameter '{name}' is not supported.");
                return Err(names.uri_error(&text));
            }
            continue;
        };
        if seen.contains(known) {
            return Err(names.uri_error(&format!(
                "Query option '{known}' was specified more than once, but it must be specified at most once."
            )));
        }
        seen.push(known);
    }
    Ok(())
}

/// Fails where a list is ordered by something that has no order: a complex value or a list.
fn check_sortable(path: &[String], names: Names) -> Result<(), ApiError> {
    let sortable = match names.type_of(path) {
        Some(Type::List(_)) => false,
        Some(Type::Named(name)) => table().values(name).is_some(),
        _ => true,
    };
    if sortable {
        return Ok(());
    }
    Err(names.uri_error(&format!(
        "The $orderby expression must evaluate to a single value of primitive type: '{}' does not.",
        path.join("/")
    )))
}

fn number(name: &str, text: &str, names: Names) -> Result<usize, ApiError> {
    text.trim().parse().map_err(|_| {
        names.uri_error(&format!(
            "Invalid value '{text}' for {name} query option found. The {name} query option requires \
             a non-negative integer value."
        ))
    })
}

fn selected(text: &str, names: Names) -> Result<Vec<String>, ApiError> {
    let mut select = Vec::new();
    for name in text
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty() && *name != "*")
    {
        let first = name.split('/').next().unwrap_or(name);
        select.push(names.canonical(first).ok_or_else(|| names.unknown(first))?);
    }
    Ok(select)
}

fn bind_path(path: &mut [String], names: Names) -> Result<(), ApiError> {
    let Some((first, rest)) = path.split_first_mut() else {
        return Ok(());
    };
    *first = names.canonical(first).ok_or_else(|| names.unknown(first))?;
    for name in rest {
        *name = lower_first(name);
    }
    Ok(())
}

fn lower_first(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(chars).collect()
    })
}

fn bind(expr: &mut Expr, names: Names) -> Result<(), ApiError> {
    match expr {
        Expr::And(terms) | Expr::Or(terms) => terms.iter_mut().try_for_each(|one| bind(one, names)),
        Expr::Not(inner) => bind(inner, names),
        Expr::Compare(_, a, b) | Expr::Call(_, a, b) => {
            bind_operand(a, names)?;
            bind_operand(b, names)?;
            check_types(a, b, names)
        }
        Expr::Any { path, body, .. } => {
            bind_path(path, names)?;
            body.as_mut().map_or(Ok(()), |body| bind(body, names))
        }
        Expr::Boolean(one) => bind_operand(one, names),
    }
}

fn bind_operand(operand: &mut Operand, names: Names) -> Result<(), ApiError> {
    match operand {
        Operand::Path {
            segments,
            of_variable: false,
        } => bind_path(segments, names),
        Operand::Path {
            segments,
            of_variable: true,
        } => {
            for name in segments {
                *name = lower_first(name);
            }
            Ok(())
        }
        Operand::Lower(inner) | Operand::Upper(inner) => bind_operand(inner, names),
        _ => Ok(()),
    }
}

/// Fails where a property is compared with a literal of another type.
fn check_types(a: &Operand, b: &Operand, names: Names) -> Result<(), ApiError> {
    let (path, literal) = match (a, b) {
        (
            Operand::Path {
                segments,
                of_variable: false,
            },
            other,
        )
        | (
            other,
            Operand::Path {
                segments,
                of_variable: false,
            },
        ) => (segments, other),
        _ => return Ok(()),
    };
    let Some(kind) = names.type_of(path) else {
        return Ok(());
    };
    let fits = match literal {
        Operand::Text(text) => match kind {
            Type::DateTime | Type::Boolean | Type::Int32 | Type::Int64 | Type::Double => false,
            // A text that is a value of the enum.
            Type::Named(name) => table()
                .values(name)
                .is_none_or(|values| values.iter().any(|value| value.eq_ignore_ascii_case(text))),
            _ => true,
        },
        Operand::Time(_) => matches!(kind, Type::DateTime | Type::Date),
        Operand::Bool(_) => *kind == Type::Boolean,
        Operand::Number(_) => matches!(kind, Type::Int32 | Type::Int64 | Type::Double),
        _ => true,
    };
    if fits {
        return Ok(());
    }
    Err(names.uri_error(&format!(
        "A binary operator with incompatible types was detected: the property '{}' is compared with a literal of \
         another type.",
        path.join("/")
    )))
}
