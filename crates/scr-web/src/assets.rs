//! Static files: styles, scripts and icons under `static/`, embedded in the binary.
//!
//! They have an ETag and browsers revalidate them, so that no page mixes old and new
//! scripts after an update.

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::Response;
use std::collections::HashMap;
use std::sync::LazyLock;

use crate::cache::{Keep, file_response};
use crate::error::Failure;

/// Path under `static/` and content.
const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

static BY_NAME: LazyLock<HashMap<&str, Bytes>> =
    LazyLock::new(|| FILES.iter().map(|&(name, body)| (name, Bytes::from_static(body))).collect());

/// The names of all files, as in their addresses after `/static/`.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|&(name, _)| name)
}

/// Answers `/static/...`.
pub(crate) async fn asset(
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let body = BY_NAME.get(name.as_str()).ok_or(Failure::NoFile)?;
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let content_type = match extension {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        _ => "application/octet-stream",
    };
    Ok(file_response(&headers, body.clone(), content_type, Keep::AskAgain))
}
