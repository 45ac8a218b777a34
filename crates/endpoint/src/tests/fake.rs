//! A sign-in service on a loopback port that says what a test wants, and notes what it was asked.

use super::{CLIENT, NONCE, TENANT};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use exo365_core::text::{base64url, form_decode};
use http_body_util::BodyExt as _;
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
    RsaKeyPair,
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Semaphore;

/// Made for these tests and used nowhere else.
pub(super) const KEY: &[u8] = include_bytes!("signing_key.p8");

/// An answer of the token endpoint that was prepared.
pub(super) struct Canned {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: String,
}

impl Canned {
    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self::new(status, "application/json; charset=utf-8", body.to_string())
    }

    pub(super) fn new(status: u16, kind: &str, body: impl Into<String>) -> Self {
        Self {
            status,
            headers: vec![("content-type", kind.into())],
            body: body.into(),
        }
    }

    pub(super) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// A refusal in the service's own words, with an address in them.
    pub(super) fn refusal(error: &str, number: u32) -> Self {
        let text = format!("AADSTS{number}: adele@contoso.example <b>\r\nTrace ID: x");
        let ids = "aaaa0000-bb11-2222-33cc-444444dddddd";
        let body = json!({"error": error, "error_description": text, "error_codes": [number], "trace_id": ids, "correlation_id": ids});
        Self::json(400, &body)
    }
}

/// A request to the token endpoint.
pub(super) struct Asked {
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    pub(super) form: BTreeMap<String, String>,
}

/// The service.
pub(super) struct Fake {
    pub(super) origin: String,
    pub(super) asked: Mutex<Vec<Asked>>,
    /// Key sets that were given out.
    pub(super) sets: AtomicUsize,
    /// Answers to come, before the ordinary one.
    pub(super) next: Mutex<VecDeque<Canned>>,
    /// What is laid over the claims of the next ID token.
    pub(super) claims: Mutex<Value>,
    /// What is laid over the next good token reply; null takes a member away.
    pub(super) reply: Mutex<Value>,
    /// The tenant id of each known domain. For other domains the service knows no tenant.
    pub(super) domains: Mutex<BTreeMap<String, String>>,
    /// How often it was asked for the tenant of a domain.
    pub(super) lookups: AtomicUsize,
    /// What is laid over the discovery document.
    pub(super) discovery: Mutex<Value>,
    /// Sign ID tokens with `alg: none`.
    pub(super) unsigned: Mutex<bool>,
    /// What signs ID tokens otherwise: `RS256`, `PS256`, or `ES256` with a key of its own.
    pub(super) algorithm: Mutex<&'static str>,
    /// What is laid over the keys of the set: the RSA key, and the one on the curve.
    pub(super) changed: Mutex<(Value, Value)>,
    /// The key's name, in the set and in the tokens.
    pub(super) kids: Mutex<(String, String)>,
    /// The key is in the set of this application alone.
    pub(super) by_appid: Mutex<bool>,
    /// The issuer that the key set names.
    pub(super) key_issuer: Mutex<Value>,
    /// One permit lets one request at the token endpoint through.
    pub(super) gate: Semaphore,
    /// How long the token endpoint takes for an answer.
    pub(super) delay: Mutex<Duration>,
    time: Arc<AtomicU64>,
    count: AtomicUsize,
    pair: RsaKeyPair,
    curve: EcdsaKeyPair,
}

/// Permits of an open gate.
const OPEN: usize = 10_000;

