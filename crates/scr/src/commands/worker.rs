//! `scr worker`: checks and scores submissions, beside the serving process.

use anyhow::{Context, Result, bail};
use clap::Args;
use scr_store::{Location, Store, random_secret};
use scr_work::{Worker, run_worker};

use super::place::Place;
use super::shutdown::{SHUTDOWN_GRACE, stop_signal};
use crate::logging::LogOptions;
use crate::tell::tell;

#[derive(Args)]
pub(crate) struct WorkerCommand {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    log: LogOptions,
}

impl WorkerCommand {
    pub(crate) const fn log_options(&self) -> &LogOptions {
        &self.log
    }

    pub(crate) fn run(self) -> Result<()> {
        let location = self.place.location()?;
        if let Location::Folder(dir) = &location
            && !dir.is_dir()
        {
            bail!("{} is no folder; `scr admin benchmark add` makes one", dir.display());
        }
        let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
        let worked = runtime.block_on(async {
            let store = Store::open_at(&location).await?;
            tell!("working on {location}; stop with Ctrl-C");
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
    // Processes of two machines may have the same number at the same time.
    let random = random_secret().unwrap_or_default();
    let random = random.get(..8).unwrap_or_default();
    Worker::new(store.clone(), format!("worker {}-{since:x}-{random}", std::process::id()))
}
