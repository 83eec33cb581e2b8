//! Whether the process lives, and whether it can do its work.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use scr_store::{PublicStore, StoreError};
use serde::Serialize;

use super::Insider;
use crate::error::Failure;

/// How long the database may take for a word.
const PATIENCE: Duration = Duration::from_secs(5);

/// What `/readyz` says: whether all is well; to the machine itself and to operators, what
/// is and what is not.
#[derive(Serialize)]
pub(super) struct Readiness {
    ready: bool,
    #[serde(flatten)]
    checks: Option<Checks>,
}

/// Every check.
#[derive(Serialize)]
struct Checks {
    /// Whether the database can be read and written.
    database: bool,
    /// Whether files can be written.
    files: bool,
    /// Whether what is to stay free of the disk is free.
    disk: bool,
    disk_free_bytes: u64,
    /// How many workers were heard of lately, in all processes.
    workers: usize,
}

/// Answers `/healthz`: whether the store can be read.
pub(super) async fn healthz(State(store): State<PublicStore>) -> Result<&'static str, Failure> {
    store.benchmark("").await?;
    Ok("ok\n")
}

/// Answers `/readyz`: 200 when submissions are taken and worked on, 503 when not.
pub(super) async fn readyz(
    State(store): State<PublicStore>,
    Insider(is_insider): Insider,
) -> (StatusCode, Json<Readiness>) {
    let written = tokio::time::timeout(PATIENCE, store.check_writable()).await;
    let workers = tokio::time::timeout(PATIENCE, store.workers()).await;
    let workers = workers.ok().and_then(|found| well("workers", found)).map_or(0, |w| w.len());
    let space = well("the disk", store.disk_space());
    let checks = Checks {
        database: written.is_ok_and(|done| well("the database", done).is_some()),
        files: well("the folder", store.check_folder_writable()).is_some(),
        disk: space.is_some_and(scr_store::DiskSpace::is_enough),
        disk_free_bytes: space.map_or(0, |space| space.free_bytes),
        workers,
    };
    let ready = checks.database && checks.files && checks.disk && workers > 0;
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Readiness { ready, checks: is_insider.then_some(checks) }))
}

/// What went well; the log says what did not, and why.
fn well<T>(what: &str, done: Result<T, StoreError>) -> Option<T> {
    done.inspect_err(|error| {
        tracing::warn!(what, error = error as &dyn std::error::Error, "not ready");
    })
    .ok()
}
