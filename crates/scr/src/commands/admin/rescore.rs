//! `scr admin rescore`: what is public, scored again after a change of the scoring rules.

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use scr_report::layout::{self, Layout, Table};
use scr_report::tables::rescored_table;
use scr_work::{Rescored, Rescoring, rescore};
use serde_json::{Value, json};

use super::super::print;
use super::Dir;
use crate::progress::Bar;
use crate::tell::tell;

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
    /// How to print what changes
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Only say what would change, as without --apply
    #[arg(long, conflicts_with = "apply")]
    dry_run: bool,
    /// Put the new results in place of the old ones, which are kept
    #[arg(long)]
    apply: bool,
}

/// How what changes is printed.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A terminal
    Table,
    /// A script
    Json,
    /// A report
    Markdown,
}

impl Rescore {
    pub(super) fn run(self) -> Result<()> {
        let Self { benchmark, entry, dir, format, dry_run: _, apply } = self;
        let rescoring = Rescoring { benchmark, entry, apply };
        let rescored = dir.with_store(async |store| {
            let bar = Bar::new();
            let mut show = |done, total| bar.show("scoring entries", done, total);
            Ok(rescore(&store, &rescoring, &mut show).await?)
        })?;
        print(None, &write(&rescored, format)?)?;
        let failed: Vec<String> = rescored
            .iter()
            .filter_map(|found| {
                let error = found.result.as_ref().err()?;
                Some(format!("{}: {:#}", found.entry.id, anyhow::anyhow!("{error}")))
            })
            .collect();
        let done = rescored.len() - failed.len();
        let what = if apply { "scored again" } else { "would change; --apply puts it in place" };
        tell!("{done} of {} entries of an older version {what}", rescored.len());
        if failed.is_empty() {
            return Ok(());
        }
        bail!("these entries keep their results\n{}", failed.join("\n"))
    }
}

fn write(rescored: &[Rescored], format: Format) -> Result<String> {
    let layout = match format {
        Format::Json => {
            let list: Vec<Value> = rescored.iter().filter_map(to_json).collect();
            return Ok(serde_json::to_string_pretty(&list)? + "\n");
        }
        Format::Table => Layout::Text,
        Format::Markdown => Layout::Markdown,
    };
    let table = |found: &Rescored| {
        let title = format!("{} ({})", found.entry.card.name, found.entry.id);
        Some(rescored_table(&title, &found.entry.result, found.result.as_ref().ok()?))
    };
    let tables: Vec<Table> = rescored.iter().filter_map(table).collect();
    Ok(layout::write(&tables, layout))
}

/// The whole results before and after, but for their images.
fn to_json(found: &Rescored) -> Option<Value> {
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
