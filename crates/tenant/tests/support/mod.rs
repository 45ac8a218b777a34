//! A tenant without a socket, and callers with and without a user. Microsoft's description judges every answer of Graph.

#![allow(dead_code, reason = "each test file uses its part")]

pub(crate) mod description;
pub(crate) mod hook;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request};
use exo365_tenant::{DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, Options, TENANT_ID, Tenant};
use form_urlencoded::Serializer;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

/// Roots and audiences of the three flavours.
pub(crate) const GRAPH: Api = Api("/v1.0", "https://graph.microsoft.com");
pub(crate) const V2: Api = Api("/api/v2.0", "https://outlook.office.com");
pub(crate) const V1: Api = Api("/api/v1.0", "https://outlook.office365.com");
pub(crate) const ADELE: &str = "adele@contoso.example";
pub(crate) const BEN: &str = "ben@contoso.example";

/// Root of an API and the audience of its tokens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Api(pub(crate) &'static str, pub(crate) &'static str);

impl Api {
    /// A name in the spelling of the flavour.
    pub(crate) fn name(self, name: &str) -> String {
        if self == GRAPH {
            return name.to_owned();
        }
        name[..1].to_uppercase() + &name[1..]
    }
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    /// The body as JSON; null where it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_default()
    }

    /// The code of the error in the body.
    pub(crate) fn code(&self) -> String {
        self.json()["error"]["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// A header as text.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

/// The router with what tests do to it.
#[derive(Clone)]
pub(crate) struct Local {
    router: Router,
}

impl Default for Local {
    fn default() -> Self {
        Self::with(Options::default())
    }
}

impl Local {
    /// A tenant with its own options.
    pub(crate) fn with(options: Options) -> Self {
        Self::of(&Tenant::new(options).unwrap())
    }

    /// A tenant that was prepared already.
    pub(crate) fn of(tenant: &Tenant) -> Self {
        Self {
            router: tenant.router(),
        }
    }

    /// Any request.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Answer {
        let path = path.replace(' ', "%20").replace('"', "%22");
        let path = ["http://localhost", "http://127.0.0.1"]
            .iter()
            .find_map(|origin| path.strip_prefix(origin))
            .unwrap_or(&path);
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body)).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.map(|body| body.to_bytes().to_vec());
        // A fault can end an answer early.
        let whole = bytes.is_ok();
        let answer = Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            bytes: bytes.unwrap_or_default(),
        };
        if let (true, Some(below)) = (whole, path.strip_prefix(GRAPH.0)) {
            let kind = answer.header("content-type");
            description::judge(method, below, answer.status, kind, &answer.bytes);
        }
        answer
    }

    /// A control request.
    pub(crate) async fn control(&self, method: &str, name: &str, body: &Value) -> Value {
        let path = format!("/_control/{name}");
        let body = body.to_string().into_bytes();
        let answer = self
            .send(method, &path, &[("x-tenant-control", "1")], body)
            .await;
        assert_eq!(answer.status, 200, "{:?}", answer.json());
        answer.json()
    }

    async fn form(&self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
        let body = Serializer::new(String::new()).extend_pairs(fields).finish();
        let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
        all.extend(headers);
        self.send("POST", path, &all, body.into_bytes()).await
    }

    /// A caller with application permissions.
    pub(crate) async fn app(&self, api: Api) -> Caller {
        let scope = format!("{}/.default", api.1);
        let path = format!("/{TENANT_ID}/oauth2/v2.0/token");
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_id", DEFAULT_CLIENT_ID),
            ("client_secret", DEFAULT_CLIENT_SECRET),
            ("scope", &scope),
        ];
        let answer = self.form(&path, &fields, &[]).await;
        self.caller(api, &answer)
    }

    /// A caller who signed in, with these permissions.
    pub(crate) async fn user(&self, api: Api, user: &str, scopes: &[&str]) -> Caller {
        let scopes: Vec<String> = scopes
            .iter()
            .map(|name| format!("{}/{name}", api.1))
            .collect();
        let consent = json!({"user": user, "granted": scopes});
        self.control("POST", "consent", &consent).await;
        let scope = scopes.join(" ");
        let query = Serializer::new(String::new())
            .extend_pairs([
                ("client_id", DEFAULT_CLIENT_ID),
                ("response_type", "code"),
                ("redirect_uri", "http://localhost/"),
                ("scope", &scope),
                ("state", "s"),
            ])
            .finish();
        let page = self
            .send(
                "GET",
                &format!("/{TENANT_ID}/oauth2/v2.0/authorize?{query}"),
                &[],
                vec![],
            )
            .await;
        let html = String::from_utf8(page.bytes).unwrap();
        let flow = html.split("name=\"flow\" value=\"").nth(1).unwrap();
        let flow = flow.split('"').next().unwrap();
        let path = format!("/{TENANT_ID}/login");
        let signed = self
            .form(&path, &[("flow", flow), ("account", user)], &[])
            .await;
        let place = signed.header("location");
        assert!(
            place.contains("code="),
            "{place} {}",
            String::from_utf8_lossy(&signed.bytes)
        );
        let code = place
            .split("code=")
            .nth(1)
            .unwrap()
            .split('&')
            .next()
            .unwrap();
        let path = format!("/{TENANT_ID}/oauth2/v2.0/token");
        let fields = [
            ("grant_type", "authorization_code"),
            ("client_id", DEFAULT_CLIENT_ID),
            ("client_secret", DEFAULT_CLIENT_SECRET),
            ("redirect_uri", "http://localhost/"),
            ("code", code),
        ];
        let answer = self.form(&path, &fields, &[]).await;
        self.caller(api, &answer)
    }

    fn caller(&self, api: Api, answer: &Answer) -> Caller {
        let token = answer.json()["access_token"].as_str().map(str::to_owned);
        Caller {
            local: self.clone(),
            api,
            token: token.unwrap_or_else(|| panic!("{:?}", answer.json())),
            base: format!("{}/users/{ADELE}", api.0),
        }
    }
}

