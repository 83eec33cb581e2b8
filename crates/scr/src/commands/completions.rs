//! `scr completions`: completion scripts for shells.

use anyhow::Result;
use clap::{Args, Command};
use clap_complete::{Shell, generate};

use crate::stdout::print;

#[derive(Args)]
pub(crate) struct Completions {
    /// Shell that completes
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(self, mut command_line: Command) -> Result<()> {
        let mut script = Vec::new();
        generate(self.shell, &mut command_line, "scr", &mut script);
        print(None, &String::from_utf8(script)?)
    }
}
