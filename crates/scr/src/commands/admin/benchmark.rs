//! `scr admin benchmark`: the benchmarks of a site.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Subcommand;
use scr_data::{Benchmark, BenchmarkCopy, CopyOutcome};
use scr_store::{PublishError, PublishOutcome, Store};
use serde_json::json;

use super::settings::{Set, Show};
use super::site::Dir;
use crate::commands::arguments::Format;
use crate::commands::list::print_list;
use crate::progress::Bar;
use crate::tell::tell;

#[derive(Subcommand)]
pub(super) enum Benchmarks {
    /// Copy a benchmark into the site and publish it
    ///
    /// Adding the same benchmark again updates its title, terms and radiographs. Files with a
    /// name that begins with a dot are left out.
    Add {
        /// Folder of the benchmark
        folder: PathBuf,
        #[command(flatten)]
        dir: Dir,
    },
    /// Change settings of a benchmark: terms, quota, reviewers, visibility
    Set(Set),
    /// Show the settings of a benchmark
    Show(Show),
    /// List the benchmarks of the site
    List {
        #[command(flatten)]
        dir: Dir,
        /// Output format
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
}

impl Benchmarks {
    pub(super) fn run(self) -> Result<()> {
        match self {
            Self::Add { folder, dir } => {
                let benchmark = Benchmark::open(&folder)?;
                dir.with_new_store(async |store| add(&store, &benchmark).await)
            }
            Self::Set(command) => command.run(),
            Self::Show(command) => command.run(),
            Self::List { dir, format } => dir.with_store(async |store| list(&store, format).await),
        }
    }
}

async fn add(store: &Store, benchmark: &Benchmark) -> Result<()> {
    refuse_other(store, benchmark).await?;
    let id = &benchmark.id;
    let bar = Bar::new();
    let show = |what: &str, done, total| bar.show(what, done, total);
    let copy = BenchmarkCopy::place(benchmark, &store.benchmarks().folder(id), &show)?;
    let outcome = copy.outcome();
    let published = publish(store, copy.folder(), &bar).await;
    drop(bar);
    let published = match published {
        Ok(published) => published,
        Err(error) => {
            copy.undo()?;
            return Err(error);
        }
    };
    copy.keep()?;
    match (outcome, published) {
        (CopyOutcome::Unchanged, PublishOutcome::Unchanged) => {
            tell!("benchmark `{id}` is already published, nothing changed");
        }
        (CopyOutcome::New, _) | (_, PublishOutcome::New) => {
            tell!("benchmark `{id}` added: {} images", benchmark.images.len());
        }
        _ => tell!("benchmark `{id}` updated: {} images", benchmark.images.len()),
    }
    Ok(())
}

/// Fails if another benchmark is published under this identifier.
async fn refuse_other(store: &Store, benchmark: &Benchmark) -> Result<()> {
    let Some(row) = store.benchmarks().get(&benchmark.id).await? else { return Ok(()) };
    let (published, found) = (row.document.digest, benchmark.digest(benchmark.reference())?);
    if published == found {
        return Ok(());
    }
    Err(PublishError::OtherBenchmark { id: benchmark.id.clone(), published, found }.into())
}

/// Publishes the copy of the benchmark, the reference of all later submissions.
async fn publish(store: &Store, copy: &Path, bar: &Bar) -> Result<PublishOutcome> {
    let benchmark = Benchmark::open(copy)?;
    let mut show = |progress: scr_store::PublishProgress| {
        bar.show("publishing radiographs", progress.images_done, progress.images_total);
    };
    let published = store.benchmarks().publish(&benchmark, &mut show).await?;
    store.benchmarks().keep_folder(&benchmark.id, copy).await?;
    Ok(published)
}

async fn list(store: &Store, format: Format) -> Result<()> {
    let benchmarks = store.benchmarks().list().await?;
    let rows = benchmarks.iter().map(|row| {
        let document = &row.document;
        let (id, title) = (document.id.clone(), document.title.clone());
        let count = document.images.len().to_string();
        vec![id, title, count, row.published_at.clone(), document.digest.clone()]
    });
    let json: Vec<_> = benchmarks
        .iter()
        .map(|row| {
            json!({
                "id": row.document.id,
                "title": row.document.title,
                "n_images": row.document.images.len(),
                "published_at": row.published_at,
                "digest": row.document.digest,
            })
        })
        .collect();
    print_list(format, &["id", "title", "images", "published", "digest"], rows.collect(), &json)
}
