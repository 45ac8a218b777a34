//! The sign-in service's addresses and forms, in both generations.
//!
//! Addresses are those of the fixed layout below `login`: no document chooses where a secret goes.

use crate::config::certificate;
use crate::config::{Config, Credential, Secret};
use exo365_core::error::{Code, Error};
use exo365_core::flavor;
use exo365_core::text::push_pair;
use exo365_core::wire::{ExchangeRequest, Flavor, Identity, PageConfig};
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// Always asked for: who it is, and a refresh token.
const OIDC: [&str; 3] = ["openid", "profile", "offline_access"];

/// Graph in its clouds: the one service whose permissions need no host.
const GRAPH: [&str; 4] = [
    "https://graph.microsoft.com",
    "https://graph.microsoft.us",
    "https://dod-graph.microsoft.us",
    "https://microsoftgraph.chinacloudapi.cn",
];

/// Fields of a form.
pub(crate) type Form<'a> = Vec<(&'static str, Cow<'a, str>)>;

/// Where codes and refresh tokens are traded in.
pub(crate) fn token_url(public: &PageConfig) -> String {
    let version = match public.identity {
        Identity::V1 => "",
        Identity::V2 => "/v2.0",
    };
    format!("{}/oauth2{version}/token", public.authority)
}

/// The OpenID configuration: names the issuer.
pub(crate) fn discovery_url(public: &PageConfig) -> String {
    discovery(public, &public.authority)
}

/// The same of another tenant, by its id or domain.
pub(crate) fn discovery_url_of(public: &PageConfig, tenant: &str) -> String {
    discovery(public, &format!("{}/{tenant}", public.cloud.login))
}

fn discovery(public: &PageConfig, authority: &str) -> String {
    let version = match public.identity {
        Identity::V1 => "",
        Identity::V2 => "/v2.0",
    };
    format!("{authority}{version}/.well-known/openid-configuration")
}

/// The signing keys.
pub(crate) fn keys_url(public: &PageConfig) -> String {
    match public.identity {
        Identity::V1 => format!("{}/common/discovery/keys", public.cloud.login),
        Identity::V2 => format!("{}/discovery/v2.0/keys", public.authority),
    }
}

/// Where the browser goes to end the sign-in service's session.
pub(crate) fn logout_url(config: &Config, back: Option<&str>, hint: Option<&str>) -> String {
    let public = &config.public;
    let version = match public.identity {
        Identity::V1 => "",
        Identity::V2 => "/v2.0",
    };
    let mut url = format!("{}/oauth2{version}/logout", public.authority);
    // The id is what lets a provider that is not Microsoft's check the address to come back to.
    push_pair(&mut url, "client_id", &public.client_id);
    for (name, value) in [("post_logout_redirect_uri", back), ("logout_hint", hint)] {
        if let Some(value) = value {
            push_pair(&mut url, name, value);
        }
    }
    url
}

/// Where an administrator grants the configured permissions.
pub(crate) fn consent_url(config: &Config) -> String {
    let public = &config.public;
    // The v2 address takes no `common`.
    let tenant = match config.tenant.as_str() {
        "common" | "consumers" => "organizations",
        tenant => tenant,
    };
    let version = match public.identity {
        Identity::V1 => "",
        Identity::V2 => "/v2.0",
    };
    let mut url = format!("{}/{tenant}{version}/adminconsent", public.cloud.login);
    push_pair(&mut url, "client_id", &public.client_id);
    if let Some(back) = public.redirect_uris.first() {
        push_pair(&mut url, "redirect_uri", back);
    }
    if public.identity == Identity::V2 && !public.scopes.is_empty() {
        push_pair(&mut url, "scope", &public.scopes.join(" "));
    }
    url
}

/// The service that a permission belongs to: what stands before its last slash; nothing is Graph.
pub(crate) fn audience(scope: &str) -> &str {
    let resource = scope.rsplit_once('/').map_or("", |(resource, _)| resource);
    if GRAPH.contains(&resource) {
        ""
    } else {
        resource
    }
}

/// The audience that a page means where it names none: the configured API, where permissions of it are
/// configured. A token goes nowhere but where it is for.
pub(crate) fn default_audience(config: &Config) -> String {
    let public = &config.public;
    if public.identity == Identity::V1 {
        return config.resources.first().cloned().unwrap_or_default();
    }
    let api = api_audience(config);
    let mut audiences = public.scopes.iter().map(|scope| audience(scope));
    let first = audiences.clone().next().unwrap_or_default();
    let named = audiences.any(|audience| audience == api);
    if named { api } else { first.into() }
}

/// How permissions of the configured API begin: with nothing, where it is Graph.
pub(crate) fn api_audience(config: &Config) -> String {
    let public = &config.public;
    match public.api {
        Flavor::Graph => String::new(),
        _ => flavor::resource(public.api, &public.cloud.api)
            .trim_end_matches('/')
            .to_owned(),
    }
}

