//! `scr evaluate`: scores a set of masks.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Result;
use clap::{Args, ValueEnum};
use scr_data::{Benchmark, MaskSet, Output};
use scr_documents::ResultDocument;
use scr_eval::{Settings, UndefinedPolicy};
use scr_measures::{Measure, registry::IMAGE_MEASURES};
use scr_report::layout::{self, Layout};
use scr_report::{csv, tables};

use super::arguments::output;
use crate::progress::Bar;
use crate::stdout::print;
use crate::tell::tell;

#[derive(Args)]
pub(crate) struct Evaluate {
    /// Folder or zip of masks, STRUCTURE/IMAGE.png
    masks: PathBuf,
    #[command(flatten)]
    scoring: Scoring,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Print the values of every image as well; as CSV in place of the summaries
    #[arg(long)]
    per_image: bool,
    /// Write the result to a file instead of stdout
    #[arg(long, value_name = "FILE", value_parser = output())]
    out: Option<Output>,
}

/// Options of scoring: reference, measures, summaries.
#[derive(Args)]
pub(crate) struct Scoring {
    /// Folder of the benchmark
    #[arg(long)]
    pub(crate) benchmark: PathBuf,
    /// Observer whose masks are the reference
    #[arg(long, default_value = "reference")]
    observer: String,
    /// Measures, separated by commas, of `scr measures` [default: overlap and dice to hausdorff_95]
    #[arg(long, value_delimiter = ',', value_parser = MeasureArg::parse)]
    measures: Vec<MeasureArg>,
    /// Undefined distances in summaries
    #[arg(long, value_enum, default_value_t = Undefined::Counted)]
    undefined: Undefined,
    /// Resamples behind each bootstrap interval
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u32).range(..=1_000_000))]
    bootstrap: u32,
    /// Seed of the resamples
    #[arg(long, default_value_t = 1)]
    seed: u64,
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
    Table,
    Json,
    Csv,
    Markdown,
    Latex,
}

impl Format {
    /// Layout of tables; none for JSON and CSV.
    pub(crate) const fn layout(self) -> Option<Layout> {
        match self {
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
            undefined: match self.undefined {
                Undefined::Counted => UndefinedPolicy::Counted,
                Undefined::Diagonal => UndefinedPolicy::ImageDiagonal,
            },
            bootstrap_resamples: self.bootstrap as usize,
            bootstrap_seed: self.seed,
        }
    }
}

impl Evaluate {
    pub(crate) fn run(self) -> Result<()> {
        let benchmark = Benchmark::open(&self.scoring.benchmark)?;
        let settings = self.scoring.settings(&Measure::DEFAULT);
        let masks = MaskSet::open(&self.masks, &benchmark)?;
        let result = score(&benchmark, &masks, &settings, self.per_image)?;
        print(self.out.as_ref(), &self.text(&result))
    }

    fn text(&self, result: &ResultDocument) -> String {
        if let Some(layout) = self.format.layout() {
            let images = self.per_image.then(|| tables::image_table(result));
            let all: Vec<_> = images.into_iter().chain(tables::result_tables(result)).collect();
            return layout::write(&all, layout);
        }
        match self.format {
            Format::Csv if self.per_image => csv::images(result),
            Format::Csv => csv::summaries(result),
            _ => result.to_json(),
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
    for notice in masks.notices().iter().chain(&benchmark.spacing_notice()) {
        tell!("note: {notice}");
    }
    let (bar, done, total) = (Bar::new(), AtomicUsize::new(0), masks.images().len());
    let evaluation = scr_eval::evaluate(benchmark, masks, settings, &|| {
        bar.show("scoring", done.fetch_add(1, Ordering::Relaxed) + 1, total);
    })?;
    Ok(scr_report::result_document(&evaluation, per_image))
}
