//! `scr evaluate`: scores one or several sets of masks, or a shard of one; resumes with `--out`.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use scr_data::{Benchmark, MaskSet, Output, Problems};
use scr_eval::{Checkpoint, EvaluationPart, Settings, Shard, ShardEvaluation};
use scr_measures::Measure;
use scr_report::NamedResult;
use scr_report::comparison::incomparable;

use super::bucket_masks::with_threads_for;
use super::evaluation_checkpoint::EvaluationCheckpoint;
use super::scoring::{COMPARED_MEASURES, Format, Scoring, score_shard};
use super::sets::{is_result, open_masks, read_sets, set_names};
use super::written::{ResultFormat, Writing};
use crate::stdout::print;

#[derive(Args)]
pub(crate) struct Evaluate {
    /// Sets of masks: folders or zips, STRUCTURE/IMAGE.png, the same below s3://BUCKET/PREFIX, or
    /// any layout that `scr init` reads; several give one table, by object and method
    #[arg(required = true)]
    masks: Vec<PathBuf>,
    #[command(flatten)]
    scoring: Scoring,
    /// Output format; several sets have no JSON, no CSV and no Parquet
    #[arg(long, value_enum, default_value_t = ResultFormat::Text(Format::Table))]
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
        let wants_paper = has_several || self.format == ResultFormat::Text(Format::Latex);
        let is_paper = !self.writing.wide && wants_paper;
        let default: &[Measure] = if is_paper { &COMPARED_MEASURES } else { &Measure::DEFAULT };
        let benchmark = Benchmark::open(&self.scoring.benchmark)?;
        let settings = self.scoring.settings(default);
        if !has_several && !is_result(&self.masks[0])? {
            return self.write_scores(&benchmark, &settings, is_paper);
        }
        if self.shard.is_some() {
            bail!("expected masks for a shard, found a result: give masks to `scr evaluate`");
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

    /// Scores the one set and writes its result, or its shard. Resumes from the checkpoint beside the
    /// output file, if there is one.
    fn write_scores(
        &self,
        benchmark: &Benchmark,
        settings: &Settings,
        is_paper: bool,
    ) -> Result<()> {
        let masks = open_masks(&self.masks[0], benchmark, &self.scoring.layout, MaskSet::open)?;
        let shard = self.shard.unwrap_or(Shard::WHOLE);
        let evaluation = ShardEvaluation::new(benchmark, &masks, settings, shard)?;
        let out = self.writing.out.as_ref();
        let checkpoint = out.and_then(Output::file);
        let checkpoint =
            checkpoint.map(|file| EvaluationCheckpoint::open(file, &evaluation.outline()));
        let checkpoint = checkpoint.transpose()?;
        let scored = checkpoint.as_ref().map(|checkpoint| checkpoint as &dyn Checkpoint);
        let part = with_threads_for(&self.masks[0], || {
            score_shard(benchmark, &masks, &evaluation, scored)
        })?;
        let part = match (part, checkpoint.as_ref()) {
            (Err(error), Some(checkpoint)) => return Err(checkpoint.after(error)),
            (part, _) => part?,
        };
        if self.shard.is_some() {
            print(out, &scr_report::shard_document(&part).to_json())?;
        } else {
            // The lists of files are not needed any more.
            let EvaluationPart { evaluation, .. } = part;
            let name = set_names(&self.masks, [Some(&masks)].into_iter())?.concat();
            let choices = (is_paper, self.writing.per_image);
            self.writing.write_evaluation(&evaluation, name, self.format, choices)?;
        }
        Ok(checkpoint.map_or(Ok(()), EvaluationCheckpoint::delete)?)
    }
}
