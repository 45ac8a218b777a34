//! Which accounts may sign in where: personal accounts are in no organisation.

use crate::directory::{Account, Kind};
use crate::oauth::aadsts::Aadsts;
use crate::oauth::request::{AuthorizationRequest, is_consumers};

/// Whether an account may sign in with a request: at `common` everybody, at `consumers` personal accounts, and elsewhere
/// those of organisations. v1 has no personal accounts.
pub(crate) fn admits(request: &AuthorizationRequest, account: &Account) -> bool {
    let everybody = request.tenant.eq_ignore_ascii_case("common") && !request.v1;
    let personal = account.kind == Kind::Personal;
    everybody || personal == is_consumers(&request.tenant)
}

/// The error for an account that may not.
pub(crate) fn refusal(request: &AuthorizationRequest, account: &Account) -> Aadsts {
    let address = account.address;
    if account.kind != Kind::Personal {
        let text = format!(
            "You can't sign in here with a work or school account. Use your Microsoft account instead: '{address}' is none."
        );
        return Aadsts::new(500_202, "invalid_request", text);
    }
    let text = format!(
        "User account '{address}' from identity provider 'live.com' does not exist in tenant 'Contoso' and cannot \
         access the application '{}' in that tenant. The account needs to be added as an external user in the tenant \
         first. Sign out and sign in again with a different Azure Active Directory user account.",
        request.client_id
    );
    Aadsts::new(50_020, "invalid_request", text)
}
