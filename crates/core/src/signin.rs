//! The front half of the authorization code flow (RFC 6749 §4.1, RFC 7636, OpenID Connect Core §3.1.2).
//!
//! ```text
//! begin ──► authorize URL + Flow ──(page leaves, comes back)──► Flow::finish (callback.rs) ──► Grant
//! ```
//!
//! Entropy and time come in as arguments; the shell keeps the [`Flow`] in `sessionStorage`.

use crate::error::Error;
use crate::flavor;
use crate::json::{FromJson, Json, ToJson, Writer};
use crate::scan;
use crate::sha256::sha256;
use crate::text::{base64url, push_segment};
use crate::wire::{Identity, PageConfig};
use alloc::string::String;

/// How long a sign-in may take, in seconds. Codes live about as long.
pub const LIFETIME: u64 = 600;

/// Random bytes for one sign-in, from the platform's generator.
pub struct Entropy {
    /// Becomes `state` (256 bits).
    pub state: [u8; 32],
    /// Becomes `nonce`.
    pub nonce: [u8; 32],
    /// Becomes the PKCE verifier.
    pub verifier: [u8; 32],
}

/// What a page may choose for one sign-in.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Options {
    /// Whom to expect.
    pub login_hint: Option<String>,
    /// Whose sign-in page to go to: a domain, `organizations` or `consumers`.
    pub domain_hint: Option<String>,
    /// `login`, `consent`, `select_account` or `none`.
    pub prompt: Option<String>,
    /// v2: permissions beyond the configured ones.
    pub scopes: Option<alloc::vec::Vec<String>>,
    /// Claims of a challenge, as JSON text.
    pub claims: Option<String>,
}

/// One sign-in that is under way: written before the page leaves, used once when it is back.
/// Holds the verifier, so it is never printed.
#[derive(Clone, Eq, PartialEq)]
pub struct Flow {
    /// What the answer has to repeat.
    pub state: String,
    /// What the ID token has to repeat.
    pub nonce: String,
    /// PKCE verifier.
    pub verifier: String,
    /// `{login}/{tenant}` that was asked.
    pub authority: String,
    /// Generation that was asked.
    pub identity: Identity,
    /// Where the answer has to arrive.
    pub redirect_uri: String,
    /// Where the user was: a path of this origin.
    pub return_to: String,
    /// Seconds since 1970.
    pub created: u64,
    /// v1: the API that was named.
    pub resource: Option<String>,
}

/// What the tab keeps while the page is away: the sign-in, and the public settings that it began with.
#[derive(Clone, Eq, PartialEq)]
pub struct Pending {
    /// The sign-in.
    pub flow: Flow,
    /// The settings.
    pub config: PageConfig,
}

impl ToJson for Pending {
    fn to_json(&self) -> String {
        let Self { flow, config } = self;
        Writer::new()
            .text("state", &flow.state)
            .text("nonce", &flow.nonce)
            .text("verifier", &flow.verifier)
            .text("redirectUri", &flow.redirect_uri)
            .text("returnTo", &flow.return_to)
            .number("created", flow.created)
            .maybe("resource", flow.resource.as_deref())
            .raw("config", &config.to_json())
            .done()
    }
}

impl FromJson for Pending {
    fn from_json(json: &Json) -> Option<Self> {
        let Json::Number(created) = *json.get("created") else {
            return None;
        };
        if !json.has_texts("state,nonce,verifier,redirectUri,returnTo") {
            return None;
        }
        let config = PageConfig::from_json(json.get("config"))?;
        let flow = Flow {
            state: json.get("state").plain(),
            nonce: json.get("nonce").plain(),
            verifier: json.get("verifier").plain(),
            authority: config.authority.clone(),
            identity: config.identity,
            redirect_uri: json.get("redirectUri").plain(),
            return_to: json.get("returnTo").plain(),
            created,
            resource: json.get("resource").text(),
        };
        Some(Self { flow, config })
    }
}

/// The authorize URL and the record of the sign-in.
///
/// # Errors
/// [`crate::error::Code::InvalidArgument`] for options that exclude each other or are none.
pub fn begin(
    config: &PageConfig,
    options: &Options,
    redirect_uri: &str,
    return_to: &str,
    entropy: &Entropy,
    now: u64,
) -> Result<(String, Flow), Error> {
    check(options)?;
    check_return(return_to)?;
    let resource =
        (config.identity == Identity::V1).then(|| flavor::resource(config.api, &config.cloud.api));
    let flow = Flow {
        state: base64url(&entropy.state),
        nonce: base64url(&entropy.nonce),
        verifier: base64url(&entropy.verifier),
        authority: config.authority.clone(),
        identity: config.identity,
        redirect_uri: redirect_uri.into(),
        return_to: return_to.into(),
        created: now,
        resource,
    };
    Ok((authorize_url(config, options, &flow), flow))
}

