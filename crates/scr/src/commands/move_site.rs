//! `scr move`: moves a site from one place to another.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::{ArgGroup, Args};
use scr_store::{DATABASE_FILE, Location, SiteMove};
use scr_verify::Source;

use super::place::{UrlText, engines};
use super::verify::report_on;
use crate::progress::Bar;
use crate::tell::tell;

#[derive(Args)]
#[command(
    group = ArgGroup::new("from").required(true).args(["from_dir", "from_database"]),
    group = ArgGroup::new("to").required(true).args(["to_dir", "to_database"]),
)]
pub(crate) struct Move {
    /// Data folder that the site is in
    #[arg(long, value_name = "DATA")]
    from_dir: Option<PathBuf>,
    /// PostgreSQL database that the site is in
    #[arg(long, value_name = "URL", requires = "from_blobs")]
    from_database: Option<UrlText>,
    /// Bucket that the site's files are in, `s3://BUCKET/PREFIX`
    #[arg(long, value_name = "URL", requires = "from_database")]
    from_blobs: Option<UrlText>,
    /// Data folder to make, new or empty
    #[arg(long, value_name = "DATA")]
    to_dir: Option<PathBuf>,
    /// PostgreSQL database to fill, empty
    #[arg(long, value_name = "URL", requires = "to_blobs")]
    to_database: Option<UrlText>,
    /// Bucket to fill, `s3://BUCKET/PREFIX`, with nothing below its prefix
    #[arg(long, value_name = "URL", requires = "to_database")]
    to_blobs: Option<UrlText>,
}

impl Move {
    pub(crate) fn run(self) -> Result<()> {
        let from = location(self.from_dir, self.from_database.as_ref(), self.from_blobs.as_ref())?;
        let to = location(self.to_dir, self.to_database.as_ref(), self.to_blobs.as_ref())?;
        if let Location::Folder(dir) = &from
            && !dir.join(DATABASE_FILE).is_file()
        {
            bail!("no site is at {}, expected a file {DATABASE_FILE} there", dir.display());
        }
        let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
        runtime.block_on(async {
            let moving = SiteMove::begin(&from, &to).await?;
            if moving.n_workers() > 0 {
                tell!(
                    "{} workers are at work on {from}: changes from now on stay there",
                    moving.n_workers()
                );
            }
            let bar = Bar::new();
            let copied =
                moving.copy(&mut |done, total| bar.show("copying files", done, total)).await?;
            drop(bar);
            let source = Source::Data { place: to.to_string(), store: Box::new(moving.store()) };
            let report = report_on(&source, false, None).await?;
            let n_problems = report.problems.list().len();
            if n_problems > 0 {
                bail!(
                    "not moved: the record of the copy has {n_problems} mismatches\n{}\n  hint: \
                     look at {from} with `scr verify`; the copy is no site yet",
                    report.problems
                );
            }
            moving.finish().await?;
            let (entries, n_files) = (report.counts.entries, copied.n_files);
            tell!("{from} is moved to {to} and verified: {entries} entries, {n_files} files");
            tell!("the old place is unchanged; serve the new one, then delete the old one");
            Ok(())
        })
    }
}

fn location(
    dir: Option<PathBuf>,
    database: Option<&UrlText>,
    blobs: Option<&UrlText>,
) -> Result<Location> {
    match dir {
        Some(dir) => Ok(Location::Folder(dir)),
        None => engines(database, blobs, None),
    }
}
