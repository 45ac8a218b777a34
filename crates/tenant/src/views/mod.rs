//! Three views of one store: Graph's names are canonical, the Outlook flavours are made from them.

pub(crate) mod calendar;
pub(crate) mod contact;
pub(crate) mod event;
pub(crate) mod message;
pub(crate) mod names;
pub(crate) mod outlook;

/// Which API a request speaks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Flavour {
    Graph,
    OutlookV1,
    OutlookV2,
}

impl Flavour {
    /// Path of the API's root.
    pub(crate) const fn root(self) -> &'static str {
        match self {
            Self::Graph => "/v1.0",
            Self::OutlookV1 => "/api/v1.0",
            Self::OutlookV2 => "/api/v2.0",
        }
    }

    /// Whether names are in camel case.
    pub(crate) fn is_graph(self) -> bool {
        self == Self::Graph
    }

    /// Largest `$top`.
    pub(crate) fn max_top(self) -> usize {
        if self.is_graph() { 1000 } else { 50 }
    }
}
