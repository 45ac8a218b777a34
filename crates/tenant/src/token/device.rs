//! Authorization by device code (RFC 8628): the device shows a code, the user types it on another device.

use serde_json::{Value, json};

use super::client;
use super::grants::{self, TokenResult};
use super::request::Request;
use crate::ids;
use crate::oauth::aadsts::Aadsts;
use crate::oauth::flow::{DeviceAuthorization, DeviceOutcome};
use crate::oauth::request::{AuthorizationRequest, no_application};
use crate::state::Tenant;

/// Lifetime of a device code, in seconds.
pub(crate) const LIFETIME: i64 = 900;
/// How often a device asks, in seconds.
const INTERVAL: i64 = 5;
/// Letters of a user code: none that looks like another, and no vowels.
const LETTERS: &[u8] = b"BCDFGHJKLMNPQRSTVWXZ23456789";
const USER_CODE_LENGTH: usize = 9;

/// `POST .../devicecode`: a code for the device and one for the user.
///
/// # Errors
/// The application is not registered, or the scopes are not valid.
pub(crate) fn begin(tenant: &Tenant, request: &Request) -> TokenResult {
    let directory = tenant.directory();
    let client_id = request
        .form
        .get("client_id")
        .ok_or_else(|| Aadsts::missing("client_id"))?;
    let app = directory
        .registration(client_id)
        .ok_or_else(|| no_application(client_id))?;
    let device_code = ids::token(64);
    let asked = AuthorizationRequest::for_device(
        &directory,
        app,
        (&request.segment, request.v1),
        &request.form,
        device_code.clone(),
    )?;
    let record = DeviceAuthorization {
        user_code: user_code(),
        request: asked,
        started: tenant.clock().unix(),
        outcome: DeviceOutcome::Pending,
    };
    let body = answer(tenant, request.v1, &device_code, &record.user_code);
    tenant.signins().devices.insert(device_code, record);
    Ok(body)
}

fn user_code() -> String {
    let letter = || {
        let at = rand::random_range(0..LETTERS.len());
        char::from(LETTERS.get(at).copied().unwrap_or(b'B'))
    };
    std::iter::repeat_with(letter)
        .take(USER_CODE_LENGTH)
        .collect()
}

fn answer(tenant: &Tenant, v1: bool, device_code: &str, user_code: &str) -> Value {
    let place = format!("{}/devicelogin", tenant.origin());
    let message = format!(
        "To sign in, use a web browser to open the page {place} and enter the code {user_code} to authenticate."
    );
    let mut body = json!({"user_code": user_code, "device_code": device_code, "message": message});
    // In v1 all values are texts, and the address has another name.
    if v1 {
        body["verification_url"] = place.into();
        body["expires_in"] = LIFETIME.to_string().into();
        body["interval"] = INTERVAL.to_string().into();
    } else {
        body["verification_uri"] = place.into();
        body["expires_in"] = LIFETIME.into();
        body["interval"] = INTERVAL.into();
    }
    body
}

/// `grant_type=urn:ietf:params:oauth:grant-type:device_code`; in v1 `device_code`.
///
/// # Errors
/// `authorization_pending` until the user is done; the code has expired, is unknown or was declined.
pub(crate) fn redeem(tenant: &Tenant, request: &Request) -> TokenResult {
    // v1 calls it `code`.
    let field = match (request.v1, request.form.get("device_code")) {
        (true, None) => "code",
        _ => "device_code",
    };
    let presented = request
        .form
        .get(field)
        .ok_or_else(|| Aadsts::missing(field))?;
    let app = client::of_public(tenant, request)?;
    let record = tenant.signins().devices.get(presented).cloned();
    let record = record.filter(|record| app.is(&record.request.client_id));
    let record = record.ok_or_else(|| {
        let text = "The provided value for the input parameter 'device_code' is not valid.";
        Aadsts::new(70_020, "bad_verification_code", text)
    })?;
    if tenant.clock().unix() - record.started > LIFETIME {
        let text = "The provided value for the input parameter 'device_code' is not valid. This device \
                    code has expired.";
        return Err(Aadsts::new(70_020, "expired_token", text));
    }
    let code = match record.outcome {
        DeviceOutcome::Approved(code) => code,
        DeviceOutcome::Declined => {
            let text = "User declined to consent to access the app.";
            return Err(Aadsts::new(65_004, "authorization_declined", text));
        }
        DeviceOutcome::Pending => {
            let text = "OAuth 2.0 device flow error. Authorization is pending. Continue polling.";
            return Err(Aadsts::new(70_016, "authorization_pending", text));
        }
    };
    let found = tenant.signins().codes.get(&code).cloned();
    let found = found.filter(|found| !found.used).ok_or_else(|| {
        let text = "The device code was already redeemed.";
        Aadsts::new(54_005, "invalid_grant", text)
    })?;
    grants::redeem(tenant, request, &app, (&code, &found))
}
