//! `scr convert`: masks in any layout as a set of masks of a benchmark, STRUCTURE/IMAGE.png.
//!
//! `scr evaluate` and its like convert on their own; a site takes sets of masks only.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use scr_data::Benchmark;

use super::arguments::{Format, MaskLayout};
use crate::progress::Bar;
use crate::stdout::print;
use crate::tell::tell;

#[derive(Args)]
pub(crate) struct Convert {
    /// Folder with the masks, or a document with annotations
    masks: PathBuf,
    /// Folder of the benchmark that the masks belong to
    #[arg(long)]
    benchmark: PathBuf,
    /// Folder to write, OUT/STRUCTURE/IMAGE.png
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    layout: MaskLayout,
    /// Print the plan and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

impl Convert {
    pub(crate) fn run(self) -> Result<()> {
        let benchmark = Benchmark::open(&self.benchmark)?;
        let bar = Bar::new();
        let progress = |what: &str, done, total| bar.show(what, done, total);
        let plan = self.layout.conversion().plan(&self.masks, &benchmark, &progress)?;
        let report = plan.report();
        let text = match self.format {
            Format::Table => report.to_string(),
            Format::Json => serde_json::to_string_pretty(&report)? + "\n",
        };
        print(None, &text)?;
        if self.dry_run {
            tell!("nothing written: --dry-run");
            return Ok(());
        }
        plan.write(&self.out, &progress)?;
        let out = self.out.display();
        tell!("{} masks written to {out}", report.n_masks);
        tell!("next: scr check {out} --benchmark {}", self.benchmark.display());
        Ok(())
    }
}
