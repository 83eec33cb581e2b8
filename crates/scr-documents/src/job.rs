//! Jobs and workers of a site, for its operators.

use serde::{Deserialize, Serialize};

use crate::SubmissionState;

/// Jobs and workers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobList {
    /// Those that wait, run or failed, the longest waiting first.
    pub jobs: Vec<Job>,
    /// Address of the jobs that follow; null at the end.
    #[serde(default)]
    pub next: Option<String>,
    /// Largest number of attempts of a job.
    pub max_attempts: i64,
    /// Workers with a recent heartbeat, in all processes.
    pub workers: Vec<Worker>,
}

/// A job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Job {
    /// Identifier.
    pub id: String,
    /// Identifier of its submission; null for a re-score.
    pub submission: Option<String>,
    /// Identifier of the entry that is scored again; null for a submission.
    pub entry: Option<String>,
    /// Identifier of the benchmark.
    pub benchmark: String,
    /// Kind: score, publish or rescore.
    pub kind: String,
    /// State: running, waiting or failed.
    pub state: String,
    /// Number of attempts.
    pub attempts: i64,
    /// Name of the worker that had it last.
    pub worker: Option<String>,
    /// Time at which the lease of that worker expires, RFC 3339.
    pub leased_until: Option<String>,
    /// Last error that a worker reported; null without one.
    pub error: Option<String>,
    /// Time of creation, or for a failed job of a submission the time of the failure; RFC 3339.
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
