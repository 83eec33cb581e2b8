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

use super::{output, print};
use crate::progress::Bar;
use crate::tell::tell;

#[derive(Args)]
pub(crate) struct Evaluate {
    /// Folder or zip of masks, STRUCTURE/IMAGE.png
    masks: PathBuf,
    #[command(flatten)]
    scoring: Scoring,
    /// How to print the result
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Print every image's values as well; as CSV in place of the summaries
    #[arg(long)]
    per_image: bool,
    /// Write the result to a file instead of stdout
    #[arg(long, value_name = "FILE", value_parser = output())]
    out: Option<Output>,
}

/// Against what, and by which measures: the same for every command that scores.
#[derive(Args)]
pub(crate) struct Scoring {
    /// Folder of the benchmark
    #[arg(long)]
    pub(crate) benchmark: PathBuf,
    /// Observer whose masks are the reference
    #[arg(long, default_value = "reference")]
    observer: String,
    /// Measures, separated by commas, of `scr measures` [default: overlap and dice to hausdorff_95]
    #[arg(long, value_delimiter = ',', value_parser = Asked::parse)]
    measures: Vec<Asked>,
    /// What undefined distances count as in summaries
    #[arg(long, value_enum, default_value_t = Undefined::Counted)]
    undefined: Undefined,
    /// Resamples behind each bootstrap interval
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u32).range(..=1_000_000))]
    bootstrap: u32,
    /// Seed of the resamples
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// A measure by its key; those of whole images are found in any case.
#[derive(Clone)]
enum Asked {
    Object(Measure),
    WholeImage,
}

impl Asked {
    fn parse(key: &str) -> Result<Self, String> {
        if IMAGE_MEASURES.iter().any(|about| about.key == key) {
            return Ok(Self::WholeImage);
        }
        key.parse()
            .map(Self::Object)
            .map_err(|error: scr_measures::UnknownMeasure| error.to_string())
    }
}

/// What undefined distances count as.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Undefined {
    /// Counted beside the summary of the others
    Counted,
    /// Summarised as the image's diagonal
    Diagonal,
}

/// How a result is printed.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Table,
    Json,
    Csv,
    Markdown,
    Latex,
}

impl Format {
    /// How tables are laid out; none for what is no table of texts.
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
    /// The settings asked for; `default` where no measure was named.
    pub(crate) fn settings(&self, default: &[Measure]) -> Settings {
        let asked = self.measures.iter().filter_map(|asked| match asked {
            Asked::Object(measure) => Some(*measure),
            Asked::WholeImage => None,
        });
        let mut measures: Vec<Measure> = Vec::new();
        for measure in asked {
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

/// Scores a set of masks with a bar, its notices on stderr.
pub(crate) fn score(
    benchmark: &Benchmark,
    masks: &MaskSet,
    settings: &Settings,
    per_image: bool,
) -> Result<ResultDocument> {
    for notice in masks.notices() {
        tell!("note: {notice}");
    }
    let (bar, done, total) = (Bar::new(), AtomicUsize::new(0), masks.images().len());
    let evaluation = scr_eval::evaluate(benchmark, masks, settings, &|| {
        bar.show("scoring", done.fetch_add(1, Ordering::Relaxed) + 1, total);
    })?;
    Ok(scr_report::result_document(&evaluation, per_image))
}
