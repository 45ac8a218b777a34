//! Tests of `response.rs`.

use super::*;
use crate::json::{FromJson, Json};
use proptest::prelude::*;

fn request() -> AuthorizationRequest {
    AuthorizationRequest {
        state: "s1".into(),
        nonce: "n".into(),
        verifier: "v".into(),
        authority: "https://login.example/organizations".into(),
        identity: Identity::V2,
        redirect_uri: "https://app.example/".into(),
        return_to: "/".into(),
        created: 1000,
        lifetime: 600,
        account: None,
        resource: None,
        consent: false,
        max_age: None,
    }
}

fn judged(query: &str, fragment: &str) -> Result<String, Code> {
    let response = AuthorizationResponse::read(query, fragment);
    let judged = request().finish(&response, "https://app.example/", 1100);
    judged.map(|grant| grant.code).map_err(|error| error.code)
}

#[test]
fn e54_an_administrators_answer_is_checked_by_state_and_a_refusal_is_one() {
    let request = AuthorizationRequest {
        consent: true,
        ..request()
    };
    let judged = |query: &str| {
        let response = AuthorizationResponse::read(query, "");
        let judged = request.finish(&response, "https://app.example/", 1100);
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
        (
            "?code=c&state=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.p",
            true,
        ),
        (
            "?code=c&state=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.r",
            false,
        ),
        ("?code=c", false),
    ] {
        assert_eq!(
            AuthorizationResponse::read(query, "").is_for_opener(),
            wanted
        );
    }
}

// One table: a row for each answer.
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
    let response = AuthorizationResponse::read("code=abc&state=s1", "");
    let judge = |arrived_at: &str, now| {
        request()
            .finish(&response, arrived_at, now)
            .err()
            .map(|error| error.code)
    };
    assert_eq!(judge("https://app.example/", 1000 + 600), None);
    assert_eq!(
        judge("https://app.example/other", 1000),
        Some(Code::InvalidCallback)
    );
    assert_eq!(
        judge("https://app.example/", 1001 + 600),
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
        let mut request = request();
        (request.authority, request.identity) = (authority.into(), identity);
        request.may_issue(issuer)
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
fn s39_what_is_not_ours_is_left_alone() {
    let random = "A".repeat(43);
    for (query, fragment, ours) in [
        ("?code=abc&state={}.r", "", true),
        ("?error=access_denied&state={}.p", "", true),
        ("?state={}.r", "", true),
        ("", "#code=abc&state={}.r", true),
        // One of several is enough: a forged one must not hide it.
        ("?state=CA&code=abc&state={}.r", "", true),
        ("?state=CA", "#state={}.r", true),
        ("?code=abc&state={}", "", false),
        ("?code=abc&state={}.x", "", false),
        ("?code=abc&state=x{}.r", "", false),
        ("?code=abc&state=x", "", false),
        ("?state=CA&code=94105", "", false),
        ("?code=VOUCHER10", "", false),
        ("?error=access_denied", "", false),
        ("?session_state={}.r&code=abc", "", false),
        ("?view=week", "", false),
        ("", "#/code/state", false),
    ] {
        let [query, fragment] = [query, fragment].map(|text| text.replace("{}", &random));
        let response = AuthorizationResponse::read(&query, &fragment);
        assert_eq!(response.is_ours(), ours, "{query} {fragment}");
    }
}

#[test]
fn a_refusal_says_what_the_service_said() {
    let response = AuthorizationResponse::read(
        "?error=access_denied&error_description=AADSTS65004%3a+User+declined.%0d%0aTrace+ID%3a+1&state=s1",
        "",
    );
    let error = request()
        .finish(&response, "https://app.example/", 1000)
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
        let request = AuthorizationRequest { state: state.clone(), ..request() };
        if request.finish(&AuthorizationResponse::read(&query, ""), "https://app.example/", 1100).is_ok() {
            prop_assert!(form_decode(&query).contains(&["state=", &state].concat()));
        }
    }

    #[test]
    fn s30_no_error_tells_the_code(code in "[a-z0-9]{30}", query in "(&(state|error|iss)=[a-z0-9]{0,5}){0,3}") {
        let query = alloc::format!("code={code}{query}");
        if let Err(error) = request().finish(&AuthorizationResponse::read(&query, ""), "https://app.example/", 1100) {
            let told = alloc::format!("{error:?}");
            prop_assert!(!told.contains(&code), "the code is in {}", told);
        }
    }
}

#[test]
fn where_only_an_administrator_can_consent_the_error_says_where() {
    let config = r#"{"clientId":"11111111-2222-3333-4444-555555555555","authority":"https://login.example/organizations","identity":"v2","api":"graph","cloud":{"login":"https://login.example","api":"https://graph.example"},"scopes":[],"redirectUris":[],"mode":"direct"}"#;
    let pending = SignInRecord {
        request: request(),
        config: FromJson::from_json(&Json::parse(config).unwrap()).unwrap(),
    };
    let refused = |query: &str| {
        let judged = pending.finish(
            &AuthorizationResponse::read(query, ""),
            "https://app.example/",
            1100,
        );
        let error = judged.map(|_| ()).unwrap_err();
        (
            error.code,
            error.detail.clone().and_then(|detail| detail.consent_url),
        )
    };
    assert_eq!(
        refused("?error=consent_required&error_description=AADSTS90094&state=s1"),
        (
            Code::AdminConsentRequired,
            Some("https://login.example/organizations/adminconsent?client_id=11111111-2222-3333-4444-555555555555".into())
        )
    );
    assert_eq!(
        refused("?error=access_denied&error_description=AADSTS65004&state=s1"),
        (Code::AccessDenied, None)
    );
}
