//! Health checks: liveness and readiness.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use scr_store::{PublicStore, StorageError};
use serde::Serialize;

use super::insider::Insider;
use crate::error::Failure;

/// Timeout of a database check.
const DATABASE_TIMEOUT: Duration = Duration::from_secs(5);

/// Answer of `/readyz`: overall state, and the single checks for loopback clients and
/// operators.
#[derive(Serialize)]
pub(super) struct Readiness {
    ready: bool,
    #[serde(flatten)]
    checks: Option<Checks>,
}

/// Every check.
#[derive(Serialize)]
struct Checks {
    /// True if the database is readable and writable.
    database: bool,
    /// True if the data folder is writable.
    files: bool,
    /// True if enough disk space is free.
    disk: bool,
    disk_free_bytes: u64,
    /// Number of active workers, in all processes.
    workers: usize,
}

/// Answers `/healthz`: whether the store can be read.
pub(super) async fn healthz(State(store): State<PublicStore>) -> Result<&'static str, Failure> {
    store.benchmarks().get("").await?;
    Ok("ok\n")
}

/// Answers `/readyz`: 200 when the site takes and processes submissions, else 503.
pub(super) async fn readyz(
    State(store): State<PublicStore>,
    Insider(is_insider): Insider,
) -> (StatusCode, Json<Readiness>) {
    let written = tokio::time::timeout(DATABASE_TIMEOUT, store.disk().check_database()).await;
    let files = tokio::time::timeout(DATABASE_TIMEOUT, store.disk().check_folder()).await;
    let workers = tokio::time::timeout(DATABASE_TIMEOUT, store.workers().list()).await;
    let workers = workers.ok().and_then(|found| well("workers", found)).map_or(0, |w| w.len());
    let space = well("the disk", store.disk().space());
    let checks = Checks {
        database: written.is_ok_and(|done| well("the database", done).is_some()),
        files: files.is_ok_and(|done| well("the files", done).is_some()),
        disk: space.is_some_and(scr_store::DiskSpace::is_enough),
        disk_free_bytes: space.map_or(0, |space| space.free_bytes),
        workers,
    };
    let ready = checks.database && checks.files && checks.disk && workers > 0;
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Readiness { ready, checks: is_insider.then_some(checks) }))
}

/// Value of a passed check; a failed one is logged.
fn well<T>(what: &str, done: Result<T, StorageError>) -> Option<T> {
    done.inspect_err(|error| {
        tracing::warn!(what, error = error as &dyn std::error::Error, "not ready");
    })
    .ok()
}
