//! Check of a set of masks.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Result;
use scr_data::{Benchmark, DataError, MaskSet, Problems};
use scr_eval::CheckReport;
use serde::Serialize;

use super::super::arguments::{Format, MaskLayout};
use super::super::sets::open_masks;
use super::document::{ErrorDocument, WarningDocument, print_document};
use crate::progress::Bar;
use crate::stdout::print;
use crate::tell::tell;

/// Check of a set of masks.
pub(super) struct MaskCheck {
    pub(super) masks: PathBuf,
    pub(super) benchmark: PathBuf,
    /// Observer whose masks are the reference; the first one when none is named.
    pub(super) observer: Option<String>,
    pub(super) layout: MaskLayout,
}

impl MaskCheck {
    pub(super) fn run(self, format: Format) -> Result<()> {
        let mut benchmark_id = None;
        let report = self.check(&mut benchmark_id);
        match format {
            Format::Table => {
                let (benchmark, masks, report) = report?;
                print(None, &table(&benchmark, &masks, &report))?;
                Ok(report.problems.or(())?)
            }
            Format::Json => {
                let document = match report {
                    Ok((benchmark, masks, report)) => Document::new(&benchmark, &masks, &report),
                    Err(DataError::Problems(problems)) => Document::failed(benchmark_id, &problems),
                    Err(other) => return Err(other.into()),
                };
                print_document(&document, document.errors.len())
            }
        }
    }

    /// Checks the set; sets the identifier of the benchmark once it is read.
    fn check(
        &self,
        benchmark_id: &mut Option<String>,
    ) -> Result<(Benchmark, MaskSet, CheckReport), DataError> {
        let benchmark = Benchmark::open(&self.benchmark)?;
        *benchmark_id = Some(benchmark.id.clone());
        let observer = match &self.observer {
            Some(id) => benchmark.observer(id)?.id.clone(),
            None => benchmark.reference().id.clone(),
        };
        let masks = open_masks(&self.masks, &benchmark, &self.layout, MaskSet::open)?;
        let (bar, done, total) = (Bar::new(), AtomicUsize::new(0), masks.images().len());
        let report = scr_eval::check(&benchmark, &masks, &observer, &|| {
            bar.show("checking", done.fetch_add(1, Ordering::Relaxed) + 1, total);
        })?;
        drop(bar);
        for notice in masks.notices().iter().chain(&report.notices) {
            tell!("note: {notice}");
        }
        Ok((benchmark, masks, report))
    }
}

/// Summary and warnings for a terminal. Errors go to stderr.
fn table(benchmark: &Benchmark, masks: &MaskSet, report: &CheckReport) -> String {
    let count = report.warnings.len();
    let warnings = format!("{count} warning{}", if count == 1 { "" } else { "s" });
    let mut text = String::new();
    if let Some(digest) = &report.masks_digest {
        let covered = masks.structures();
        let is_covered = |structure: &usize| covered.contains(structure);
        let objects: Vec<&str> = benchmark
            .objects
            .iter()
            .filter(|object| object.structures.iter().all(is_covered))
            .map(|object| object.id.as_str())
            .collect();
        text += &format!(
            "{}: {} masks of {} images, covering {}\nmasks digest {digest}\n",
            if count == 0 { "no problem".to_owned() } else { format!("no errors, {warnings}") },
            report.n_images * covered.len(),
            report.n_images,
            objects.join(", ")
        );
    } else if count > 0 {
        text += &format!("{warnings} beside the errors\n");
    }
    report.warnings.iter().for_each(|warning| text += &format!("  {warning}\n"));
    text
}

/// JSON document of a check. Its keys are a contract.
#[derive(Serialize)]
struct Document {
    /// Identifier; null if the benchmark cannot be opened.
    benchmark: Option<String>,
    /// Digest; null with errors in the benchmark's masks or in the names of the set.
    benchmark_digest: Option<String>,
    /// Digest; null with errors.
    masks_digest: Option<String>,
    /// Number of images; null with errors in the names of the set.
    n_images: Option<usize>,
    /// Structures of the set; empty with errors in its names.
    structures: Vec<String>,
    errors: Vec<ErrorDocument>,
    warnings: Vec<WarningDocument>,
    notices: Vec<String>,
}

impl Document {
    fn new(benchmark: &Benchmark, masks: &MaskSet, report: &CheckReport) -> Self {
        Self {
            benchmark: Some(benchmark.id.clone()),
            benchmark_digest: report.benchmark_digest.clone(),
            masks_digest: report.masks_digest.clone(),
            n_images: Some(report.n_images),
            structures: report.structures.clone(),
            errors: ErrorDocument::list(&report.problems),
            warnings: WarningDocument::list(&report.warnings),
            notices: masks.notices().iter().chain(&report.notices).cloned().collect(),
        }
    }

    /// Document of a set or a benchmark that cannot be listed.
    fn failed(benchmark: Option<String>, problems: &Problems) -> Self {
        Self {
            benchmark,
            benchmark_digest: None,
            masks_digest: None,
            n_images: None,
            structures: Vec::new(),
            errors: ErrorDocument::list(problems),
            warnings: Vec::new(),
            notices: Vec::new(),
        }
    }
}
