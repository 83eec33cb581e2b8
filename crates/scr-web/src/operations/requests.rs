//! Request logging: identifier, log line and metrics of each request.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use super::metrics::Metrics;

/// Header with the request's identifier, which is also in each of its log lines.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longest identifier that is taken from a proxy.
const MAX_ID_BYTES: usize = 64;
/// Route of an unknown address.
const NO_ROUTE: &str = "none";

/// Layer that logs and measures every request.
pub(super) async fn watch(
    State(metrics): State<Arc<Metrics>>,
    request: Request,
    next: Next,
) -> Response {
    let begin = Instant::now();
    let id = proxy_id(&request).unwrap_or_else(new_id);
    let method = known(request.method());
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or(NO_ROUTE, MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", id = %id.to_str().unwrap_or_default());
    let trace = tracing::info_span!(
        target: "traces",
        "request",
        otel.name = format!("{method} {route}"),
        otel.kind = "server",
        http.request.method = method,
        http.route = route,
        http.response.status_code = tracing::field::Empty,
        otel.status_code = tracing::field::Empty,
        request_id = %id.to_str().unwrap_or_default(),
    );
    async {
        let mut response = next.run(request).instrument(trace.clone()).await;
        let status = response.status().as_u16();
        trace.record("http.response.status_code", status);
        if response.status().is_server_error() {
            trace.record("otel.status_code", "ERROR");
        }
        drop(trace);
        let elapsed = begin.elapsed();
        metrics.count_request(method, &route, status, elapsed);
        let ms = (elapsed.as_secs_f64() * 1e4).round() / 10.0;
        tracing::info!(method, route, status, ms, "answered");
        response.headers_mut().insert(REQUEST_ID, id);
        response
    }
    .instrument(span)
    .await
}

/// Identifier from a proxy, if it is a plain word.
fn proxy_id(request: &Request) -> Option<HeaderValue> {
    let id = request.headers().get(REQUEST_ID)?;
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    let is_word = (1..=MAX_ID_BYTES).contains(&id.len()) && id.as_bytes().iter().all(is_plain);
    is_word.then(|| id.clone())
}

/// Unique identifier, also across restarts.
fn new_id() -> HeaderValue {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let at = std::time::UNIX_EPOCH.elapsed().unwrap_or_default().as_micros();
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    HeaderValue::try_from(format!("{at:x}-{number:x}")).expect("digits are a plain word")
}

/// Known method, or `other`, which bounds the number of metric series.
fn known(method: &axum::http::Method) -> &'static str {
    let known = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"];
    known.into_iter().find(|&word| word == method.as_str()).unwrap_or("other")
}
