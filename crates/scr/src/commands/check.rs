//! `scr check`: lists errors and suspicions in a set of masks without scoring it.
//!
//! A set with errors cannot be scored: the exit code is 1. Suspicions, printed as warnings,
//! do not change it. `--format json` prints both as one object on stdout with any exit code.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Result, bail};
use clap::Args;
use scr_data::{Benchmark, DataError, MaskSet, Problem, Problems};
use scr_eval::{CheckReport, Warning};
use serde::Serialize;

use super::arguments::Format;
use crate::progress::Bar;
use crate::stdout::print;
use crate::tell::tell;

#[derive(Args)]
pub(crate) struct Check {
    /// Folder or zip of masks, STRUCTURE/IMAGE.png
    masks: PathBuf,
    /// Folder of the benchmark
    #[arg(long)]
    benchmark: PathBuf,
    /// Observer whose masks are the reference
    #[arg(long, default_value = "reference")]
    observer: String,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

impl Check {
    pub(crate) fn run(self) -> Result<()> {
        let mut benchmark_id = None;
        let report = self.check(&mut benchmark_id);
        match self.format {
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
                print(None, &(serde_json::to_string_pretty(&document)? + "\n"))?;
                match document.errors.len() {
                    0 => Ok(()),
                    1 => bail!("1 problem, in the JSON on stdout"),
                    count => bail!("{count} problems, in the JSON on stdout"),
                }
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
        benchmark.observer(&self.observer)?;
        let masks = MaskSet::open(&self.masks, &benchmark)?;
        let (bar, done, total) = (Bar::new(), AtomicUsize::new(0), masks.images().len());
        let report = scr_eval::check(&benchmark, &masks, &self.observer, &|| {
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

#[derive(Serialize)]
struct ErrorDocument {
    place: String,
    expected: String,
    found: String,
    hint: String,
}

#[derive(Serialize)]
struct WarningDocument {
    rule: &'static str,
    structures: Vec<String>,
    images: Vec<String>,
    message: String,
    hint: String,
}

impl Document {
    fn new(benchmark: &Benchmark, masks: &MaskSet, report: &CheckReport) -> Self {
        Self {
            benchmark: Some(benchmark.id.clone()),
            benchmark_digest: report.benchmark_digest.clone(),
            masks_digest: report.masks_digest.clone(),
            n_images: Some(report.n_images),
            structures: report.structures.clone(),
            errors: report.problems.list().iter().map(ErrorDocument::new).collect(),
            warnings: report.warnings.iter().map(WarningDocument::new).collect(),
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
            errors: problems.list().iter().map(ErrorDocument::new).collect(),
            warnings: Vec::new(),
            notices: Vec::new(),
        }
    }
}

impl ErrorDocument {
    fn new(problem: &Problem) -> Self {
        let Problem { place, expected, found, hint } = problem.clone();
        Self { place, expected, found, hint }
    }
}

impl WarningDocument {
    fn new(warning: &Warning) -> Self {
        let Warning { rule, structures, images, message, hint } = warning.clone();
        Self { rule: rule.key(), structures, images, message, hint }
    }
}
