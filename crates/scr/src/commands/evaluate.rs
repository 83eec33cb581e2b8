//! `scr evaluate`: scores one or several sets of masks.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use scr_data::{Benchmark, Output, Problems};
use scr_measures::Measure;
use scr_report::comparison::incomparable;
use scr_report::layout::{self, Layout, Table};
use scr_report::tables::{self, Width};
use scr_report::{NamedResult, csv};

use super::arguments::output;
use super::scoring::{COMPARED_MEASURES, Format, Scoring};
use super::sets::read_sets;
use crate::stdout::print;

#[derive(Args)]
pub(crate) struct Evaluate {
    /// Sets of masks: folders or zips, STRUCTURE/IMAGE.png, or any layout that `scr init` reads;
    /// several give one table, by object and method
    #[arg(required = true)]
    masks: Vec<PathBuf>,
    #[command(flatten)]
    scoring: Scoring,
    /// Output format; several sets have no JSON and no CSV
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Print all statistics in wide tables, for a terminal of more than 100 columns; with
    /// `--format latex` in place of a paper's table
    #[arg(long)]
    wide: bool,
    /// Print the values of every image as well; as CSV in place of the summaries
    #[arg(long)]
    per_image: bool,
    /// Write the result to a file instead of stdout
    #[arg(long, value_name = "FILE", value_parser = output())]
    out: Option<Output>,
}

impl Evaluate {
    pub(crate) fn run(self) -> Result<()> {
        let has_several = self.masks.len() > 1;
        if has_several && self.format.layout(self.wide).is_none() {
            bail!(
                "expected one set of masks for this format, found {}\n  hint: score each by itself, or see `scr compare --format json`",
                self.masks.len()
            );
        }
        let is_paper = !self.wide && (has_several || self.format == Format::Latex);
        let default: &[Measure] = if is_paper { &COMPARED_MEASURES } else { &Measure::DEFAULT };
        let benchmark = Benchmark::open(&self.scoring.benchmark)?;
        let settings = self.scoring.settings(default);
        let with_images = self.per_image || has_several;
        let sets =
            read_sets(&self.masks, &benchmark, &self.scoring.layout, &settings, with_images)?;
        let results: Vec<NamedResult> = sets.into_iter().map(|set| set.result).collect();
        if has_several {
            let mut problems = Problems::default();
            problems.extend(incomparable(&results));
            problems.or(())?;
        }
        print(self.out.as_ref(), &self.text(&results, is_paper))
    }

    fn text(&self, results: &[NamedResult], is_paper: bool) -> String {
        if let Some(layout) = self.format.layout(self.wide) {
            return layout::write(&self.tables(results, is_paper, layout), layout);
        }
        let result = &results[0].result;
        match self.format {
            Format::Csv if self.per_image => csv::images(result),
            Format::Csv => csv::summaries(result),
            _ => result.to_json(),
        }
    }

    fn tables(&self, results: &[NamedResult], is_paper: bool, layout: Layout) -> Vec<Table> {
        let mut all = Vec::new();
        for NamedResult { name, result } in results {
            let width = if layout == Layout::Text { Width::Terminal } else { Width::Page };
            let mut of_result = Vec::new();
            if self.per_image {
                of_result.extend(tables::image_tables(result, width));
            }
            if !is_paper {
                of_result.extend(tables::result_tables(result, width));
            }
            for table in of_result.iter_mut().filter(|table| !table.title.is_empty()) {
                if results.len() > 1 {
                    table.title = format!("{name}: {}", table.title);
                }
            }
            all.extend(of_result);
        }
        if is_paper {
            all.extend(tables::paper_tables(results));
        }
        all
    }
}
