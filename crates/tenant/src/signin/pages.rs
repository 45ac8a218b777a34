//! The pages: plain HTML, no script, a strict content security policy.

use std::fmt::Write as _;

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};

use crate::directory::{ACCOUNTS, Account, Kind};
use crate::http::{self, Params};
use crate::oauth::aadsts::{Aadsts, Ids};
use crate::oauth::flow::Flow;
use crate::oauth::request::AuthRequest;
use crate::oauth::scopes;
use crate::oauth::session::Session;
use crate::state::Tenant;

const CSS: &str = include_str!("page.css");
/// The one script: submits the form of `response_mode=form_post`. Without script there is a button.
const POST_JS: &str = "document.forms[0].submit();\n";

/// Text as it may stand in HTML, in content and in quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

/// Scheme, host and port of a URI: what `form-action` needs for the redirect after a form.
fn origin_of(uri: &str) -> String {
    let Some((scheme, rest)) = uri.split_once("://") else {
        return String::new();
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte);
    if host.bytes().all(plain) {
        format!("{scheme}://{host}")
    } else {
        String::new()
    }
}

/// Wraps content into the page frame with its security headers.
pub(crate) fn page(status: StatusCode, title: &str, content: &str, form_target: &str) -> Response {
    let html = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{0}</title><link rel=\"stylesheet\" href=\"/_assets/page.css\">\
         <link rel=\"icon\" href=\"data:,\"></head>\n<body><main>\
         <p class=\"brand\"><span aria-hidden=\"true\" class=\"mark\"></span>Contoso \
         <small>local tenant</small></p>\n<h1>{0}</h1>\n{content}\n</main>\
         <footer>A test double on this machine. Nothing here reaches Microsoft.</footer></body></html>\n",
        escape(title)
    );
    let mut response = (status, Html(html)).into_response();
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self' {}; \
         base-uri 'none'; frame-ancestors 'none'",
        origin_of(form_target)
    );
    guard(&mut response, &policy);
    response
}

fn guard(response: &mut Response, policy: &str) {
    http::set(response, "content-security-policy", policy);
    http::set(response, "cross-origin-opener-policy", "same-origin");
    http::set(response, "x-frame-options", "DENY");
    http::set(response, "x-content-type-options", "nosniff");
    http::set(response, "referrer-policy", "no-referrer");
    http::set(response, "cache-control", "no-store");
}

/// What went wrong with what was posted, above the form; nothing where nothing did.
pub(crate) fn trouble(error: Option<&Aadsts>) -> String {
    error.map_or_else(String::new, |error| {
        format!(
            "<p role=\"alert\" class=\"error\" id=\"error\">{} <span class=\"id\">AADSTS{}</span></p>\n",
            escape(&error.text),
            error.number
        )
    })
}

