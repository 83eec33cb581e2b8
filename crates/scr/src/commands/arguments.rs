//! Arguments shared by several commands, and their parsers.

use anyhow::Result;
use clap::builder::{PathBufValueParser, TypedValueParser};
use clap::{Args, ValueEnum};
use scr_data::{Benchmark, Fold, Output, Protocol};
use scr_import::{Convention, Conversion, GivenName};
use scr_methods::{METHODS, Method, MethodError, TrainingPart, find_method};

/// Output format of a list.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A table for a terminal
    Table,
    /// JSON for scripts
    Json,
}

/// Options on masks in a layout of others.
#[derive(Args, Clone, Default)]
pub(crate) struct MaskLayout {
    /// Names of labels: 1=right_lung,2=left_lung; a name without a label is that of the only
    /// structure; LABEL= leaves a label out
    #[arg(long, value_name = "LABEL=NAME,...", value_parser = parse_labels)]
    labels: Option<Labels>,
    /// Convention of run lengths in a CSV table
    #[arg(long, value_enum)]
    runs: Option<RunsChoice>,
    /// Divide masks of both sides into right and left, by their two large parts
    #[arg(long)]
    pub(crate) split_sides: bool,
}

/// Names of labels as one argument.
#[derive(Clone)]
struct Labels(Vec<GivenName>);

#[derive(Clone, Copy, ValueEnum)]
enum RunsChoice {
    /// Starts count from 1, down the columns
    Kaggle,
    /// Starts count from the end of the run before, down the columns
    Siim,
    /// Starts count from 1, along the rows
    Chexmask,
}

fn parse_labels(text: &str) -> Result<Labels, String> {
    GivenName::parse_list(text).map(Labels)
}

impl MaskLayout {
    /// Names of labels.
    pub(crate) fn labels(&self) -> Vec<GivenName> {
        self.labels.as_ref().map_or(Vec::new(), |labels| labels.0.clone())
    }

    /// Convention of run lengths.
    pub(crate) fn runs(&self) -> Option<Convention> {
        self.runs.map(|choice| match choice {
            RunsChoice::Kaggle => Convention::Kaggle,
            RunsChoice::Siim => Convention::Siim,
            RunsChoice::Chexmask => Convention::CheXmask,
        })
    }

    /// Options of a conversion.
    pub(crate) fn conversion(&self) -> Conversion {
        Conversion { labels: self.labels(), runs: self.runs(), split_sides: self.split_sides }
    }
}

/// Fails where none of the methods has a posterior.
pub(crate) fn refuse_posteriors(methods: &[&'static dyn Method]) -> Result<()> {
    if methods.iter().any(|method| method.info().has_posterior) {
        return Ok(());
    }
    let able: Vec<&str> =
        METHODS.iter().filter(|m| m.info().has_posterior).map(|m| m.info().id).collect();
    anyhow::bail!(
        "--soft: expected a method that has a posterior ({}), found {}",
        able.join(", "),
        methods.iter().map(|method| method.info().id).collect::<Vec<_>>().join(", ")
    )
}

/// Parses a fold: its number, or the word for a set of images.
pub(crate) fn parse_fold(text: &str) -> Result<Fold, String> {
    let expected = "expected the number of a fold, or train, validation or test";
    text.parse().map_err(|_| expected.to_owned())
}

/// Choice of the images to train on.
#[derive(Args)]
pub(crate) struct TrainingChoice {
    /// Fold to train on; a benchmark with a training set needs no choice
    #[arg(long, value_parser = parse_fold, conflicts_with = "held_out")]
    fold: Option<Fold>,
    /// Fold to hold out, for masks of it: trains on the other fold, or on all others of k-fold
    #[arg(long, value_parser = parse_fold, value_name = "FOLD")]
    held_out: Option<Fold>,
}

impl TrainingChoice {
    /// The part of the benchmark to train on, which its protocol must have.
    pub(crate) fn part(&self, benchmark: &Benchmark) -> Result<TrainingPart> {
        let (id, protocol) = (&benchmark.id, benchmark.protocol);
        let folds = benchmark.folds();
        let last = folds.last().map(ToString::to_string).unwrap_or_default();
        let part = match (protocol, self.fold, self.held_out) {
            (Protocol::Split, None, None) => Some(TrainingPart::Fold(Fold::TRAIN)),
            (Protocol::TwoFold | Protocol::Split, Some(fold), None) => {
                Some(fold.into()).filter(|part| {
                    let mut parts = folds.iter().map(|f| TrainingPart::to_segment(protocol, *f));
                    parts.any(|other| other == Some(*part))
                })
            }
            (_, None, Some(held_out)) if folds.contains(&held_out) => {
                TrainingPart::to_segment(protocol, held_out)
            }
            _ => None,
        };
        if let Some(part) = part {
            return Ok(part);
        }
        match protocol {
            Protocol::TwoFold => anyhow::bail!(
                "{id} is two-fold: expected --fold 1 or --fold 2, the fold to train on"
            ),
            Protocol::KFold => anyhow::bail!(
                "{id} is k-fold: expected --held-out and a fold from 1 to {last}; training is on all \
                 others"
            ),
            Protocol::Split => anyhow::bail!(
                "{id} has a training set: expected --fold train, or neither --fold nor --held-out"
            ),
            Protocol::EvaluationOnly => {
                Err(MethodError::EvaluationOnly { benchmark: id.clone() }.into())
            }
        }
    }
}

/// Parses the name of a method.
pub(crate) fn parse_method(name: &str) -> Result<&'static dyn Method, String> {
    find_method(name).map_err(|error| error.to_string())
}

/// Parser of the name of an output file, which must be writable.
pub(crate) fn output() -> impl TypedValueParser<Value = Output> {
    PathBufValueParser::new().try_map(|path| Output::at(&path))
}

/// Parses `key=value`.
pub(crate) fn parse_setting(text: &str) -> Result<(String, String), String> {
    text.split_once('=')
        .map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()))
        .ok_or_else(|| "expected key=value".to_owned())
}
