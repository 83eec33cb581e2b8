//! Metrics in the OpenMetrics format, for Prometheus.
//!
//! Requests are counted as they are answered; all else is counted in the store on demand,
//! so that it covers all processes.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use scr_store::{Counts, PublicStore};

use crate::error::Failure;

/// Upper ends of the histogram's buckets, in seconds.
const BUCKETS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 10.0, 60.0];

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RequestLabels {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct InState {
    state: &'static str,
}

/// Request counters.
pub(super) struct Metrics {
    store: PublicStore,
    requests: Family<RequestLabels, Counter>,
    durations: Family<Route, Histogram, fn() -> Histogram>,
}

impl Metrics {
    pub(super) fn new(store: PublicStore) -> Self {
        Self {
            store,
            requests: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
        }
    }

    pub(super) fn count_request(
        &self,
        method: &'static str,
        route: &str,
        status: u16,
        elapsed: Duration,
    ) {
        let route = route.to_owned();
        let answered = RequestLabels { method, route: route.clone(), status };
        self.requests.get_or_create(&answered).inc();
        self.durations.get_or_create(&Route { route }).observe(elapsed.as_secs_f64());
    }

    async fn registry(&self) -> Result<Registry, Failure> {
        let mut registry = Registry::with_prefix("scr");
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "Build of the server", build);
        registry.register("http_requests", "Requests answered", self.requests.clone());
        registry.register_with_unit(
            "http_request_duration",
            "Time until the head of an answer",
            Unit::Seconds,
            self.durations.clone(),
        );
        let counts = self.store.counts().await?;
        add_counts(&mut registry, &counts);
        let space = self.store.disk().space()?;
        let bytes = [
            ("disk_free", "Free space on the data folder's disk", space.free_bytes),
            ("disk_min_free", "Space that the server keeps free", space.min_free_bytes),
        ];
        for (name, help, value) in bytes {
            registry.register_with_unit(name, help, Unit::Bytes, gauge(value));
        }
        let workers = self.store.workers().list().await?.len() as u64;
        registry.register("workers", "Active workers, in all processes", gauge(workers));
        let rescores = self.store.jobs().rescore_counts(None, None).await?;
        let failed = rescores.failed.len() as u64;
        let open = rescores.jobs.saturating_sub(rescores.done + failed);
        let help = "Jobs of re-scores by state; failed ones used up their attempts";
        registry.register("rescore_jobs", help, by_state(&[("open", open), ("failed", failed)]));
        let help = "Jobs that used up their attempts and wait for the operator";
        registry.register("dead_letters", help, gauge(counts.dead_letters + failed));
        Ok(registry)
    }
}

/// Counts from the store.
fn add_counts(registry: &mut Registry, counts: &Counts) {
    let submissions = counts.submissions.iter().map(|&(state, count)| (state.as_str(), count));
    let submissions = by_state(&submissions.collect::<Vec<_>>());
    registry.register("submissions", "Submissions by state", submissions);
    let jobs = by_state(&[
        ("waiting", counts.jobs_waiting),
        ("running", counts.jobs_running),
        ("failed", counts.jobs_failed),
    ]);
    let help = "Jobs by state; failed jobs await another attempt and count as waiting too";
    registry.register("jobs", help, jobs);
    let help = "Submissions returned because their jobs failed too often";
    registry.register("jobs_given_up", help, ConstCounter::new(counts.jobs_given_up));
    registry.register("entries", "Published entries", gauge(counts.entries));
    let help = "Size of uploaded files that are not deleted yet";
    registry.register_with_unit("uploads", help, Unit::Bytes, gauge(counts.uploads_bytes));
}

/// Gauges of numbers by state.
fn by_state(states: &[(&'static str, u64)]) -> Family<InState, Gauge> {
    let family = Family::<InState, Gauge>::default();
    for &(state, count) in states {
        family.get_or_create(&InState { state }).set(signed(count));
    }
    family
}

fn gauge(value: u64) -> Gauge {
    let gauge = Gauge::default();
    gauge.set(signed(value));
    gauge
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// Answers `/metrics`.
pub(super) async fn metrics(State(metrics): State<Arc<Metrics>>) -> Result<Response, Failure> {
    let registry = metrics.registry().await?;
    let mut body = String::new();
    text::encode(&mut body, &registry).map_err(|error| {
        tracing::error!(%error, "the metrics could not be written");
        Failure::Internal
    })?;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], body).into_response())
}
