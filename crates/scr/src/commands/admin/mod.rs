//! `scr admin`: administration of a site from the shell, with or without a serving process.
//!
//! Lists go to stdout, messages to stderr. Write access to the data folder is the only
//! permission: no command asks for a password.

mod benchmark;
mod entry;
mod job;
mod reports;
mod rerun;
mod rescore;
mod settings;
mod site;
mod token;
mod user;

use anyhow::Result;
use clap::{Args, Subcommand};

#[derive(Args)]
pub(crate) struct Admin {
    #[command(subcommand)]
    subject: Subject,
}

#[derive(Subcommand)]
enum Subject {
    /// Add, change and list benchmarks
    #[command(subcommand)]
    Benchmark(benchmark::Benchmarks),
    /// List and withdraw entries
    #[command(subcommand)]
    Entry(entry::Entries),
    /// List, show and hide publications reported by readers
    #[command(subcommand)]
    Publication(reports::Publications),
    /// List messages of readers
    #[command(subcommand)]
    Feedback(reports::Feedback),
    /// Add, change and remove accounts
    #[command(subcommand)]
    User(user::Users),
    /// Create, list and revoke tokens for the API
    #[command(subcommand)]
    Token(token::Tokens),
    /// List, cancel and retry jobs: checks, scorings and publications of submissions, re-scores
    #[command(alias = "job")]
    Jobs(job::Jobs),
    /// Score published entries again after a change of the scoring rules
    ///
    /// Scores entries with results of another evaluator version, from the published masks,
    /// also while the site is served. An interrupted run resumes.
    Rescore(rescore::Rescore),
}

impl Admin {
    pub(crate) fn run(self) -> Result<()> {
        match self.subject {
            Subject::Benchmark(command) => command.run(),
            Subject::Entry(command) => command.run(),
            Subject::Publication(command) => command.run(),
            Subject::Feedback(command) => command.run(),
            Subject::User(command) => command.run(),
            Subject::Token(command) => command.run(),
            Subject::Jobs(command) => command.run(),
            Subject::Rescore(command) => command.run(),
        }
    }
}