fn authorize_url(config: &PageConfig, options: &Options, flow: &Flow) -> String {
    let path = match config.identity {
        Identity::V1 => "/oauth2/authorize?response_type=code",
        Identity::V2 => "/oauth2/v2.0/authorize?response_type=code",
    };
    let mut url = scan::concat(&[&config.authority, path]);
    let mut add = |name: &str, value: &str| {
        url.push('&');
        url.push_str(name);
        url.push('=');
        push_segment(&mut url, value);
    };
    add("client_id", &config.client_id);
    add("redirect_uri", &flow.redirect_uri);
    match &flow.resource {
        Some(resource) => add("resource", resource),
        None => {
            let mut scope = String::from("openid profile offline_access");
            let extra = options
                .scopes
                .iter()
                .flatten()
                .filter(|name| !config.scopes.contains(name));
            for name in config.scopes.iter().chain(extra) {
                scope.push(' ');
                scope.push_str(name);
            }
            add("scope", &scope);
            add("response_mode", "query");
        }
    }
    add("state", &flow.state);
    add("nonce", &flow.nonce);
    add(
        "code_challenge",
        &base64url(&sha256(flow.verifier.as_bytes())),
    );
    add("code_challenge_method", "S256");
    for (name, value) in [
        ("prompt", &options.prompt),
        ("login_hint", &options.login_hint),
        ("domain_hint", &options.domain_hint),
        ("claims", &options.claims),
    ] {
        if let Some(value) = value {
            add(name, value);
        }
    }
    url
}

fn check(options: &Options) -> Result<(), Error> {
    let prompt = options.prompt.as_deref();
    if prompt
        .is_some_and(|prompt| !["login", "consent", "select_account", "none"].contains(&prompt))
    {
        return Err(Error::argument(
            "prompt is 'login', 'consent', 'select_account' or 'none'",
        ));
    }
    if prompt == Some("select_account") && options.login_hint.is_some() {
        return Err(Error::argument(
            "prompt: 'select_account' and loginHint exclude each other",
        ));
    }
    if options
        .scopes
        .iter()
        .flatten()
        .any(|scope| scope.is_empty() || scan::find_any(scope, b" \t\r\n").is_some())
    {
        return Err(Error::argument("scopes is a list of names without spaces"));
    }
    if options
        .claims
        .as_deref()
        .is_some_and(|claims| !crate::challenge::is_json_object(claims))
    {
        return Err(Error::argument(
            "claims is the JSON text from an error's claims",
        ));
    }
    Ok(())
}

