//! What the sign-in service's numbers mean: cause and cure in a sentence each.
//!
//! Numbers are a diagnosis. What the program does follows from `error` and `suberror`
//! (see [`crate::token_reply`]); only consent and the loop warning are told by number.
//! The endpoint sends the sentences along, so that this table stays out of the wasm.

use alloc::vec::Vec;

/// Family of a number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Class {
    /// The account does not belong here.
    Account,
    /// Only an administrator can agree.
    AdminConsent,
    /// The user said no.
    Cancelled,
    /// The client's credential was refused.
    Client,
    /// Another national cloud is responsible.
    Cloud,
    /// Registration or request are wrong.
    Configuration,
    /// Nobody agreed to the permissions yet, or they cannot be agreed to.
    Consent,
    /// A policy about devices, places or assignments.
    Device,
    /// Code or refresh token are of no use any more.
    Grant,
    /// The user has to appear.
    Interaction,
    /// The password or the account is locked, expired or disabled.
    Password,
    /// The redirect URI is registered for another type of application.
    Platform,
    /// Passes by itself.
    Transient,
}

/// One line of the catalogue.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The number after `AADSTS`.
    pub number: u32,
    /// Its family.
    pub class: Class,
    /// What happened.
    pub cause: &'static str,
    /// What to do.
    pub remedy: &'static str,
}

/// The number whose refusal says that the same request is repeated in a loop.
pub const LOOP: u32 = 50_196;
/// The number of a code that was redeemed before.
pub const CODE_REUSED: u32 = 54_005;

const SIGN_IN: &str = "Sign in again.";
const ADMIN: &str = "Ask an administrator of the organisation.";
const SECRET: &str =
    "Create a new client secret in the app registration and give its value to the endpoint.";
const WEB: &str = "Register the redirect URI under the platform \"Web\", and nowhere else.";
const REQUEST: &str =
    "Correct the endpoint's configuration: client_id, tenant, identity, scopes and redirect_uris.";
const PERMISSIONS: &str = "Add the permission to the app registration, or take it out of `scopes`.";
const CLOUD: &str = "Set `cloud` to the one that holds the organisation.";
const WAIT: &str = "Wait a little, then repeat.";

macro_rules! catalogue {
    ($($class:ident { $($number:literal $cause:literal, $remedy:expr;)+ })+) => {
        const CATALOGUE: &[Entry] = &[$($(Entry {
            number: $number,
            class: Class::$class,
            cause: $cause,
            remedy: $remedy,
        }),+),+];
    };
}

