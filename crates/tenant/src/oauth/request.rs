//! The authorization request: reading and checking.

use super::aadsts::Aadsts;
use super::scopes::{self, Scopes};
use crate::directory::{
    Directory, FEDERATED_DOMAIN, PERSONAL_TENANT, Platform, Registration, TENANT_DOMAIN, TENANT_ID,
};
use crate::http::Params;

/// How the authorization response is sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ResponseMode {
    FormPost,
    Fragment,
    Query,
}

/// A checked authorization request.
#[derive(Clone, Debug)]
pub(crate) struct AuthorizationRequest {
    /// The tenant segment of the path, as received.
    pub(crate) tenant: String,
    pub(crate) v1: bool,
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) platform: Platform,
    /// The device code, where the user signs in for another device.
    pub(crate) device: Option<String>,
    pub(crate) mode: ResponseMode,
    pub(crate) id_token: bool,
    pub(crate) scopes: Scopes,
    /// v1: as received, with a trailing slash.
    pub(crate) resource: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) nonce: Option<String>,
    /// The code challenge, and whether its method is S256.
    pub(crate) challenge: Option<(String, bool)>,
    pub(crate) prompt: Option<String>,
    pub(crate) login_hint: Option<String>,
    pub(crate) domain_hint: Option<String>,
    pub(crate) claims: Option<String>,
    /// Largest age of the sign-in, in seconds (OpenID Connect Core §3.1.2.1).
    pub(crate) max_age: Option<i64>,
    pub(crate) client_info: bool,
    pub(crate) correlation: Option<String>,
}

/// Why an authorization request fails. Errors found before the redirect URI is trusted are shown on a page.
pub(crate) enum AuthorizationError {
    /// The error is shown on the service's own page.
    Page(Aadsts),
    /// The error is sent to the redirect URI.
    Redirect(Box<AuthorizationRequest>, Aadsts),
}

/// Whether the service knows a tenant segment. v1 has no personal accounts.
pub(crate) fn known_tenant(segment: &str, v1: bool) -> bool {
    let of_all = ["common", "organizations"];
    let own = [TENANT_ID, TENANT_DOMAIN, FEDERATED_DOMAIN];
    let is = |known: &&str| known.eq_ignore_ascii_case(segment);
    of_all.iter().any(is) || own.iter().any(is) || !v1 && is_consumers(segment)
}

/// Whether a tenant segment stands for personal accounts alone.
pub(crate) fn is_consumers(segment: &str) -> bool {
    ["consumers", PERSONAL_TENANT]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(segment))
}

/// The error for a tenant that does not exist.
pub(crate) fn no_tenant(segment: &str) -> Aadsts {
    let text = format!(
        "Tenant '{segment}' not found. Check to make sure you have the correct tenant ID and are \
         signing into the correct cloud. Check with your subscription administrator, this may \
         happen if there are no active subscriptions for the tenant."
    );
    Aadsts::new(90_002, "invalid_request", text)
}

impl AuthorizationRequest {
    /// Reads and checks a request.
    ///
    /// # Errors
    /// An [`AuthorizationError`], which says where it is shown.
    pub(crate) fn read(
        directory: &Directory,
        tenant: &str,
        v1: bool,
        params: &Params,
    ) -> Result<Self, AuthorizationError> {
        let page = |error| Err(AuthorizationError::Page(error));
        if !known_tenant(tenant, v1) {
            return page(no_tenant(tenant));
        }
        let Some(client_id) = params.get("client_id") else {
            return page(Aadsts::missing("client_id"));
        };
        let Some(app) = directory.registration(client_id) else {
            return page(no_application(client_id));
        };
        let uri = params.get("redirect_uri").unwrap_or("http://localhost/");
        let Some(platform) = app.platform(uri) else {
            let text = format!(
                "The redirect URI '{uri}' specified in the request does not match the redirect URIs \
                 configured for the application '{client_id}'. Make sure the redirect URI sent in \
                 the request matches one added to your application in the Azure portal."
            );
            return page(Aadsts::new(50_011, "invalid_request", text));
        };
        let request = Self::parse(tenant, v1, params, uri, platform);
        match request.check(app, directory, params) {
            Ok(request) => Ok(request),
            Err(refusal) => Err(refusal),
        }
    }

    fn parse(tenant: &str, v1: bool, params: &Params, uri: &str, platform: Platform) -> Self {
        let text = |name: &str| params.get(name).map(str::to_owned);
        let types = params.get("response_type").unwrap_or_default();
        let id_token = types.split(' ').any(|one| one == "id_token");
        let mode = match params.get("response_mode") {
            Some("form_post") => ResponseMode::FormPost,
            Some("fragment") => ResponseMode::Fragment,
            None if id_token => ResponseMode::Fragment,
            _ => ResponseMode::Query,
        };
        Self {
            tenant: tenant.to_owned(),
            v1,
            client_id: text("client_id").unwrap_or_default(),
            redirect_uri: uri.to_owned(),
            platform,
            device: None,
            mode,
            id_token,
            scopes: Scopes::default(),
            resource: text("resource"),
            state: text("state"),
            nonce: text("nonce"),
            challenge: None,
            prompt: text("prompt"),
            login_hint: text("login_hint"),
            domain_hint: text("domain_hint"),
            claims: text("claims"),
            max_age: text("max_age").and_then(|seconds| seconds.parse().ok()),
            client_info: params.get("client_info") == Some("1"),
            correlation: text("client-request-id"),
        }
    }