/// Somebody with a token for one API.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) local: Local,
    pub(crate) api: Api,
    pub(crate) token: String,
    /// What paths start with; `users/adele...` at first.
    pub(crate) base: String,
}

impl Caller {
    /// The same caller at another mailbox.
    pub(crate) fn at(&self, place: &str) -> Self {
        Self {
            base: format!("{}/{place}", self.api.0),
            ..self.clone()
        }
    }

    /// Any request; a path that starts at the root of the host is taken as it is.
    pub(crate) async fn call(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Answer {
        let bytes = body
            .map(|body| body.to_string().into_bytes())
            .unwrap_or_default();
        let bearer = format!("Bearer {}", self.token);
        let mut all = vec![("authorization", bearer.as_str())];
        if !bytes.is_empty() {
            all.push(("content-type", "application/json"));
        }
        all.extend(headers);
        let whole = path.starts_with("http") || path.starts_with(self.api.0);
        let path = if whole {
            path.to_owned()
        } else {
            format!("{}{path}", self.base)
        };
        self.local.send(method, &path, &all, bytes).await
    }

    /// A GET that succeeds, as JSON.
    pub(crate) async fn get(&self, path: &str) -> Value {
        let answer = self.call("GET", path, &[], None).await;
        assert_eq!(answer.status, 200, "{path}: {:?}", answer.json());
        answer.json()
    }

    /// A request that succeeds, as JSON.
    pub(crate) async fn done(&self, method: &str, path: &str, body: Value) -> Value {
        let answer = self.call(method, path, &[], Some(body)).await;
        assert!(
            answer.status < 300,
            "{method} {path}: {} {:?}",
            answer.status,
            answer.json()
        );
        answer.json()
    }

    /// Every item of every page, with the number of pages and the last body.
    pub(crate) async fn all(
        &self,
        path: &str,
        headers: &[(&str, &str)],
    ) -> (Vec<Value>, usize, Value) {
        let (mut items, mut pages, mut next) = (Vec::new(), 0, path.to_owned());
        loop {
            let answer = self.call("GET", &next, headers, None).await;
            assert_eq!(answer.status, 200, "{next}: {:?}", answer.json());
            let body = answer.json();
            items.extend(body["value"].as_array().unwrap().iter().cloned());
            pages += 1;
            match body["@odata.nextLink"].as_str() {
                Some(link) => next = link.to_owned(),
                None => return (items, pages, body),
            }
            assert!(pages < 1000, "no end of pages");
        }
    }
}

/// The texts at a name, of a list of objects.
pub(crate) fn texts(items: &[Value], name: &str) -> Vec<String> {
    items
        .iter()
        .map(|one| one[name].as_str().unwrap_or_default().to_owned())
        .collect()
}

/// A body for a meeting in the spelling of a flavour.
pub(crate) fn event(
    api: Api,
    subject: &str,
    zone: &str,
    day: &str,
    hour: &str,
    offset: &str,
) -> Value {
    let time = |hour: &str| match api {
        GRAPH => json!({"dateTime": format!("{day}T{hour}:00"), "timeZone": zone}),
        V2 => json!({"DateTime": format!("{day}T{hour}:00"), "TimeZone": zone}),
        _ => json!(format!("{day}T{hour}:00{offset}")),
    };
    let mut body = json!({
        api.name("subject"): subject,
        api.name("start"): time(hour),
        api.name("end"): time(&hour.replace(":00", ":45")),
    });
    if api == V1 {
        body["StartTimeZone"] = zone.into();
        body["EndTimeZone"] = zone.into();
    }
    body
}
