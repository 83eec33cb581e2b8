//! The head of the record in the foot of every page.
//!
//! Pages are drawn without it and hold [`PLACE`]; one layer around all of them puts the
//! head there, so that no page can be without.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use scr_store::PublicStore;

/// Where the head stands in a page, as `base.html` writes it.
const PLACE: &str = "<!--record-->";

/// The layer that writes the head into pages.
pub(crate) async fn fill(
    State(store): State<PublicStore>,
    request: Request,
    next: Next,
) -> Response {
    let response = next.run(request).await;
    let content_type = response.headers().get(header::CONTENT_TYPE);
    if !content_type.is_some_and(|found| found.as_bytes().starts_with(b"text/html")) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // A page was drawn into memory; reading it from there takes no more of it for long.
    let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let page = String::from_utf8_lossy(&body);
    let foot = match store.record_head().await {
        Ok(head) => foot(head.length, &head.head),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "no head of the record");
            String::new()
        }
    };
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(page.replacen(PLACE, &foot, 1)))
}

fn foot(length: u64, head: &str) -> String {
    format!(
        "<p class=\"record\">The <a href=\"/api/v1/record/log\">record</a> of all that was published \
         has {length} lines; its <a href=\"/api/v1/record\">head</a> is <code>{head}</code>. Note it, \
         and <code>scr verify</code> tells you later whether anything was changed.</p>"
    )
}
