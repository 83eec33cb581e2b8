//! `scr tune`: chooses a method's parameters by cross-validation inside its training images, or
//! by a validation set.

use std::fmt::Write;
use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use scr_data::{Benchmark, Fold, Output};
use scr_methods::{Method, Parameters};

use super::arguments::{TrainingChoice, output, parse_method, parse_setting};
use crate::progress::Bar;
use crate::stdout::print;
use crate::tuning::{MAX_ROUNDS, Scheme, Table, Trial, Tuning, TuningResult, Validation};

#[derive(Args)]
pub(crate) struct Tune {
    /// Method of `scr methods`
    #[arg(value_parser = parse_method)]
    method: &'static dyn Method,
    /// Folder of the benchmark
    #[arg(long)]
    benchmark: PathBuf,
    #[command(flatten)]
    choice: TrainingChoice,
    /// CSV file of all settings tried; an interrupted tuning resumes from it
    #[arg(long, value_name = "FILE", value_parser = output())]
    out: Output,
    /// Values of a parameter to try, one option a parameter, searched in this order
    /// [default for asm: the parameters of the study]
    #[arg(long = "try", value_name = "KEY=V1,V2,...", value_parser = parse_tries)]
    tries: Vec<(String, Vec<String>)>,
    /// Parts of the cross-validation inside the training images: each is segmented by a model
    /// of the others [default: 2; none where the benchmark has a validation set]
    #[arg(long, value_parser = clap::value_parser!(u16).range(2..=100))]
    parts: Option<u16>,
    /// Random seed of training
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Parts of a cross-validation by default.
const DEFAULT_PARTS: u16 = 2;

/// Values to try of `asm` and `asm-tuned` by default: the parameters that the study names,
/// in the order of their measured effect, then two of this project.
const OF_ASM: [(&str, &str); 9] = [
    ("variance", "0.9,0.95,0.98,0.99,0.995,0.999,1"),
    ("limit", "1,1.5,2,2.5,3"),
    ("reach", "2,3,5,7,9"),
    ("candidates", "1,2,3,4,6"),
    ("levels", "3,4,5,6"),
    ("steps", "5,10,20,40"),
    ("close", "0.8,0.9,0.95,1"),
    ("noise", "0,0.5,0.75,1,1.25,1.5,2"),
    ("spread", "0,0.1,0.2,0.3"),
];

impl Tune {
    pub(crate) fn run(self) -> Result<()> {
        let tries = self.tries()?;
        let Some(path) = self.out.file() else {
            bail!("--out {}: expected a file, from which a tuning can resume", self.out);
        };
        let benchmark = Benchmark::open(&self.benchmark)?;
        let part = self.choice.part(&benchmark)?;
        let n_images = part.images(&benchmark).len();
        let scheme = match self.parts {
            None if benchmark.fold(Fold::VALIDATION).next().is_some() => Scheme::ValidationSet,
            parts => Scheme::Parts(parts.unwrap_or(DEFAULT_PARTS).into()),
        };
        let n_parts = match scheme {
            Scheme::Parts(n_parts) => n_parts,
            Scheme::ValidationSet => 1,
        };
        if n_images < n_parts {
            bail!(
                "{part} of {} has {n_images} images, expected at least one for each of {n_parts} \
                 parts",
                benchmark.id
            );
        }
        let validation = Validation {
            method: self.method,
            benchmark: &benchmark,
            part,
            scheme,
            seed: self.seed,
        };
        let mut table = Table::open(path, &validation)?;
        let tuning = Tuning { validation, tries };
        let bar = Bar::new();
        let tuned = tuning.run(&mut table, &|what, done, total| bar.show(what, done, total))?;
        drop(bar);
        match self.format {
            Format::Text => print(None, &self.text(&tuning, &tuned)?),
            Format::Json => print(None, &(serde_json::to_string_pretty(&tuned)? + "\n")),
        }
    }

    /// Values to try, all checked before anything is trained.
    fn tries(&self) -> Result<Vec<(String, Vec<String>)>> {
        let is_asm = ["asm", "asm-tuned"].contains(&self.method.info().id);
        let mut tries = self.tries.clone();
        if tries.is_empty() && is_asm {
            let owned = |values: &str| values.split(',').map(str::to_owned).collect();
            tries = OF_ASM.map(|(key, values)| (key.to_owned(), owned(values))).into();
        }
        if tries.is_empty() {
            let id = self.method.info().id;
            bail!(
                "--try KEY=V1,V2,...: expected values of at least one parameter of {id}, found none\n  \
                 hint: `scr methods` lists the parameters"
            );
        }
        let settings =
            tries.iter().flat_map(|(key, values)| values.iter().map(move |value| (key, value)));
        let wrong: Vec<String> = settings
            .filter_map(|(key, value)| {
                let setting = [(key.clone(), value.clone())];
                Parameters::new(self.method.info(), &setting).err().map(|error| error.to_string())
            })
            .collect();
        if wrong.is_empty() { Ok(tries) } else { bail!(wrong.join("\n")) }
    }

    fn text(&self, tuning: &Tuning<'_>, tuned: &TuningResult) -> Result<String> {
        let mut text = String::new();
        let mut line = |what: &str, tried: &Trial| -> Result<()> {
            let Trial { score, .. } = tried;
            write!(text, "{what:8} mean overlap {:.4}", score.mean_overlap)?;
            for (object, overlap) in tuning.validation.benchmark.objects.iter().zip(&score.overlaps)
            {
                write!(text, ", {} {overlap:.4}", object.id)?;
            }
            writeln!(text, ", pixel error {:.4}", score.pixel_error)?;
            Ok(())
        };
        line("defaults", &tuned.default)?;
        line("best", &tuned.best)?;
        let default = &tuned.default.parameters;
        let changed =
            tuned.best.parameters.iter().filter(|(key, value)| default.get(key) != *value);
        let changed: Vec<String> =
            changed.map(|(key, value)| format!("--set {key}={value}")).collect();
        let changed = if changed.is_empty() { "none".into() } else { changed.join(" ") };
        writeln!(text, "changed  {changed}")?;
        let (n_tried, n_grid) = (tuned.n_tried, tuning.n_grid());
        writeln!(text, "tried    {n_tried} settings, one parameter at a time; see {}", self.out)?;
        writeln!(text, "         (a grid of all combinations would have {n_grid})")?;
        if !tuned.has_converged {
            writeln!(text, "         not converged: round {MAX_ROUNDS} still changed parameters")?;
        }
        Ok(text)
    }
}

/// Parses `key=value,value`.
fn parse_tries(text: &str) -> Result<(String, Vec<String>), String> {
    let (key, values) = parse_setting(text)?;
    let values: Vec<String> = values.split(',').map(|value| value.trim().to_owned()).collect();
    Ok((key, values))
}
