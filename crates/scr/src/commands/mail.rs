//! Options of mail: the mail server and the sender's address.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Args;
use scr_store::Store;
use scr_work::Sender;

/// Folder of mails within the data folder, used without a mail server.
const MAIL_FOLDER: &str = "mail";
/// Sender of mails that go into files.
const NOBODY: &str = "SCR <scr@localhost>";

#[derive(Args, Default)]
pub(crate) struct MailOptions {
    /// Mail server, `smtps://USER:PASSWORD@HOST` or `smtp://HOST:PORT?tls=required`;
    /// without one, each mail is written as a file into DATA/mail
    #[arg(long, env = "SCR_SMTP", hide_env_values = true, value_name = "URL")]
    smtp: Option<String>,
    /// Sender's address of mails
    #[arg(long, value_name = "ADDRESS")]
    mail_from: Option<String>,
}

impl MailOptions {
    /// The folder that mails are written into; none where a server sends them.
    pub(crate) fn folder(&self, dir: &Path) -> Option<PathBuf> {
        self.smtp.is_none().then(|| dir.join(MAIL_FOLDER))
    }

    /// Sender of the mails of the site in `dir`; links in them begin with `site`.
    pub(crate) fn sender(&self, store: &Store, dir: &Path, site: String) -> Result<Sender> {
        let store = store.clone();
        let Some(server) = &self.smtp else {
            let from = self.mail_from.as_deref().unwrap_or(NOBODY);
            return Ok(Sender::into_folder(store, dir.join(MAIL_FOLDER), from, site)?);
        };
        let Some(from) = &self.mail_from else {
            bail!("a mail server needs --mail-from ADDRESS, the address that mails come from")
        };
        Ok(Sender::over_smtp(store, server, from, site)?)
    }
}
