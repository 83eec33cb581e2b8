//! `scr compare`: compares sets of masks by paired tests on the same images.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use scr_data::{Benchmark, Output, Problems};
use scr_documents::ComparisonDocument;
use scr_eval::{CompareSettings, Settings, compare};
use scr_report::comparison::{incomparable, method_values};
use scr_report::layout::{self, Layout};
use scr_report::tables::{self, Width};
use scr_report::{NamedResult, csv};

use super::arguments::output;
use super::scoring::{COMPARED_MEASURES, Format, Scoring};
use super::sets::read_sets;
use crate::stdout::print;

#[derive(Args)]
pub(crate) struct Compare {
    /// Folders or zips of masks, or results written by `scr evaluate --format json --per-image`
    #[arg(required = true, num_args = 2.., value_name = "MASKS|RESULT.json")]
    sets: Vec<PathBuf>,
    #[command(flatten)]
    scoring: Scoring,
    /// Significance level of the adjusted p
    #[arg(long, default_value_t = 0.05, value_parser = parse_share)]
    alpha: f64,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Print all figures in wide tables, for a terminal of more than 100 columns
    #[arg(long)]
    wide: bool,
    /// Write the comparison to a file instead of stdout
    #[arg(long, value_name = "FILE", value_parser = output())]
    out: Option<Output>,
}

impl Compare {
    pub(crate) fn run(self) -> Result<()> {
        let benchmark = Benchmark::open(&self.scoring.benchmark)?;
        let settings = self.scoring.settings(&COMPARED_MEASURES);
        let sets = read_sets(&self.sets, &benchmark, &self.scoring.layout, &settings, true)?;
        let results: Vec<NamedResult> = sets.into_iter().map(|set| set.result).collect();
        let found = compare_results(&results, self.alpha, &settings)?;
        let text = match (self.format, self.format.layout(self.wide)) {
            (_, Some(layout)) => {
                let width = if layout == Layout::Text { Width::Terminal } else { Width::Page };
                let mut all = tables::comparison_tables(&found, width);
                let (rows, note) = (&benchmark.literature, &benchmark.literature_note);
                all.extend(tables::literature_tables(rows, note, width));
                layout::write(&all, layout)
            }
            (Format::Csv, _) => csv::comparison(&found),
            _ => found.to_json(),
        };
        print(self.out.as_ref(), &text)
    }
}

/// Compares results; an error lists why they are not comparable.
pub(crate) fn compare_results(
    results: &[NamedResult],
    alpha: f64,
    settings: &Settings,
) -> Result<ComparisonDocument> {
    let mut problems = Problems::default();
    problems.extend(incomparable(results));
    problems.or(())?;
    let settings = CompareSettings {
        alpha,
        bootstrap_resamples: settings.bootstrap_resamples,
        bootstrap_seed: settings.bootstrap_seed,
    };
    let found = compare(&method_values(results), settings);
    Ok(scr_report::comparison_document(results, &found, settings))
}

/// Parses a number above 0 and below 1.
fn parse_share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| *share > 0.0 && *share < 1.0);
    share.ok_or_else(|| "expected a number between 0 and 1".to_owned())
}
