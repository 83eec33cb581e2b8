//! Options of mail: over which server, and in whose name.

use std::path::Path;

use crate::tell::tell;
use anyhow::{Result, bail};
use clap::Args;
use scr_store::Store;
use scr_work::Sender;

/// The folder of mails, within the data folder, where no server sends them.
const MAIL_FOLDER: &str = "mail";
/// Whose name stands on mails that nobody sends.
const NOBODY: &str = "SCR <scr@localhost>";

#[derive(Args, Default)]
pub(crate) struct MailOptions {
    /// Mail server, `smtps://USER:PASSWORD@HOST` or `smtp://HOST:PORT?tls=required`;
    /// without one, each mail is written as a file into DATA/mail
    #[arg(long, env = "SCR_SMTP", hide_env_values = true, value_name = "URL")]
    smtp: Option<String>,
    /// Whose address stands on mails
    #[arg(long, value_name = "ADDRESS")]
    mail_from: Option<String>,
}

impl MailOptions {
    /// A sender of the mails of the site in `dir`, whose address is `site`.
    pub(crate) fn sender(&self, store: &Store, dir: &Path, site: String) -> Result<Sender> {
        let store = store.clone();
        let Some(server) = &self.smtp else {
            let folder = dir.join(MAIL_FOLDER);
            tell!("mails are written into {}; send them with --smtp", folder.display());
            let from = self.mail_from.as_deref().unwrap_or(NOBODY);
            return Ok(Sender::into_folder(store, folder, from, site)?);
        };
        let Some(from) = &self.mail_from else {
            bail!("a mail server needs --mail-from ADDRESS, the address that mails come from")
        };
        Ok(Sender::over_smtp(store, server, from, site)?)
    }
}