catalogue! {
    Cancelled {
        65_004 "The user declined the permissions.", "Offer the sign-in again, or ask for less.";
        50_140 "The sign-in stopped at the question whether to stay signed in.", SIGN_IN;
    }
    Interaction {
        16_000 "Several accounts are signed in, and none was chosen.", "Sign in and choose the account.";
        50_058 "There is no session at the sign-in service.", SIGN_IN;
        50_072 "The user has to set up a second factor.", SIGN_IN;
        50_074 "A second factor is asked for.", SIGN_IN;
        50_076 "A second factor is asked for, by a policy or a new place.", SIGN_IN;
        50_078 "The second factor was shown too long ago.", SIGN_IN;
        50_079 "The user has to set up a second factor.", SIGN_IN;
        50_085 "The refresh token needs a sign-in at a social provider.", SIGN_IN;
        50_089 "The sign-in session has ended.", SIGN_IN;
        50_097 "The device has to prove itself.", SIGN_IN;
        50_129 "The device has to join the workplace.", "Register the device with the organisation, then sign in again.";
        50_131 "A policy wants the device or the place to be another.", SIGN_IN;
        50_132 "The session is revoked or its credentials are too old.", SIGN_IN;
        50_133 "The session ended with a changed password or a shortened life.", SIGN_IN;
        50_155 "The device could not prove itself.", SIGN_IN;
        50_158 "A check of another provider is asked for.", SIGN_IN;
        50_199 "The user has to confirm the sign-in, for safety.", SIGN_IN;
        70_043 "The organisation asks for a fresh sign-in from time to time.", SIGN_IN;
    }
    Device {
        50_105 "The user is not assigned to this application.", "Ask an administrator to assign the user to the application.";
        53_000 "A policy wants a compliant device.", "Use a managed device, or ask an administrator.";
        53_001 "A policy wants a device that is joined to the domain.", "Use a joined device, or ask an administrator.";
        53_002 "A policy wants an approved application.", ADMIN;
        53_003 "A conditional access policy refuses this sign-in.", ADMIN;
        53_004 "The user has to set up a second factor, and the sign-in looks risky.", "Set the second factor up from a known place, or ask an administrator.";
        530_032 "A security policy of the organisation refuses this sign-in.", ADMIN;
    }
    Grant {
        50_173 "The grant was revoked: the password may have changed.", SIGN_IN;
        50_196 "The same request came again and again in a short time; the sign-in service stopped the loop.", "Stop repeating it; sign in again from a click.";
        54_005 "The code was redeemed before.", "Start the sign-in again.";
        70_000 "The grant is not valid.", SIGN_IN;
        70_002 "The sign-in service refused the credentials.", "Sign in again; where that does not help, check the client secret.";
        70_008 "The code or the refresh token is too old.", SIGN_IN;
        700_082 "The refresh token was not used for too long.", SIGN_IN;
        700_084 "The refresh token of a single-page application ends after a day.", WEB;
    }
    Consent {
        65_001 "The permissions are not granted yet.", "Ask the user to consent: sign in with prompt 'consent'.";
        650_052 "The organisation has no subscription to the service that the application asks for.", ADMIN;
        650_053 "The service does not have a permission of this name.", PERMISSIONS;
        650_056 "The registration lacks a permission, or the consent is incomplete.", PERMISSIONS;
        650_057 "The service is not listed in the app registration.", PERMISSIONS;
        65_005 "The service or permission is not listed in the app registration.", PERMISSIONS;
    }
    AdminConsent {
        90_093 "Only an administrator can grant these permissions.", "Ask an administrator to grant them.";
        90_094 "Only an administrator can grant these permissions.", "Ask an administrator to grant them.";
        90_095 "An administrator has to approve the request for these permissions.", "Wait for the approval, or ask an administrator.";
    }
    Configuration {
        28_000 "The request names permissions of several services at once.", REQUEST;
        28_002 "A permission in the request has no meaning.", PERMISSIONS;
        28_003 "The request names no permission.", "Set `scopes`.";
        50_011 "The redirect URI is not registered.", "Make `redirect_uris` and the app registration agree, to the letter.";
        50_147 "The PKCE challenge is malformed.", "Update the SDK in the page.";
        500_112 "The redirect URI differs from the one that the sign-in began with.", "Start the sign-in again; check `redirect_uris`.";
        501_481 "The PKCE verifier does not belong to the code.", "Start the sign-in again.";
        70_001 "The application is not known in this organisation.", REQUEST;
        70_003 "The kind of grant is not supported.", REQUEST;
        70_011 "A permission in the request is not valid.", PERMISSIONS;
        90_014 "The request lacks a field.", REQUEST;
        90_019 "The request does not say which organisation is meant.", "Set `tenant`.";
        90_023 "The request is not valid.", REQUEST;
        700_011 "The application is not known in this organisation.", REQUEST;
        700_016 "The application is not known in this organisation.", "Check client_id and tenant; an administrator may have to consent first.";
        700_022 "The request names permissions of several services at once.", REQUEST;
        900_144 "The request lacks a field.", REQUEST;
        901_002 "The v2 endpoints do not take `resource`.", "Set identity = \"v1\", or name the permissions in `scopes`.";
        9_001_023 "This grant needs a tenant of its own in the address.", "Set `tenant` to the id or the domain of the organisation.";
        9_002_313 "The request is malformed, or its code or token is none.", "Start the sign-in again.";
    }
    Client {
        700_024 "The certificate's assertion is outside its time.", "Check the server's clock.";
        700_025 "The redirect URI belongs to a public client, which has no secret.", WEB;
        700_027 "The certificate's assertion was refused.", "Upload the certificate to the app registration.";
        7_000_112 "The application is disabled.", "Enable it in the organisation's enterprise applications.";
        7_000_215 "The client secret is wrong: often its id was copied in place of its value.", SECRET;
        7_000_218 "The request came without a client secret.", "Set EXO365_CLIENT_SECRET or `client_secret_file`.";
        7_000_222 "The client secret has expired.", SECRET;
    }
    Platform {
        9_002_325 "The redirect URI is registered for a single-page application.", WEB;
        9_002_326 "The redirect URI is not registered for a page, but the request named one as its origin.", "Take `Origin` out of what a proxy adds to the endpoint's requests.";
        9_002_327 "The code was issued for a single-page application, whose codes a server cannot redeem.", WEB;
    }
    Account {
        16_003 "The account is not a member of the organisation.", "Sign in with another account (prompt 'select_account').";
        50_020 "The account is of another organisation.", "Sign in with another account, or ask to be invited.";
        50_034 "The account does not exist in the organisation.", "Sign in with another account (prompt 'select_account').";
        50_194 "The application admits one organisation, and the sign-in was sent to all.", "Set `tenant` to the id of the organisation.";
        51_004 "The account does not exist in the organisation.", "Sign in with another account (prompt 'select_account').";
        90_002 "There is no such organisation.", "Check `tenant` and `cloud`.";
        90_027 "Personal accounts cannot use the v1 endpoints.", "Set identity = \"v2\".";
        90_072 "The account is not a member of the organisation.", "Sign in with another account, or ask to be invited.";
        500_202 "A guest with a personal account has to sign in at the inviting organisation.", "Set `tenant` to the id of that organisation.";
        500_208 "The domain is none that this sign-in page takes.", "Sign in with another account (prompt 'select_account').";
        700_005 "The code was issued by another organisation.", "Start the sign-in again; check `tenant`.";
        9_002_331 "The application is for personal accounts only.", "Set tenant = \"consumers\".";
        9_002_332 "The application is for organisations only.", "Set tenant = \"organizations\".";
    }
    Password {
        50_053 "The account is locked after too many attempts.", "Wait, or ask an administrator to unlock it.";
        50_055 "The password has expired.", "Change the password, then sign in again.";
        50_057 "The account is disabled.", ADMIN;
        50_126 "Address or password is wrong.", SIGN_IN;
        50_144 "The password has expired.", "Change the password, then sign in again.";
    }
    Cloud {
        90_038 "The organisation is in another national cloud.", CLOUD;
        90_043 "The organisation is in another national cloud.", CLOUD;
        900_382 "Tokens of one national cloud are of no use in another.", CLOUD;
        900_432 "Tokens of one national cloud are of no use in another.", CLOUD;
    }
    Transient {
        50_033 "The sign-in service has trouble.", WAIT;
        50_087 "The sign-in service has trouble.", WAIT;
        90_006 "The sign-in service has trouble.", WAIT;
        90_012 "The sign-in service took too long.", WAIT;
        90_024 "The sign-in service has trouble.", WAIT;
        90_033 "A part of the sign-in service is not available.", WAIT;
        90_055 "The organisation asks too often.", WAIT;
    }
}

