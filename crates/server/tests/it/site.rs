use std::{fs, path::Path};

use crate::help::*;
use base64::prelude::*;
use sha2::{Digest as _, Sha256};

const SCRIPT: &str = "\nimport init from '/duplex-0123456789abcdef.js';\nawait init();\n";

fn index(script: &str) -> String {
    format!(
        "<!doctype html>\n<title>Duplex</title>\n<script type=\"module\">{script}</script>\n<main></main>\n"
    )
}

/// A site as the build leaves it, with a secret beside it.
fn site(name: &str) -> std::path::PathBuf {
    let folder = folder(name);
    fs::write(folder.join("secret.txt"), "outside of the site").unwrap();
    let dist = folder.join("dist");
    fs::create_dir_all(dist.join("quiz")).unwrap();
    let write = |path: &str, content: &[u8]| fs::write(dist.join(path), content).unwrap();
    write("index.html", index(SCRIPT).as_bytes());
    write("index.html.br", b"brotli of the page");
    write("quiz/index.html", index("quiz()").as_bytes());
    write("duplex-0123456789abcdef.js", b"export default 1");
    write("duplex-0123456789abcdef.js.br", b"brotli of the script");
    write("duplex-0123456789abcdef.js.gz", b"gzip of the script");
    write("duplex-0123456789abcdef_bg.wasm", b"\0asm\x01\0\0\0");
    write("app-00000000ffffffff.css", b"main {}");
    write("page-frames-0123456789abcdef.bin", b"\0asm pack");
    write("page-frames-0123456789abcdef.bin.br", b"brotli of the pack");
    write("favicon.svg", b"<svg/>");
    dist
}

fn flags(dist: &Path) -> [&str; 2] {
    ["--site", dist.to_str().expect("a plain path")]
}

#[tokio::test]
async fn files_have_their_types_and_are_cached_by_their_names() {
    let dist = site("types");
    let server = start(&flags(&dist)).await;
    for (path, kind, immutable) in [
        ("/", "text/html; charset=utf-8", false),
        ("/index.html", "text/html; charset=utf-8", false),
        (
            "/duplex-0123456789abcdef.js",
            "text/javascript; charset=utf-8",
            true,
        ),
        ("/duplex-0123456789abcdef_bg.wasm", "application/wasm", true),
        ("/app-00000000ffffffff.css", "text/css; charset=utf-8", true),
        (
            "/page-frames-0123456789abcdef.bin",
            "application/octet-stream",
            true,
        ),
        ("/favicon.svg", "image/svg+xml", false),
    ] {
        for method in ["GET", "HEAD"] {
            let reply = request(server.address, method, path, &[]).await;
            assert_eq!(reply.status, 200, "{method} {path}");
            assert_eq!(reply.header("content-type"), kind, "{path}");
            let cache = if immutable {
                "public, max-age=31536000, immutable"
            } else {
                "no-cache"
            };
            assert_eq!(reply.header("cache-control"), cache, "{path}");
            assert_eq!(reply.header("vary"), "accept-encoding", "{path}");
            assert_eq!(reply.body.is_empty(), method == "HEAD");
            let etag = reply.header("etag").to_owned();
            assert!(!etag.is_empty(), "{path} can be asked about");
            let again = request(server.address, method, path, &[("If-None-Match", &etag)]).await;
            assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
            assert_eq!(again.header("cache-control"), cache);
        }
    }
    assert_eq!(request(server.address, "POST", "/", &[]).await.status, 405);
}

#[tokio::test]
async fn precompressed_files_go_to_who_accepts_them() {
    let dist = site("precompressed");
    let server = start(&flags(&dist)).await;
    for (path, accept, encoding, body) in [
        (
            "/duplex-0123456789abcdef.js",
            "gzip, deflate, br, zstd",
            "br",
            "brotli of the script",
        ),
        (
            "/duplex-0123456789abcdef.js",
            "gzip",
            "gzip",
            "gzip of the script",
        ),
        (
            "/duplex-0123456789abcdef.js",
            "br;q=0, gzip;q=0.5",
            "gzip",
            "gzip of the script",
        ),
        (
            "/duplex-0123456789abcdef.js",
            "identity",
            "",
            "export default 1",
        ),
        (
            "/page-frames-0123456789abcdef.bin",
            "br",
            "br",
            "brotli of the pack",
        ),
        ("/favicon.svg", "br, gzip", "", "<svg/>"),
        ("/", "br", "br", "brotli of the page"),
        ("/frames", "br", "br", "brotli of the page"),
    ] {
        let reply = request(server.address, "GET", path, &[("Accept-Encoding", accept)]).await;
        assert_eq!(reply.status, 200);
        assert_eq!(
            reply.header("content-encoding"),
            encoding,
            "{path} {accept}"
        );
        assert_eq!(reply.text(), body, "{path} {accept}");
        assert_eq!(reply.header("vary"), "accept-encoding");
    }
    let script = request(
        server.address,
        "GET",
        "/duplex-0123456789abcdef.js",
        &[("Accept-Encoding", "br")],
    )
    .await;
    assert_eq!(
        script.header("content-type"),
        "text/javascript; charset=utf-8"
    );
}

