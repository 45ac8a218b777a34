//! The authorization request (RFC 6749 §4.1.1, RFC 7636, OpenID Connect Core §3.1.2).
//!
//! ```text
//! begin ──► authorize URL + record ──(page leaves, comes back)──► AuthorizationRequest::finish ──► AuthorizationGrant
//! ```
//!
//! Entropy and time are arguments. The shell keeps the record in `sessionStorage`.

use crate::challenge::is_json_object;
use crate::error::Error;
use crate::flavor;
use crate::json::{FromJson, Json, Writer};
use crate::options::{Key, Options};
use crate::scan;
use crate::sha256::sha256;
use crate::text::{base64url, push_segment};
use crate::wire::{Account, Identity, PageConfig};
use alloc::string::String;

/// How long a sign-in may take from the moment the page is left, in minutes, unless `signInMinutes` says otherwise.
/// Microsoft's codes are valid for about as long, but setting up a second factor comes before the code.
pub const MINUTES: u32 = 10;

/// Random bytes for one sign-in, from the browser's cryptographic generator: 256 bits each for `state`, `nonce` and the
/// PKCE verifier, in this order.
pub struct Entropy(pub [u8; 96]);

impl Default for Entropy {
    fn default() -> Self {
        Self([0; 96])
    }
}

/// A sign-in that is under way. It is written before the page leaves, and used once when the page is back.
/// It holds the verifier, so it is never printed.
#[derive(Clone, Eq, PartialEq)]
pub struct AuthorizationRequest {
    /// What the response has to repeat.
    pub state: String,
    /// What the ID token has to repeat.
    pub nonce: String,
    /// The PKCE code verifier.
    pub verifier: String,
    /// The authority that was asked: `{login}/{tenant}`.
    pub authority: String,
    /// The generation of the sign-in endpoints that were asked.
    pub identity: Identity,
    /// The redirect URI, where the response has to arrive.
    pub redirect_uri: String,
    /// Where the user was: path, query and fragment. It becomes an address behind the page's own origin.
    pub return_to: String,
    /// When the page was left, in seconds since 1970; before that, when the sign-in began.
    pub created: u64,
    /// How long the sign-in may take from then on, in seconds.
    pub lifetime: u64,
    /// The only account that may sign in, as [`Account::identity`] gives it; any where `None`.
    pub account: Option<String>,
    /// For v1: the API that was named.
    pub resource: Option<String>,
    /// Whether this is an administrator's consent, whose response has no code.
    pub consent: bool,
    /// `max_age` of the request, in seconds, where it had one.
    pub max_age: Option<String>,
}

/// The end of the `state` of a sign-in in a window of its own. By it, the page in that window knows that the response is
/// for another, although the sign-in service may have cut the link to its opener.
pub const POPUP: &str = ".p";
/// The end of the `state` of a sign-in by redirect or by a link.
const REDIRECT: &str = ".r";
/// Length of a `state`: 32 bytes in base64url, which has no dot, and one of these ends.
const STATE: usize = 45;

/// Whether this package made `state`. Other libraries on the page have states of their own. The face knows this form,
/// too (`pkg-template/session/page.ts`).
#[must_use]
pub fn is_own_state(state: &str) -> bool {
    // As the two ends above.
    matches!(state.as_bytes(), [.., b'.', b'p' | b'r'])
        && state.len() == STATE
        && scan::is_plain(scan::split_at(state, STATE - 2).0, b"-_")
}

/// The record that the tab keeps while the page is away: the sign-in, and the configuration that it began with.
#[derive(Clone, Eq, PartialEq)]
pub struct SignInRecord {
    /// The sign-in.
    pub request: AuthorizationRequest,
    /// The configuration.
    pub config: PageConfig,
}

impl FromJson for SignInRecord {
    fn from_json(json: &Json) -> Option<Self> {
        let Json::Number(created) = *json.get("created") else {
            return None;
        };
        if !json.has_texts(&["state", "nonce", "verifier", "redirectUri", "returnTo"])
            || !matches!(
                json.get("returnTo").str().map(str::as_bytes),
                Some([b'/', ..])
            )
        {
            return None;
        }
        let config = PageConfig::from_json(json.get("config"))?;
        let request = AuthorizationRequest {
            state: json.get("state").text_or_empty(),
            nonce: json.get("nonce").text_or_empty(),
            verifier: json.get("verifier").text_or_empty(),
            authority: config.authority.clone(),
            identity: config.identity,
            redirect_uri: json.get("redirectUri").text_or_empty(),
            return_to: json.get("returnTo").text_or_empty(),
            created,
            lifetime: u64::from(json.get("minutes").number().unwrap_or(MINUTES)) * 60,
            account: json.get("account").text(),
            resource: json.get("resource").text(),
            consent: json.get("consent").str().is_some(),
            max_age: json.get("maxAge").text(),
        };
        Some(Self { request, config })
    }
}

