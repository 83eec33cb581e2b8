//! `scr admin`: administration of a site from the shell, with or without a serving process.
//!
//! Lists go to stdout, messages to stderr. Write access to the data folder is the only
//! permission: no command asks for a password.

mod benchmark;
mod entry;
mod job;
mod reports;
mod rescore;
mod settings;
mod token;
mod user;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use scr_report::layout::{self, Column, Layout, Table};
use scr_store::{Store, StoreError, UserRow};

use super::{Format, print};

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
    /// List and cancel jobs: checks, scorings and publications of submissions
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

/// Option of the data folder.
#[derive(Args)]
struct Dir {
    /// Data folder of the site
    #[arg(long = "dir", value_name = "DATA")]
    path: PathBuf,
}

impl Dir {
    /// Opens the store of an existing site for `act`.
    fn with_store<T>(&self, act: impl AsyncFnOnce(Store) -> Result<T>) -> Result<T> {
        if !self.path.is_dir() {
            bail!(
                "{} is no folder; `scr admin benchmark add` and `scr admin user add` make one",
                self.path.display()
            );
        }
        with_new_store(&self.path, act)
    }
}

/// Opens the store of a site for `act`; makes the site if there is none.
fn with_new_store<T>(dir: &Path, act: impl AsyncFnOnce(Store) -> Result<T>) -> Result<T> {
    let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
    runtime.block_on(async {
        let store = Store::open(dir).await?;
        let done = act(store.clone()).await;
        store.close().await;
        done
    })
}

/// Finds an account by its address.
async fn find_user(store: &Store, email: &str) -> Result<UserRow> {
    let user = store.user_by_email(email).await?;
    Ok(user.ok_or_else(|| StoreError::UnknownUser { user: email.to_owned() })?)
}

/// Prints a list: `rows` as a table, or `json`.
fn print_list(
    format: Format,
    heads: &[&str],
    rows: Vec<Vec<String>>,
    json: &[serde_json::Value],
) -> Result<()> {
    let columns = heads.iter().map(|&head| Column::text(head)).collect();
    let text = match format {
        Format::Json => serde_json::to_string_pretty(json)? + "\n",
        Format::Table => {
            layout::write(&[Table { columns, rows, ..Table::default() }], Layout::Text)
        }
    };
    print(None, &text)
}

/// A time in a table; a dash without one.
fn or_dash(time: Option<&String>) -> String {
    time.map_or_else(|| "-".to_owned(), Clone::clone)
}