impl Fake {
    pub(super) async fn start(time: Arc<AtomicU64>) -> Arc<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let fake = Arc::new(Self {
            key_issuer: Mutex::new(json!(format!("{origin}/{{tenantid}}/v2.0"))),
            origin,
            asked: Mutex::default(),
            sets: AtomicUsize::new(0),
            next: Mutex::default(),
            claims: Mutex::new(json!({})),
            reply: Mutex::new(json!({})),
            domains: Mutex::default(),
            lookups: AtomicUsize::new(0),
            discovery: Mutex::new(json!({})),
            unsigned: Mutex::new(false),
            algorithm: Mutex::new("RS256"),
            changed: Mutex::new((json!({}), json!({}))),
            kids: Mutex::new(("k1".into(), "k1".into())),
            by_appid: Mutex::new(false),
            gate: Semaphore::new(OPEN),
            delay: Mutex::default(),
            time,
            count: AtomicUsize::new(0),
            pair: RsaKeyPair::from_pkcs8(KEY).unwrap(),
            curve: curve(),
        });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&fake));
        tokio::spawn(async move { axum::serve(listener, router).await });
        fake
    }

    /// Prepares an answer.
    pub(super) fn say(&self, canned: Canned) {
        self.next.lock().unwrap().push_back(canned);
    }

    /// Requests at the token endpoint so far.
    pub(super) fn calls(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    /// A field of the latest request.
    pub(super) fn field(&self, name: &str) -> Option<String> {
        self.asked.lock().unwrap().last()?.form.get(name).cloned()
    }

    /// From now on requests wait at the gate.
    pub(super) fn shut(&self) {
        self.gate.forget_permits(OPEN);
    }

    /// One of those that wait at the gate gets its answer.
    pub(super) fn answer_one(&self) {
        self.gate.add_permits(1);
    }

    pub(super) fn reopen(&self) {
        self.gate.add_permits(OPEN);
    }

    /// Waits until the token endpoint was asked `count` times.
    pub(super) async fn reached(&self, count: usize) {
        while self.calls() < count {
            tokio::task::yield_now().await;
        }
        // Requests that are on their way get as far as they can.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
    }

    pub(super) fn id_token(&self, v1: bool) -> String {
        let now = self.time.load(Ordering::SeqCst);
        let issuer = if v1 {
            format!("https://sts.windows.net/{TENANT}/")
        } else {
            format!("{}/{TENANT}/v2.0", self.origin)
        };
        let mut claims = json!({
            "iss": issuer, "aud": CLIENT, "tid": TENANT, "oid": "00000000-0000-0000-66f3-3332eca7ea81", "nonce": NONCE,
            "iat": now, "nbf": now, "exp": now + 3600, "preferred_username": "adele@contoso.example", "name": "Adele",
            "login_hint": "O.hint", "sid": "s1"
        });
        lay(&mut claims, &self.claims.lock().unwrap());
        let unsigned = *self.unsigned.lock().unwrap();
        let algorithm = *self.algorithm.lock().unwrap();
        let kid = match algorithm {
            "ES256" => "curve".into(),
            _ => self.kids.lock().unwrap().1.clone(),
        };
        let header = if unsigned {
            json!({"alg": "none"})
        } else {
            json!({"alg": algorithm, "kid": kid})
        };
        let part = |value: &Value| base64url(value.to_string().as_bytes());
        let input = format!("{}.{}", part(&header), part(&claims));
        let signature = if unsigned {
            String::new()
        } else {
            base64url(&self.sign(algorithm, input.as_bytes()))
        };
        format!("{input}.{signature}")
    }

    fn sign(&self, algorithm: &str, input: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        let mut signature = vec![0; self.pair.public().modulus_len()];
        let how: &dyn ring::signature::RsaEncoding = match algorithm {
            "ES256" => return self.curve.sign(&random, input).unwrap().as_ref().to_vec(),
            "PS256" => &RSA_PSS_SHA256,
            _ => &RSA_PKCS1_SHA256,
        };
        self.pair.sign(how, &random, input, &mut signature).unwrap();
        signature
    }

    fn keys(&self) -> Value {
        let public = PublicKeyComponents::<Vec<u8>>::from(self.pair.public_key());
        let kid = self.kids.lock().unwrap().0.clone();
        let mut key = json!({"kty": "RSA", "use": "sig", "kid": kid, "n": base64url(&public.n), "e": base64url(&public.e)});
        key["issuer"] = self.key_issuer.lock().unwrap().clone();
        // The octets of an uncompressed point: 4, then both coordinates.
        let (x, y) = self.curve.public_key().as_ref()[1..].split_at(32);
        let mut curve = json!({"kty": "EC", "crv": "P-256", "use": "sig", "kid": "curve", "x": base64url(x), "y": base64url(y)});
        let changed = self.changed.lock().unwrap();
        lay(&mut key, &changed.0);
        lay(&mut curve, &changed.1);
        json!({"keys": [{"kty": "OKP", "kid": "another"}, key, curve]})
    }

    fn tokens(&self, v1: bool) -> Value {
        let number = self.count.fetch_add(1, Ordering::SeqCst) + 1;
        let life = if v1 { json!("3599") } else { json!(3600) };
        let mut reply = json!({
            "token_type": "Bearer", "expires_in": life, "scope": "Mail.Read Mail.Send",
            "access_token": format!("marker-access-{number}"), "refresh_token": format!("marker-refresh-{number}"),
            "id_token": self.id_token(v1)
        });
        lay(&mut reply, &self.reply.lock().unwrap());
        reply
    }
}

