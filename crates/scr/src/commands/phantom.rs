//! `scr phantom`: draws chest radiographs with known anatomy.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, ValueEnum};
use scr_phantom::{Population, write_benchmark, write_originals};

use crate::progress::Bar;
use crate::tell::tell;

#[derive(Args)]
pub(crate) struct Phantom {
    /// Folder to write, new or empty
    #[arg(long)]
    out: PathBuf,
    /// Number of radiographs
    #[arg(long, default_value_t = 247, value_parser = clap::value_parser!(u32).range(1..=1998))]
    images: u32,
    /// Random seed of the patients
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Layout: a benchmark folder, or files in the formats of JSRT and SCR
    #[arg(long, value_enum, default_value_t = Layout::Benchmark)]
    layout: Layout,
    /// Width and height in pixels of the benchmark layout (originals are 2048, their masks 1024)
    #[arg(long, default_value_t = 1024, value_parser = clap::value_parser!(u32).range(64..=2048))]
    size: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Layout {
    Benchmark,
    Originals,
}

impl Phantom {
    pub(crate) fn run(self) -> Result<()> {
        let population = Population::new(self.images as usize, self.seed);
        let bar = Bar::new();
        let show = |what: &str, done, total| bar.show(what, done, total);
        match self.layout {
            Layout::Benchmark => {
                write_benchmark(&population, self.size as usize, &self.out, &show)?;
            }
            Layout::Originals => write_originals(&population, &self.out, &show)?,
        }
        drop(bar);
        tell!("{} phantoms written to {}", self.images, self.out.display());
        Ok(())
    }
}
