//! Resource data in notifications ("rich notifications"): the item itself, encrypted for the client's certificate, and
//! tokens that say that the tenant sent it.
//!
//! A fresh 32-byte key encrypts the JSON with AES-256-CBC, the first half of the key being the vector, and signs it
//! with HMAC-SHA-256. The client's public key encrypts that key with RSA-OAEP and SHA-1.
//! Source: Microsoft, "Set up change notifications that include resource data".

use aes::cipher::{BlockEncryptMut as _, KeyIvInit as _, block_padding::Pkcs7};
use chrono_tz::Tz;
use rand::RngCore as _;
use ring::{digest, hmac};
use rsa::pkcs8::DecodePublicKey as _;
use rsa::rand_core::OsRng;
use rsa::{Oaep, RsaPublicKey};
use rustls::pki_types::CertificateDer;
use serde_json::{Map, Value, json};
use webpki::EndEntityCert;

use crate::api_error::ApiError;
use crate::directory::TENANT_ID;
use crate::http::{Flavor, Params};
use crate::ids;
use crate::oauth::issuer;
use crate::odata::Query;
use crate::schema::names::{Kind, Names};
use crate::state::Tenant;
use crate::state::subscriptions::{Rich, Subscription, Watched};
use crate::store::Mailbox;
use crate::views::{contact, event, message};

/// Longest life of a subscription with resource data, in minutes.
pub(super) const MAX_MINUTES: i64 = 1_440;
/// The application that sends Microsoft's notifications.
const SENDER: &str = "0bf30f3b-4a52-48df-9a82-234910c4a086";

/// What a new subscription says about resource data; `None` if it wants none.
///
/// # Errors
/// 400: the certificate or its name is missing, the certificate has no RSA key, or `$select` is missing.
pub(super) fn read(
    sent: &Map<String, Value>,
    resource: &str,
    watched: Watched,
) -> Result<Option<Rich>, ApiError> {
    if sent.get("includeResourceData") != Some(&true.into()) {
        return Ok(None);
    }
    let text = |name: &str| {
        let text = sent
            .get(name)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty());
        text.ok_or_else(|| {
            invalid(&format!(
                "Subscriptions with includeResourceData need the property '{name}'."
            ))
        })
    };
    let certificate = ids::from_base64(text("encryptionCertificate")?.trim())
        .filter(|certificate| public_key(certificate).is_some())
        .ok_or_else(|| {
            invalid("encryptionCertificate is no X.509 certificate with an RSA key, in base64.")
        })?;
    let query = resource
        .split_once('?')
        .map_or("", |(_, query)| query)
        .to_owned();
    let rich = Rich {
        certificate,
        certificate_id: text("encryptionCertificateId")?.to_owned(),
        query,
    };
    if select(&rich, watched)?.select.is_none() {
        return Err(invalid(
            "Subscriptions with includeResourceData for Outlook resources need $select in 'resource'.",
        ));
    }
    Ok(Some(rich))
}

fn invalid(text: &str) -> ApiError {
    ApiError::new(400, "InvalidRequest", text)
}

fn select(rich: &Rich, watched: Watched) -> Result<Query, ApiError> {
    let kind = match watched {
        Watched::Contact => Kind::Contact,
        Watched::Event => Kind::Event,
        Watched::Message => Kind::Message,
    };
    let names = Names {
        flavor: Flavor::Graph,
        kind,
    };
    Query::read(
        &Params::parse(rich.query.as_bytes()),
        names,
        Flavor::Graph.max_top(),
    )
}

fn public_key(certificate: &[u8]) -> Option<RsaPublicKey> {
    let certificate = CertificateDer::from(certificate);
    let parsed = EndEntityCert::try_from(&certificate).ok()?;
    RsaPublicKey::from_public_key_der(parsed.subject_public_key_info().as_ref()).ok()
}

/// The `encryptedContent` of a notification about an item; `None` if the item is gone.
pub(super) fn content(
    tenant: &Tenant,
    mailbox: &Mailbox,
    subscription: &Subscription,
    rich: &Rich,
    key: u64,
) -> Option<Value> {
    let query = select(rich, subscription.watched).ok()?;
    let mut item = item(mailbox, subscription, &query, key)?;
    let owner = tenant.directory().owner(mailbox.number).oid;
    let set = match subscription.watched {
        Watched::Contact => "contacts",
        Watched::Event => "events",
        Watched::Message => "messages",
    };
    let context = format!(
        "{}/v1.0/$metadata#users('{owner}')/{set}({})/$entity",
        tenant.origin(),
        query.select_text
    );
    item.insert("@odata.context".to_owned(), context.into());
    encrypt(rich, &Value::Object(item))
}

fn item(
    mailbox: &Mailbox,
    subscription: &Subscription,
    query: &Query,
    key: u64,
) -> Option<Map<String, Value>> {
    Some(match subscription.watched {
        Watched::Contact => contact::to_json(mailbox.contacts.get(&key)?, mailbox.number, query),
        Watched::Event => {
            let format = event::Format {
                flavor: Flavor::Graph,
                mailbox: mailbox.number,
                zone: "UTC".to_owned(),
                tz: Tz::UTC,
                text_body: false,
            };
            event::to_json(&mailbox.events.get(&key)?.itself(), &format, query)
        }
        Watched::Message => {
            let format = message::Format {
                mailbox: mailbox.number,
                immutable: subscription.immutable,
                text_body: false,
                graph: true,
            };
            message::to_json(mailbox.message(key)?, format, query)
        }
    })
}

fn encrypt(rich: &Rich, item: &Value) -> Option<Value> {
    let mut key = [0_u8; 32];
    rand::rng().fill_bytes(&mut key);
    let cipher = cbc::Encryptor::<aes::Aes256>::new_from_slices(&key, key.get(..16)?).ok()?;
    let data = cipher.encrypt_padded_vec_mut::<Pkcs7>(item.to_string().as_bytes());
    let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), &data);
    let padding = Oaep::new::<sha1::Sha1>();
    let data_key = public_key(&rich.certificate)?
        .encrypt(&mut OsRng, padding, &key)
        .ok()?;
    let thumbprint = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &rich.certificate);
    Some(json!({
        "data": ids::base64(&data),
        "dataKey": ids::base64(&data_key),
        "dataSignature": ids::base64(signature.as_ref()),
        "encryptionCertificateId": rich.certificate_id,
        "encryptionCertificateThumbprint": ids::hex(thumbprint.as_ref()).to_uppercase(),
    }))
}

/// The `validationTokens` of a notification: one for the application that subscribed.
pub(super) fn validation_tokens(tenant: &Tenant, client_id: &str) -> Value {
    let now = tenant.clock().unix();
    let claims = json!({
        "aud": client_id,
        "iss": issuer(&tenant.origin(), TENANT_ID, true),
        "iat": now - 300,
        "nbf": now - 300,
        "exp": now + 86_400,
        "appid": SENDER,
        "appidacr": "2",
        "idp": format!("https://sts.windows.net/{TENANT_ID}/"),
        "tid": TENANT_ID,
        "uti": ids::token(16),
        "ver": "1.0",
    });
    tenant.keys().sign(&claims).into_iter().collect()
}
