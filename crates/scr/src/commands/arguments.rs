//! Arguments shared by several commands, and their parsers.

use anyhow::Result;
use clap::ValueEnum;
use clap::builder::{PathBufValueParser, TypedValueParser};
use scr_data::{Fold, Output};
use scr_methods::{METHODS, Method, find_method};

/// Output format of a list.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A table for a terminal
    Table,
    /// JSON for scripts
    Json,
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

/// Parses `1` or `2`.
pub(crate) fn parse_fold(text: &str) -> Result<Fold, String> {
    text.parse().ok().and_then(Fold::from_number).ok_or_else(|| "expected 1 or 2".to_owned())
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