/// A sign-in that began.
pub struct Begun {
    /// The URL to which the page goes.
    pub url: String,
    /// The name of the record.
    pub state: String,
    /// The record: a [`SignInRecord`], as JSON text.
    pub record: String,
}

/// The page and the user at the moment when a sign-in begins.
pub struct Start<'a> {
    /// Where the response has to arrive.
    pub redirect_uri: &'a str,
    /// The page's origin.
    pub origin: &'a str,
    /// Path, query and fragment of the page.
    pub here: &'a str,
    /// Who is signed in, or was until the session ended.
    pub account: Option<&'a Account>,
    /// How long the sign-in may take, in minutes.
    pub minutes: u32,
    /// The address of the endpoint: several clients of one page may have several.
    pub endpoint: &'a str,
}

/// Begins a sign-in with these options. The record is written without an [`AuthorizationRequest`] between, which would copy everything.
///
/// # Errors
/// [`crate::error::Code::InvalidArgument`] for options that exclude each other or are none.
pub fn begin(
    config: &PageConfig,
    options: &Options,
    start: &Start<'_>,
    entropy: &Entropy,
    now: u64,
) -> Result<Begun, Error> {
    let scopes = options.texts(Key::Scopes).unwrap_or_default();
    check(options, &scopes)?;
    let return_to = match options.text(Key::ReturnTo) {
        Some(wish) => place(wish, start.origin)?,
        None => start.here,
    };
    let random = &entropy.0;
    let state = state(&random[..32], options);
    let nonce = base64url(&random[32..64]);
    let verifier = base64url(&random[64..]);
    let user = User::of(options, start.account);
    let consent = options.flag(Key::AdminConsent, false);
    let resource =
        (config.identity == Identity::V1).then(|| flavor::resource(config.api, &config.cloud.api));
    let max_age = options.pairs(Key::Extra).find(|pair| pair.0 == "max_age");

    let record = Writer::new()
        .text("state", &state)
        .text("nonce", &nonce)
        .text("verifier", &verifier)
        .text("redirectUri", start.redirect_uri)
        .text("returnTo", return_to)
        .number("created", now)
        .number("minutes", start.minutes.into())
        .text("endpoint", start.endpoint)
        .optional_text("account", user.account.map(Account::identity).as_deref())
        .optional_text("resource", resource.as_deref())
        .optional_text("consent", consent.then_some("admin"))
        .optional_text("maxAge", max_age.map(|pair| pair.1))
        .raw("config", &config.to_json())
        .finish();

    let mut url = place_of_request(config, consent);
    let mut add = |name: &str, value: &str| push_field(&mut url, name, value);
    add("client_id", &config.client_id);
    add("redirect_uri", start.redirect_uri);
    add("state", &state);
    let own = if consent { "" } else { OPENID_SCOPES };
    match &resource {
        None => add("scope", &scope(own, &config.scopes, &scopes)),
        Some(resource) if !consent => add("resource", resource),
        Some(_) => {}
    }
    if !consent {
        if resource.is_none() {
            add("response_mode", "query");
        }
        add("nonce", &nonce);
        add("code_challenge", &base64url(&sha256(verifier.as_bytes())));
        add("code_challenge_method", "S256");
        user.push_fields(&mut url, options);
    }
    Ok(Begun { url, state, record })
}

/// The scopes that make an ID token with the user's name, and a refresh token (OpenID Connect Core §5.4, §11).
const OPENID_SCOPES: &str = "openid profile offline_access";

/// The `state` of a request with these options.
fn state(random: &[u8], options: &Options) -> String {
    let mut state = base64url(random);
    let in_window = options.text(Key::Mode) == Some("popup");
    state.push_str(if in_window { POPUP } else { REDIRECT });
    state
}

/// Who is to sign in.
struct User<'a> {
    /// The only account that may; any where `None`.
    account: Option<&'a Account>,
    /// `login_hint`.
    hint: Option<&'a str>,
    /// `prompt`.
    prompt: Option<&'a str>,
}

impl<'a> User<'a> {
    /// Whom the caller names, or lets the user choose, goes before who is signed in.
    fn of(options: &'a Options, signed_in: Option<&'a Account>) -> Self {
        let named = options.text(Key::LoginHint);
        let account =
            signed_in.filter(|_| named.is_none() && options.flag(Key::SameAccount, false));
        let own = account.map(|one| one.login_hint.as_deref().unwrap_or(&one.username));
        let prompt = options.text(Key::Prompt);
        Self {
            account,
            hint: named.or(own),
            prompt: prompt.filter(|prompt| account.is_none() || *prompt != SELECT),
        }
    }

