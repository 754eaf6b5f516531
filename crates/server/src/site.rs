//! The built site: files, the pages for paths, caching.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header, request::Parts},
    response::{Html, IntoResponse, Response},
};
use percent_encoding::percent_decode_str;
use tower::ServiceExt as _;
use tower_http::services::{ServeDir, fs::ServeFileSystemResponseBody};

use crate::{
    App,
    policy::{Framing, digest, inline_scripts, is_plain, policy},
};

/// Serves the folder of the built site.
#[derive(Debug)]
pub struct Site {
    folder: PathBuf,
    files: ServeDir,
    scripts: Mutex<HashMap<PathBuf, Scripts>>,
}

/// The digests of a page's inline scripts, and the state of the file they were made from.
#[derive(Debug, Clone)]
struct Scripts {
    modified: Option<SystemTime>,
    len: u64,
    digests: Arc<[String]>,
}

/// The file that answers a path without an extension.
#[derive(Debug, PartialEq, Eq)]
enum Page {
    /// A page made for this path at build time.
    Own(String),
    /// The app's, which finds out by itself what to show.
    App,
    /// The page that says that there is none.
    NotFound,
}

impl Page {
    fn file(&self) -> &str {
        match self {
            Self::Own(file) => file,
            Self::App => "index.html",
            Self::NotFound => "404.html",
        }
    }
}

impl Site {
    /// A site in `folder`, which may be missing, come, and change while the server runs.
    pub fn new(folder: PathBuf) -> Self {
        let files = ServeDir::new(&folder)
            .append_index_html_on_directories(false)
            .precompressed_br()
            .precompressed_gzip();
        Self {
            folder,
            files,
            scripts: Mutex::default(),
        }
    }

    /// Whether there is something to serve.
    pub async fn is_built(&self) -> bool {
        self.has("index.html").await
    }

    async fn has(&self, file: &str) -> bool {
        self.look(file).await.is_some()
    }

    /// Looks at a file of the site, which is to be a regular one. Its name is relative, and decoded.
    async fn look(&self, file: &str) -> Option<Looked> {
        let (folder, file) = (self.folder.clone(), file.to_owned());
        let looked = tokio::task::spawn_blocking(move || look(&folder, &file));
        looked.await.ok().flatten()
    }

    /// The page that answers a path without an extension: its own if the build made one, otherwise the one that says
    /// that there is none, and without that one the app's.
    async fn page_for(&self, path: &str) -> Page {
        let segments: Vec<_> = path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .collect();
        if segments.is_empty() {
            return Page::App;
        }
        if segments.iter().copied().all(is_plain) {
            let file = format!("{}/index.html", segments.join("/"));
            if self.has(&file).await {
                return Page::Own(file);
            }
        }
        if self.has("404.html").await {
            Page::NotFound
        } else {
            Page::App
        }
    }

    /// The policy for a page of the site, with the digests of its inline scripts.
    async fn policy(&self, page: &str, framing: Framing) -> HeaderValue {
        let file = self.folder.join(page);
        let Ok(metadata) = tokio::fs::metadata(&file).await else {
            return policy(&[], framing);
        };
        let (modified, len) = (metadata.modified().ok(), metadata.len());
        let scripts = || self.scripts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = scripts().get(&file)
            && modified.is_some()
            && known.modified == modified
            && known.len == len
        {
            return policy(&known.digests, framing);
        }
        let html = tokio::fs::read(&file).await.unwrap_or_default();
        let digests: Arc<[String]> = inline_scripts(&String::from_utf8_lossy(&html))
            .iter()
            .map(|script| digest(script))
            .collect();
        let fresh = Scripts {
            modified,
            len,
            digests: Arc::clone(&digests),
        };
        scripts().insert(file, fresh);
        policy(&digests, framing)
    }

