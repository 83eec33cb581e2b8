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

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRef, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::get;
use scr_store::{PublicStore, Role, Scope};

use crate::error::{self, Failure};
use crate::extractors::Signed;
use crate::limits::FromHere;
use crate::routes::SiteState;
use metrics::Metrics;

const HEALTHZ: &str = "/healthz";
const READYZ: &str = "/readyz";
const METRICS: &str = "/metrics";
/// All addresses for those who run the site.
pub(crate) const ADDRESSES: [&str; 3] = [HEALTHZ, READYZ, METRICS];

/// The site with addresses for those who run it; every request is measured and logged.
pub(crate) fn with_operations(site: Router, state: &SiteState) -> Router {
    let store = PublicStore::from_ref(state);
    let metrics = Arc::new(Metrics::new(store.clone()));
    let readiness = Router::new()
        .route(HEALTHZ, get(readiness::healthz))
        .route(READYZ, get(readiness::readyz))
        .with_state(state.clone());
    let guard = middleware::from_fn_with_state(state.clone(), refuse_strangers);
    let measured = Router::new()
        .route(METRICS, get(metrics::metrics).route_layer(guard))
        .layer(middleware::from_fn(error::draw))
        .with_state(metrics.clone());
    site.merge(readiness)
        .merge(measured)
        .layer(middleware::from_fn_with_state(metrics, requests::watch))
}

/// The layer that answers the machine itself and operators, and nobody else.
async fn refuse_strangers(
    FromHere(is_from_here): FromHere,
    signed: Option<Signed>,
    request: Request,
    next: Next,
) -> Result<Response, Failure> {
    match signed {
        _ if is_from_here => {}
        Some(signed) => signed.operates(Scope::Read)?,
        None => return Err(Failure::NotForRole { role: Role::Operator }),
    }
    Ok(next.run(request).await)
}

/// Whether a request comes from the machine itself or from an operator.
struct Insider(bool);

impl FromRequestParts<SiteState> for Insider {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &SiteState) -> Result<Self, Infallible> {
        let FromHere(is_from_here) = FromHere::from_request_parts(parts, state).await?;
        if is_from_here {
            return Ok(Self(true));
        }
        // Who shows what is no operator's token is a stranger: whether the site is ready
        // is said all the same.
        let signed = <Signed as FromRequestParts<_>>::from_request_parts(parts, state).await;
        Ok(Self(signed.is_ok_and(|signed| signed.operates(Scope::Read).is_ok())))
    }
}