/// General numbers that come beside a telling one (the v1 endpoint does that).
const GENERAL: [u32; 2] = [70_000, 70_002];

/// Every number that is known here, by families: the documents list them.
#[must_use]
pub const fn all() -> &'static [Entry] {
    CATALOGUE
}

/// What is known about a number.
#[must_use]
pub fn lookup(number: u32) -> Option<&'static Entry> {
    CATALOGUE.iter().find(|entry| entry.number == number)
}

/// The numbers of a refusal, most telling first: known ones, general ones, unknown ones.
/// Taken from `error_codes`, or from the text where that list is empty; each once.
#[must_use]
pub fn numbers(listed: &[u32], description: &str) -> Vec<u32> {
    let mut all: Vec<u32> = Vec::new();
    let written = description.split("AADSTS").skip(1).filter_map(leading);
    for number in listed.iter().copied().chain(written).take(16) {
        if !all.contains(&number) {
            all.push(number);
        }
    }
    all.sort_by_key(|number| match lookup(*number) {
        Some(_) if GENERAL.contains(number) => 1,
        Some(_) => 0,
        None => 2,
    });
    all
}

fn leading(text: &str) -> Option<u32> {
    let end = text.find(|letter: char| !letter.is_ascii_digit());
    text.get(..end.unwrap_or(text.len()))?.parse().ok()
}

#[cfg(test)]
#[path = "tests/aadsts.rs"]
mod tests;