    async fn serve(&self, request: Request) -> Response {
        let path = request.uri().path().to_owned();
        let last = path.rsplit('/').next().unwrap_or_default();
        let page = if last.ends_with(".html") {
            Some(Page::Own(path.trim_start_matches('/').to_owned()))
        } else if !last.contains('.') {
            Some(self.page_for(&path).await)
        } else {
            None
        };
        let (mut parts, _) = request.into_parts();
        if let (Some(page), false) = (&page, last.ends_with(".html")) {
            match format!("/{}", page.file()).parse::<Uri>() {
                Ok(uri) => parts.uri = uri,
                Err(_) => return not_found(&path),
            }
        }
        let file = percent_decode_str(parts.uri.path()).decode_utf8();
        let looked = match &file {
            Ok(file) => self.look(file.trim_start_matches('/')).await,
            Err(_) => None,
        };
        let Some(looked) = looked else {
            return match self.is_built().await {
                true => not_found(&path),
                false => self.not_built(),
            };
        };
        if !looked.variants_are_files {
            parts.headers.remove(header::ACCEPT_ENCODING);
        }
        if !may_be_a_part(&parts) {
            parts.headers.remove(header::RANGE);
        }
        let missing = page == Some(Page::NotFound);
        if missing {
            // "Not modified" and "a part of it" are said of what is there.
            for name in [
                header::IF_NONE_MATCH,
                header::IF_MODIFIED_SINCE,
                header::IF_MATCH,
                header::IF_UNMODIFIED_SINCE,
                header::RANGE,
            ] {
                parts.headers.remove(name);
            }
        }
        // A part is only worth something together with the rest of the same version (RFC 9110 §13.1.5).
        if let Some(version) = parts.headers.remove(header::IF_RANGE)
            && let Some(range) = parts.headers.remove(header::RANGE)
        {
            let whole = self.file(parts.clone()).await;
            if is_version(whole.headers(), &version) {
                parts.headers.insert(header::RANGE, range);
            }
        }
        let response = self.file(parts).await;
        match response.status() {
            StatusCode::NOT_FOUND if !self.is_built().await => return self.not_built(),
            StatusCode::NOT_FOUND => return not_found(&path),
            _ => {}
        }
        let mut response = response.map(Body::new);
        if missing {
            *response.status_mut() = StatusCode::NOT_FOUND;
        }
        let fresh = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
        let cache = if fresh && is_hashed(last) {
            "public, max-age=31536000, immutable"
        } else {
            // Kept, but asked about each time: the answer carries an ETag.
            "no-cache"
        };
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
        let charset = match headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes) {
            Some(b"text/html") => Some("text/html; charset=utf-8"),
            Some(b"text/css") => Some("text/css; charset=utf-8"),
            Some(b"text/javascript") => Some("text/javascript; charset=utf-8"),
            Some(b"text/plain") => Some("text/plain; charset=utf-8"),
            _ => None,
        };
        if let Some(charset) = charset {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(charset));
        }
        // 304 too: it belongs to the same variants as the 200 it stands for (RFC 9110 §15.4.5).
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if let Some(page) = page {
            let policy = self.policy(page.file(), Framing::of(&path)).await;
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        response
    }

    async fn file(&self, parts: Parts) -> Response<ServeFileSystemResponseBody> {
        let request = Request::from_parts(parts, Body::empty());
        match self.files.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }

    /// What a visitor sees when the site isn't there.
    fn not_built(&self) -> Response {
        let folder = escape(&self.folder.display().to_string());
        let page = format!(
            "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Duplex isn't built yet</title>\n\
             <h1>Duplex isn't built yet</h1>\n\
             <p>The server runs, and <code>/echo</code>, <code>/healthz</code> and <code>/metrics</code> work, but there \
             is no site in <code>{folder}</code>.</p>\n\
             <p>Run <code>cargo xtask build</code> in the project's folder and reload this page, or start the server \
             with <code>--site</code> and the folder of a built site.</p>\n</html>\n"
        );
        let headers = [(header::CACHE_CONTROL, "no-store")];
        (StatusCode::SERVICE_UNAVAILABLE, headers, Html(page)).into_response()
    }
}

/// What was found where a file of the site should be.
#[derive(Debug)]
struct Looked {
    /// Whether what is beside the file as its compressed variants are regular files too.
    variants_are_files: bool,
}