#[tokio::test]
async fn unknown_paths_get_the_app_and_unknown_files_do_not() {
    let dist = site("fallback");
    let server = start(&flags(&dist)).await;
    for path in [
        "/frames",
        "/frames?hex=818537fa213d&from=client",
        "/a/b/c",
        "/reference/",
        "/%F0%9F%92%A9",
        "/tap",
    ] {
        let reply = get(server.address, path).await;
        assert_eq!((reply.status, reply.text()), (200, index(SCRIPT)), "{path}");
        assert_eq!(reply.header("cache-control"), "no-cache");
    }
    // A page that the build made for a path comes before the app's.
    for path in ["/quiz", "/quiz/"] {
        assert_eq!(
            get(server.address, path).await.text(),
            index("quiz()"),
            "{path}"
        );
    }
    for path in [
        "/missing.js",
        "/duplex-fedcba9876543210.js",
        "/a/b.wasm",
        "/page-frames-fedcba9876543210.bin",
        "/favicon.ico",
        "/missing.html",
    ] {
        let reply = get(server.address, path).await;
        assert_eq!(reply.status, 404, "{path}");
        assert!(!reply.header("cache-control").contains("immutable"));
        assert!(!reply.text().contains("<main>"));
    }
    assert_eq!(get(server.address, "/api/unknown").await.status, 404);
}