fn curve() -> EcdsaKeyPair {
    let (how, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
    let key = EcdsaKeyPair::generate_pkcs8(how, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(how, key.as_ref(), &random).unwrap()
}

fn lay(under: &mut Value, over: &Value) {
    for (name, value) in over.as_object().unwrap() {
        if value.is_null() {
            under.as_object_mut().unwrap().remove(name);
        } else {
            under[name] = value.clone();
        }
    }
}

async fn answer(State(fake): State<Arc<Fake>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let v1 = !path.contains("/v2.0");
    if path.ends_with("/openid-configuration") {
        let name = path.split('/').nth(1).unwrap_or_default();
        let mut tenant = String::from("{tenantid}");
        if name.contains('.') {
            fake.lookups.fetch_add(1, Ordering::SeqCst);
            match fake.domains.lock().unwrap().get(name) {
                Some(id) => tenant.clone_from(id),
                None => return respond(Canned::refusal("invalid_tenant", 90_002)),
            }
        }
        let issuer = if v1 {
            format!("https://sts.windows.net/{tenant}/")
        } else {
            format!("{}/{tenant}/v2.0", fake.origin)
        };
        let mut document = json!({"issuer": issuer});
        lay(&mut document, &fake.discovery.lock().unwrap());
        return respond(Canned::json(200, &document));
    }
    if path.ends_with("/keys") {
        let own = request.uri().query() == Some(&format!("appid={CLIENT}"));
        if !own {
            fake.sets.fetch_add(1, Ordering::SeqCst);
        }
        let empty = *fake.by_appid.lock().unwrap() && !own;
        let keys = if empty {
            json!({"keys": []})
        } else {
            fake.keys()
        };
        return respond(Canned::json(200, &keys));
    }
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let text = String::from_utf8(body.to_vec()).unwrap();
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    let form = pairs
        .map(|(name, value)| (form_decode(name), form_decode(value)))
        .collect();
    let headers = parts.headers;
    fake.asked.lock().unwrap().push(Asked {
        path,
        headers,
        form,
    });
    fake.gate.acquire().await.unwrap().forget();
    let delay = *fake.delay.lock().unwrap();
    tokio::time::sleep(delay).await;
    let prepared = fake.next.lock().unwrap().pop_front();
    respond(prepared.unwrap_or_else(|| Canned::json(200, &fake.tokens(v1))))
}

fn respond(canned: Canned) -> Response {
    let mut response = Response::new(Body::from(canned.body));
    *response.status_mut() = StatusCode::from_u16(canned.status).unwrap();
    for (name, value) in canned.headers {
        let name = header::HeaderName::from_static(name);
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}
