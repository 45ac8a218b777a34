//! The page: its headers, its types, and what is not served.

use super::*;

async fn world() -> World {
    let folder = tempfile::tempdir().unwrap().keep();
    let page = folder.join("page");
    std::fs::create_dir_all(page.join("sub")).unwrap();
    for (name, text) in [
        ("page/index.html", "<!doctype html>"),
        ("page/app.wasm", "\0asm"),
        ("page/app.js", "1"),
        ("page/.env", "hush"),
        ("page/sub/x.css", "a{}"),
        ("outside.txt", "hush"),
    ] {
        std::fs::write(folder.join(name), text).unwrap();
    }
    World::with(&format!("page = {page:?}")).await
}

async fn get(world: &World, path: &str, headers: &[(&'static str, &str)]) -> Answer {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    world.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn s18_s19_the_page_comes_with_its_policy() {
    let world = world().await;
    for path in [
        "/",
        "/index.html",
        "/app.js",
        "/missing",
        "/?code=x&state=y",
    ] {
        let answer = get(&world, path, &[]).await;
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        for part in [
            "default-src 'none'",
            "script-src 'self' 'wasm-unsafe-eval'",
            "connect-src 'self' https://graph.microsoft.com https://outlook.office.com https://outlook.office365.com",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(
                policy.split("; ").any(|one| one == part),
                "{part} in {policy}"
            );
        }
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        assert_eq!(answer.headers["referrer-policy"], "no-referrer");
        assert_eq!(
            answer.headers["cross-origin-opener-policy"],
            "same-origin-allow-popups"
        );
        assert_eq!(answer.headers["cache-control"], "no-cache");
    }
}

#[tokio::test]
async fn s18_images_come_from_elsewhere_only_where_the_configuration_says_so() {
    let images = |policy: &str| {
        let mut parts = policy.split("; ");
        let found = parts.find(|one| one.starts_with("img-src"));
        found.unwrap().to_owned()
    };
    for (setting, want) in [
        ("", "img-src 'self' data: blob:"),
        (
            "page_images = [\"https:\"]",
            "img-src 'self' data: blob: https:",
        ),
        (
            "page_images = [\"https://images.contoso.example\", \"https://logo.fabrikam.example\"]",
            "img-src 'self' data: blob: https://images.contoso.example https://logo.fabrikam.example",
        ),
    ] {
        let folder = tempfile::tempdir().unwrap().keep();
        let world = World::with(&format!("page = {folder:?}\n{setting}")).await;
        let answer = get(&world, "/", &[]).await;
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert_eq!(images(policy), want);
    }
}

#[tokio::test]
async fn files_have_their_types() {
    let world = world().await;
    for (path, kind) in [
        ("/", "text/html"),
        ("/app.wasm", "application/wasm"),
        ("/app.js", "text/javascript"),
        ("/sub/x.css", "text/css"),
    ] {
        let answer = get(&world, path, &[]).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(answer.headers[header::CONTENT_TYPE], kind, "{path}");
    }
}

#[tokio::test]
async fn what_is_not_the_pages_is_not_there() {
    let world = world().await;
    for path in [
        "/.env",
        "/%2eenv",
        "/sub/",
        "/nothing",
        "/../outside.txt",
        "/%2e%2e/outside.txt",
        "/..%2foutside.txt",
        "/sub/..%2f..%2foutside.txt",
        "/..%5coutside.txt",
        "//outside.txt",
    ] {
        let answer = get(&world, path, &[]).await;
        assert_ne!(answer.status, StatusCode::OK, "{path}");
        assert!(!answer.text.contains("hush"), "{path}");
    }
    assert_eq!(
        get(&world, "/auth/x", &[]).await.code(),
        "not_found",
        "below the base the endpoint answers"
    );
}

#[tokio::test]
async fn an_unchanged_file_is_not_sent_again() {
    let world = world().await;
    let first = get(&world, "/app.js", &[]).await;
    let tag = first.headers[header::ETAG].to_str().unwrap().to_owned();
    let again = get(&world, "/app.js", &[("if-none-match", &tag)]).await;
    assert_eq!(
        (again.status, again.text.as_str()),
        (StatusCode::NOT_MODIFIED, "")
    );
    assert_eq!(again.headers[header::ETAG], tag.as_str());
    let changed = get(&world, "/app.js", &[("if-none-match", "W/\"other\"")]).await;
    assert_eq!(changed.status, StatusCode::OK);
}

#[tokio::test]
async fn e10_e11_a_folder_without_its_slash_stays_on_this_site() {
    let world = world().await;
    for path in ["/sub", "//sub", "///sub"] {
        let answer = get(&world, path, &[]).await;
        assert_eq!(answer.status, StatusCode::FOUND, "{path}");
        assert_eq!(answer.headers[header::LOCATION], "/sub/", "{path}");
    }
}

/// What a browser is told to begin with, by the endpoint whose folder has these files.
async fn links(files: &[(&str, &str)], setting: &str) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let file = folder.path().join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    let world = World::with(&format!("page = {:?}\n{setting}", folder.path())).await;
    let script = get(&world, "/main.js", &[]).await;
    assert!(!script.headers.contains_key(header::LINK), "documents only");
    let page = get(&world, "/", &[]).await;
    assert_eq!(page.status, StatusCode::OK);
    let link = page.headers.get(header::LINK)?;
    Some(link.to_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_browser_begins_with_what_the_page_will_need() {
    let page = ("index.html", "<!doctype html>");
    let main = ("main.js", "import './vendor/exo365/index.js'");
    let module = ("vendor/exo365/wasm/exo365_bg.wasm", "\0asm");
    let script = ("vendor/exo365/index.js", "1");
    let proxy = "mode = \"proxy\"";
    let api = "<https://graph.microsoft.com>; rel=preconnect; crossorigin";
    let fetch = "rel=preload; as=fetch; type=\"application/wasm\"; crossorigin; fetchpriority=low";
    let wasm = format!("</vendor/exo365/wasm/exo365_bg.wasm>; {fetch}");
    let index = "</vendor/exo365/index.js>; rel=modulepreload";
    let both = format!("{index}, {wasm}");
    let start = ("vendor/exo365/dist/exo365.start.js", "1");
    let head =
        "<script src=\"./vendor/exo365/dist/exo365.start.js\" data-endpoint=\"/auth\"></script>";
    let started = [("index.html", head), main, module, script, start];
    let first = "</vendor/exo365/dist/exo365.start.js>; rel=preload; as=script";
    let unused = [page, main, module, script, start];
    let whole = [page, main, module, script];
    let tag = [
        ("index.html", "<script src=\"x/exo365.global.js\">"),
        main,
        module,
        script,
    ];
    let bundled = [
        page,
        main,
        ("assets/exo365_bg-a1B2.wasm", "\0asm"),
        ("index.js", "1"),
    ];
    let twice = [page, main, module, ("old/exo365_bg.wasm", "\0asm")];
    let odd = [
        page,
        main,
        ("ven dor/exo365_bg.wasm", "\0asm"),
        (".git/exo365_bg.wasm", "\0asm"),
    ];
    for (files, setting, wanted) in [
        (&whole[..], "", Some(format!("{both}, {api}"))),
        (&whole, proxy, Some(both.clone())),
        (&unused, proxy, Some(both.clone())),
        (&started, proxy, Some(format!("{first}, {index}"))),
        (
            &whole,
            "mode = \"proxy\"\npublic_base = \"/app/auth\"",
            Some(both.replace("</", "</app/")),
        ),
        (&tag, proxy, Some(wasm.clone())),
        (
            &bundled,
            proxy,
            Some(format!("</assets/exo365_bg-a1B2.wasm>; {fetch}")),
        ),
        (&twice, proxy, None),
        (&odd, proxy, None),
        (&twice, "", Some(api.into())),
    ] {
        assert_eq!(links(files, setting).await, wanted, "{files:?} {setting}");
    }
}
