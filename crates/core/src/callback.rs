//! The judge of what a redirect carries back (RFC 6749 §4.1.2, RFC 9207, RFC 9700 §4.7).
//!
//! `state` is looked at before anything else: a forged answer chooses neither a code nor the
//! error that the page shows. What is not known (`session_state`, ...) is ignored.

use crate::error::{Code, Error};
use crate::scan;
use crate::signin::{Flow, LIFETIME, POPUP};
use crate::text::{form_decode, same};
use crate::wire::Identity;
use alloc::string::String;
use alloc::vec::Vec;

const NAMES: [&str; 10] = [
    "code",
    "state",
    "error",
    "error_description",
    "error_subcode",
    "iss",
    "session_state",
    "admin_consent",
    "tenant",
    "scope",
];

/// The fields of a redirect that concern a sign-in, from query and fragment together.
/// Holds the code, so it is never printed.
#[derive(Default)]
pub struct Callback {
    fields: Vec<(&'static str, String)>,
    /// Whether a field came more than once.
    twice: bool,
}

/// What the core let through: only [`Flow::finish`] makes one.
pub struct Grant {
    /// The authorization code; none where an administrator consented.
    pub code: String,
    /// Where an administrator consented: for which tenant, and to what. Whoever sends the browser here can say so: it
    /// is for people to read, and allows nothing.
    pub tenant: String,
    /// Names with spaces between.
    pub scope: String,
    /// The issuer that the answer named; the endpoint knows whether it has to.
    pub iss: Option<String>,
}

impl Callback {
    /// Reads `location.search` and `location.hash`, with or without their first character.
    #[must_use]
    pub fn read(query: &str, fragment: &str) -> Self {
        let mut callback = Self::default();
        callback.take_in(scan::trim_start(query, b"?"));
        callback.take_in(scan::trim_start(fragment, b"#"));
        callback
    }

    fn take_in(&mut self, text: &str) {
        for pair in scan::parts(text, b'&') {
            let (name, value) = scan::cut(pair, "=").unwrap_or((pair, ""));
            let name = form_decode(name);
            if let Some(known) = NAMES.iter().find(|known| **known == name) {
                self.twice |= self.get(known).is_some();
                self.fields.push((known, form_decode(value)));
            }
        }
    }

    fn get(&self, name: &str) -> Option<&str> {
        let field = self.fields.iter().find(|field| field.0 == name);
        field.map(|field| field.1.as_str())
    }

    /// The `state`, where there is one.
    #[must_use]
    pub fn state(&self) -> Option<&str> {
        self.get("state")
    }

    /// Whether this page load is the answer to a sign-in: `code` or `error` with a `state`, or
    /// one of them while a sign-in is `pending`. An app's own `?code=` is none otherwise.
    #[must_use]
    pub fn is_answer(&self, pending: bool) -> bool {
        let answer = self.get("code").is_some() || self.get("error").is_some();
        answer && (pending || self.state().is_some())
    }

    /// Whether the answer is for the window that opened this one; see [`POPUP`].
    #[must_use]
    pub fn is_for_opener(&self) -> bool {
        self.state().is_some_and(|state| state.ends_with(POPUP))
    }

    /// The refusal of an answer that belongs to no sign-in of this tab.
    #[must_use]
    pub fn stray() -> Error {
        Error::new(
            Code::StateMismatch,
            "the answer of the sign-in service is not one that this tab asked for",
        )
    }
}

impl Flow {
    /// Judges the answer; `now` is in seconds since 1970, `landed` the address without query and fragment.
    ///
    /// # Errors
    /// [`Code::StateMismatch`] before all others; then [`Code::InvalidCallback`], [`Code::StateExpired`],
    /// [`Code::IssuerMismatch`], or the class of the service's own error.
    pub fn finish(&self, callback: &Callback, landed: &str, now: u64) -> Result<Grant, Error> {
        let state = callback.state();
        if !state.is_some_and(|state| same(state, &self.state)) {
            return Err(Callback::stray());
        }
        let late = now.saturating_sub(self.created) > LIFETIME || now + LIFETIME < self.created;
        let code = callback.get("code").unwrap_or_default();
        let (class, wrong) = if callback.twice {
            (
                Code::InvalidCallback,
                "the answer of the sign-in service has a field twice",
            )
        } else if landed != self.redirect_uri {
            (
                Code::InvalidCallback,
                "the answer arrived at another address than the redirect URI",
            )
        } else if late {
            (Code::StateExpired, "the sign-in took more than ten minutes")
        } else if callback
            .get("iss")
            .is_some_and(|issuer| !self.may_issue(issuer))
        {
            (
                Code::IssuerMismatch,
                "the answer comes from another sign-in service than the one that was asked",
            )
        } else if let Some(error) = callback.get("error") {
            return Err(refusal(error, callback));
        } else if code.is_empty() != self.consent
            || self.consent && callback.get("admin_consent").is_none()
        {
            (
                Code::InvalidCallback,
                "the answer of the sign-in service is not the one to this question",
            )
        } else {
            let field = |name: &str| callback.get(name).unwrap_or_default().into();
            return Ok(Grant {
                code: code.into(),
                tenant: field("tenant"),
                scope: field("scope"),
                iss: callback.get("iss").map(String::from),
            });
        };
        Err(Error::new(class, wrong))
    }