/// A place to return to is a path of this origin: nothing that a browser could read as another host.
fn check_return(path: &str) -> Result<(), Error> {
    let decoded = crate::text::form_decode(path);
    let foreign = |text: &str| {
        text.starts_with("//")
            || scan::find_any(text, b"\\").is_some()
            || text.bytes().any(|byte| byte < b' ')
    };
    if !path.starts_with('/') || foreign(path) || foreign(&decoded) {
        return Err(Error::argument(
            "returnTo is a path of this site, such as /mail?folder=inbox",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::wire::{Flavor, Hosts, Mode};
    use alloc::string::ToString;
    use alloc::vec;
    use alloc::vec::Vec;

    pub(crate) fn config(identity: Identity) -> PageConfig {
        PageConfig {
            client_id: "11111111-2222-3333-4444-555555555555".into(),
            authority: "https://login.microsoftonline.com/organizations".into(),
            identity,
            api: Flavor::Graph,
            cloud: Hosts {
                login: "https://login.microsoftonline.com".into(),
                api: "https://graph.microsoft.com".into(),
            },
            scopes: vec!["Mail.Read".into(), "Contacts.Read".into()],
            redirect_uris: vec![],
            mode: Mode::Direct,
        }
    }

    const ENTROPY: Entropy = Entropy {
        state: [1; 32],
        nonce: [2; 32],
        verifier: [3; 32],
    };

    fn url(config: &PageConfig, options: &Options) -> Result<Vec<(String, String)>, Code> {
        let (url, _) = begin(
            config,
            options,
            "https://app.example/",
            "/mail",
            &ENTROPY,
            0,
        )
        .map_err(|error| error.code)?;
        let (_, query) = url.split_once('?').unwrap();
        let decode = crate::text::form_decode;
        Ok(query
            .split('&')
            .map(|pair| pair.split_once('=').unwrap())
            .map(|(name, value)| (decode(name), decode(value)))
            .collect())
    }

    fn value<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
        fields
            .iter()
            .find(|field| field.0 == name)
            .map(|field| field.1.as_str())
    }

    #[test]
    fn s2_s4_the_v2_request_has_scope_pkce_and_nonce() {
        let fields = url(&config(Identity::V2), &Options::default()).unwrap();
        assert_eq!(value(&fields, "response_type"), Some("code"));
        assert_eq!(
            value(&fields, "scope"),
            Some("openid profile offline_access Mail.Read Contacts.Read")
        );
        assert_eq!(value(&fields, "code_challenge_method"), Some("S256"));
        for name in ["state", "nonce", "code_challenge"] {
            assert_eq!(value(&fields, name).map(str::len), Some(43), "{name}");
        }
        assert_eq!(value(&fields, "resource"), None);
        let names: Vec<_> = fields.iter().map(|field| field.0.as_str()).collect();
        let mut unique = names.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), names.len(), "no parameter twice");
    }

    #[test]
    fn the_v1_request_is_that_of_the_2014_post() {
        let mut config = config(Identity::V1);
        config.api = Flavor::OutlookV1;
        config.cloud.api = "https://outlook.office365.com".into();
        let fields = url(&config, &Options::default()).unwrap();
        assert_eq!(
            value(&fields, "resource"),
            Some("https://outlook.office365.com/")
        );
        assert_eq!(value(&fields, "scope"), None);
        let (text, flow) = begin(
            &config,
            &Options::default(),
            "https://app.example/",
            "/",
            &ENTROPY,
            0,
        )
        .unwrap();
        assert!(text.starts_with("https://login.microsoftonline.com/organizations/oauth2/authorize?response_type=code&client_id="));
        assert_eq!(
            flow.resource.as_deref(),
            Some("https://outlook.office365.com/")
        );
    }

    #[test]
    fn what_the_tab_keeps_comes_back_the_same() {
        for identity in [Identity::V1, Identity::V2] {
            let config = config(identity);
            let (_, flow) = begin(
                &config,
                &Options::default(),
                "https://app.example/",
                "/a?b#c",
                &ENTROPY,
                1_790_000_000,
            )
            .unwrap();
            let pending = Pending { flow, config };
            let back = Pending::from_json(&Json::parse(&pending.to_json()).unwrap());
            assert!(back == Some(pending));
        }
        assert!(Pending::from_json(&Json::Null).is_none());
    }

    #[test]
    fn options_become_parameters() {
        let options = Options {
            login_hint: Some("adele@contoso.example".into()),
            domain_hint: Some("contoso.example".into()),
            prompt: Some("login".into()),
            scopes: Some(vec!["Calendars.Read".into(), "Mail.Read".into()]),
            claims: Some("{\"access_token\":{}}".into()),
        };
        let fields = url(&config(Identity::V2), &options).unwrap();
        assert_eq!(value(&fields, "login_hint"), Some("adele@contoso.example"));
        assert_eq!(value(&fields, "domain_hint"), Some("contoso.example"));
        assert_eq!(value(&fields, "claims"), Some("{\"access_token\":{}}"));
        assert_eq!(
            value(&fields, "scope"),
            Some("openid profile offline_access Mail.Read Contacts.Read Calendars.Read")
        );
    }

    #[test]
    fn options_that_cannot_be_are_refused() {
        let text = |text: &str| Some(text.to_string());
        for options in [
            Options {
                prompt: text("admin"),
                ..Options::default()
            },
            Options {
                prompt: text("select_account"),
                login_hint: text("a@b"),
                ..Options::default()
            },
            Options {
                scopes: Some(vec!["a b".into()]),
                ..Options::default()
            },
            Options {
                claims: text("[]"),
                ..Options::default()
            },
        ] {
            assert_eq!(
                url(&config(Identity::V2), &options),
                Err(Code::InvalidArgument),
                "{options:?}"
            );
        }
    }

    #[test]
    fn s11_places_to_return_to_stay_here_and_out_of_the_url() {
        for good in ["/", "/mail?folder=inbox#top", "/a//b", "/%20x"] {
            assert!(check_return(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "mail",
            "//evil.example",
            "/\\evil.example",
            "\\/evil",
            "https://evil.example",
            "javascript:alert(1)",
            "/%2Fevil.example",
            "/%5Cevil",
            "/a\nb",
            "%2F/evil",
        ] {
            assert!(check_return(bad).is_err(), "{bad}");
        }
        let (url, flow) = begin(
            &config(Identity::V2),
            &Options::default(),
            "https://app.example/",
            "/secret-place",
            &ENTROPY,
            7,
        )
        .unwrap();
        assert!(!url.contains("secret-place"));
        assert_eq!(
            (flow.return_to.as_str(), flow.created),
            ("/secret-place", 7)
        );
    }
}
