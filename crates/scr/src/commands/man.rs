//! `scr man`: manual pages, one a command.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Command};
use clap_mangen::Man;
use scr_data::Staging;

use crate::tell::tell;

#[derive(Args)]
pub(crate) struct ManPages {
    /// Folder to write, new or empty
    #[arg(long)]
    out: PathBuf,
}

impl ManPages {
    pub(crate) fn run(self, command_line: Command) -> Result<()> {
        let mut command = command_line.disable_help_subcommand(true);
        // Subcommands get their whole names, such as scr-admin-user.
        command.build();
        let staging = Staging::begin(&self.out, "manual pages")?;
        let n_pages = write_pages(&command, &staging)?;
        staging.finish()?;
        tell!("{n_pages} manual pages written to {}", self.out.display());
        Ok(())
    }
}

/// Writes the pages of a command and of its subcommands; returns their number.
fn write_pages(command: &Command, staging: &Staging) -> Result<usize> {
    let man = Man::new(command.clone());
    let mut page = Vec::new();
    man.render(&mut page)?;
    staging.write(&man.get_filename(), &page)?;
    let mut n_pages = 1;
    for subcommand in command.get_subcommands() {
        n_pages += write_pages(subcommand, staging)?;
    }
    Ok(n_pages)
}
