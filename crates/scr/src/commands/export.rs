//! `scr export`: the public site as files that any web server can hand out.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use scr_store::{DATABASE_FILE, Store};

use crate::progress::Bar;
use crate::tell::tell;

#[derive(Args)]
pub(crate) struct Export {
    /// Folder to write, new or empty; it begins with index.html
    out: PathBuf,
    /// Data folder of the site
    #[arg(long, value_name = "DATA")]
    dir: PathBuf,
}

impl Export {
    pub(crate) fn run(self) -> Result<()> {
        if !self.dir.join(DATABASE_FILE).is_file() {
            bail!("no site is at {}, expected a file {DATABASE_FILE} there", self.dir.display());
        }
        let now = jiff::Timestamp::now().to_string();
        let today = now.split('T').next().unwrap_or(&now);
        let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
        let exported = runtime.block_on(async {
            let store = Store::open(&self.dir).await?;
            let bar = Bar::new();
            let mut show = |done, known| bar.show("copying pages and files", done, known);
            let exported = scr_web::export(&store.public(), &self.out, today, &mut show).await;
            store.close().await;
            anyhow::Ok(exported?)
        })?;
        let (out, n_pages, n_files) = (self.out.display(), exported.n_pages, exported.n_files);
        tell!("the public site is in {out}: {n_pages} pages, {n_files} files in all");
        Ok(())
    }
}
