//! Whether a sign-in has to show a second factor.

use super::aadsts::Aadsts;
use super::flow::PendingAuthorization;
use super::session::Session;
use crate::directory::step_up;

/// Whether the sign-in still needs a second factor.
pub(crate) fn is_required(flow: &PendingAuthorization) -> bool {
    !flow.second_factor && !step_up::contexts(flow.request.claims.as_deref()).is_empty()
}

/// Whether the account has used its second factor in this browser session. With `prompt=login` an earlier use
/// does not count.
pub(crate) fn is_satisfied(flow: &PendingAuthorization, session: &Session) -> bool {
    let anew = flow.request.prompt.as_deref() == Some("login");
    let mut second_factors = session.second_factors.iter();
    flow.second_factor || !anew && second_factors.any(|oid| Some(oid) == flow.oid.as_ref())
}

/// The error for a silent request or a refresh token that asks for an authentication context without a second
/// factor.
pub(crate) fn interaction_required(claims: Option<&str>, resource: &str) -> Aadsts {
    let text = format!(
        "Due to a configuration change made by your administrator, or because you moved to a new \
         location, you must use multi-factor authentication to access '{resource}'."
    );
    let claims = step_up::claims(&step_up::contexts(claims));
    Aadsts::new(50_076, "interaction_required", text)
        .sub("basic_action")
        .with_claims(claims)
}
