//! `scr worker`: checks and scores what was handed in, beside the serving process.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use scr_store::Store;
use scr_work::{Worker, run_worker};

use super::serve::stop_signal;

#[derive(Args)]
pub(crate) struct WorkerCommand {
    /// Data folder of the site
    #[arg(long)]
    dir: PathBuf,
}

impl WorkerCommand {
    pub(crate) fn run(self) -> Result<()> {
        if !self.dir.is_dir() {
            bail!("{} is no folder; `scr admin benchmark add` begins one", self.dir.display());
        }
        let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
        runtime.block_on(async {
            let store = Store::open(&self.dir).await?;
            eprintln!("working on {}; stop with Ctrl-C", self.dir.display());
            run_worker(worker(&store), stop_signal()).await;
            store.close().await;
            Ok(())
        })
    }
}

/// A worker whose name no other has, also none that had its process number before.
pub(crate) fn worker(store: &Store) -> Worker {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap_or_default().as_micros();
    Worker::new(store.clone(), format!("worker {}-{since:x}", std::process::id()))
}