/// The sign-in page: accounts to click, and a form for address and password.
pub(crate) fn sign_in(
    tenant: &Tenant,
    (id, flow): &(String, Flow),
    session: &Session,
    error: Option<&Aadsts>,
) -> Response {
    let request = &flow.request;
    let hint = request.login_hint.as_deref();
    let hinted = hint.and_then(|hint| ACCOUNTS.iter().find(|one| one.matches_hint(hint)));
    let action = format!("/{}/login", escape(&request.tenant));
    let hidden = format!(
        "<input type=\"hidden\" name=\"flow\" value=\"{}\">",
        escape(id)
    );
    let mut content = format!(
        "<p>to continue to <strong>exo365 application</strong> <span class=\"id\">{}</span></p>\n",
        escape(&request.client_id)
    );
    content.push_str(&trouble(error));
    let _ = write!(
        content,
        "<form method=\"post\" action=\"{action}\" class=\"accounts\">{hidden}<ul>"
    );
    for account in listed(request, hinted) {
        let state = if session.accounts.iter().any(|oid| oid == account.oid) {
            "Signed in"
        } else {
            ""
        };
        let _ = write!(
            content,
            "<li><button name=\"account\" value=\"{0}\" data-account=\"{0}\">\
             <span class=\"face\" aria-hidden=\"true\">{1}</span><span><strong>{2}</strong><br>{0}</span>\
             <small>{state}</small></button></li>",
            escape(account.address),
            escape(&account.name.chars().take(1).collect::<String>()),
            escape(account.name),
        );
    }
    let address = hinted.map_or(hint.unwrap_or_default(), |account| account.address);
    let focus = if address.is_empty() {
        ["autofocus", ""]
    } else {
        ["", "autofocus"]
    };
    let _ = write!(
        content,
        "</ul></form>\n<h2>Or with the password</h2>\
         <form method=\"post\" action=\"{action}\">{hidden}\
         <label>Address <input name=\"loginfmt\" type=\"email\" autocomplete=\"username\" required \
         value=\"{}\" {}></label>\
         <label>Password <input name=\"passwd\" type=\"password\" autocomplete=\"current-password\" \
         required {}></label>\
         <div class=\"row turned\"><button id=\"signin\" class=\"primary\">Sign in</button>\
         <button id=\"back\" name=\"cancel\" value=\"1\" formnovalidate>Cancel</button></div></form>",
        escape(address),
        focus[0],
        focus[1],
    );
    let _ = tenant;
    page(StatusCode::OK, "Sign in", &content, &request.redirect_uri)
}

fn listed(request: &AuthRequest, hinted: Option<&'static Account>) -> Vec<&'static Account> {
    let all: Vec<&Account> = ACCOUNTS
        .iter()
        .filter(|one| one.kind != Kind::Shared)
        .collect();
    if let Some(account) = hinted.filter(|one| one.kind != Kind::Shared) {
        return vec![account];
    }
    let domain = request
        .domain_hint
        .as_deref()
        .map(|domain| format!("@{domain}"));
    let of_domain: Vec<&Account> = domain.map_or_else(Vec::new, |domain| {
        all.iter()
            .copied()
            .filter(|one| one.address.ends_with(&domain))
            .collect()
    });
    if of_domain.is_empty() { all } else { of_domain }
}

/// The consent page: what the application asks for.
pub(crate) fn consent(
    tenant: &Tenant,
    id: &str,
    request: &AuthRequest,
    account: &Account,
) -> Response {
    let _ = tenant;
    let everybody = request.prompt.as_deref() == Some("admin_consent");
    let mut content = format!(
        "<p class=\"who\">{}</p><p><strong>exo365 application</strong> would like to{}:</p>",
        escape(account.address),
        if everybody {
            ", for every user of Contoso"
        } else {
            ""
        },
    );
    content.push_str(&permissions(&request.scopes));
    let _ = write!(
        content,
        "<p>Accepting means that you allow this application to use your data as its terms say.</p>\
         <form method=\"post\" action=\"/{}/consent\"><input type=\"hidden\" name=\"flow\" value=\"{}\">\
         <div class=\"row\"><button id=\"cancel\" name=\"decision\" value=\"cancel\">Cancel</button>\
         <button id=\"accept\" class=\"primary\" name=\"decision\" value=\"accept\">Accept</button>\
         </div></form>",
        escape(&request.tenant),
        escape(id),
    );
    page(
        StatusCode::OK,
        "Permissions requested",
        &content,
        &request.redirect_uri,
    )
}

/// The list of permissions on a consent page.
pub(crate) fn permissions(asked: &scopes::Scopes) -> String {
    let mut list = "<ul class=\"permissions\" id=\"permissions\">".to_owned();
    for (resource, name) in &asked.named {
        let _ = write!(
            list,
            "<li data-scope=\"{0}\"><strong>{1}</strong> <span class=\"id\">{0} · {2}</span></li>",
            escape(name),
            escape(scopes::sentence(name)),
            escape(resource),
        );
    }
    if asked.has("offline_access") {
        list.push_str(
            "<li data-scope=\"offline_access\"><strong>Maintain access to data you have given it \
             access to</strong> <span class=\"id\">offline_access</span></li>",
        );
    }
    list.push_str("</ul>");
    list
}

/// The page for errors that never go back to the application.
pub(crate) fn error(error: &Aadsts, ids: &Ids) -> Response {
    let content = format!(
        "<p>Sorry, but we’re having trouble signing you in.</p>\
         <p role=\"alert\" class=\"error\" id=\"error\" data-aadsts=\"{0}\">AADSTS{0}: {1}</p>\
         <dl><dt>Request Id</dt><dd>{2}</dd><dt>Correlation Id</dt><dd>{3}</dd>\
         <dt>Timestamp</dt><dd>{4}</dd></dl>",
        error.number,
        escape(&error.text),
        escape(&ids.trace),
        escape(&ids.correlation),
        escape(&ids.timestamp),
    );
    page(StatusCode::BAD_REQUEST, "Sign in", &content, "")
}

/// The form that carries `response_mode=form_post` back.
pub(crate) fn form_post(target: &str, values: &[(&str, String)]) -> Response {
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Working...</title></head>\
         <body><form method=\"post\" action=\"{}\">",
        escape(target)
    );
    for (name, value) in values {
        let _ = write!(
            html,
            "<input type=\"hidden\" name=\"{}\" value=\"{}\">",
            escape(name),
            escape(value)
        );
    }
    html.push_str(
        "<noscript><p>Script is disabled. Continue to the application.</p></noscript>\
         <button id=\"continue\">Continue</button></form>\
         <script src=\"/_assets/post.js\"></script></body></html>\n",
    );
    let mut response = Html(html).into_response();
    let policy = format!(
        "default-src 'none'; script-src 'self'; form-action {}; base-uri 'none'; \
         frame-ancestors 'none'",
        origin_of(target)
    );
    guard(&mut response, &policy);
    response
}

