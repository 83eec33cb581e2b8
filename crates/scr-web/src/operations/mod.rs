//! Operations: health checks, metrics and request logs.
//!
//! Knows no page. Logs and metrics contain no names, no input, no queries, cookies or
//! tokens: they identify a request by its route.
//!
//! - `readiness.rs`: `/healthz` and `/readyz`.
//! - `metrics.rs`: `/metrics`, in the text format of OpenMetrics.
//! - `requests.rs`: identifiers, lines and measurements of requests.

mod insider;
mod metrics;
mod readiness;
mod requests;

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use axum::middleware;
use axum::routing::get;
use scr_store::PublicStore;

use crate::error_answers;
use crate::state::SiteState;
use metrics::Metrics;

const HEALTHZ: &str = "/healthz";
const READYZ: &str = "/readyz";
const METRICS: &str = "/metrics";
/// All operations addresses.
pub(crate) const ADDRESSES: [&str; 3] = [HEALTHZ, READYZ, METRICS];

/// Router with the operations addresses, which logs and measures every request.
pub(crate) fn with_operations(site: Router, state: &SiteState) -> Router {
    let store = PublicStore::from_ref(state);
    let metrics = Arc::new(Metrics::new(store.clone()));
    let readiness = Router::new()
        .route(HEALTHZ, get(readiness::healthz))
        .route(READYZ, get(readiness::readyz))
        .with_state(state.clone());
    let guard = middleware::from_fn_with_state(state.clone(), insider::refuse_strangers);
    let measured = Router::new()
        .route(METRICS, get(metrics::metrics).route_layer(guard))
        .layer(middleware::from_fn(error_answers::layer))
        .with_state(metrics.clone());
    site.merge(readiness)
        .merge(measured)
        .layer(middleware::from_fn_with_state(metrics, requests::watch))
}
