//! Page frame: the parts around every page that depend on the store or on the visitor.
//!
//! Templates mark each part with a comment, and one layer around the router replaces the
//! comments: [`RECORD`] by the head of the record, [`REVIEW`] by the link to the review
//! queue if the visitor is a curator.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use scr_store::{PublicStore, Role};

use crate::session;
use crate::settings::SiteSettings;

/// Place of the record's head, in the foot of `base.html`.
const RECORD: &str = "<!--record-->";
/// Place of the link to the review queue, in the navigation of `base.html`.
const REVIEW: &str = "<!--review-->";

/// Layer that completes the frame of pages.
pub(crate) async fn complete(
    State(store): State<PublicStore>,
    State(settings): State<Arc<SiteSettings>>,
    request: Request,
    next: Next,
) -> Response {
    let request_headers = request.headers().clone();
    let response = next.run(request).await;
    let content_type = response.headers().get(header::CONTENT_TYPE);
    if !content_type.is_some_and(|found| found.as_bytes().starts_with(b"text/html")) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // The template has rendered the page into memory already.
    let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let page = String::from_utf8_lossy(&body);
    let page = page.replacen(RECORD, &record(&store).await, 1);
    let review = review(&store, &settings, &request_headers).await;
    let page = page.replacen(REVIEW, review, 1);
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.append(header::VARY, HeaderValue::from_static("cookie"));
    Response::from_parts(parts, Body::from(page))
}

async fn record(store: &PublicStore) -> String {
    let head = match store.record().head().await {
        Ok(head) => head,
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "no head of the record");
            return String::new();
        }
    };
    format!(
        "<p class=\"record\">The public <a href=\"/api/v1/record/log\">record</a> has {} lines; its \
         <a href=\"/api/v1/record\">head</a> is <code>{}</code>. Write the head down: later, \
         <code>scr verify</code> proves with it that nobody changed a published result.</p>",
        head.length, head.head
    )
}

/// Link for curators; empty for all others.
async fn review(store: &PublicStore, settings: &SiteSettings, headers: &HeaderMap) -> &'static str {
    let jar = CookieJar::from_headers(headers);
    let Some(cookie) = session::cookie(&jar, settings) else { return "" };
    match store.sessions().get(cookie.value()).await {
        Ok(Some((user, _))) if user.role >= Role::Curator => {
            "<a href=\"/review\" data-live>Review</a> "
        }
        Ok(_) => "",
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "no session for the frame");
            ""
        }
    }
}
