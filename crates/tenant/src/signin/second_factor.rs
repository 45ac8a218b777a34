//! The page for the second factor. The code that an authenticator app would show stands on the page
//! itself: this is a tenant for development.

use std::fmt::Write as _;

use axum::http::StatusCode;
use axum::response::Response;

use super::pages::{escape, page, trouble};
use crate::directory::Account;
use crate::oauth::aadsts::Aadsts;
use crate::oauth::flow::Flow;

/// The page: the code, a button that takes it, and a field to type it.
pub(crate) fn ask(id: &str, flow: &Flow, account: &Account, error: Option<&Aadsts>) -> Response {
    let request = &flow.request;
    let action = format!("/{}/second-factor", escape(&request.tenant));
    let hidden = format!(
        "<input type=\"hidden\" name=\"flow\" value=\"{}\">",
        escape(id)
    );
    let mut content = format!(
        "<p class=\"who\">{}</p><p>Contoso asks for a second proof that it is you: what you are about to \
         do in <strong>exo365 application</strong> is guarded.</p>",
        escape(account.address)
    );
    content.push_str(&trouble(error));
    let _ = write!(
        content,
        "<p>This is the code that your authenticator app would show:</p>\
         <form method=\"post\" action=\"{action}\" class=\"offer\">{hidden}\
         <output id=\"code\">{0}</output>\
         <button id=\"take\" class=\"primary\" name=\"otc\" value=\"{0}\">Use this code</button></form>\
         <h2>Or type it</h2><form method=\"post\" action=\"{action}\">{hidden}\
         <label>Code <input name=\"otc\" inputmode=\"numeric\" autocomplete=\"one-time-code\" \
         maxlength=\"6\" required></label>\
         <div class=\"row turned\"><button id=\"verify\">Verify</button>\
         <button id=\"back\" name=\"cancel\" value=\"1\" formnovalidate>Cancel</button></div></form>",
        escape(&flow.code),
    );
    page(
        StatusCode::OK,
        "Enter code",
        &content,
        &request.redirect_uri,
    )
}