/// `scope` for one audience: OpenID's and `names`, each once.
fn scope(audience_of: &str, names: &[String]) -> String {
    let mut all: Vec<&str> = OIDC.to_vec();
    for name in names.iter().filter(|name| audience(name) == audience_of) {
        if !all.contains(&name.as_str()) {
            all.push(name);
        }
    }
    all.join(" ")
}

/// What proves who asks: the secret `which` of those that are good, or a new assertion.
///
/// # Errors
/// Where there are no random bytes.
pub(crate) fn proof<'a>(
    public: &'a PageConfig,
    credential: &'a Credential,
    which: usize,
    now: u64,
) -> Result<Form<'a>, Error> {
    let mut form: Form<'_> = vec![("client_id", public.client_id.as_str().into())];
    match credential {
        Credential::Secrets(secrets, _) => {
            let secret = secrets.get(which).map_or("", Secret::reveal);
            form.push(("client_secret", secret.into()));
        }
        Credential::Certificate(certificate, _) => {
            let text = certificate.assertion(&public.client_id, &token_url(public), now)?;
            form.push(("client_assertion_type", certificate::KIND.into()));
            form.push(("client_assertion", text.into()));
        }
    }
    Ok(form)
}

/// The form that trades a code in.
pub(crate) fn code_form<'a>(
    config: &'a Config,
    request: &'a ExchangeRequest,
    audience_of: &str,
) -> Form<'a> {
    let mut form: Form<'_> = Vec::from([
        ("grant_type", "authorization_code".into()),
        ("code", request.code.as_str().into()),
        ("redirect_uri", request.redirect_uri.as_str().into()),
        ("code_verifier", request.code_verifier.as_str().into()),
    ]);
    form.extend(capable(config));
    form.extend(target(config, audience_of, &[]));
    form
}

/// The form that renews: for `scopes`, or for what was granted where these are none.
pub(crate) fn refresh_form<'a>(
    config: &'a Config,
    refresh_token: &'a str,
    audience_of: &str,
    scopes: &[String],
) -> Form<'a> {
    let mut form: Form<'_> = Vec::from([
        ("grant_type", "refresh_token".into()),
        ("refresh_token", refresh_token.into()),
    ]);
    form.extend(target(config, audience_of, scopes));
    form
}

/// The form for the application in its own name: for what an administrator granted it at this service.
pub(crate) fn app_form(public: &PageConfig, resource: &str) -> Form<'static> {
    let target = match public.identity {
        Identity::V1 => ("resource", resource.to_owned()),
        Identity::V2 => ("scope", format!("{resource}/.default")),
    };
    let grant = ("grant_type", "client_credentials".into());
    Vec::from([grant, (target.0, target.1.into())])
}

/// What the token shall be for. A page may have asked for less than is configured, and then less was
/// granted: the code and the refresh token know it best. Only a grant for several services has to be
/// told which one is meant.
fn target<'a>(
    config: &Config,
    audience_of: &str,
    scopes: &[String],
) -> Option<(&'static str, Cow<'a, str>)> {
    let configured = &config.public.scopes;
    let several = configured.iter().any(|name| audience(name) != audience_of);
    match config.public.identity {
        Identity::V1 => Some(("resource", audience_of.to_owned().into())),
        Identity::V2 if !scopes.is_empty() => Some(("scope", scope(audience_of, scopes).into())),
        Identity::V2 if several => Some(("scope", scope(audience_of, configured).into())),
        Identity::V2 => None,
    }
}

/// Says that this client understands challenges (`cp1`): to others the API sends none, and refuses for good. The v1
/// endpoints are asked as in the 2014 post, which knows no claims.
pub(crate) fn capable(config: &Config) -> Option<(&'static str, Cow<'static, str>)> {
    let claims = json!({"access_token": {"xms_cc": cp1()}});
    (config.public.identity == Identity::V2).then(|| ("claims", claims.to_string().into()))
}

/// What the client is capable of, as `xms_cc` names it.
fn cp1() -> Value {
    json!({"values": ["cp1"]})
}

/// The claims of a challenge, with the word that this client understands challenges (`cp1`).
///
/// # Errors
/// [`Code::InvalidArgument`] for what is no JSON object, or too large.
pub(crate) fn merge_claims(claims: &str) -> Result<String, Error> {
    let wrong = Error::argument("claims is the JSON text of a challenge, at most 8 kB");
    if claims.len() > exo365_core::token_reply::MAX_CLAIMS {
        return Err(wrong);
    }
    let mut tree: Map<String, Value> = serde_json::from_str(claims).map_err(|_| wrong.clone())?;
    let access = tree.entry("access_token").or_insert_with(|| json!({}));
    let access = access.as_object_mut().ok_or(wrong)?;
    access.insert("xms_cc".into(), cp1());
    serde_json::to_string(&tree)
        .map_err(|_| Error::new(Code::InvalidArgument, "claims cannot be written"))
}
