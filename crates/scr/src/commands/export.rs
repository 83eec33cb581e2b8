//! `scr export`: exports the public site as static files.
//!
//! Verifies the record of the site first, and exports no damaged site.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use scr_store::{Location, Store};
use scr_verify::Source;

use super::place::Place;
use super::verify::report_on;
use crate::progress::Bar;
use crate::tell::tell;

#[derive(Args)]
pub(crate) struct Export {
    /// Folder to write, new or empty; its front page is index.html
    out: PathBuf,
    #[command(flatten)]
    place: Place,
}

impl Export {
    pub(crate) fn run(self) -> Result<()> {
        let location = self.place.existing()?;
        let now = jiff::Timestamp::now().to_string();
        let today = now.split('T').next().unwrap_or(&now);
        let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
        let exported = runtime.block_on(async {
            let store = Store::open_at(&location).await?;
            check(&location, &store).await?;
            let bar = Bar::new();
            let mut show = |done, known| bar.show("copying pages and files", done, known);
            let exported = scr_web::export(&store.public(), &self.out, today, &mut show).await;
            store.close().await;
            anyhow::Ok(exported?)
        })?;
        let (out, n_pages, n_files) = (self.out.display(), exported.n_pages, exported.n_files);
        tell!("public site exported to {out}: {n_pages} pages, {n_files} files in all");
        Ok(())
    }
}

/// Verifies the record of the site without scoring again.
async fn check(location: &Location, store: &Store) -> Result<()> {
    let source = Source::Data { place: location.to_string(), store: Box::new(store.clone()) };
    let report = report_on(&source, false, None).await?;
    let n_problems = report.problems.list().len();
    if n_problems == 0 {
        return Ok(());
    }
    bail!(
        "not exported: the record of {} has {n_problems} mismatches\n{}\n  \
         hint: restore missing or damaged files from a backup, then run `scr verify` again",
        location,
        report.problems
    )
}
