//! `scr import`: converts an original database into a benchmark folder.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Subcommand};
use scr_import::scr::ScrImport;

use crate::progress::Bar;
use crate::tell::tell;

#[derive(Args)]
pub(crate) struct Import {
    #[command(subcommand)]
    source: Source,
}

#[derive(Subcommand)]
enum Source {
    /// JSRT radiographs with SCR annotations, as their owners distribute them
    Scr(Scr),
}

#[derive(Args)]
struct Scr {
    /// Folder of JSRT with the files JPCLN001.IMG and so on
    #[arg(long)]
    jsrt: PathBuf,
    /// Folder of SCR's first observer, with fold1 and fold2
    #[arg(long)]
    scr: PathBuf,
    /// Folder of SCR's second observer, with fold1 and fold2
    #[arg(long)]
    second_observer: Option<PathBuf>,
    /// Benchmark folder to write
    #[arg(long)]
    out: PathBuf,
    /// Accept fewer images than the 247 of the whole database
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
