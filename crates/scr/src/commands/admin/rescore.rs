//! `scr admin rescore`: scores published entries again after a change of the scoring rules, or
//! from new runs of their models (`rerun.rs`).

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use scr_eval::EVALUATOR_VERSION;
use scr_report::layout::{self, Layout, Table};
use scr_report::tables::rescored_table;
use scr_store::{MAX_ATTEMPTS, Store};
use scr_work::{EntryChoice, RerunOptions, RescoreOptions, RescoredEntry, queue_rescores, rescore};
use serde_json::{Value, json};
use std::time::Duration;

use super::rerun;
use super::site::Dir;
use crate::progress::Bar;
use crate::stdout::print;
use crate::tell::tell;

/// Interval of looks at the queue.
const POLL_EVERY: Duration = Duration::from_millis(300);

#[derive(Args)]
pub(super) struct Rescore {
    /// Only the entries of this benchmark
    #[arg(long, value_name = "ID")]
    benchmark: Option<String>,
    /// Only this entry
    #[arg(long, value_name = "ID")]
    entry: Option<String>,
    #[command(flatten)]
    dir: Dir,
    /// Output format of the changes
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Run the models of verified entries again, within the limits of the benchmark, and score the
    /// new masks
    ///
    /// Equal masks keep their entry: a result of an older evaluator gets a new version. Different
    /// masks become a new entry that corrects the earlier one.
    #[arg(long, conflicts_with = "queue")]
    run_models: bool,
    /// Run the models on this benchmark, such as one with more images, and publish entries there;
    /// models that have an entry there are left out
    #[arg(long, value_name = "ID", requires = "run_models")]
    on: Option<String>,
    /// Print the changes only, as without --apply
    #[arg(long, conflicts_with = "apply")]
    dry_run: bool,
    /// Publish the new results in place of the old ones, which are kept
    #[arg(long)]
    apply: bool,
    /// Queue the work for the workers of the site, and print no changes
    ///
    /// They do it when no submission waits, or in turn with submissions after ten minutes. A second
    /// run queues what is missing, and retries what failed.
    #[arg(long, requires = "apply", conflicts_with = "format")]
    queue: bool,
    /// Wait until the workers have done it
    #[arg(long, requires = "queue")]
    wait: bool,
    /// Images of an entry that a worker scores at a time
    #[arg(long, value_name = "N", default_value_t = 1000, requires = "queue",
          value_parser = clap::value_parser!(u32).range(1..))]
    images_per_job: u32,
}

/// Output format of the changes.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Tables for a terminal
    Table,
    /// JSON for scripts
    Json,
    /// Tables in Markdown
    Markdown,
}

impl Format {
    /// Layout of tables; none for JSON.
    const fn layout(self) -> Option<Layout> {
        match self {
            Self::Table => Some(Layout::Text),
            Self::Json => None,
            Self::Markdown => Some(Layout::Markdown),
        }
    }
}

impl Rescore {
    pub(super) fn run(self) -> Result<()> {
        let Self { benchmark, entry, dir, format, dry_run: _, apply, run_models, on, .. } = self;
        let entries = EntryChoice { benchmark, entry };
        if run_models {
            return rerun::run(&dir, &RerunOptions { entries, on, apply }, format.layout());
        }
        let options = RescoreOptions { entries, apply };
        if self.queue {
            let images = self.images_per_job as usize;
            return dir.with_store(async |store| queue(&store, &options, images, self.wait).await);
        }
        let rescored = dir.with_store(async |store| {
            let bar = Bar::new();
            let mut show = |done, total| bar.show("scoring entries", done, total);
            Ok(rescore(&store, &options, &mut show).await?)
        })?;
        print(None, &write(&rescored, format)?)?;
        if rescored.is_empty() {
            tell!("nothing to score again: every result is of evaluator {EVALUATOR_VERSION}");
            return Ok(());
        }
        let failed: Vec<String> = rescored
            .iter()
            .filter_map(|found| {
                let error = found.result.as_ref().err()?;
                Some(format!("{}: {:#}", found.entry.id, anyhow::anyhow!("{error}")))
            })
            .collect();
        let done = rescored.len() - failed.len();
        let n_old = rescored.len();
        if apply {
            tell!("{done} of {n_old} entries of an older evaluator scored again");
        } else {
            tell!("{done} of {n_old} entries of an older evaluator would change; --apply does it");
        }
        if failed.is_empty() {
            return Ok(());
        }
        bail!("these entries keep their results\n{}", failed.join("\n"))
    }
}

/// Queues re-scores, and waits for them if wanted.
async fn queue(store: &Store, options: &RescoreOptions, images: usize, wait: bool) -> Result<()> {
    let (n_new, n_old) = queue_rescores(store, options, images).await?;
    tell!("queued {n_new} of {n_old} entries of an older evaluator, the others were queued before");
    if !wait {
        return Ok(());
    }
    if store.workers().list().await?.is_empty() {
        tell!("note: no worker is active; `scr serve` and `scr worker` have workers");
    }
    let bar = Bar::new();
    let (benchmark, entry) =
        (options.entries.benchmark.as_deref(), options.entries.entry.as_deref());
    // Jobs that are done leave the queue with their entry.
    let mut total = 0;
    loop {
        let counts = store.jobs().rescore_counts(benchmark, entry).await?;
        let open = counts.jobs - counts.done;
        total = total.max(open);
        bar.show("scoring shards of entries", (total - open) as usize, total as usize);
        if counts.failed.len() as u64 == open {
            if counts.failed.is_empty() {
                tell!("all these entries are scored again");
                return Ok(());
            }
            bail!(
                "these jobs failed {MAX_ATTEMPTS} times, and their entries keep their results\n{}\n  \
                 hint: `scr admin jobs --failed` has the reasons; the same command tries again",
                counts.failed.join("\n")
            )
        }
        tokio::time::sleep(POLL_EVERY).await;
    }
}

fn write(rescored: &[RescoredEntry], format: Format) -> Result<String> {
    let Some(layout) = format.layout() else {
        let list: Vec<Value> = rescored.iter().filter_map(to_json).collect();
        return Ok(serde_json::to_string_pretty(&list)? + "\n");
    };
    let table = |found: &RescoredEntry| {
        let title = format!("{} ({})", found.entry.card.name, found.entry.id);
        Some(rescored_table(&title, &found.entry.result, found.result.as_ref().ok()?))
    };
    let tables: Vec<Table> = rescored.iter().filter_map(table).collect();
    Ok(layout::write(&tables, layout))
}

/// Both results of an entry, before and after, without the values of its images.
fn to_json(found: &RescoredEntry) -> Option<Value> {
    let mut after = found.result.as_ref().ok()?.clone();
    after.images = None;
    Some(json!({
        "entry": found.entry.id,
        "benchmark": found.entry.benchmark_id,
        "name": found.entry.card.name,
        "before": found.entry.result,
        "after": after,
    }))
}
