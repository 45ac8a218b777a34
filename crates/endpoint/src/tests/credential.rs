//! How the endpoint proves who it is: two secrets at a time, or a certificate.

use super::fake::Canned;
use super::*;
use crate::base::problem::Problem;
use exo365_core::text::base64_decode;
use ring::signature::{
    KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaKeyPair, RsaParameters,
    UnparsedPublicKey,
};
use std::os::unix::fs::PermissionsExt as _;

/// `client_certificate.pem` by `openssl req -x509 -key signing_key.p8`; its digests by `openssl x509 | openssl dgst`.
const CERTIFICATE: &str = include_str!("client_certificate.pem");
const OTHER: &str = include_str!("other_certificate.pem");
const SHA256: &str = "-ObhIqKlD-BfLDn-ykn1KDGahFUdHNarFI_bMOHOv5M";
const SHA1: &str = "Y5eW_F3YIrIN0_ftZmTBo5D6wLg";
const FILES: &str = "client_certificate_file = \"cert.pem\"\nclient_key_file = \"key.pem\"";

/// The key in PEM, under the name of its kind.
pub(super) fn pem(label: &str, der: &[u8]) -> String {
    let text = exo365_core::text::base64url(der);
    let mut text = text.replace('-', "+").replace('_', "/");
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    let lines: Vec<&str> = (0..text.len().div_ceil(64))
        .map(|at| &text[at * 64..text.len().min(at * 64 + 64)])
        .collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}

fn write(folder: &Path, certificate: &str, key: &str, mode: u32) {
    std::fs::write(folder.join("cert.pem"), certificate).unwrap();
    std::fs::write(folder.join("key.pem"), key).unwrap();
    let mode = std::fs::Permissions::from_mode(mode);
    std::fs::set_permissions(folder.join("key.pem"), mode).unwrap();
}

fn parsed(folder: &Path, extra: &str, secret: Option<&str>) -> Result<Config, Problem> {
    let secret = secret.map(String::from);
    let environment = |name: &str| secret.clone().filter(|_| name == "EXO365_CLIENT_SECRET");
    Config::parse(&toml("http://localhost:1", extra), folder, environment)
}

/// A world with this credential in place of the secret.
async fn world(extra: &str, secret: Option<&str>) -> World {
    let mut world = World::new().await;
    write(
        world.dir.path(),
        CERTIFICATE,
        &pem("PRIVATE KEY", fake::KEY),
        0o600,
    );
    let folder = world.dir.path().join("x");
    std::fs::create_dir(&folder).unwrap();
    let extra = extra
        .replace("\"cert", "\"../cert")
        .replace("\"key", "\"../key");
    let mut config = parsed(&folder, &extra, secret).unwrap();
    config.public = world.app.config.public.clone();
    (world.app, world.router) = open(config, &world.time);
    world
}

#[tokio::test]
async fn e2_the_other_secret_is_tried_where_one_is_refused_and_then_kept() {
    for number in [7_000_215, 7_000_222] {
        let world = world("", Some("marker-old marker-new\n")).await;
        let cookie = world.sign_in().await;
        assert_eq!(world.fake.field("client_secret").unwrap(), "marker-old");
        world.advance(3500);
        world.fake.say(Canned::refusal("invalid_client", number));
        assert_eq!(
            world.token(&cookie).await.status,
            StatusCode::OK,
            "{number}"
        );
        assert_eq!(world.fake.calls(), 3);
        assert_eq!(world.fake.field("client_secret").unwrap(), "marker-new");
        assert_eq!(
            world.fake.field("refresh_token").unwrap(),
            "marker-refresh-1"
        );
        world.advance(3500);
        assert_eq!(world.token(&cookie).await.status, StatusCode::OK);
        assert_eq!(
            (
                world.fake.calls(),
                world.fake.field("client_secret").unwrap()
            ),
            (4, "marker-new".into())
        );
        // When the service refuses the second secret, the endpoint tries the first one again.
        world.fake.say(Canned::refusal("invalid_client", number));
        assert_eq!(
            world.exchange("marker-code-2", "").await.status,
            StatusCode::OK
        );
        assert_eq!(world.fake.field("client_secret").unwrap(), "marker-old");
        assert_eq!(world.fake.field("code").unwrap(), "marker-code-2");
    }
}

#[tokio::test]
async fn e2_two_refused_secrets_are_two_requests_and_other_refusals_one() {
    let world = world("", Some("marker-old marker-new")).await;
    let cookie = world.sign_in().await;
    world.advance(7200);
    for _ in 0..2 {
        world.fake.say(Canned::refusal("invalid_client", 7_000_215));
    }
    assert_eq!(world.token(&cookie).await.code(), "misconfigured");
    assert_eq!(world.fake.calls(), 3);
    for (error, number) in [("invalid_client", 700_016), ("invalid_grant", 65_001)] {
        let calls = world.fake.calls();
        world.fake.say(Canned::refusal(error, number));
        assert_ne!(world.token(&cookie).await.status, StatusCode::OK);
        assert_eq!(world.fake.calls(), calls + 1, "{number}");
    }
    assert_eq!(
        world.token(&cookie).await.status,
        StatusCode::OK,
        "the session stays"
    );
}

#[test]
fn e2_a_file_may_hold_two_secrets_and_no_more() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("secret");
    for (text, count) in [("one\n", Some(1)), ("one\ntwo\n", Some(2)), ("1 2 3", None)] {
        std::fs::write(&file, text).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        let read = parsed(dir.path(), "client_secret_file = \"secret\"", None);
        assert_eq!(
            read.ok().map(|config| config.credential.count()),
            count,
            "{text}"
        );
    }
}

