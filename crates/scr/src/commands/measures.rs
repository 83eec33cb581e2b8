//! `scr measures`: explains the measures, with definitions, units and equivalents.

use anyhow::Result;
use clap::{Args, ValueEnum};
use scr_report::measures;

use crate::stdout::print;

#[derive(Args)]
pub(crate) struct Measures {
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// Output format of the explanations.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Text for a terminal
    Table,
    /// The text of docs/reference/measures.md, with worked examples
    Markdown,
    /// JSON for scripts
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