/// Where the build says what there is, an unknown path is told so, in a page.
#[tokio::test]
async fn unknown_paths_get_the_page_for_them_where_there_is_one() {
    let dist = site("missing-page");
    fs::create_dir_all(dist.join("embed/fault-lab")).unwrap();
    for (path, script) in [
        ("404.html", "nothing()"),
        ("embed/fault-lab/index.html", "embedded()"),
    ] {
        fs::write(dist.join(path), index(script)).unwrap();
    }
    fs::write(dist.join("404.html.br"), b"brotli of nothing").unwrap();
    let server = start(&flags(&dist)).await;
    for (path, status, script) in [
        ("/", 200, SCRIPT),
        ("/quiz", 200, "quiz()"),
        ("/embed/fault-lab", 200, "embedded()"),
        ("/embed/fault-lab/", 200, "embedded()"),
        ("/frames", 404, "nothing()"),
        ("/quiz/none", 404, "nothing()"),
        ("/embed/none", 404, "nothing()"),
        ("/%F0%9F%92%A9", 404, "nothing()"),
    ] {
        let reply = get(server.address, path).await;
        assert_eq!(
            (reply.status, reply.text()),
            (status, index(script)),
            "{path}"
        );
        assert_eq!(reply.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(reply.header("cache-control"), "no-cache", "{path}");
        let policy = reply.header("content-security-policy");
        let digest = BASE64_STANDARD.encode(Sha256::digest(script));
        assert!(policy.contains(&digest), "{path}: {policy}");
    }
    // A part of what is not there, or that it has not changed, is not said.
    let etag = get(server.address, "/frames")
        .await
        .header("etag")
        .to_owned();
    for header in [("If-None-Match", &*etag), ("Range", "bytes=0-3")] {
        let reply = request(server.address, "GET", "/frames", &[header]).await;
        assert_eq!((reply.status, reply.text()), (404, index("nothing()")));
    }
    let packed = [("Accept-Encoding", "br")];
    let reply = request(server.address, "GET", "/frames", &packed).await;
    assert_eq!(
        (reply.status, reply.text()),
        (404, "brotli of nothing".into())
    );
    // A file is no page.
    for path in ["/missing.js", "/duplex-fedcba9876543210.js"] {
        let reply = get(server.address, path).await;
        assert_eq!(reply.status, 404, "{path}");
        assert!(!reply.text().contains("<main>"), "{path}");
    }
}

#[tokio::test]
async fn embeds_may_be_framed_by_any_site_and_every_other_page_by_none() {
    let dist = site("framing");
    fs::create_dir_all(dist.join("embed/fault-lab")).unwrap();
    fs::write(dist.join("embed/fault-lab/index.html"), index("embedded()")).unwrap();
    let server = start(&flags(&dist)).await;
    for (path, may_be_framed) in [
        ("/embed/fault-lab", true),
        ("/embed/fault-lab/", true),
        ("/embed/fault-lab?fault=silence", true),
        ("/embed/none", true),
        ("/", false),
        ("/quiz", false),
        ("/frames", false),
        ("/embed", false),
        ("/embed/", false),
        ("/embed/../frames", false),
        ("/embed/%2e%2e/frames", false),
        ("/embed/fault-lab/index.html", false),
        ("/favicon.svg", false),
        ("/missing.js", false),
        ("/lab", false),
    ] {
        let reply = get(server.address, path).await;
        let policy = reply.header("content-security-policy");
        assert!(policy.contains("default-src 'self'"), "{path}: {policy}");
        let by_policy = !policy.contains("frame-ancestors 'none'");
        let by_option = reply.header("x-frame-options").is_empty();
        assert_eq!(
            (by_policy, by_option),
            (may_be_framed, may_be_framed),
            "{path}"
        );
    }
}

#[tokio::test]
async fn nothing_outside_of_the_site_is_served() {
    let dist = site("traversal");
    let server = start(&flags(&dist)).await;
    for path in [
        "/../secret.txt",
        "/quiz/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/..%5csecret.txt",
        "//secret.txt",
        "/./../secret.txt",
        "/%00/../secret.txt",
        "/../dist/../secret.txt",
        "/C:/secret.txt",
    ] {
        let reply = get(server.address, path).await;
        assert!(!reply.text().contains("outside"), "{path}");
        assert!(
            matches!(reply.status, 404 | 400),
            "{path}: {}",
            reply.status
        );
    }
}

#[tokio::test]
async fn security_headers_are_on_every_answer() {
    let dist = site("headers");
    let server = start(&flags(&dist)).await;
    for path in [
        "/",
        "/favicon.svg",
        "/missing.js",
        "/healthz",
        "/metrics",
        "/echo",
        "/tap/0",
        "/api/wires",
        "/frames",
    ] {
        let reply = get(server.address, path).await;
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(reply.header("referrer-policy"), "no-referrer", "{path}");
        let policy = reply.header("content-security-policy");
        assert!(
            policy.contains("frame-ancestors 'none'") && policy.contains("default-src 'self'"),
            "{path}: {policy}"
        );
        let scripts = policy
            .split("; ")
            .find(|part| part.starts_with("script-src"))
            .expect("script-src");
        assert!(
            scripts.contains("'wasm-unsafe-eval'") && !scripts.contains("unsafe-inline"),
            "{path}: {scripts}"
        );
    }
}

#[tokio::test]
async fn the_policy_allows_exactly_the_pages_inline_scripts_also_after_a_new_build() {
    let dist = site("policy");
    let server = start(&flags(&dist)).await;
    let digest = |script: &str| {
        format!(
            "'sha256-{}'",
            BASE64_STANDARD.encode(Sha256::digest(script))
        )
    };
    let policy = async |path: &str| {
        get(server.address, path)
            .await
            .header("content-security-policy")
            .to_owned()
    };
    assert!(policy("/").await.contains(&digest(SCRIPT)));
    assert!(policy("/frames").await.contains(&digest(SCRIPT)));
    assert!(!policy("/favicon.svg").await.contains("sha256"));
    let quiz = policy("/quiz").await;
    assert!(quiz.contains(&digest("quiz()")) && !quiz.contains(&digest(SCRIPT)));

    fs::write(dist.join("index.html"), index("another()")).unwrap();
    let rebuilt = policy("/").await;
    assert!(
        rebuilt.contains(&digest("another()")) && !rebuilt.contains(&digest(SCRIPT)),
        "{rebuilt}"
    );
}

#[tokio::test]
async fn without_a_site_the_page_says_what_to_run_and_the_rest_works() {
    let missing = folder("missing").join("dist");
    let server = start(&flags(&missing)).await;
    for path in ["/", "/frames", "/duplex-0123456789abcdef.js"] {
        let reply = get(server.address, path).await;
        assert_eq!(reply.status, 503, "{path}");
        assert!(reply.text().contains("cargo xtask build"), "{path}");
    }
    let mut raw = Raw::open(server.address, "/echo", "").await;
    raw.frame(0x81, b"works").await;
    raw.expect(0x81, b"works").await;
    // Built while the server runs.
    fs::create_dir_all(&missing).unwrap();
    fs::write(missing.join("index.html"), index(SCRIPT)).unwrap();
    assert_eq!(get(server.address, "/").await.status, 200);
}

#[cfg(unix)]
#[tokio::test]
async fn only_regular_files_of_the_site_are_served() {
    let dist = site("regular");
    let link = |from: &str, to: &str| std::os::unix::fs::symlink(from, dist.join(to)).unwrap();
    link("../secret.txt", "secret.txt");
    link("..", "up");
    link("../secret.txt", "link.html");
    fs::create_dir(dist.join("linked")).unwrap();
    link("../../secret.txt", "linked/index.html");
    link("../secret.txt", "favicon.svg.br");
    fs::write(dist.join(".env"), "password").unwrap();
    fs::create_dir(dist.join(".git")).unwrap();
    fs::write(dist.join(".git/config.txt"), "history").unwrap();
    fs::create_dir(dist.join(".well-known")).unwrap();
    fs::write(dist.join(".well-known/security.txt"), "Contact: us").unwrap();
    let fifo = std::process::Command::new("mkfifo")
        .arg(dist.join("pipe.txt"))
        .status();
    assert!(fifo.expect("mkfifo").success());
    let server = start(&flags(&dist)).await;
    for path in [
        "/secret.txt",
        "/up/secret.txt",
        "/link.html",
        "/.env",
        "/%2egit/config.txt",
        "/.git/config.txt",
        "/pipe.txt",
    ] {
        let reply = get(server.address, path).await;
        assert_eq!(reply.status, 404, "{path}: {}", reply.text());
    }
    // A path without an extension gets the app, as if nothing were there.
    let reply = get(server.address, "/linked").await;
    assert!(reply.status == 200 && !reply.text().contains("outside"));
    let encoding = [("Accept-Encoding", "br")];
    let reply = request(server.address, "GET", "/favicon.svg", &encoding).await;
    assert_eq!(reply.text(), "<svg/>");
    let reply = get(server.address, "/.well-known/security.txt").await;
    assert_eq!(reply.text(), "Contact: us");
}

#[tokio::test]
async fn a_name_that_no_file_can_have_is_not_found() {
    let dist = site("long");
    let server = start(&flags(&dist)).await;
    let long = "x".repeat(300);
    for path in [
        format!("/{long}.js"),
        format!("/{long}.html"),
        format!("/a/{long}.txt"),
    ] {
        assert_eq!(get(server.address, &path).await.status, 404);
    }
    assert_eq!(
        get(server.address, &format!("/{long}")).await.status,
        200,
        "the app"
    );
}

#[tokio::test]
async fn a_part_is_only_given_of_the_version_that_is_meant() {
    let dist = site("ranges");
    let server = start(&flags(&dist)).await;
    let ask = async |method: &str, headers: &[(&str, &str)]| {
        request(
            server.address,
            method,
            "/duplex-0123456789abcdef.js",
            headers,
        )
        .await
    };
    let whole = ask("GET", &[]).await;
    let range = ("Range", "bytes=0-5");
    let part = ask("GET", &[range]).await;
    assert_eq!((part.status, &*part.text()), (206, "export"));
    let modified = whole.header("last-modified").to_owned();
    let etag = whole.header("etag").to_owned();
    let same = if etag.starts_with('"') {
        &etag
    } else {
        &modified
    };
    assert_eq!(ask("GET", &[range, ("If-Range", same)]).await.status, 206);
    assert_eq!(
        ask("GET", &[range, ("If-Range", &modified)]).await.status,
        206
    );
    for other in [
        "\"another\"",
        "W/\"another\"",
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "?",
    ] {
        let reply = ask("GET", &[range, ("If-Range", other)]).await;
        assert_eq!(
            (reply.status, reply.body.len()),
            (200, whole.body.len()),
            "{other}"
        );
    }
    for unit in ["lines=0-5", "bytes", "BYTES", "bytes=0-1,3-4"] {
        let reply = ask("GET", &[("Range", unit)]).await;
        assert_eq!((reply.status, &reply.body), (200, &whole.body), "{unit}");
    }
    assert_eq!(ask("GET", &[("Range", "bytes=900-")]).await.status, 416);
    assert_eq!(ask("HEAD", &[range]).await.status, 200);
}
