//! The three APIs that the tenant plays.

/// The API of a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Flavor {
    Graph,
    OutlookV1,
    OutlookV2,
}

impl Flavor {
    /// Path of the API's root.
    pub(crate) const fn root(self) -> &'static str {
        match self {
            Self::Graph => "/v1.0",
            Self::OutlookV1 => "/api/v1.0",
            Self::OutlookV2 => "/api/v2.0",
        }
    }

    /// Whether the API is Graph, which uses camel case.
    pub(crate) fn is_graph(self) -> bool {
        self == Self::Graph
    }

    /// Largest `$top`.
    pub(crate) fn max_top(self) -> usize {
        if self.is_graph() { 1000 } else { 50 }
    }

    /// The flavour that a path belongs to.
    pub(crate) fn of_path(path: &str) -> Option<Self> {
        let lower = path.to_ascii_lowercase();
        [Self::Graph, Self::OutlookV2, Self::OutlookV1]
            .into_iter()
            .find(|flavor| {
                lower
                    .strip_prefix(flavor.root())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_belongs_to_one_flavour() {
        assert_eq!(Flavor::of_path("/API/v2.0/me"), Some(Flavor::OutlookV2));
        assert_eq!(Flavor::of_path("/v1.0x"), None);
    }
}