/// Looks for a regular file without following a symbolic link anywhere below the folder, so that what is served is in the
/// folder; names that begin with a dot are nobody's business, but for `.well-known` (RFC 8615). Blocks.
fn look(folder: &Path, file: &str) -> Option<Looked> {
    let mut path = folder.to_owned();
    let mut segments = file
        .split('/')
        .filter(|segment| !segment.is_empty())
        .peekable();
    while let Some(segment) = segments.next() {
        let hidden = segment.starts_with('.') && segment != ".well-known";
        if hidden || segment.contains(['\\', '\0', ':']) {
            return None;
        }
        path.push(segment);
        let kind = std::fs::symlink_metadata(&path).ok()?.file_type();
        let right = match segments.peek() {
            Some(_) => kind.is_dir(),
            None => kind.is_file(),
        };
        if !right {
            return None;
        }
    }
    let is_something_else = |extension: &str| {
        let mut variant = path.clone().into_os_string();
        variant.push(extension);
        std::fs::symlink_metadata(variant).is_ok_and(|variant| !variant.is_file())
    };
    Some(Looked {
        variants_are_files: ![".br", ".gz"].into_iter().any(is_something_else),
    })
}

/// Whether a request for a part of a file is one that is answered with a part: one range of bytes, with GET. All others are
/// answered with the whole file (RFC 9110 §14.2).
fn may_be_a_part(parts: &Parts) -> bool {
    let range = parts.headers.get(header::RANGE).map(HeaderValue::as_bytes);
    parts.method == Method::GET
        && range.is_some_and(|range| {
            range
                .get(..6)
                .is_some_and(|unit| unit.eq_ignore_ascii_case(b"bytes="))
                && !range.contains(&b',')
        })
}

/// Whether `If-Range` names the version that an answer has: by the same strong ETag, or by the same date.
fn is_version(answer: &HeaderMap, version: &HeaderValue) -> bool {
    let name = match version.as_bytes().first() {
        Some(b'"') => header::ETAG,
        _ => header::LAST_MODIFIED,
    };
    answer.get(name) == Some(version)
}

/// The fallback of the router: everything that isn't an endpoint is the site's.
pub async fn serve(State(app): State<Arc<App>>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let headers = [
            (header::ALLOW, "GET,HEAD"),
            (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        ];
        return (
            StatusCode::METHOD_NOT_ALLOWED,
            headers,
            "Only GET and HEAD are answered here.\n",
        )
            .into_response();
    }
    app.site.serve(request).await
}

fn not_found(path: &str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (
        StatusCode::NOT_FOUND,
        headers,
        format!("There is no file {path} in this site.\n"),
    )
        .into_response()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Whether a file's name carries the digest of its content: 16 hexadecimal digits behind a hyphen, then perhaps `_bg`,
/// as Trunk names `duplex-0123456789abcdef.js` and `duplex-0123456789abcdef_bg.wasm`.
fn is_hashed(name: &str) -> bool {
    let Some((stem, _extension)) = name.split_once('.') else {
        return false;
    };
    let stem = stem.strip_suffix("_bg").unwrap_or(stem);
    stem.rsplit_once('-').is_some_and(|(_, digest)| {
        digest.len() == 16
            && digest
                .bytes()
                .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// Whether the site's folder is one that can be served, and if not, why, as a sentence for the log.
pub async fn check(folder: &Path) -> Result<(), String> {
    let shown = folder.display();
    match tokio::fs::metadata(folder.join("index.html")).await {
        Ok(_) => Ok(()),
        Err(_) if folder.is_dir() => Err(format!("{shown} has no index.html")),
        Err(_) => Err(format!("there is no folder {shown}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashed_names() {
        for yes in [
            "duplex-0123456789abcdef.js",
            "duplex-0123456789abcdef_bg.wasm",
            "a-b-00000000ffffffff.css",
            "page-frames-0123456789abcdef.bin",
        ] {
            assert!(is_hashed(yes), "{yes}");
        }
        for no in [
            "index.html",
            "duplex-0123456789abcde.js",
            "duplex-0123456789abcdeg.js",
            "duplex-0123456789ABCDEF.js",
            "0123456789abcdef.js",
            "duplex-0123456789abcdef",
            "favicon.svg",
        ] {
            assert!(!is_hashed(no), "{no}");
        }
    }
}
