//! The site of a command: its data folder, store and accounts.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use scr_store::{AccountError, Store, UserRow};

/// Option of the data folder.
#[derive(Args)]
pub(super) struct Dir {
    /// Data folder of the site
    #[arg(long = "dir", value_name = "DATA")]
    pub(super) path: PathBuf,
}

impl Dir {
    /// Opens the store of an existing site for `act`.
    pub(super) fn with_store<T>(&self, act: impl AsyncFnOnce(Store) -> Result<T>) -> Result<T> {
        if !self.path.is_dir() {
            bail!(
                "{} is no folder; `scr admin benchmark add` and `scr admin user add` make one",
                self.path.display()
            );
        }
        with_new_store(&self.path, act)
    }
}

/// Opens the store of a site for `act`; makes the site if there is none.
pub(super) fn with_new_store<T>(
    dir: &Path,
    act: impl AsyncFnOnce(Store) -> Result<T>,
) -> Result<T> {
    let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
    runtime.block_on(async {
        let store = Store::open(dir).await?;
        let done = act(store.clone()).await;
        store.close().await;
        done
    })
}

/// Finds an account by its address.
pub(super) async fn find_user(store: &Store, email: &str) -> Result<UserRow> {
    let user = store.accounts().by_email(email).await?;
    Ok(user.ok_or_else(|| AccountError::UnknownUser { user: email.to_owned() })?)
}
