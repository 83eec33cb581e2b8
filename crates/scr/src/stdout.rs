//! Data on stdout, the results of commands.

use std::io::Write;

use anyhow::{Context, Result};
use scr_data::Output;

/// Writes text to a file, or to stdout without one.
pub(crate) fn print(out: Option<&Output>, text: &str) -> Result<()> {
    match out {
        Some(out) => Ok(out.write(text.as_bytes())?),
        None => std::io::stdout().write_all(text.as_bytes()).context("cannot write to stdout"),
    }
}
