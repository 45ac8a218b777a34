//! The configuration: what is taken, what is refused, and in which words.

use super::*;
use crate::base::problem::Problem;

fn parsed(extra: &str) -> Result<Config, Problem> {
    let environment = |name: &str| (name == "EXO365_CLIENT_SECRET").then(|| SECRET.to_owned());
    Config::parse(
        &toml("http://localhost:1", extra),
        Path::new(""),
        environment,
    )
}

fn said(extra: &str) -> String {
    parsed(extra)
        .err()
        .map(|problem| problem.to_string())
        .unwrap_or_default()
}

#[test]
fn what_is_wrong_is_named_with_its_cure() {
    for (extra, words) in [
        ("mode = \"other\"", "`mode`"),
        ("cloud = \"germany\"", "\"china\""),
        ("cloud = \"china\"", "excludes `login`"),
        ("client_id = \"app\"", "`client_id`"),
        ("tenant = \"a/b\"", "`tenant`"),
        ("tenant = \"\"", "`tenant`"),
        ("scopes = [\"Mail.Read Mail.Send\"]", "`scopes`"),
        ("redirect_uris = []", "`redirect_uris`"),
        ("redirect_uris = [\"/back\"]", "absolute"),
        ("redirect_uris = [\"http://app.contoso.example/\"]", "https"),
        (
            "redirect_uris = [\"https://app.contoso.example/#x\"]",
            "absolute",
        ),
        ("origins = []", "`origins`"),
        ("origins = [\"*\"]", "origins"),
        ("origins = [\"null\"]", "origins"),
        (
            "origins = [\"https://app.contoso.example/\"]",
            "without path",
        ),
        ("cross_origins = [\"http://app.contoso.example\"]", "https"),
        ("tenants = [\"organizations\"]", "`tenants`"),
        ("id_token_algorithms = [\"none\"]", "RS256"),
        ("id_token_algorithms = [\"HS256\"]", "RS256"),
        ("base = \"auth\"", "`base`"),
        ("base = \"/\"", "`base`"),
        ("base = \"/{x}\"", "`base`"),
        ("cookie = \"session\"", "__Host-"),
        ("cookie = \"__Host-a; Domain=x\"", "__Host-"),
        ("session_lifetime_days = 91", "1 to 90"),
        ("session_idle_hours = 0", "at least 1"),
        (
            "session_lifetime_days = 1\nsession_idle_hours = 25",
            "at least 1",
        ),
        ("page = \"/nowhere/at/all\"", "cannot be read"),
        ("client_secret_file = \"secret\"", "given twice"),
        ("client_secret = \"x\"", "EXO365_CLIENT_SECRET"),
        ("orgins = []", "`origins` may be meant"),
        ("proxies = [\"proxy.contoso.example\"]", "`proxies`"),
        ("proxies = [\"10.0.0.0/33\"]", "`proxies`"),
        (
            "proxies = [\"10.0.0.1\"]\nproxy_header = \"x-real-ip\"",
            "`proxy_header` is",
        ),
        ("proxy_header = \"forwarded\"", "goes with `proxies`"),
        ("limit_per_address = -1", "wrong"),
        ("metrics_listen = \"9464\"", "wrong"),
    ] {
        let sentence = said(extra);
        assert!(sentence.contains(words), "{extra}: {sentence:?}");
        assert!(!sentence.contains(SECRET));
    }
    assert_eq!(said(""), "");
}

#[test]
fn e37_e40_plain_http_is_for_this_machine_and_by_flag() {
    for (extra, words) in [
        (
            "insecure_loopback = false\nlogin = \"https://login.contoso.example\"",
            "behind_tls_proxy",
        ),
        (
            "insecure_loopback = false\nbehind_tls_proxy = true",
            "`login`",
        ),
        ("listen = \"0.0.0.0:80\"", "127.0.0.1"),
        ("login = \"http://login.contoso.example\"", "`login`"),
        ("login = \"https://login.contoso.example/x\"", "`login`"),
        (
            "api_origin = \"http://graph.contoso.example\"",
            "`api_origin`",
        ),
    ] {
        assert!(said(extra).contains(words), "{extra}: {}", said(extra));
    }
    let served = "insecure_loopback = false\nbehind_tls_proxy = true\nlisten = \"0.0.0.0:8080\"\nlogin = \"https://login.microsoftonline.com\"";
    assert_eq!(said(served), "");
    assert_eq!(
        said("login = \"https://login.microsoftonline.com\""),
        "",
        "a page on localhost, Microsoft's own service"
    );
}

#[test]
fn e2_a_missing_secret_is_told_and_a_given_one_is_not() {
    let none = Config::parse(&toml("http://localhost:1", ""), Path::new(""), |_| None);
    let problem = none.err().unwrap();
    assert!(
        matches!(&problem, Problem::Secret(sentence) if sentence.contains("EXO365_CLIENT_SECRET")),
        "{problem}"
    );
    assert!(!format!("{:?}", parsed("").unwrap()).contains(SECRET));
}

#[test]
fn clouds_and_generations_follow_from_one_word() {
    let toml = |extra: &str| {
        let all = toml("", &format!("login = \"x\"\n{extra}"));
        all.lines()
            .filter(|line| !line.starts_with("login"))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let public = |extra: &str| {
        let config = Config::parse(&toml(extra), Path::new(""), |name| {
            (name == "EXO365_CLIENT_SECRET").then(|| SECRET.into())
        });
        config.unwrap().public
    };
    let china = public("cloud = \"china\"\ntenant = \"contoso.example\"");
    assert_eq!(
        china.authority,
        "https://login.partner.microsoftonline.cn/contoso.example"
    );
    assert_eq!(china.cloud.api, "https://microsoftgraph.chinacloudapi.cn");
    let old = public("api = \"outlook-v1\"");
    assert_eq!(old.identity, exo365_core::wire::Identity::V1);
    assert_eq!(old.cloud.api, "https://outlook.office365.com");
}

#[test]
fn e64_what_is_written_otherwise_works_or_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let read = |extra: &str| {
        let environment = |name: &str| (name == "EXO365_CLIENT_SECRET").then(|| SECRET.to_owned());
        Config::parse(&toml("http://localhost:1", extra), dir.path(), environment)
    };
    let config = read(
        "redirect_uris = [\"https://App.Contoso.example\"]\norigins = [\"https://APP.contoso.example:443\"]\n\
         client_id = \"AAAABBBB-2222-3333-4444-555555555555\"\ntenants = [\"AAAABBBB-0000-CCCC-1111-DDDD2222EEEE\"]",
    );
    let config = config.unwrap();
    assert_eq!(config.public.redirect_uris, [BACK]);
    assert_eq!(config.origins, [PAGE]);
    assert_eq!(
        config.public.client_id,
        "aaaabbbb-2222-3333-4444-555555555555"
    );
    assert_eq!(config.tenants, [TENANT]);
    for odd in [
        "https://app.contoso.example/?a=b",
        "https://app.contoso.example/a/../b",
    ] {
        let problem = read(&format!("redirect_uris = [\"{odd}\"]")).unwrap_err();
        assert!(problem.to_string().contains("does not arrive"), "{problem}");
    }
}
