//! `scr admin`: running a site from the shell, beside the serving process or
//! without it.
//!
//! Lists go to stdout, what was done to stderr. Whoever can write the data folder
//! may do all of it: the shell asks for no password.

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
    /// Benchmarks that the site is about
    #[command(subcommand)]
    Benchmark(benchmark::Benchmarks),
    /// Entries that are published, and those that were withdrawn
    #[command(subcommand)]
    Entry(entry::Entries),
    /// Publications that use the benchmarks, as readers report them
    #[command(subcommand)]
    Publication(reports::Publications),
    /// Messages of readers
    #[command(subcommand)]
    Feedback(reports::Feedback),
    /// People with an account
    #[command(subcommand)]
    User(user::Users),
    /// Tokens that programs show in a person's place
    #[command(subcommand)]
    Token(token::Tokens),
    /// What is being done on submissions, and what waits
    #[command(alias = "job")]
    Jobs(job::Jobs),
    /// Score published entries again, after a change of the scoring rules
    ///
    /// Those whose results are of another version of the rules, from the masks that the
    /// site keeps, while it is served. May be stopped at any time: it goes on where it
    /// was.
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

/// Where the site is.
#[derive(Args)]
struct Dir {
    /// Data folder of the site
    #[arg(long = "dir", value_name = "DATA")]
    path: PathBuf,
}

impl Dir {
    /// Does something with the site, which must be there.
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

/// Does something with the site, which is made if it is not there.
fn with_new_store<T>(dir: &Path, act: impl AsyncFnOnce(Store) -> Result<T>) -> Result<T> {
    let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
    runtime.block_on(async {
        let store = Store::open(dir).await?;
        let done = act(store.clone()).await;
        store.close().await;
        done
    })
}

/// The person with an address.
async fn find_user(store: &Store, email: &str) -> Result<UserRow> {
    let user = store.user_by_email(email).await?;
    Ok(user.ok_or_else(|| StoreError::UnknownUser { user: email.to_owned() })?)
}

/// Prints a list: `rows` under the heads of a table, or `json`.
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

/// A time that may not have come, in a table.
fn or_dash(time: Option<&String>) -> String {
    time.map_or_else(|| "-".to_owned(), Clone::clone)
}
