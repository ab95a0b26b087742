//! Style, script and icon. Each has the digest of its bytes in its address, so that a browser may keep it for good.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use rules::hexadecimal;
use sha2::{Digest, Sha256};

/// Something that every page loads.
pub(crate) struct Asset {
    name: &'static str,
    kind: &'static str,
    bytes: String,
}

impl Asset {
    /// Its address.
    pub fn path(&self) -> String {
        format!("/assets/{}/{}", self.digest(), self.name)
    }

    fn digest(&self) -> String {
        hexadecimal::write(&Sha256::digest(&self.bytes)[..8])
    }
}

/// The look of the pages: of the pictures as the report has it, then our own.
pub(crate) static STYLE: LazyLock<Asset> = LazyLock::new(|| Asset {
    name: "console.css",
    kind: "text/css; charset=utf-8",
    bytes: format!("{}\n{}", report::STYLE, include_str!("console.css")),
});

/// What pages do where scripts run.
pub(crate) static SCRIPT: LazyLock<Asset> = LazyLock::new(|| Asset {
    name: "console.js",
    kind: "text/javascript; charset=utf-8",
    bytes: include_str!("console.js").to_owned(),
});

/// What stands beside the title.
pub(crate) static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset { name: "icon.svg", kind: "image/svg+xml", bytes: include_str!("icon.svg").to_owned() });

/// Gives one of them, under the digest of what it is now.
pub(crate) async fn asset(Path((digest, name)): Path<(String, String)>) -> Response {
    let known: [&'static Asset; 3] = [&STYLE, &SCRIPT, &ICON];
    let found = known.into_iter().find(|asset| asset.name == name && asset.digest() == digest);
    match found {
        None => StatusCode::NOT_FOUND.into_response(),
        Some(asset) => {
            let headers = [(CONTENT_TYPE, asset.kind), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
            (headers, asset.bytes.as_str()).into_response()
        }
    }
}
