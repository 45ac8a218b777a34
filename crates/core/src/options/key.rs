//! The names of all options, each once.

use crate::json::Json;

macro_rules! keys {
    ($($key:ident = $name:literal,)+) => {
        /// The name of an option, of whatever call, client, sign-in or token request.
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        #[non_exhaustive]
        pub enum Key { $(#[doc = concat!("`", $name, "`")] $key),+ }

        impl Key {
            /// Every key.
            pub const ALL: &'static [Self] = &[$(Self::$key),+];

            /// The name as JavaScript has it. Never inlined, as each place would bring the table.
            #[must_use]
            #[inline(never)]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$key => $name),+ }
            }
        }
    };
}

keys! {
    AdminConsent = "adminConsent",
    AllowInsecureLoopback = "allowInsecureLoopback",
    Api = "api",
    As = "as",
    Bare = "bare",
    Batching = "batching",
    BodyType = "bodyType",
    Changes = "changes",
    Claims = "claims",
    ClientId = "clientId",
    Cloud = "cloud",
    Concurrency = "concurrency",
    Count = "count",
    DomainHint = "domainHint",
    Endpoint = "endpoint",
    Expand = "expand",
    Extra = "extra",
    Filter = "filter",
    ForceRefresh = "forceRefresh",
    Headers = "headers",
    Identity = "identity",
    IfMatch = "ifMatch",
    ImmutableIds = "immutableIds",
    KeepDiagnostics = "keepDiagnostics",
    LoginHint = "loginHint",
    Mode = "mode",
    OrderBy = "orderBy",
    PageSize = "pageSize",
    Prompt = "prompt",
    Query = "query",
    RedirectUri = "redirectUri",
    Resource = "resource",
    Retries = "retries",
    ReturnTo = "returnTo",
    SameAccount = "sameAccount",
    Scopes = "scopes",
    Search = "search",
    Select = "select",
    SignInMinutes = "signInMinutes",
    Signal = "signal",
    Skip = "skip",
    Tenant = "tenant",
    TimeZone = "timeZone",
    Timeout = "timeout",
    Top = "top",
}

impl Key {
    /// The names of `keys`, as a call lists those that it takes.
    #[must_use]
    pub fn list(keys: &[Self]) -> Json {
        Json::List(
            keys.iter()
                .map(|key| Json::Text(key.name().into()))
                .collect(),
        )
    }
}
