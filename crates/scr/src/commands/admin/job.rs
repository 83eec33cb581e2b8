//! `scr admin jobs`: running and waiting jobs of submissions.

use anyhow::Result;
use clap::{Args, Subcommand};
use scr_store::{Cancellation, JobRow, Store};
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
    dir: Dir,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Subcommand)]
enum JobCommand {
    /// List all jobs, the longest waiting first
    List {
        #[command(flatten)]
        dir: Dir,
        /// Output format
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
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
}

impl Jobs {
    pub(super) fn run(self) -> Result<()> {
        match self.command {
            Some(JobCommand::Cancel { submission, dir }) => {
                dir.with_store(async |store| cancel(&store, &submission).await)
            }
            Some(JobCommand::List { dir, format }) => {
                dir.with_store(async |store| list(&store, format).await)
            }
            None => self.dir.with_store(async |store| list(&store, self.format).await),
        }
    }
}

async fn list(store: &Store, format: Format) -> Result<()> {
    let jobs = store.jobs().list().await?;
    let heads =
        ["submission", "benchmark", "kind", "state", "attempts", "worker", "until", "since"];
    let rows = jobs.iter().map(|job| {
        vec![
            job.submission_id.clone(),
            job.benchmark_id.clone(),
            job.kind.as_str().to_owned(),
            state(job).to_owned(),
            job.attempts.to_string(),
            or_dash(job.worker.as_ref()),
            or_dash(job.leased_until.as_ref()),
            job.created_at.clone(),
        ]
    });
    let json: Vec<_> = jobs
        .iter()
        .map(|job| {
            json!({
                "submission": job.submission_id,
                "benchmark": job.benchmark_id,
                "kind": job.kind.as_str(),
                "state": state(job),
                "attempts": job.attempts,
                "worker": job.worker,
                "leased_until": job.leased_until,
                "created_at": job.created_at,
            })
        })
        .collect();
    print_list(format, &heads, rows.collect(), &json)
}

const fn state(job: &JobRow) -> &'static str {
    if job.is_running { "running" } else { "waiting" }
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
