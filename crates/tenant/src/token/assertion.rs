//! Client assertions: a certificate instead of a secret (RFC 7523).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{Digest, SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use rustls::pki_types::{CertificateDer, SignatureVerificationAlgorithm};
use serde_json::Value;
use webpki::EndEntityCert;
use webpki::ring::{RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256_LEGACY_KEY};

use crate::ids::base64url;
use crate::oauth::aadsts::Aadsts;

/// The supported `client_assertion_type`.
const KIND: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Tolerated clock skew, in seconds.
const SKEW: i64 = 300;

/// The expected values of an assertion.
pub(crate) struct Expected<'a> {
    pub(crate) client_id: &'a str,
    /// The certificate of the registration, DER.
    pub(crate) certificate: Option<&'a [u8]>,
    /// Origin and tenant segment of the request.
    pub(crate) origin: &'a str,
    pub(crate) segment: &'a str,
    /// The time of the machine, Unix seconds. The client that signed does not know the virtual clock.
    pub(crate) now: i64,
}

/// Checks an assertion.
///
/// # Errors
/// AADSTS numbers for a wrong type, key, signature, client id, audience or time.
pub(crate) fn check(kind: Option<&str>, text: &str, expected: &Expected<'_>) -> Result<(), Aadsts> {
    if kind != Some(KIND) {
        let text = "The request body must contain the parameter 'client_assertion_type' with the \
                    value 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'.";
        return Err(Aadsts::client(50_027, text));
    }
    let malformed = || Aadsts::client(50_027, "JWT token is invalid or malformed.");
    let (input, signature) = text.rsplit_once('.').ok_or_else(malformed)?;
    let (head, body) = input.split_once('.').ok_or_else(malformed)?;
    let header = object(head).ok_or_else(malformed)?;
    let claims = object(body).ok_or_else(malformed)?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| malformed())?;
    check_key(&header, input, &signature, expected.certificate)?;
    check_claims(&claims, expected)
}

fn object(part: &str) -> Option<Value> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
    serde_json::from_slice(&bytes).ok().filter(Value::is_object)
}

fn check_key(
    header: &Value,
    input: &str,
    signature: &[u8],
    certificate: Option<&[u8]>,
) -> Result<(), Aadsts> {
    let named = [("x5t#S256", &SHA256), ("x5t", &SHA1_FOR_LEGACY_USE_ONLY)]
        .into_iter()
        .find_map(|(name, way)| Some((header[name].as_str()?, way)));
    let known = certificate.filter(|der| {
        let print = |way| digest(way, der);
        named.is_some_and(|(name, way)| name.trim_end_matches('=') == encoded(&print(way)))
    });
    let Some(der) = known else {
        let text = format!(
            "Client assertion contains an invalid signature. [Reason - The key was not found., \
             Thumbprint of key used by client: '{}'].",
            named.map_or("", |(name, _)| name)
        );
        return Err(Aadsts::client(700_027, text));
    };
    let way: &dyn SignatureVerificationAlgorithm = match header["alg"].as_str() {
        Some("PS256") => RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
        Some("RS256") => RSA_PKCS1_2048_8192_SHA256,
        _ => return Err(Aadsts::client(50_027, "JWT token is invalid or malformed.")),
    };
    let der = CertificateDer::from(der);
    let verified = EndEntityCert::try_from(&der)
        .and_then(|certificate| certificate.verify_signature(way, input.as_bytes(), signature));
    verified.map_err(|_| {
        let text = "Client assertion contains an invalid signature. [Reason - The key used is expired \
                    or the signature is not valid.]";
        Aadsts::client(700_027, text)
    })
}

fn encoded(print: &Digest) -> String {
    base64url(print.as_ref())
}