fn parts(assertion: &str) -> (Value, Value) {
    let mut parts = assertion.split('.');
    let mut part = || {
        let bytes = base64_decode(parts.next().unwrap()).unwrap();
        serde_json::from_slice(&bytes).unwrap()
    };
    (part(), part())
}

fn holds(assertion: &str, how: &'static RsaParameters) -> bool {
    let (text, signature) = assertion.rsplit_once('.').unwrap();
    let pair = RsaKeyPair::from_pkcs8(fake::KEY).unwrap();
    UnparsedPublicKey::new(how, pair.public_key().as_ref())
        .verify(text.as_bytes(), &base64_decode(signature).unwrap())
        .is_ok()
}

#[tokio::test]
async fn e1_e52_an_assertion_goes_with_every_request_and_is_for_it_alone() {
    let world = world(FILES, None).await;
    let cookie = world.sign_in().await;
    let code = world.fake.field("client_assertion").unwrap();
    world.advance(3500);
    assert_eq!(world.token(&cookie).await.status, StatusCode::OK);
    assert_eq!(world.fake.field("grant_type").unwrap(), "refresh_token");
    let refresh = world.fake.field("client_assertion").unwrap();
    let mut ids = Vec::new();
    for (assertion, now) in [(&code, NOW), (&refresh, NOW + 3500)] {
        let (header, claims) = parts(assertion);
        assert_eq!(
            header,
            json!({"alg": "PS256", "typ": "JWT", "x5t#S256": SHA256})
        );
        let audience = format!("{}/organizations/oauth2/v2.0/token", world.fake.origin);
        assert_eq!(claims["aud"], audience);
        assert_eq!(
            (&claims["iss"], &claims["sub"]),
            (&json!(CLIENT), &json!(CLIENT))
        );
        assert_eq!(claims["iat"], now);
        let (begin, end) = (
            claims["nbf"].as_u64().unwrap(),
            claims["exp"].as_u64().unwrap(),
        );
        assert!(begin <= now && now < end && end - begin <= 600);
        assert!(holds(assertion, &RSA_PSS_2048_8192_SHA256));
        ids.push(claims["jti"].clone());
    }
    assert_ne!(ids[0], ids[1]);
    let kind = world.fake.field("client_assertion_type").unwrap();
    assert_eq!(
        kind,
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    );
    assert_eq!(world.fake.field("client_id").unwrap(), CLIENT);
    assert!(world.fake.field("client_secret").is_none());
}

#[tokio::test]
async fn e52_the_older_form_is_there_by_option() {
    let world = world(&format!("{FILES}\nclient_assertion = \"RS256\""), None).await;
    world.sign_in().await;
    let assertion = world.fake.field("client_assertion").unwrap();
    assert_eq!(
        parts(&assertion).0,
        json!({"alg": "RS256", "typ": "JWT", "x5t": SHA1})
    );
    assert!(holds(&assertion, &RSA_PKCS1_2048_8192_SHA256));
}

#[test]
fn e2_e52_key_and_certificate_are_checked_and_never_shown() {
    let dir = tempfile::tempdir().unwrap();
    let key = pem("PRIVATE KEY", fake::KEY);
    let body = key.lines().nth(1).unwrap().to_owned();
    let said = |certificate: &str, key: &str, mode: u32, extra: &str, secret: Option<&str>| {
        write(dir.path(), certificate, key, mode);
        let parsed = parsed(dir.path(), extra, secret);
        let text = format!("{parsed:?}");
        assert!(!text.contains(&body) && !text.contains("hush"), "{text}");
        parsed
            .err()
            .map(|problem| problem.to_string())
            .unwrap_or_default()
    };
    assert_eq!(said(CERTIFICATE, &key, 0o600, FILES, None), "");
    assert!(said(CERTIFICATE, &key, 0o640, FILES, None).contains("chmod 600"));
    assert!(said(CERTIFICATE, &key, 0o604, FILES, None).contains("chmod 600"));
    assert!(said(OTHER, &key, 0o600, FILES, None).contains("not the key of"));
    assert!(said("x", &key, 0o600, FILES, None).contains("no certificate in PEM"));
    assert!(said(&key, &key, 0o600, FILES, None).contains("no certificate in PEM"));
    assert!(said(CERTIFICATE, CERTIFICATE, 0o600, FILES, None).contains("no RSA key in PEM"));
    let cut = pem("PRIVATE KEY", &fake::KEY[..100]);
    assert!(said(CERTIFICATE, &cut, 0o600, FILES, None).contains("no RSA key in PEM"));
    assert!(said(CERTIFICATE, &key, 0o600, FILES, Some("hush")).contains("and a secret"));
    for (extra, words) in [
        ("client_key_file = \"key.pem\"", "go together"),
        ("client_certificate_file = \"cert.pem\"", "go together"),
        (
            "client_certificate_file = \"no.pem\"\nclient_key_file = \"key.pem\"",
            "cannot be read",
        ),
    ] {
        assert!(
            said(CERTIFICATE, &key, 0o600, extra, None).contains(words),
            "{extra}"
        );
    }
    let odd = format!("{FILES}\nclient_assertion = \"none\"");
    assert!(said(CERTIFICATE, &key, 0o600, &odd, None).contains("client_assertion"));
}
