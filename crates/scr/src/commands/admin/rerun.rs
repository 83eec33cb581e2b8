//! `scr admin rescore --run-models`: runs the models of verified entries again.

use anyhow::{Result, bail};
use scr_report::layout::{self, Column, Layout, Table};
use scr_report::tables::rescored_table;
use scr_work::{Rerun, RerunChange, RerunEntry, RerunMasks, RerunOptions, rerun_models};
use serde_json::{Value, json};

use super::site::Dir;
use crate::progress::Bar;
use crate::stdout::print;
use crate::tell::tell;

/// Runs models again and prints the changes as tables, or as JSON without a layout.
pub(super) fn run(dir: &Dir, options: &RerunOptions, layout: Option<Layout>) -> Result<()> {
    let rerun = dir.with_store(async |store| {
        let bar = Bar::new();
        let mut show = |done, total| bar.show("running models", done, total);
        Ok(rerun_models(&store, options, &mut show).await?)
    })?;
    print(None, &write(&rerun, layout)?)?;
    if rerun.is_empty() {
        tell!("no model to run again");
        return Ok(());
    }
    let failed: Vec<String> = rerun
        .iter()
        .filter_map(|found| {
            let error = found.outcome.as_ref().err()?;
            Some(format!("{}: {:#}", found.entry.id, anyhow::anyhow!("{error}")))
        })
        .collect();
    let runs = || rerun.iter().filter_map(|found| found.outcome.as_ref().ok());
    let n_equal = runs().filter(|run| run.masks == Some(RerunMasks::Equal)).count();
    let n_changes = runs().filter(|run| run.change != RerunChange::None).count();
    let does = if options.apply { "published" } else { "to publish; --apply does it" };
    tell!(
        "{} of {} models run again: {n_equal} gave equal masks; {n_changes} changes {does}",
        runs().count(),
        rerun.len()
    );
    if failed.is_empty() {
        return Ok(());
    }
    bail!("these entries stay as they are\n{}", failed.join("\n"))
}

fn write(rerun: &[RerunEntry], layout: Option<Layout>) -> Result<String> {
    let Some(layout) = layout else {
        let list: Vec<Value> = rerun.iter().filter_map(to_json).collect();
        return Ok(serde_json::to_string_pretty(&list)? + "\n");
    };
    let mut tables = vec![Table {
        title: "models that were run again".into(),
        columns: ["entry", "name", "masks", "change"].map(Column::text).into(),
        rows: rerun.iter().filter_map(row).collect(),
        ..Table::default()
    }];
    for RerunEntry { entry, outcome } in rerun {
        let Ok(Rerun { masks: Some(_), change, result, .. }) = outcome else { continue };
        if *change != RerunChange::None {
            let title = format!("{} ({})", entry.card.name, entry.id);
            tables.push(rescored_table(&title, &entry.result, result));
        }
    }
    tables.retain(|table| !table.rows.is_empty());
    Ok(layout::write(&tables, layout))
}

fn row(RerunEntry { entry, outcome }: &RerunEntry) -> Option<Vec<String>> {
    let run = outcome.as_ref().ok()?;
    let masks = match &run.masks {
        None => format!("on {}", run.result.benchmark),
        Some(RerunMasks::Equal) => "equal".to_owned(),
        Some(RerunMasks::Different(found)) => {
            format!("{} differ, in {} pixels", found.n_masks, found.n_pixels)
        }
    };
    let change = match &run.change {
        RerunChange::None => "none".to_owned(),
        RerunChange::Result => format!("result of evaluator {}", run.result.evaluator_version),
        RerunChange::Entry(None) => "new entry".to_owned(),
        RerunChange::Entry(Some(id)) => format!("new entry {id}"),
    };
    Some(vec![entry.id.clone(), entry.card.name.clone(), masks, change])
}

/// A run with both results of its entry, without the values of images.
fn to_json(RerunEntry { entry, outcome }: &RerunEntry) -> Option<Value> {
    let run = outcome.as_ref().ok()?;
    let (masks, differences) = match &run.masks {
        None => (None, None),
        Some(RerunMasks::Equal) => (Some("equal"), None),
        Some(RerunMasks::Different(found)) => (Some("different"), Some(found)),
    };
    let (change, published) = match &run.change {
        RerunChange::None => ("none", None),
        RerunChange::Result => ("result", None),
        RerunChange::Entry(id) => ("entry", id.as_ref()),
    };
    Some(json!({
        "entry": entry.id,
        "name": entry.card.name,
        "verified_run": run.verified,
        "masks": masks,
        "differences": differences,
        "change": change,
        "published": published,
        "before": entry.result,
        "after": run.result,
    }))
}
