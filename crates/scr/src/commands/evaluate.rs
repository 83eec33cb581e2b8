//! `scr evaluate`: scores one or several sets of masks, or a shard of one.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use scr_data::{Benchmark, MaskSet, Problems};
use scr_eval::Shard;
use scr_measures::Measure;
use scr_report::NamedResult;
use scr_report::comparison::incomparable;

use super::scoring::{COMPARED_MEASURES, Scoring, score_shard};
use super::sets::{open_masks, read_sets};
use super::written::{ResultFormat, Writing};
use crate::stdout::print;

#[derive(Args)]
pub(crate) struct Evaluate {
    /// Sets of masks: folders or zips, STRUCTURE/IMAGE.png, or any layout that `scr init` reads;
    /// several give one table, by object and method
    #[arg(required = true)]
    masks: Vec<PathBuf>,
    #[command(flatten)]
    scoring: Scoring,
    /// Output format; several sets have no JSON, no CSV and no Parquet
    #[arg(long, value_enum, default_value_t = ResultFormat::Table)]
    format: ResultFormat,
    /// Score the images of one shard only, I of N, for several machines; `scr merge` makes one
    /// result of all shards. Writes JSON for it
    #[arg(long, value_name = "I/N", conflicts_with_all = ["format", "per_image", "wide"])]
    shard: Option<Shard>,
    #[command(flatten)]
    writing: Writing,
}

impl Evaluate {
    pub(crate) fn run(self) -> Result<()> {
        let n_sets = self.masks.len();
        let has_several = n_sets > 1;
        if has_several && (self.shard.is_some() || self.format.layout(false).is_none()) {
            let what = if self.shard.is_some() { "a shard" } else { "this format" };
            bail!(
                "expected one set of masks for {what}, found {n_sets}\n  hint: score each by itself, or see `scr compare --format json`"
            );
        }
        self.writing.require_file_of(self.format)?;
        let wants_paper = has_several || self.format == ResultFormat::Latex;
        let is_paper = !self.writing.wide && wants_paper;
        let default: &[Measure] = if is_paper { &COMPARED_MEASURES } else { &Measure::DEFAULT };
        let benchmark = Benchmark::open(&self.scoring.benchmark)?;
        let settings = self.scoring.settings(default);
        if let Some(shard) = self.shard {
            let layout = &self.scoring.layout;
            let masks = open_masks(&self.masks[0], &benchmark, layout, MaskSet::open)?;
            let part = score_shard(&benchmark, &masks, &settings, shard)?;
            return print(self.writing.out.as_ref(), &scr_report::shard_document(&part).to_json());
        }
        let with_images = self.writing.per_image || has_several || self.format.has_images();
        let sets =
            read_sets(&self.masks, &benchmark, &self.scoring.layout, &settings, with_images)?;
        let results: Vec<NamedResult> = sets.into_iter().map(|set| set.result).collect();
        if has_several {
            let mut problems = Problems::default();
            problems.extend(incomparable(&results));
            problems.or(())?;
        }
        self.writing.write(&results, self.format, is_paper)
    }
}
