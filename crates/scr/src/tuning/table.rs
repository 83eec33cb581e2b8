//! Table of the settings tried: a CSV file, complete after every row, from which an
//! interrupted tuning resumes.
//!
//! Every row names method, benchmark, fold and seed, so that a table of another tuning is
//! refused.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use scr_data::files;
use scr_methods::{Method, Parameters, TrainingPart};

use super::validation::{Score, Validation};

/// Training part of a row: the fold alone, as `1`, or other parts in words.
fn fold_cell(part: TrainingPart) -> String {
    match part {
        TrainingPart::Fold(fold) => fold.to_string(),
        part @ TrainingPart::AllBut { .. } => part.to_string(),
    }
}

/// A setting and its score.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub(crate) struct Trial {
    pub(crate) parameters: Parameters,
    #[serde(flatten)]
    pub(crate) score: Score,
}

/// All settings tried so far.
pub(crate) struct Table {
    path: PathBuf,
    method: &'static dyn Method,
    /// Names of the columns.
    head: Vec<String>,
    /// Values of the last columns, equal in all rows.
    common: Vec<String>,
    rows: Vec<Trial>,
}

impl Table {
    /// Opens the table of an earlier run of the same tuning, or a new one.
    ///
    /// # Errors
    /// When the file is no table of a tuning, or one of another tuning.
    pub(crate) fn open(path: &Path, validation: &Validation<'_>) -> Result<Self> {
        let benchmark = validation.benchmark;
        let head = ["mean_overlap", "pixel_error"].map(str::to_owned).into_iter();
        let head = head
            .chain(benchmark.objects.iter().map(|object| format!("overlap_{}", object.id)))
            .chain(
                validation
                    .method
                    .info()
                    .parameters
                    .iter()
                    .map(|parameter| parameter.key.to_owned()),
            )
            .chain(
                ["method", "method_version", "benchmark_digest", "fold", "parts", "seed"]
                    .map(str::to_owned),
            );
        let common = vec![
            validation.method.info().id.to_owned(),
            validation.method.info().version.to_owned(),
            benchmark.digest(benchmark.reference())?,
            fold_cell(validation.part),
            validation.scheme.to_string(),
            validation.seed.to_string(),
        ];
        let (path, method) = (path.to_owned(), validation.method);
        let mut table = Self { path, method, head: head.collect(), common, rows: Vec::new() };
        if table.path.exists() {
            table.read()?;
        }
        Ok(table)
    }

    fn read(&mut self) -> Result<()> {
        let place = self.path.display().to_string();
        let bytes = files::read_file(&self.path).map_err(|p| anyhow::anyhow!("{p}"))?;
        let mut reader = csv::Reader::from_reader(&bytes[..]);
        let other = || {
            format!(
                "{place}: expected a table of this tuning, found another file; choose another --out or delete it"
            )
        };
        let head: Vec<String> =
            reader.headers().with_context(other)?.iter().map(str::to_owned).collect();
        if head != self.head {
            bail!(other());
        }
        for record in reader.records() {
            let record = record.with_context(other)?;
            let row: Vec<&str> = record.iter().collect();
            let n_numbers = row.len() - self.common.len();
            if row[n_numbers..] != self.common[..] {
                bail!(other());
            }
            self.rows.push(self.parsed(&row[..n_numbers]).with_context(other)?);
        }
        Ok(())
    }

    fn parsed(&self, row: &[&str]) -> Result<Trial> {
        let n_scores = row.len() - self.method.info().parameters.len();
        let scores: Vec<f64> =
            row[..n_scores].iter().map(|text| text.parse()).collect::<Result<_, _>>()?;
        let keys = self.method.info().parameters.iter().map(|parameter| parameter.key.to_owned());
        let values: Vec<(String, String)> =
            keys.zip(row[n_scores..].iter().map(|&text| text.to_owned())).collect();
        Ok(Trial {
            parameters: Parameters::new(self.method.info(), &values)?,
            score: Score {
                mean_overlap: scores[0],
                pixel_error: scores[1],
                overlaps: scores[2..].to_vec(),
            },
        })
    }

    /// The row of a setting.
    pub(crate) fn find(&self, parameters: &Parameters) -> Option<&Trial> {
        self.rows.iter().find(|row| row.parameters == *parameters)
    }

    /// Number of settings tried.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Adds a row and writes the file.
    pub(crate) fn add(&mut self, tried: Trial) -> Result<()> {
        self.rows.push(tried);
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&self.head)?;
        for Trial { parameters, score } in &self.rows {
            let scores = [score.mean_overlap, score.pixel_error];
            let keys = self.method.info().parameters.iter().map(|parameter| parameter.key);
            let numbers = scores
                .into_iter()
                .chain(score.overlaps.iter().copied())
                .chain(keys.map(|key| parameters.get(key)));
            let row = numbers.map(|number| number.to_string()).chain(self.common.iter().cloned());
            writer.write_record(row)?;
        }
        Ok(files::write_file(&self.path, &writer.into_inner()?)?)
    }
}
