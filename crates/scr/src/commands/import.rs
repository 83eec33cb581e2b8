//! `scr import`: turns an original database into a benchmark folder.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Subcommand};
use scr_data::import::scr::ScrImport;

use crate::progress::Bar;
use crate::tell::tell;

#[derive(Args)]
pub(crate) struct Import {
    #[command(subcommand)]
    source: Source,
}

#[derive(Subcommand)]
enum Source {
    /// The JSRT radiographs with the SCR annotations, as their owners distribute them
    Scr(Scr),
}

#[derive(Args)]
struct Scr {
    /// Folder with JPCLN001.IMG and so on
    #[arg(long)]
    jsrt: PathBuf,
    /// Folder with the first observer's fold1 and fold2
    #[arg(long)]
    scr: PathBuf,
    /// Folder with the second observer's fold1 and fold2
    #[arg(long)]
    second_observer: Option<PathBuf>,
    /// Benchmark folder to write
    #[arg(long)]
    out: PathBuf,
    /// Take less than the whole database of 247 images
    #[arg(long)]
    subset: bool,
}

impl Import {
    pub(crate) fn run(self) -> Result<()> {
        let Source::Scr(scr) = self.source;
        let out = scr.out.display().to_string();
        let import = ScrImport {
            jsrt: scr.jsrt,
            scr: scr.scr,
            second_observer: scr.second_observer,
            out: scr.out,
            subset: scr.subset,
        };
        let bar = Bar::new();
        let report = import.run(&|what, done, total| bar.show(what, done, total))?;
        drop(bar);
        for notice in &report.notices {
            tell!("note: {notice}");
        }
        tell!("{} images imported to {out}", report.n_images);
        Ok(())
    }
}
