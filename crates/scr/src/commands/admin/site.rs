//! The site of a command: its place, store and accounts.

use anyhow::{Context, Result, bail};
use clap::Args;
use scr_store::{AccountError, Location, Store, UserRow};

use crate::commands::place::Place;

/// Option of the place of a site.
#[derive(Args)]
pub(super) struct Dir {
    #[command(flatten)]
    place: Place,
}

impl Dir {
    /// Opens the store of an existing site for `act`.
    pub(super) fn with_store<T>(&self, act: impl AsyncFnOnce(Store) -> Result<T>) -> Result<T> {
        if let Location::Folder(path) = self.place.location()?
            && !path.is_dir()
        {
            bail!(
                "{} is no folder; `scr admin benchmark add` and `scr admin user add` make one",
                path.display()
            );
        }
        self.with_new_store(act)
    }

    /// Opens the store of a site for `act`; makes the site if there is none.
    pub(super) fn with_new_store<T>(&self, act: impl AsyncFnOnce(Store) -> Result<T>) -> Result<T> {
        let location = self.place.location()?;
        let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
        runtime.block_on(async {
            let store = Store::open_at(&location).await?;
            let done = act(store.clone()).await;
            store.close().await;
            done
        })
    }
}

/// Finds an account by its address.
pub(super) async fn find_user(store: &Store, email: &str) -> Result<UserRow> {
    let user = store.accounts().by_email(email).await?;
    Ok(user.ok_or_else(|| AccountError::UnknownUser { user: email.to_owned() })?)
}