/// Style and script of the pages.
pub(crate) fn asset(name: &str) -> Response {
    let (content_type, text) = match name {
        "page.css" => ("text/css; charset=utf-8", CSS),
        "post.js" => ("text/javascript; charset=utf-8", POST_JS),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let mut response = Response::new(Body::from(text));
    http::set(&mut response, "content-type", content_type);
    http::set(&mut response, "x-content-type-options", "nosniff");
    response
}

/// What stands at `/`: where things are and who may sign in.
pub(crate) fn welcome(tenant: &Tenant) -> Response {
    let origin = escape(&tenant.origin());
    let mut content = format!(
        "<p>Sign-in service and mailboxes are running.</p><dl>\
         <dt>Authority (v2)</dt><dd><a href=\"/organizations/v2.0/.well-known/openid-configuration\">\
         {origin}/organizations</a></dd>\
         <dt>Graph</dt><dd>{origin}/v1.0</dd><dt>Outlook v2.0</dt><dd>{origin}/api/v2.0</dd>\
         <dt>Outlook v1.0</dt><dd>{origin}/api/v1.0</dd></dl><h2>Accounts</h2><ul>"
    );
    for account in &ACCOUNTS {
        let _ = write!(
            content,
            "<li>{} ({})</li>",
            escape(account.address),
            escape(account.title)
        );
    }
    content.push_str("</ul>");
    page(StatusCode::OK, "Local tenant", &content, "")
}

/// `/error?code=N`: the page behind `error_uri`.
pub(crate) fn about_error(params: &Params) -> Response {
    let code: String = params
        .get("code")
        .unwrap_or_default()
        .chars()
        .filter(char::is_ascii_digit)
        .take(10)
        .collect();
    page(
        StatusCode::OK,
        &format!("AADSTS{code}"),
        "<p>An error number of the sign-in service.</p>",
        "",
    )
}