    /// Whether `issuer` is one of the authority that was asked. Where that names no single tenant, any tenant of it is.
    fn may_issue(&self, issuer: &str) -> bool {
        let Some((login, tenant)) = scan::cut_last(&self.authority, b"/") else {
            return false;
        };
        let tail = if self.identity == Identity::V1 {
            "/"
        } else {
            "/v2.0"
        };
        let own = issuer
            .strip_prefix(login)
            .and_then(|rest| rest.strip_prefix('/'));
        let legacy = || {
            issuer
                .strip_prefix("https://sts.windows.net/")
                .filter(|_| self.identity == Identity::V1)
        };
        let Some(named) = own.or_else(legacy).and_then(|rest| rest.strip_suffix(tail)) else {
            return false;
        };
        let is_guid = |text: &str| {
            let hex = |byte: &u8| byte.is_ascii_hexdigit() || *byte == b'-';
            text.len() == 36 && text.as_bytes().iter().all(hex)
        };
        named == tenant || is_guid(named) && !is_guid(tenant)
    }
}

/// The classes of `error`; what is not here is a refusal.
const CLASSES: &[(&str, Code)] = &[
    (
        "login_required,interaction_required,account_selection_required",
        Code::InteractionRequired,
    ),
    ("consent_required", Code::ConsentRequired),
    (
        "server_error,temporarily_unavailable",
        Code::ServiceUnavailable,
    ),
    (
        "invalid_request,invalid_scope,invalid_resource,invalid_client,unauthorized_client,unsupported_response_type",
        Code::Misconfigured,
    ),
];

/// The class of an error redirect, by `error` and `error_subcode`; AADSTS numbers add only where consent is meant.
fn refusal(error: &str, callback: &Callback) -> Error {
    let description = callback.get("error_description").unwrap_or_default();
    let numbers = aadsts_numbers(description);
    let admin = numbers.iter().any(|number| matches!(number, 90093..=90095));
    let code = if callback.get("error_subcode") == Some("cancel") {
        Code::Cancelled
    } else if admin {
        Code::AdminConsentRequired
    } else {
        let known = CLASSES.iter().find(|known| scan::lists(known.0, error));
        known.map_or(Code::AccessDenied, |known| known.1)
    };
    let said = scan::before(description, b"\r\n");
    let mut result = if said.is_empty() {
        Error::new(code, "the sign-in service refused")
    } else {
        Error::with(code, scan::shorten(said, 300).into())
    };
    result.detail_mut().aadsts = numbers;
    result
}

/// The numbers behind `AADSTS` in a description, in order, each once.
#[must_use]
pub fn aadsts_numbers(text: &str) -> Vec<u32> {
    let (mut numbers, mut rest) = (Vec::new(), text);
    while let Some((_, behind)) = scan::cut(rest, "AADSTS") {
        let digits = behind.bytes().take_while(u8::is_ascii_digit).count();
        if let Some(number) = behind.get(..digits).and_then(scan::number)
            && numbers.iter().all(|known| *known != number)
        {
            numbers.push(number);
        }
        rest = behind;
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn flow() -> Flow {
        Flow {
            state: "s1".into(),
            nonce: "n".into(),
            verifier: "v".into(),
            authority: "https://login.example/organizations".into(),
            identity: Identity::V2,
            redirect_uri: "https://app.example/".into(),
            return_to: "/".into(),
            created: 1000,
            resource: None,
            consent: false,
        }
    }

    fn judged(query: &str, fragment: &str) -> Result<String, Code> {
        let callback = Callback::read(query, fragment);
        let judged = flow().finish(&callback, "https://app.example/", 1100);
        judged.map(|grant| grant.code).map_err(|error| error.code)
    }

    #[test]
    fn e54_an_administrators_answer_is_checked_by_state_and_a_refusal_is_one() {
        let flow = Flow {
            consent: true,
            ..flow()
        };
        let judged = |query: &str| {
            let callback = Callback::read(query, "");
            let judged = flow.finish(&callback, "https://app.example/", 1100);
            judged
                .map(|grant| [grant.code, grant.tenant, grant.scope].join("|"))
                .map_err(|error| error.code)
        };
        for (query, wanted) in [
            (
                "?admin_consent=True&tenant=t1&scope=Mail.Read+User.Read&state=s1",
                Ok("|t1|Mail.Read User.Read"),
            ),
            ("?admin_consent=True&tenant=t1&state=s1", Ok("|t1|")),
            // A refusal says `admin_consent=True` as well.
            (
                "?error=consent_required&error_description=AADSTS65004&admin_consent=True&tenant=t1&state=s1",
                Err(Code::ConsentRequired),
            ),
            (
                "?error=permission_denied&error_description=The+admin+canceled+the+request&state=s1",
                Err(Code::AccessDenied),
            ),
            (
                "?admin_consent=True&tenant=t1&state=s2",
                Err(Code::StateMismatch),
            ),
            ("?admin_consent=True&tenant=t1", Err(Code::StateMismatch)),
            ("?tenant=t1&state=s1", Err(Code::InvalidCallback)),
            (
                "?code=c&admin_consent=True&state=s1",
                Err(Code::InvalidCallback),
            ),
        ] {
            assert_eq!(judged(query), wanted.map(String::from), "{query}");
        }
        // And no sign-in ends with an administrator's answer.
        assert_eq!(
            super::tests::judged("?admin_consent=True&tenant=t1&state=s1", ""),
            Err(Code::InvalidCallback)
        );
    }

    #[test]
    fn s10_the_answer_for_another_window_is_known_by_its_state() {
        for (query, wanted) in [
            ("?code=c&state=abc.p", true),
            ("?code=c&state=abc", false),
            ("?code=c", false),
        ] {
            assert_eq!(Callback::read(query, "").is_for_opener(), wanted);
        }
    }

    #[test]
    fn s5_s7_s8_every_answer_is_judged() {
        let ok = |code: &str| Ok(code.into());
        for (name, query, fragment, wanted) in [
            ("plain", "?code=abc&state=s1", "", ok("abc")),
            (
                "fragment",
                "",
                "#code=abc&state=s1&session_state=x",
                ok("abc"),
            ),
            ("encoded", "?code=a%2Fb+c&state=s1", "", ok("a/b c")),
            (
                "unknown fields are ignored",
                "?code=abc&state=s1&session_state=s2&foo=1&foo=2",
                "",
                ok("abc"),
            ),
            ("no state", "?code=abc", "", Err(Code::StateMismatch)),
            (
                "empty state",
                "?code=abc&state=",
                "",
                Err(Code::StateMismatch),
            ),
            (
                "another state",
                "?code=abc&state=s2",
                "",
                Err(Code::StateMismatch),
            ),
            (
                "code twice",
                "?code=abc&code=d&state=s1",
                "",
                Err(Code::InvalidCallback),
            ),
            (
                "state twice",
                "?code=abc&state=s1&state=s1",
                "",
                Err(Code::InvalidCallback),
            ),
            (
                "state in both places",
                "?state=s1",
                "#code=abc&state=s1",
                Err(Code::InvalidCallback),
            ),
            (
                "session_state twice",
                "?code=abc&state=s1&session_state=1&session_state=2",
                "",
                Err(Code::InvalidCallback),
            ),
            ("no code", "?state=s1", "", Err(Code::InvalidCallback)),
            (
                "empty code",
                "?state=s1&code=",
                "",
                Err(Code::InvalidCallback),
            ),
            (
                "denied",
                "?error=access_denied&state=s1",
                "",
                Err(Code::AccessDenied),
            ),
            (
                "cancelled",
                "?error=access_denied&error_subcode=cancel&state=s1",
                "",
                Err(Code::Cancelled),
            ),
            (
                "denied but forged",
                "?error=access_denied&state=s2",
                "",
                Err(Code::StateMismatch),
            ),
            (
                "denied without state",
                "?error=access_denied",
                "",
                Err(Code::StateMismatch),
            ),
            (
                "silent",
                "?error=login_required&state=s1",
                "",
                Err(Code::InteractionRequired),
            ),
            (
                "consent",
                "?error=consent_required&state=s1",
                "",
                Err(Code::ConsentRequired),
            ),
            (
                "admin",
                "?error=access_denied&error_description=AADSTS90094%3a+x&state=s1",
                "",
                Err(Code::AdminConsentRequired),
            ),
            (
                "busy",
                "?error=temporarily_unavailable&state=s1",
                "",
                Err(Code::ServiceUnavailable),
            ),
            (
                "set-up",
                "?error=invalid_request&state=s1",
                "",
                Err(Code::Misconfigured),
            ),
        ] {
            assert_eq!(judged(query, fragment), wanted, "{name}");
        }
    }

    #[test]
    fn s10_only_at_its_own_address_and_in_its_own_time() {
        let callback = Callback::read("code=abc&state=s1", "");
        let judge = |landed: &str, now| {
            flow()
                .finish(&callback, landed, now)
                .err()
                .map(|error| error.code)
        };
        assert_eq!(judge("https://app.example/", 1000 + LIFETIME), None);
        assert_eq!(
            judge("https://app.example/other", 1000),
            Some(Code::InvalidCallback)
        );
        assert_eq!(
            judge("https://app.example/", 1001 + LIFETIME),
            Some(Code::StateExpired)
        );
        assert_eq!(
            judge("https://app.example/", 399),
            Some(Code::StateExpired),
            "the clock was set back"
        );
    }

    #[test]
    fn s9_the_issuer_is_the_one_that_was_asked() {
        let guid = "aaaabbbb-0000-cccc-1111-dddd2222eeee";
        let may = |authority: &str, identity, issuer: &str| {
            let mut flow = flow();
            (flow.authority, flow.identity) = (authority.into(), identity);
            flow.may_issue(issuer)
        };
        let (many, one) = (
            "https://login.example/organizations",
            ["https://login.example/", guid].concat(),
        );
        let issuer = alloc::format!("https://login.example/{guid}/v2.0");
        assert!(may(many, Identity::V2, &issuer) && may(&one, Identity::V2, &issuer));
        assert!(!may(
            &one,
            Identity::V2,
            "https://login.example/bbbbbbbb-0000-cccc-1111-dddd2222eeee/v2.0"
        ));
        assert!(!may(
            many,
            Identity::V2,
            &alloc::format!("https://other.example/{guid}/v2.0")
        ));
        assert!(!may(many, Identity::V2, "https://login.example/evil/v2.0"));
        assert!(!may(
            many,
            Identity::V2,
            &alloc::format!("https://login.example/{guid}")
        ));
        assert!(may(
            many,
            Identity::V1,
            &alloc::format!("https://sts.windows.net/{guid}/")
        ));
        assert!(!may(
            many,
            Identity::V2,
            &alloc::format!("https://sts.windows.net/{guid}/v2.0")
        ));
    }

    #[test]
    fn an_apps_own_parameters_are_left_alone() {
        for (query, pending, wanted) in [
            ("?code=abc&state=x", false, true),
            ("?error=access_denied&state=x", false, true),
            ("?code=abc", false, false),
            ("?code=abc", true, true),
            ("?state=ca", true, false),
            ("?view=week", true, false),
        ] {
            assert_eq!(
                Callback::read(query, "").is_answer(pending),
                wanted,
                "{query} {pending}"
            );
        }
        assert!(!Callback::read("", "#/code/state").is_answer(true));
    }

    #[test]
    fn a_refusal_says_what_the_service_said() {
        let callback = Callback::read(
            "?error=access_denied&error_description=AADSTS65004%3a+User+declined.%0d%0aTrace+ID%3a+1&state=s1",
            "",
        );
        let error = flow()
            .finish(&callback, "https://app.example/", 1000)
            .err()
            .unwrap();
        assert_eq!(error.message, "AADSTS65004: User declined.");
        assert_eq!(error.detail.as_ref().unwrap().aadsts, [65004]);
        assert_eq!(
            aadsts_numbers("AADSTS70002: x AADSTS70008: y AADSTS70002 AADSTS z"),
            [70002, 70008]
        );
    }

    proptest! {
        #[test]
        fn s5_only_our_state_opens_the_door(query in "\\PC{0,200}", state in "[A-Za-z0-9_-]{22,43}") {
            let flow = Flow { state: state.clone(), ..flow() };
            if flow.finish(&Callback::read(&query, ""), "https://app.example/", 1100).is_ok() {
                prop_assert!(form_decode(&query).contains(&["state=", &state].concat()));
            }
        }

        #[test]
        fn s30_no_error_tells_the_code(code in "[a-z0-9]{30}", query in "(&(state|error|iss)=[a-z0-9]{0,5}){0,3}") {
            let query = alloc::format!("code={code}{query}");
            if let Err(error) = flow().finish(&Callback::read(&query, ""), "https://app.example/", 1100) {
                let told = alloc::format!("{error:?}");
                prop_assert!(!told.contains(&code), "the code is in {}", told);
            }
        }
    }
}
