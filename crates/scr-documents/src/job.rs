//! Jobs and workers of a site, for its operators.

use serde::{Deserialize, Serialize};

use crate::SubmissionState;

/// Jobs and workers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobList {
    /// Those that wait or run, the longest waiting first.
    pub jobs: Vec<Job>,
    /// Largest number of attempts of a job.
    pub max_attempts: i64,
    /// Workers with a recent heartbeat, in all processes.
    pub workers: Vec<Worker>,
}

/// A job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Job {
    /// Identifier of the submission that it is about.
    pub submission: String,
    /// Identifier of the benchmark.
    pub benchmark: String,
    /// Kind: score or publish.
    pub kind: String,
    /// State: running or waiting.
    pub state: String,
    /// Number of attempts.
    pub attempts: i64,
    /// Name of the worker that had it last.
    pub worker: Option<String>,
    /// Time at which the lease of that worker expires, RFC 3339.
    pub leased_until: Option<String>,
    /// Time of creation, RFC 3339.
    pub created_at: String,
}

/// A worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Worker {
    /// Its name.
    pub name: String,
    /// Time of its last heartbeat, RFC 3339.
    pub heard_at: String,
}

/// A submission after its job was cancelled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CancelledJob {
    /// Identifier of the submission.
    pub submission: String,
    /// State of the submission now: `rejected` after a job that scores, `awaiting_review` after
    /// one that publishes.
    pub state: SubmissionState,
}
