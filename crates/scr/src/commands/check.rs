//! `scr check`: lists errors and suspicions in a benchmark, or in a set of masks, without
//! scoring it.
//!
//! With errors the exit code is 1. Suspicions, printed as warnings, do not change it. `--format
//! json` prints both as one object on stdout with any exit code.

mod benchmark;
mod document;
mod masks;
mod sheet;

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use scr_data::{BENCHMARK_FILE, Problem};

use self::benchmark::BenchmarkCheck;
use self::masks::MaskCheck;
use self::sheet::SheetFile;
use super::arguments::{Format, MaskLayout};

#[derive(Args)]
pub(crate) struct Check {
    /// Folder of a benchmark; or, with --benchmark, a set of masks: folder or
    /// zip, STRUCTURE/IMAGE.png, or any layout that `scr init` reads
    #[arg(value_name = "BENCHMARK|MASKS")]
    path: PathBuf,
    /// Folder of the benchmark that masks belong to; without it, a benchmark itself is checked
    #[arg(long)]
    benchmark: Option<PathBuf>,
    /// Observer whose masks are the reference, for a check of masks [default: the benchmark's
    /// first]
    #[arg(long, requires = "benchmark")]
    observer: Option<String>,
    #[command(flatten)]
    layout: MaskLayout,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Contact sheet to write, FILE.html or FILE.png: a benchmark's images with the outlines of
    /// the reference, those with findings first
    #[arg(long, value_name = "FILE", value_parser = sheet::sheet_file(), conflicts_with = "benchmark")]
    sheet: Option<SheetFile>,
}

impl Check {
    pub(crate) fn run(self) -> Result<()> {
        let Self { path, benchmark, observer, layout, format, sheet } = self;
        match benchmark {
            Some(benchmark) => MaskCheck { masks: path, benchmark, observer, layout }.run(format),
            None if path.is_file() || (path.is_dir() && !path.join(BENCHMARK_FILE).exists()) => {
                let expected = format!("a benchmark folder with {BENCHMARK_FILE}");
                let found = if path.is_file() { "a file" } else { "a folder without it" };
                let hint = "to check a set of masks, name its benchmark: --benchmark FOLDER";
                let place = path.display().to_string();
                let problem = Problem::new(place, expected, found, hint);
                Err(scr_data::DataError::from(problem).into())
            }
            None => BenchmarkCheck { benchmark: path, sheet }.run(format),
        }
    }
}
