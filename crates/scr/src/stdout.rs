//! Data on stdout, the results of commands.

use std::io::Write;

use anyhow::{Context, Result};
use scr_data::Output;

/// Writes text to a file, or to stdout without one.
pub(crate) fn print(out: Option<&Output>, text: &str) -> Result<()> {
    print_bytes(out, text.as_bytes())
}

/// Writes bytes to a file, or to stdout without one.
pub(crate) fn print_bytes(out: Option<&Output>, bytes: &[u8]) -> Result<()> {
    match out {
        Some(out) => Ok(out.write(bytes)?),
        None => std::io::stdout().write_all(bytes).context("cannot write to stdout"),
    }
}
