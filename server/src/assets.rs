//! Static files: the style sheet, which is compiled into the program, and the islands, which are built separately.

use std::path::{Path, PathBuf};

use app::model::{Assets, IslandFiles};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// For files whose address changes with their content.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const JS: &str = "audit_console.js";
const WASM: &str = "audit_console_bg.wasm";

/// The folder that holds `pkg/`.
#[must_use]
pub fn site_root(configured: Option<&Path>) -> PathBuf {
    if let Some(configured) = configured {
        return configured.to_owned();
    }
    let beside = std::env::current_exe()
        .ok()
        .and_then(|program| Some(program.parent()?.join("site")));
    beside
        .filter(|folder| folder.is_dir())
        .unwrap_or_else(|| PathBuf::from("target/site"))
}

/// The paths of the static files, with a fingerprint of their content.
#[must_use]
pub fn find(configured: Option<&Path>) -> Assets {
    let folder = site_root(configured).join("pkg");
    let read = |name: &str| std::fs::read(folder.join(name));
    let islands = read(JS)
        .ok()
        .zip(read(WASM).ok())
        .map(|(js, wasm)| IslandFiles {
            js: format!("/pkg/{JS}?v={}", fingerprint(&js)),
            wasm: format!("/pkg/{WASM}?v={}", fingerprint(&wasm)),
        });
    Assets {
        css: format!("/style.css?v={}", fingerprint(app::STYLE.as_bytes())),
        islands,
    }
}

fn fingerprint(content: &[u8]) -> String {
    let hash = Sha256::digest(content);
    URL_SAFE_NO_PAD.encode(&hash[..9])
}

/// `/style.css`
pub async fn style() -> Response {
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/css; charset=utf-8"),
        ),
        (header::CACHE_CONTROL, FOR_EVER),
    ];
    (headers, app::STYLE).into_response()
}

/// `Cache-Control` of `/pkg/`, whose addresses carry a fingerprint of the content.
#[must_use]
pub const fn cache_rule() -> HeaderValue {
    FOR_EVER
}
