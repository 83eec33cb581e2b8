//! The commands, one file each.

mod admin;
mod backup;
mod check;
mod compare;
mod demo;
mod evaluate;
mod export;
mod fetch;
mod import;
mod mail;
mod measures;
mod methods;
mod phantom;
mod report;
mod run;
mod segment;
mod serve;
mod submit;
mod train;
mod tune;
mod verify;
mod worker;

use std::io::Write;

use anyhow::{Context, Result};
use clap::builder::{PathBufValueParser, TypedValueParser};
use clap::{Subcommand, ValueEnum};
use scr_data::{Fold, Output};
use scr_methods::{METHODS, Method, find_method};

use crate::logging::LogFormat;

/// Where a list is to be read.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A terminal
    Table,
    /// A script
    Json,
}

/// What `scr` can do.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Draw a phantom benchmark, run the baselines, score, publish and serve: everything at once
    Demo(demo::Demo),
    /// Draw chest radiographs with known anatomy
    Phantom(phantom::Phantom),
    /// Turn an original database into a benchmark folder
    Import(import::Import),
    /// List every problem of a set of masks, without scoring it
    Check(check::Check),
    /// Score a set of masks against a benchmark
    Evaluate(evaluate::Evaluate),
    /// Compare sets of masks pair by pair: which differences are more than chance
    Compare(compare::Compare),
    /// Write one HTML file with tables, plots and the images to look at
    Report(report::Report),
    /// Explain the measures: definitions, units, variants, and whose numbers they equal
    Measures(measures::Measures),
    /// List the segmentation methods, with parameters and sources
    Methods(methods::Methods),
    /// Train a method on one fold of a benchmark
    Train(train::Train),
    /// Choose a method's parameters by cross-validation inside one training fold
    ///
    /// A coordinate search, not a grid: from the defaults on, the values of one parameter are
    /// tried while the others keep their best values. Rounds over all parameters repeat until
    /// one changes nothing, five at most.
    Tune(tune::Tune),
    /// Segment images with a trained model
    Segment(segment::Segment),
    /// Run methods two-fold: trained on fold 1 they segment fold 2, and the reverse
    Run(run::Run),
    /// Fetch a benchmark's folder from a site, so that masks can be scored at home
    Fetch(fetch::Fetch),
    /// Hand in masks: send, check, score
    Submit(submit::Submit),
    /// Say where a submission is, with its scores once it is scored
    Status(submit::Status),
    /// Publish or return a submission
    Review(submit::Review),
    /// Check and score what was handed in, beside the serving process
    Worker(worker::WorkerCommand),
    /// Run a site from the shell: benchmarks, accounts, tokens
    Admin(admin::Admin),
    /// Copy a site into a folder, also while it is served
    ///
    /// The database, the files of all that is published, what was handed in and the
    /// benchmarks that it is scored against, whole or not at all. Nothing else of the
    /// data folder is copied. The copy holds hashes of passwords: keep it as the site.
    Backup(backup::Backup),
    /// Make a site of such a copy
    Restore(backup::Restore),
    /// Write the public site as files that any web server can hand out
    ///
    /// A read-only copy, viewer included, of what the site shows to everybody. It may lie
    /// at any address; its front page is OUT/index.html.
    Export(export::Export),
    /// Verify the record of a site: data folder, exported copy or address
    ///
    /// Recomputes the chain of the record, the digest of every file, every summary from its
    /// images' values and, with --scores, every score from masks and reference. Lists
    /// everything that does not hold.
    Verify(verify::Verify),
    /// Serve a folder of published benchmarks and entries as a site
    Serve(serve::Serve),
}

impl Command {
    /// How a command that runs for long writes its log; none for the others.
    pub(crate) const fn log_format(&self) -> Option<LogFormat> {
        match self {
            Self::Serve(command) => Some(command.log_format()),
            Self::Worker(command) => Some(command.log_format()),
            _ => None,
        }
    }

    /// Which rights no file has that it makes; none where that is the caller's to say.
    ///
    /// A data folder and its copies are their owner's alone. An export is for everybody:
    /// a web server reads it as another user, also where a service's umask says otherwise.
    pub(crate) const fn umask(&self) -> Option<u32> {
        match self {
            Self::Demo(_)
            | Self::Worker(_)
            | Self::Admin(_)
            | Self::Backup(_)
            | Self::Restore(_)
            | Self::Verify(_)
            | Self::Serve(_) => Some(0o077),
            Self::Export(_) => Some(0o022),
            _ => None,
        }
    }

    /// Does it.
    pub(crate) fn run(self) -> Result<()> {
        match self {
            Self::Demo(command) => command.run(),
            Self::Phantom(command) => command.run(),
            Self::Import(command) => command.run(),
            Self::Check(command) => command.run(),
            Self::Evaluate(command) => command.run(),
            Self::Compare(command) => command.run(),
            Self::Report(command) => command.run(),
            Self::Measures(command) => command.run(),
            Self::Methods(command) => command.run(),
            Self::Train(command) => command.run(),
            Self::Tune(command) => command.run(),
            Self::Segment(command) => command.run(),
            Self::Run(command) => command.run(),
            Self::Fetch(command) => command.run(),
            Self::Submit(command) => command.run(),
            Self::Status(command) => command.run(),
            Self::Review(command) => command.run(),
            Self::Worker(command) => command.run(),
            Self::Admin(command) => command.run(),
            Self::Backup(command) => command.run(),
            Self::Restore(command) => command.run(),
            Self::Export(command) => command.run(),
            Self::Verify(command) => command.run(),
            Self::Serve(command) => command.run(),
        }
    }
}

/// Writes text to an output, or to stdout.
fn print(out: Option<&Output>, text: &str) -> Result<()> {
    match out {
        Some(out) => Ok(out.write(text.as_bytes())?),
        None => std::io::stdout().write_all(text.as_bytes()).context("cannot write to stdout"),
    }
}

/// Says so where posteriors are wanted of methods that have none.
fn refuse_posteriors(methods: &[&'static dyn Method]) -> Result<()> {
    if methods.iter().any(|method| method.has_posterior()) {
        return Ok(());
    }
    let able: Vec<&str> = METHODS.iter().filter(|m| m.has_posterior()).map(|m| m.id()).collect();
    anyhow::bail!(
        "--soft: expected a method that has a posterior ({}), found {}",
        able.join(", "),
        methods.iter().map(|method| method.id()).collect::<Vec<_>>().join(", ")
    )
}

/// Reads `1` or `2`.
fn parse_fold(text: &str) -> Result<Fold, String> {
    text.parse().ok().and_then(Fold::from_number).ok_or_else(|| "expected 1 or 2".to_owned())
}

/// Reads the name of a method.
fn parse_method(name: &str) -> Result<&'static dyn Method, String> {
    find_method(name).map_err(|error| error.to_string())
}

/// Reads the name of a file to write; what cannot be written to is found before the work.
fn output() -> impl TypedValueParser<Value = Output> {
    PathBufValueParser::new().try_map(|path| Output::at(&path))
}

/// Reads `key=value`.
fn parse_setting(text: &str) -> Result<(String, String), String> {
    text.split_once('=')
        .map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()))
        .ok_or_else(|| "expected key=value".to_owned())
}
