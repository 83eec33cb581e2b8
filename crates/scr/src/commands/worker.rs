//! `scr worker`: checks and scores submissions, beside the serving process.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use scr_store::Store;
use scr_work::{Worker, run_worker};

use super::shutdown::{SHUTDOWN_GRACE, stop_signal};
use crate::logging::LogFormat;
use crate::tell::tell;

#[derive(Args)]
pub(crate) struct WorkerCommand {
    /// Data folder of the site
    #[arg(long)]
    dir: PathBuf,
    /// Format of the log on stderr
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    log_format: LogFormat,
}

impl WorkerCommand {
    pub(crate) const fn log_format(&self) -> LogFormat {
        self.log_format
    }

    pub(crate) fn run(self) -> Result<()> {
        if !self.dir.is_dir() {
            bail!("{} is no folder; `scr admin benchmark add` makes one", self.dir.display());
        }
        let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
        let worked = runtime.block_on(async {
            let store = Store::open(&self.dir).await?;
            tell!("working on {}; stop with Ctrl-C", self.dir.display());
            run_worker(worker(&store), stop_signal()).await;
            store.close().await;
            Ok(())
        });
        runtime.shutdown_timeout(SHUTDOWN_GRACE);
        worked
    }
}

/// Worker with a unique name: the process number alone is used again.
pub(crate) fn worker(store: &Store) -> Worker {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap_or_default().as_micros();
    Worker::new(store.clone(), format!("worker {}-{since:x}", std::process::id()))
}
