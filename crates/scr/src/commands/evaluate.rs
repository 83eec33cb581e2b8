//! `scr evaluate`: scores a set of masks.

use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use scr_data::{Benchmark, MaskSet, files};
use scr_eval::Settings;
use scr_measures::Measure;
use scr_report::{ResultDocument, table};

use crate::progress::Bar;

#[derive(Args)]
pub(crate) struct Evaluate {
    /// Folder of masks, STRUCTURE/IMAGE.png
    masks: PathBuf,
    /// Folder of the benchmark
    #[arg(long)]
    benchmark: PathBuf,
    /// Observer whose masks are the reference
    #[arg(long, default_value = "reference")]
    observer: String,
    /// Measures, separated by commas [default: all]
    #[arg(long, value_delimiter = ',')]
    measures: Vec<Measure>,
    /// How to print the result
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Print every image's values as well
    #[arg(long)]
    per_image: bool,
    /// Write the result to a file instead of stdout
    #[arg(long)]
    out: Option<PathBuf>,
}

/// How a result is printed.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
}

impl Evaluate {
    pub(crate) fn run(self) -> Result<()> {
        let benchmark = Benchmark::open(&self.benchmark)?;
        let measures =
            if self.measures.is_empty() { Measure::DEFAULT.to_vec() } else { self.measures };
        let settings = Settings { observer: self.observer, measures, ..Settings::default() };
        let masks = MaskSet::open(&self.masks, &benchmark)?;
        let result = score(&benchmark, &masks, &settings, self.per_image)?;
        let text = match self.format {
            Format::Json => result.to_json(),
            Format::Table if self.per_image => {
                table::image_table(&result) + "\n" + &table::summary_table(&result)
            }
            Format::Table => table::summary_table(&result),
        };
        match &self.out {
            Some(path) => files::write_file(path, text.as_bytes())?,
            None => {
                let mut stdout = std::io::stdout();
                stdout.write_all(text.as_bytes()).context("cannot write to stdout")?;
            }
        }
        Ok(())
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
        eprintln!("note: {notice}");
    }
    let (bar, done, total) = (Bar::new(), AtomicUsize::new(0), masks.images().len());
    let evaluation = scr_eval::evaluate(benchmark, masks, settings, &|| {
        bar.show("scoring", done.fetch_add(1, Ordering::Relaxed) + 1, total);
    })?;
    Ok(ResultDocument::new(&evaluation, per_image))
}
