//! Data on stdout, the results of commands.

use std::io::{self, BufWriter, Write};

use anyhow::{Context, Result};
use scr_data::Output;

/// Writes text to a file, or to stdout without one.
pub(crate) fn print(out: Option<&Output>, text: &str) -> Result<()> {
    print_bytes(out, text.as_bytes())
}

/// Writes bytes to a file, or to stdout without one.
pub(crate) fn print_bytes(out: Option<&Output>, bytes: &[u8]) -> Result<()> {
    print_with(out, |file| file.write_all(bytes))
}

/// Writes to a file, or to stdout without one, piece by piece.
pub(crate) fn print_with(
    out: Option<&Output>,
    write: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>,
) -> Result<()> {
    match out {
        Some(out) => Ok(out.write_with(write)?),
        None => {
            let mut stdout = BufWriter::new(io::stdout());
            write(&mut stdout).and_then(|()| stdout.flush()).context("cannot write to stdout")
        }
    }
}
