//! Check of a benchmark's own files.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Result;
use scr_data::{Benchmark, DataError, Problems};
use scr_eval::{BenchmarkReport, check_benchmark};
use serde::Serialize;

use super::super::arguments::Format;
use super::document::{ErrorDocument, WarningDocument, print_document};
use super::sheet::SheetFile;
use crate::progress::Bar;
use crate::stdout::print;
use crate::tell::tell;

/// Check of a benchmark.
pub(super) struct BenchmarkCheck {
    pub(super) benchmark: PathBuf,
    pub(super) sheet: Option<SheetFile>,
}

impl BenchmarkCheck {
    pub(super) fn run(self, format: Format) -> Result<()> {
        let checked = self.check();
        if let (Ok((benchmark, report)), Some(sheet)) = (&checked, &self.sheet) {
            sheet.write(benchmark, report)?;
        }
        match format {
            Format::Table => {
                let (benchmark, report) = checked?;
                for notice in &report.notices {
                    tell!("note: {notice}");
                }
                print(None, &table(&benchmark, &report))?;
                Ok(report.problems.or(())?)
            }
            Format::Json => {
                let document = match checked {
                    Ok((benchmark, report)) => Document::new(&benchmark, &report),
                    Err(DataError::Problems(problems)) => Document::failed(&problems),
                    Err(other) => return Err(other.into()),
                };
                print_document(&document, document.errors.len())
            }
        }
    }

    fn check(&self) -> Result<(Benchmark, BenchmarkReport), DataError> {
        let benchmark = Benchmark::open(&self.benchmark)?;
        let (bar, done, total) = (Bar::new(), AtomicUsize::new(0), benchmark.images.len());
        let report = check_benchmark(&benchmark, &|| {
            bar.show("checking", done.fetch_add(1, Ordering::Relaxed) + 1, total);
        });
        Ok((benchmark, report))
    }
}

/// Summary and warnings for a terminal. Errors go to stderr.
fn table(benchmark: &Benchmark, report: &BenchmarkReport) -> String {
    let count = report.warnings.len();
    let warnings = format!("{count} warning{}", if count == 1 { "" } else { "s" });
    let mut text = String::new();
    if report.problems.list().is_empty() {
        let ids = |ids: &mut dyn Iterator<Item = &String>| {
            ids.map(String::as_str).collect::<Vec<_>>().join(", ")
        };
        text += &format!(
            "{}: {} images, {} radiographs, masks of {} by {}\n",
            if count == 0 { "no problem".to_owned() } else { format!("no errors, {warnings}") },
            report.n_images,
            report.n_radiographs,
            ids(&mut benchmark.structures.iter().map(|structure| &structure.id)),
            ids(&mut benchmark.observers.iter().map(|observer| &observer.id)),
        );
        if let Some(digest) = &report.digest {
            text += &format!("benchmark digest {digest}\n");
        }
    } else if count > 0 {
        text += &format!("{warnings} beside the errors\n");
    }
    report.warnings.iter().for_each(|warning| text += &format!("  {warning}\n"));
    text
}

/// JSON document of a check. Its keys are a contract.
#[derive(Serialize)]
struct Document {
    /// Identifier; null if the benchmark cannot be opened, as all following.
    benchmark: Option<String>,
    /// Digest; null with errors in the masks of the reference.
    benchmark_digest: Option<String>,
    n_images: Option<usize>,
    /// Number of images with a readable radiograph.
    n_radiographs: Option<usize>,
    /// Number of images on which masks were compared with the anatomy.
    n_compared: Option<usize>,
    structures: Vec<String>,
    observers: Vec<String>,
    errors: Vec<ErrorDocument>,
    warnings: Vec<WarningDocument>,
    notices: Vec<String>,
}

impl Document {
    fn new(benchmark: &Benchmark, report: &BenchmarkReport) -> Self {
        Self {
            benchmark: Some(benchmark.id.clone()),
            benchmark_digest: report.digest.clone(),
            n_images: Some(report.n_images),
            n_radiographs: Some(report.n_radiographs),
            n_compared: Some(report.n_compared),
            structures: benchmark.structures.iter().map(|s| s.id.clone()).collect(),
            observers: benchmark.observers.iter().map(|o| o.id.clone()).collect(),
            errors: ErrorDocument::list(&report.problems),
            warnings: WarningDocument::list(&report.warnings),
            notices: report.notices.clone(),
        }
    }

    /// Document of a benchmark that cannot be opened.
    fn failed(problems: &Problems) -> Self {
        Self {
            benchmark: None,
            benchmark_digest: None,
            n_images: None,
            n_radiographs: None,
            n_compared: None,
            structures: Vec::new(),
            observers: Vec::new(),
            errors: ErrorDocument::list(problems),
            warnings: Vec::new(),
            notices: Vec::new(),
        }
    }
}
