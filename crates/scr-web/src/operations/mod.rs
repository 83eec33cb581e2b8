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

const HEALTHZ: &str = "/healthz";
const READYZ: &str = "/readyz";
const METRICS: &str = "/metrics";
/// All addresses for those who run the site.
pub(crate) const ADDRESSES: [&str; 3] = [HEALTHZ, READYZ, METRICS];

/// The site with addresses for those who run it; every request is measured and logged.
pub(crate) fn with_operations(site: Router, store: &Store) -> Router {
    let metrics = Arc::new(Metrics::new(store.clone()));
    let readiness = Router::new()
        .route(HEALTHZ, get(readiness::healthz))
        .route(READYZ, get(readiness::readyz))
        .with_state(store.clone());
    site.merge(readiness)
        .merge(Router::new().route(METRICS, get(metrics::metrics)).with_state(metrics.clone()))
        .layer(middleware::from_fn_with_state(metrics, requests::watch))
}
