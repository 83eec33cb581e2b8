//! `scr measures`: what each measure is, exactly, and whose numbers it equals.

use anyhow::Result;
use clap::{Args, ValueEnum};
use scr_report::measures;

use super::print;

#[derive(Args)]
pub(crate) struct Measures {
    /// How to print them
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// Where the measures are to be read.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A terminal
    Table,
    /// docs/measures.md, with worked examples
    Markdown,
    /// A script
    Json,
}

impl Measures {
    pub(crate) fn run(self) -> Result<()> {
        let text = match self.format {
            Format::Table => measures::text(),
            Format::Markdown => measures::markdown(),
            Format::Json => measures::to_json(),
        };
        print(None, &text)
    }
}
