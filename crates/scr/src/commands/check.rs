//! `scr check`: everything that is wrong with a set of masks and what looks wrong,
//! before anything counts.
//!
//! Errors keep a set from being scored and make the exit code 1; warnings do not.
//! As JSON both come as one object on stdout, whatever the exit code.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Result, bail};
use clap::Args;
use scr_data::{Benchmark, DataError, MaskSet, Problem, Problems};
use scr_eval::{CheckReport, Warning};
use serde::Serialize;

use super::{Format, print};
use crate::progress::Bar;
use crate::tell::tell;

#[derive(Args)]
pub(crate) struct Check {
    /// Folder of masks, STRUCTURE/IMAGE.png, or a zip file of one
    masks: PathBuf,
    /// Folder of the benchmark
    #[arg(long)]
    benchmark: PathBuf,
    /// Observer whose masks are the reference
    #[arg(long, default_value = "reference")]
    observer: String,
    /// How to print what is found
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

impl Check {
    pub(crate) fn run(self) -> Result<()> {
        let mut looked_at = None;
        let report = self.look(&mut looked_at);
        match self.format {
            Format::Table => {
                let (benchmark, masks, report) = report?;
                print(None, &table(&benchmark, &masks, &report))?;
                Ok(report.problems.or(())?)
            }
            Format::Json => {
                let document = match report {
                    Ok((benchmark, masks, report)) => Document::new(&benchmark, &masks, &report),
                    Err(DataError::Problems(problems)) => Document::failed(looked_at, &problems),
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

    /// Looks at everything, the benchmark's identifier as soon as it is known.
    fn look(
        &self,
        looked_at: &mut Option<String>,
    ) -> Result<(Benchmark, MaskSet, CheckReport), DataError> {
        let benchmark = Benchmark::open(&self.benchmark)?;
        *looked_at = Some(benchmark.id.clone());
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

/// What was found, apart from the errors, which go to stderr.
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

/// What `--format json` prints. Keys are a contract with users' scripts.
#[derive(Serialize)]
struct Document {
    /// Null where the benchmark cannot be opened.
    benchmark: Option<String>,
    /// Null where the set's names are wrong, or the benchmark's masks.
    benchmark_digest: Option<String>,
    /// Null with errors.
    masks_digest: Option<String>,
    /// Null where the set's names are wrong.
    n_images: Option<usize>,
    /// Those that the set covers; empty where its names are wrong.
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

    /// Of a set or a benchmark that could not even be listed.
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