    /// The permissions that a consent to the request grants. In v1 these are all permissions of the
    /// registration, of each resource.
    pub(crate) fn consents(&self, directory: &Directory) -> Vec<String> {
        match directory.registration(&self.client_id) {
            Some(app) if self.v1 => Scopes::all_registered(app, directory),
            _ => self.scopes.qualified(),
        }
    }

    /// The request of an authorization by device code, without a redirect URI.
    ///
    /// # Errors
    /// As at the authorize endpoint.
    pub(crate) fn for_device(
        directory: &Directory,
        app: &Registration,
        (tenant, v1): (&str, bool),
        params: &Params,
        device: String,
    ) -> Result<Self, Aadsts> {
        let mut request = Self::parse(tenant, v1, params, "", Platform::Native);
        request.client_id.clone_from(&app.client_id);
        request.device = Some(device);
        request.read_scopes(app, directory, params)?;
        Ok(request)
    }

    fn check(
        mut self,
        app: &Registration,
        directory: &Directory,
        params: &Params,
    ) -> Result<Self, AuthorizationError> {
        match self.checked(app, directory, params) {
            Ok(()) => Ok(self),
            Err(error) if error.number == 901_002 => Err(AuthorizationError::Page(error)),
            Err(error) => Err(AuthorizationError::Redirect(Box::new(self), error)),
        }
    }

    fn checked(
        &mut self,
        app: &Registration,
        directory: &Directory,
        params: &Params,
    ) -> Result<(), Aadsts> {
        if !self.v1 && self.resource.is_some() {
            let text = "The 'resource' request parameter isn't supported.";
            return Err(Aadsts::new(901_002, "invalid_request", text));
        }
        self.check_response(params)?;
        self.check_prompt()?;
        self.challenge = challenge(params)?;
        self.read_scopes(app, directory, params)?;
        if !self.v1 && self.id_token && self.nonce.is_none() {
            return Err(Aadsts::missing("nonce"));
        }
        Ok(())
    }

    /// Resource and permissions.
    fn read_scopes(
        &mut self,
        app: &Registration,
        directory: &Directory,
        params: &Params,
    ) -> Result<(), Aadsts> {
        if self.v1 {
            let named = self.resource.as_deref().unwrap_or(scopes::GRAPH);
            let Some(resource) = scopes::resource(named, directory) else {
                return Err(no_resource(named));
            };
            self.scopes = Scopes::registered(&resource, app, directory);
            return Ok(());
        }
        let Some(scope) = params.get("scope") else {
            return Err(Aadsts::missing("scope"));
        };
        self.scopes = Scopes::parse(scope, app, directory)?;
        Ok(())
    }

    fn check_response(&self, params: &Params) -> Result<(), Aadsts> {
        match params.get("response_type") {
            None | Some("") => return Err(Aadsts::missing("response_type")),
            Some("code" | "code id_token" | "id_token code") => {}
            Some(other) => {
                let text = format!(
                    "response_type '{other}' is not supported for the application. Only 'code' \
                     and 'code id_token' are enabled."
                );
                return Err(Aadsts::new(700_054, "unsupported_response_type", text));
            }
        }
        match params.get("response_mode") {
            None | Some("fragment" | "form_post") => Ok(()),
            Some("query") if !self.id_token => Ok(()),
            Some(other) => {
                let text = format!(
                    "'{other}' is not a supported value of 'response_mode' for the response types \
                     in the request."
                );
                Err(Aadsts::new(70_007, "unsupported_response_mode", text))
            }
        }
    }

    fn check_prompt(&self) -> Result<(), Aadsts> {
        match (self.prompt.as_deref(), self.v1) {
            (None | Some("login" | "none" | "consent" | "select_account"), _)
            | (Some("admin_consent"), true) => Ok(()),
            (Some(other), _) => {
                let text = format!("The prompt value '{other}' is not supported.");
                Err(Aadsts::new(90_023, "invalid_request", text))
            }
        }
    }
}

/// The error for an application that is not registered.
pub(crate) fn no_application(client_id: &str) -> Aadsts {
    let text = format!(
        "Application with identifier '{client_id}' was not found in the directory 'Contoso'. \
         This can happen if the application has not been installed by the administrator of \
         the tenant or consented to by any user in the tenant."
    );
    Aadsts::new(700_016, "unauthorized_client", text)
}

/// The error for a resource that the tenant does not have.
pub(crate) fn no_resource(named: &str) -> Aadsts {
    let text = format!(
        "The resource principal named {named} was not found in the tenant named Contoso. This can \
         happen if the application has not been installed by the administrator of the tenant or \
         consented to by any user in the tenant."
    );
    Aadsts::new(500_011, "invalid_resource", text)
}

fn challenge(params: &Params) -> Result<Option<(String, bool)>, Aadsts> {
    let Some(challenge) = params.get("code_challenge") else {
        return Ok(None);
    };
    let bad = |text: String| Err(Aadsts::new(50_147, "invalid_request", text));
    let s256 = match params.get("code_challenge_method") {
        Some("S256") => true,
        None | Some("plain") => false,
        Some(other) => {
            return bad(format!(
                "Invalid size or value of Code_Challenge_Method parameter: {other}."
            ));
        }
    };
    let fits = (43..=128).contains(&challenge.len())
        && challenge
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
    if !fits {
        return bad("Invalid size of Code_Challenge parameter.".to_owned());
    }
    Ok(Some((challenge.to_owned(), s256)))
}
