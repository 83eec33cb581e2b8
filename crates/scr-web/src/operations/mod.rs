//! For those who run a site: whether it is ready, what it does, and a line in the log for
//! every request.
//!
//! Knows no page. Nothing here names a person, shows what somebody typed or repeats a
//! query, a cookie or a token: requests are known by the template of their route.
//!
//! - `readiness.rs`: `/healthz` and `/readyz`.
//! - `metrics.rs`: `/metrics`, in the text format of OpenMetrics.
//! - `requests.rs`: identifiers, lines and measurements of requests.

mod metrics;
mod readiness;
mod requests;

use std::sync::Arc;

use axum::Router;
use axum::middleware;
use axum::routing::get;
use scr_store::Store;

use metrics::Metrics;

/// The site with addresses for those who run it; every request is measured and logged.
pub(crate) fn with_operations(site: Router, store: &Store) -> Router {
    let metrics = Arc::new(Metrics::new(store.clone()));
    let readiness = Router::new()
        .route("/healthz", get(readiness::healthz))
        .route("/readyz", get(readiness::readyz))
        .with_state(store.clone());
    site.merge(readiness)
        .merge(Router::new().route("/metrics", get(metrics::metrics)).with_state(metrics.clone()))
        .layer(middleware::from_fn_with_state(metrics, requests::watch))
}
