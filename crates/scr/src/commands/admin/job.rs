//! `scr admin jobs`: jobs of submissions and re-scores, also those that failed.

use anyhow::Result;
use clap::{Args, Subcommand};
use scr_store::{Cancellation, JobChoice, JobSubject, Store};
use serde_json::json;

use super::site::Dir;
use crate::commands::arguments::Format;
use crate::commands::list::{or_dash, print_list};
use crate::tell::tell;

/// Actor in the log of a submission with a job cancelled here.
const ACTOR: &str = "operator at the shell";

/// Options of `scr admin jobs`, which lists jobs without a subcommand.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct Jobs {
    #[command(subcommand)]
    command: Option<JobCommand>,
    #[command(flatten)]
    list: List,
}

/// Options of the list.
#[derive(Args)]
struct List {
    #[command(flatten)]
    dir: Dir,
    /// Only jobs that used up their attempts
    #[arg(long)]
    failed: bool,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Subcommand)]
enum JobCommand {
    /// List all jobs, the longest waiting first
    List(List),
    /// Cancel a job for good
    ///
    /// A submission that waits for its score is returned; one that waits for its publication
    /// awaits review again. A worker on the job stops within seconds and writes nothing.
    Cancel {
        /// Identifier of the submission
        submission: String,
        #[command(flatten)]
        dir: Dir,
    },
    /// Queue a failed job again, with all attempts
    Retry {
        /// Identifier of the job, as `list --failed` prints it
        job: String,
        #[command(flatten)]
        dir: Dir,
    },
    /// Drop a failed job for good
    ///
    /// A submission that was to be scored stays returned, its upload is deleted, and a mail tells
    /// its submitter. The entry of a re-score keeps its result.
    Drop {
        /// Identifier of the job, as `list --failed` prints it
        job: String,
        #[command(flatten)]
        dir: Dir,
    },
}

impl Jobs {
    pub(super) fn run(self) -> Result<()> {
        match self.command {
            Some(JobCommand::Cancel { submission, dir }) => {
                dir.with_store(async |store| cancel(&store, &submission).await)
            }
            Some(JobCommand::Retry { job, dir }) => dir.with_store(async |store| {
                store.failed_jobs().retry(&job, ACTOR).await?;
                tell!("job {job} waits for a worker");
                Ok(())
            }),
            Some(JobCommand::Drop { job, dir }) => dir.with_store(async |store| {
                store.failed_jobs().drop_job(&job, ACTOR).await?;
                tell!("job {job} is dropped");
                Ok(())
            }),
            Some(JobCommand::List(list)) => list.run(),
            None => self.list.run(),
        }
    }
}

impl List {
    fn run(self) -> Result<()> {
        let choice = if self.failed { JobChoice::Failed } else { JobChoice::All };
        self.dir.with_store(async |store| list(&store, choice, self.format).await)
    }
}

async fn list(store: &Store, choice: JobChoice, format: Format) -> Result<()> {
    let jobs = store.jobs().list(choice, None, u32::MAX).await?;
    let heads =
        ["job", "benchmark", "kind", "state", "attempts", "worker", "until", "since", "error"];
    let rows = jobs.iter().map(|job| {
        vec![
            job.id.clone(),
            job.benchmark_id.clone(),
            job.subject.kind().to_owned(),
            job.state.as_str().to_owned(),
            job.attempts.to_string(),
            or_dash(job.worker.as_ref()),
            or_dash(job.leased_until.as_ref()),
            job.since.clone(),
            or_dash(job.error.as_ref()),
        ]
    });
    let json: Vec<_> = jobs
        .iter()
        .map(|job| {
            let (submission, entry) = match &job.subject {
                JobSubject::Submission { id, .. } => (Some(id), None),
                JobSubject::Entry { id } => (None, Some(id)),
            };
            json!({
                "id": job.id,
                "submission": submission,
                "entry": entry,
                "benchmark": job.benchmark_id,
                "kind": job.subject.kind(),
                "state": job.state.as_str(),
                "attempts": job.attempts,
                "worker": job.worker,
                "leased_until": job.leased_until,
                "error": job.error,
                "created_at": job.since,
            })
        })
        .collect();
    print_list(format, &heads, rows.collect(), &json)
}

async fn cancel(store: &Store, id: &str) -> Result<()> {
    match store.jobs().cancel(id, ACTOR).await? {
        Cancellation::Now(state) => {
            tell!("the job is cancelled, submission {id} is {}", state.name());
        }
        Cancellation::NoJob(state) => {
            let state = state.name();
            tell!("submission {id} is {state} and has no job, nothing changed");
        }
    }
    Ok(())
}
