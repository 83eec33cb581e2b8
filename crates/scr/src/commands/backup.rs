//! `scr backup` and `scr restore`: backup of a site, and its restoration.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use scr_store::{BackupDocument, Store, restore_backup};

use super::place::Place;
use crate::progress::Bar;
use crate::tell::tell;

#[derive(Args)]
pub(crate) struct Backup {
    /// Folder to write, new or empty, outside of the data folder
    out: PathBuf,
    #[command(flatten)]
    place: Place,
}

#[derive(Args)]
pub(crate) struct Restore {
    /// Folder of the backup
    backup: PathBuf,
    /// Data folder to make, new or empty
    #[arg(long, value_name = "DATA")]
    dir: PathBuf,
}

impl Backup {
    pub(crate) fn run(self) -> Result<()> {
        let location = self.place.existing()?;
        let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
        let document = runtime.block_on(async {
            let store = Store::open_at(&location).await?;
            let bar = Bar::new();
            let mut show = |done, total| bar.show("copying files", done, total);
            let written = store.back_up(&self.out, &mut show).await;
            store.close().await;
            anyhow::Ok(written?)
        })?;
        let out = self.out.display();
        tell!("{location} is backed up in {out}: {}", contents(&document));
        Ok(())
    }
}

impl Restore {
    pub(crate) fn run(self) -> Result<()> {
        let bar = Bar::new();
        let mut show = |done, total| bar.show("copying files", done, total);
        let document = restore_backup(&self.backup, &self.dir, &mut show)?;
        drop(bar);
        let taken_at = &document.taken_at;
        let dir = self.dir.display();
        tell!("{dir} is restored to {taken_at}: {}", contents(&document));
        Ok(())
    }
}

fn contents(document: &BackupDocument) -> String {
    let megabytes = document.files_bytes as f64 / 1e6;
    format!("the database and {} files of {megabytes:.1} MB", document.n_files)
}