    /// Adds the parameters about the user, and those of the caller's own.
    fn push_fields(&self, url: &mut String, options: &Options) {
        for (name, value) in [
            ("prompt", self.prompt),
            ("login_hint", self.hint),
            ("domain_hint", options.text(Key::DomainHint)),
            ("claims", options.text(Key::Claims)),
        ] {
            if let Some(value) = value {
                push_field(url, name, value);
            }
        }
        for (name, value) in options.pairs(Key::Extra) {
            push_field(url, name, value);
        }
    }
}

/// The URL of the request up to its parameters.
fn place_of_request(config: &PageConfig, consent: bool) -> String {
    let path = match (config.identity, consent) {
        (Identity::V1, false) => "/oauth2/authorize?response_type=code",
        (Identity::V2, false) => "/oauth2/v2.0/authorize?response_type=code",
        (Identity::V1, true) => "/adminconsent?",
        (Identity::V2, true) => "/v2.0/adminconsent?",
    };
    // Only organisations have administrators: `common` would admit personal accounts.
    let common = config.authority.strip_suffix("/common").filter(|_| consent);
    match common {
        Some(login) => scan::concat(&[login, "/organizations", path]),
        None => scan::concat(&[&config.authority, path]),
    }
}

/// Values of `prompt` (OpenID Connect Core §3.1.2.1).
const PROMPTS: &[&str] = &["login", "consent", SELECT, "none"];
/// The value of `prompt` that lets the user choose among accounts.
const SELECT: &str = "select_account";

/// Parameters that the package sets itself: `extra` may not have them.
const RESERVED: &[&str] = &[
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "resource",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "claims",
    "prompt",
    "login_hint",
    "domain_hint",
    "request",
    "request_uri",
];

fn push_field(url: &mut String, name: &str, value: &str) {
    url.push('&');
    url.push_str(name);
    url.push('=');
    push_segment(url, value);
}

/// The value of `scope`: `own`, the configured permissions, and `more`.
fn scope(own: &str, configured: &[String], more: &[String]) -> String {
    let mut scope = String::from(own);
    let mut add = |name: &str| {
        if !scope.is_empty() {
            scope.push(' ');
        }
        scope.push_str(name);
    };
    for name in configured {
        add(name);
    }
    for name in more {
        if !scan::contains(configured, name) {
            add(name);
        }
    }
    scope
}

fn check(options: &Options, scopes: &[String]) -> Result<(), Error> {
    let prompt = options.text(Key::Prompt);
    let wrong = if prompt.is_some_and(|prompt| !PROMPTS.contains(&prompt)) {
        "prompt is 'login', 'consent', 'select_account' or 'none'"
    } else if prompt == Some(SELECT) && options.text(Key::LoginHint).is_some() {
        "prompt: 'select_account' and loginHint exclude each other"
    } else if scopes
        .iter()
        .any(|scope| scope.is_empty() || scan::contains_any(scope, b" \t\r\n"))
    {
        "scopes is a list of names without spaces"
    } else if options
        .text(Key::Claims)
        .is_some_and(|claims| !is_json_object(claims))
    {
        "claims is the JSON text from an error's claims"
    } else if options.pairs(Key::Extra).any(|(name, _)| {
        RESERVED.contains(&name) || name.is_empty() || !scan::is_plain(name, b"-_.")
    }) {
        "extra has names that the sign-in does not use itself"
    } else {
        return Ok(());
    };
    Err(Error::argument(wrong))
}

/// The path, query and fragment of a place that the caller names, where a URL parser sees an address of `origin` in it.
/// (It reads a backslash as a slash, and drops tabs and line breaks: WHATWG URL, "basic URL parser".)
fn place<'a>(wish: &'a str, origin: &str) -> Result<&'a str, Error> {
    let own = wish.strip_prefix(origin);
    let path = own.unwrap_or(wish);
    if let Some(rest) = path.strip_prefix("/") {
        let next = scan::trim_start(rest, b"\t\r\n").as_bytes().first();
        if own.is_some() || !matches!(next, Some(b'/' | b'\\')) {
            return Ok(path);
        }
    }
    Err(Error::argument("returnTo is a path of this site"))
}

#[cfg(test)]
#[path = "tests/signin.rs"]
mod tests;

#[cfg(test)]
#[path = "tests/signin_state.rs"]
mod tests_of_state;
