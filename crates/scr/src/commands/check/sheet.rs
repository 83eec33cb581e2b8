//! Contact sheet of a checked benchmark.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Result;
use clap::builder::{PathBufValueParser, TypedValueParser};
use rayon::prelude::*;
use scr_data::digest::Manifest;
use scr_data::{Benchmark, Output};
use scr_eval::BenchmarkReport;
use scr_report::sheet::{ContactSheet, SheetImage, shown_images};

use crate::progress::Bar;
use crate::tell::tell;

/// File of a contact sheet.
#[derive(Debug, Clone)]
pub(super) struct SheetFile {
    output: Output,
    form: Form,
}

#[derive(Debug, Clone, Copy)]
enum Form {
    Html,
    Png,
}

/// Parser of the name of a sheet: its end says the form.
pub(super) fn sheet_file() -> impl TypedValueParser<Value = SheetFile> {
    PathBufValueParser::new().try_map(|path| {
        let form = form(&path).ok_or("expected a name that ends with .html or .png")?;
        let output = Output::at(&path).map_err(|error| error.to_string())?;
        Ok::<_, String>(SheetFile { output, form })
    })
}

fn form(path: &Path) -> Option<Form> {
    match path.extension()?.to_str()?.to_lowercase().as_str() {
        "html" | "htm" => Some(Form::Html),
        "png" => Some(Form::Png),
        _ => None,
    }
}

impl SheetFile {
    /// Reads the shown images again and writes the sheet.
    pub(super) fn write(&self, benchmark: &Benchmark, report: &BenchmarkReport) -> Result<()> {
        let findings = findings(report);
        let has_finding: Vec<bool> =
            benchmark.images.iter().map(|image| findings.contains_key(image.id.as_str())).collect();
        let shown = shown_images(&has_finding);
        let (bar, done) = (Bar::new(), AtomicUsize::new(0));
        let images = shown.par_iter().map(|&index| {
            let image = reduced(benchmark, index, &findings);
            bar.show("drawing the sheet", done.fetch_add(1, Ordering::Relaxed) + 1, shown.len());
            image
        });
        let images = images.collect();
        drop(bar);
        let of_all = report.warnings.iter().filter(|warning| warning.rule.is_of_the_whole_set());
        let sheet = ContactSheet {
            title: benchmark.title.clone(),
            structures: benchmark.structures.iter().map(|s| s.name.clone()).collect(),
            findings: of_all
                .map(|warning| format!("{}: {}", warning.rule.key(), warning.message))
                .collect(),
            images,
            n_images: benchmark.images.len(),
        };
        match self.form {
            Form::Html => self.output.write(sheet.html().as_bytes())?,
            Form::Png => self.output.write(&sheet.png())?,
        }
        tell!("contact sheet written to {}", self.output);
        Ok(())
    }
}

/// Findings about single images, in short words, by identifier.
fn findings(report: &BenchmarkReport) -> BTreeMap<&str, Vec<String>> {
    let mut findings: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for image in &report.images_with_problems {
        findings.entry(image).or_default().push("error".to_owned());
    }
    for warning in report.warnings.iter().filter(|w| !w.rule.is_of_the_whole_set()) {
        for image in &warning.images {
            let words = findings.entry(image).or_default();
            let key = warning.rule.key().replace('_', " ");
            if !words.contains(&key) {
                words.push(key);
            }
        }
    }
    findings
}

/// Image of the sheet, without files that cannot be read: these are among the findings.
fn reduced(
    benchmark: &Benchmark,
    index: usize,
    findings: &BTreeMap<&str, Vec<String>>,
) -> SheetImage {
    let image = &benchmark.images[index];
    let radiograph = benchmark.read_radiograph(image).ok();
    let masks = benchmark.read_masks(benchmark.reference(), image, &mut Manifest::default());
    let masks = masks.unwrap_or_default();
    let words = findings.get(image.id.as_str()).cloned().unwrap_or_default();
    SheetImage::new(&image.id, radiograph.as_ref(), &masks, words)
}
