//! HTTP caching and range requests: ETag, `If-None-Match`, `Cache-Control`, `Range`.
//!
//! Does not know contents or storage of files.

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use std::path::Path;
use tower_http::services::ServeFile;

use crate::connections::BufferedBytes;
use crate::error::Failure;

/// Cache lifetime in browsers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    /// A day without revalidation: the address names a version.
    ForADay,
    /// Revalidation on each use.
    AskAgain,
}

/// File, or 304 for an equal copy in the browser.
///
/// The ETag is weak, because compression may change the bytes, but not the content.
pub(crate) fn file_response(
    request_headers: &HeaderMap,
    body: Bytes,
    content_type: &'static str,
    keep: Keep,
) -> Response {
    let etag = etag(&body);
    let cache_control = match keep {
        Keep::ForADay => "public, max-age=86400",
        Keep::AskAgain => "no-cache",
    };
    let mut response = if matches(request_headers, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = Response::new(Body::from(body));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        response
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache_control));
    let etag = HeaderValue::from_str(&etag).expect("an ETag is hex digits in quotes");
    headers.insert(header::ETAG, etag);
    response
}

/// File on disk with a known SHA-256: whole, the requested range, or 304 for an equal copy
/// in the browser. If `If-Range` names another version, the whole file.
pub(crate) async fn file_on_disk(
    mut request: Request,
    path: &Path,
    sha256: &str,
) -> Result<Response, Failure> {
    let etag = format!("\"{sha256}\"");
    let headers = request.headers_mut();
    let mut response = if matches(headers, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        if headers.get(header::IF_RANGE).is_some_and(|given| given.as_bytes() != etag.as_bytes()) {
            headers.remove(header::RANGE);
        }
        headers.remove(header::IF_NONE_MATCH);
        let served = ServeFile::new(path).try_call(request).await;
        served
            .map_err(|error| {
                tracing::error!(%error, path = %path.display(), "a file cannot be read");
                Failure::Internal
            })?
            .map(Body::new)
    };
    let etag = HeaderValue::from_str(&etag).expect("a digest in quotes is a header's value");
    let headers = response.headers_mut();
    headers.insert(header::ETAG, etag);
    response.extensions_mut().insert(BufferedBytes::STREAM);
    let headers = response.headers_mut();
    // Browsers save this type instead of showing it.
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    Ok(response)
}

fn etag(body: &[u8]) -> String {
    let digest = Sha256::digest(body);
    let digits: String = digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    format!("W/\"{digits}\"")
}

fn matches(headers: &HeaderMap, etag: &str) -> bool {
    let opaque = etag.trim_start_matches("W/");
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|given| given.trim() == "*" || given.trim().trim_start_matches("W/") == opaque)
}