fn check_claims(claims: &Value, expected: &Expected<'_>) -> Result<(), Aadsts> {
    let names = ["iss", "sub"].map(|name| claims[name].as_str());
    if names != [Some(expected.client_id); 2] {
        let text = "Client assertion application identifier doesn't match 'client_id' parameter.";
        return Err(Aadsts::client(700_021, text));
    }
    let base = format!("{}/{}", expected.origin, expected.segment);
    let audiences =
        ["/oauth2/v2.0/token", "/oauth2/token", "/v2.0"].map(|end| format!("{base}{end}"));
    let audience = claims["aud"].as_str().unwrap_or_default();
    if !audiences
        .iter()
        .any(|one| one.eq_ignore_ascii_case(audience))
    {
        let text = "Client assertion audience claim does not match Realm issuer.";
        return Err(Aadsts::client(700_023, text));
    }
    let time = |name: &str| claims[name].as_i64();
    let begun = time("nbf").is_none_or(|from| from - SKEW <= expected.now);
    let lives = time("exp").is_some_and(|to| expected.now < to + SKEW);
    if begun && lives {
        return Ok(());
    }
    let text = "Client assertion is not within its valid time range.";
    Err(Aadsts::client(700_024, text))
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair};
    use rustls::pki_types::PrivatePkcs8KeyDer;
    use serde_json::json;

    use super::*;
    use crate::oauth::keys::{Keys, TEST_KEY};

    /// A certificate for the key in the source, which the tests sign with.
    fn certificate() -> Vec<u8> {
        let key = PrivatePkcs8KeyDer::from(TEST_KEY);
        let pair = KeyPair::try_from(&key).unwrap();
        let made = CertificateParams::new(vec![]).unwrap().self_signed(&pair);
        made.unwrap().der().to_vec()
    }

    fn claims(now: i64) -> Value {
        json!({
            "aud": "http://localhost/contoso.example/oauth2/v2.0/token",
            "iss": "app", "sub": "app", "jti": "1", "nbf": now, "exp": now + 600,
        })
    }

    /// The number that refuses; 0 where nothing does.
    fn number(header: &Value, claims: &Value, der: Option<&[u8]>) -> u32 {
        let expected = Expected {
            client_id: "app",
            certificate: der,
            origin: "http://localhost",
            segment: "contoso.example",
            now: 1_000_000,
        };
        let token = Keys::embedded().unwrap().sign_as(header, claims).unwrap();
        check(Some(KIND), &token, &expected).map_or_else(|error| error.number, |()| 0)
    }

    #[test]
    fn assertions_are_refused_by_number() {
        let der = certificate();
        let header = json!({"alg": "RS256", "x5t#S256": encoded(&digest(&SHA256, &der))});
        let old = json!({"alg": "RS256", "x5t": encoded(&digest(&SHA1_FOR_LEGACY_USE_ONLY, &der))});
        let good = claims(1_000_000);
        let with = |name: &str, value: Value| {
            let mut changed = good.clone();
            changed[name] = value;
            changed
        };
        let der = Some(&*der);
        assert_eq!(number(&header, &good, der), 0);
        assert_eq!(number(&old, &good, der), 0);
        assert_eq!(number(&header, &good, None), 700_027, "nothing registered");
        assert_eq!(number(&json!({"alg": "RS256"}), &good, der), 700_027);
        let other = json!({"alg": "PS256", "x5t#S256": header["x5t#S256"]});
        assert_eq!(number(&other, &good, der), 700_027, "signed otherwise");
        let none = json!({"alg": "none", "x5t#S256": header["x5t#S256"]});
        assert_eq!(number(&none, &good, der), 50_027);
        assert_eq!(number(&header, &with("iss", "else".into()), der), 700_021);
        assert_eq!(number(&header, &with("aud", "else".into()), der), 700_023);
        assert_eq!(number(&header, &with("exp", 999_000.into()), der), 700_024);
        assert_eq!(number(&header, &with("exp", Value::Null), der), 700_024);
    }

    #[test]
    fn what_is_no_assertion_is_refused() {
        let expected = Expected {
            client_id: "app",
            certificate: None,
            origin: "http://localhost",
            segment: "common",
            now: 0,
        };
        for text in ["", "a", "a.b", "a.b.c", "e30.e30.", "!!.e30.e30"] {
            let error = check(Some(KIND), text, &expected).unwrap_err();
            assert!(
                matches!(error.number, 50_027 | 700_027),
                "{text}: {error:?}"
            );
        }
        assert_eq!(
            check(None, "e30.e30.", &expected).unwrap_err().number,
            50_027
        );
    }
}
