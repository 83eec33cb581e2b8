//! `scr check`: everything that is wrong with a set of masks, before anything counts.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use scr_data::{Benchmark, MaskSet};
use scr_eval::Settings;

use super::evaluate::score;

#[derive(Args)]
pub(crate) struct Check {
    /// Folder of masks, STRUCTURE/IMAGE.png
    masks: PathBuf,
    /// Folder of the benchmark
    #[arg(long)]
    benchmark: PathBuf,
}

impl Check {
    pub(crate) fn run(self) -> Result<()> {
        let benchmark = Benchmark::open(&self.benchmark)?;
        let masks = MaskSet::open(&self.masks, &benchmark)?;
        // Scoring reads every mask in any case; with no measures it does nothing else.
        let settings = Settings { measures: Vec::new(), ..Settings::default() };
        let result = score(&benchmark, &masks, &settings, false)?;
        let objects: Vec<&str> = result.objects.keys().map(String::as_str).collect();
        println!(
            "no problem: {} masks of {} images, covering {}",
            masks.images().len() * masks.structures().len(),
            masks.images().len(),
            objects.join(", ")
        );
        println!("masks digest {}", result.masks_digest);
        Ok(())
    }
}
