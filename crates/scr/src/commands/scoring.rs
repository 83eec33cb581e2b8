//! Scoring, as several commands do: options, output formats and a progress bar.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Result;
use clap::{Args, ValueEnum};
use scr_data::{Benchmark, MaskSet};
use scr_documents::ResultDocument;
use scr_eval::{Checkpoint, EvaluationPart, Settings, Shard, ShardEvaluation, UndefinedPolicy};
use scr_measures::{Kind, Measure, registry::IMAGE_MEASURES};
use scr_report::layout::Layout;

use super::arguments::MaskLayout;
use crate::progress::Bar;
use crate::tell::tell;

/// Default measures of comparisons, reports and tables for papers.
pub(crate) const COMPARED_MEASURES: [Measure; 4] = [
    Measure::plain(Kind::Overlap),
    Measure::plain(Kind::Dice),
    Measure::plain(Kind::Masd),
    Measure::plain(Kind::Hausdorff95),
];

/// Options of scoring: reference, measures, summaries.
#[derive(Args)]
pub(crate) struct Scoring {
    /// Folder of the benchmark
    #[arg(long)]
    pub(crate) benchmark: PathBuf,
    /// Observer whose masks are the reference
    #[arg(long, default_value = "reference")]
    observer: String,
    /// Measures, separated by commas, of `scr measures` [default: overlap and dice to
    /// hausdorff_95; in a paper's table and in comparisons overlap, dice, masd, hausdorff_95]
    #[arg(long, value_delimiter = ',', value_parser = MeasureArg::parse)]
    measures: Vec<MeasureArg>,
    /// Undefined distances in summaries [default: as the benchmark says, else counted]
    #[arg(long, value_enum)]
    undefined: Option<Undefined>,
    /// Resamples behind each bootstrap interval
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u32).range(..=1_000_000))]
    bootstrap: u32,
    /// Seed of the resamples
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    pub(crate) layout: MaskLayout,
}

/// A measure by its key. Measures of whole images are always computed.
#[derive(Clone)]
enum MeasureArg {
    Object(Measure),
    WholeImage,
}

impl MeasureArg {
    fn parse(key: &str) -> Result<Self, String> {
        if IMAGE_MEASURES.iter().any(|about| about.key == key) {
            return Ok(Self::WholeImage);
        }
        key.parse()
            .map(Self::Object)
            .map_err(|error: scr_measures::UnknownMeasure| error.to_string())
    }
}

/// Treatment of undefined distances.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Undefined {
    /// Counted beside the summary of the others
    Counted,
    /// Summarised as the image's diagonal
    Diagonal,
}

/// Output format of a result.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Text for a terminal of 100 columns
    Table,
    /// JSON for scripts, every number in full precision
    Json,
    /// CSV, every number in full precision
    Csv,
    /// Markdown with all statistics
    Markdown,
    /// LaTeX with booktabs; of `scr evaluate` a paper's table: mean ± sd, the best in bold
    Latex,
}

impl Format {
    /// Layout of tables, text of any width if `wide`; none for JSON and CSV.
    pub(crate) const fn layout(self, wide: bool) -> Option<Layout> {
        match self {
            Self::Table if wide => Some(Layout::WideText),
            Self::Table => Some(Layout::Text),
            Self::Markdown => Some(Layout::Markdown),
            Self::Latex => Some(Layout::Latex),
            Self::Json | Self::Csv => None,
        }
    }
}

impl Scoring {
    /// Settings of the evaluator; `default` are the measures without `--measures`.
    pub(crate) fn settings(&self, default: &[Measure]) -> Settings {
        let arguments = self.measures.iter().filter_map(|argument| match argument {
            MeasureArg::Object(measure) => Some(*measure),
            MeasureArg::WholeImage => None,
        });
        let mut measures: Vec<Measure> = Vec::new();
        for measure in arguments {
            if !measures.contains(&measure) {
                measures.push(measure);
            }
        }
        Settings {
            observer: self.observer.clone(),
            measures: if self.measures.is_empty() { default.to_vec() } else { measures },
            undefined: self.undefined.map(|undefined| match undefined {
                Undefined::Counted => UndefinedPolicy::Counted,
                Undefined::Diagonal => UndefinedPolicy::ImageDiagonal,
            }),
            bootstrap_resamples: self.bootstrap as usize,
            bootstrap_seed: self.seed,
        }
    }
}

/// Scores a set of masks with a progress bar. Prints its notices to stderr.
pub(crate) fn score(
    benchmark: &Benchmark,
    masks: &MaskSet,
    settings: &Settings,
    per_image: bool,
) -> Result<ResultDocument> {
    let evaluation = ShardEvaluation::new(benchmark, masks, settings, Shard::WHOLE)?;
    let whole = score_shard(benchmark, masks, &evaluation, None)?;
    Ok(scr_report::result_document(&whole.evaluation, per_image))
}

/// Scores the images of a shard, as [`score`]; resumes from a checkpoint, and adds to it.
pub(crate) fn score_shard(
    benchmark: &Benchmark,
    masks: &MaskSet,
    evaluation: &ShardEvaluation<'_>,
    checkpoint: Option<&dyn Checkpoint>,
) -> Result<EvaluationPart> {
    for notice in masks.notices().iter().chain(&benchmark.spacing_notice()) {
        tell!("note: {notice}");
    }
    let (bar, done) = (Bar::new(), AtomicUsize::new(0));
    let total = evaluation.places().len();
    let on_image = || bar.show("scoring", done.fetch_add(1, Ordering::Relaxed) + 1, total);
    Ok(evaluation.run(checkpoint, &on_image)?)
}
