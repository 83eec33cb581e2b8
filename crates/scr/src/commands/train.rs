//! `scr train`: trains a method on a part of a benchmark.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use scr_data::{Benchmark, Output};
use scr_methods::{Method, Parameters, TrainingSet};

use super::arguments::{TrainingChoice, output, parse_method, parse_setting};
use crate::progress::Bar;
use crate::tell::tell;

#[derive(Args)]
pub(crate) struct Train {
    /// Method of `scr methods`
    #[arg(value_parser = parse_method)]
    method: &'static dyn Method,
    /// Folder of the benchmark
    #[arg(long)]
    benchmark: PathBuf,
    #[command(flatten)]
    choice: TrainingChoice,
    /// Model file to write; checkpoints of a network lie beside it until the end, and the same
    /// command resumes from them
    #[arg(long, value_name = "FILE", value_parser = output())]
    out: Output,
    /// Set a parameter of the method; one option a parameter
    #[arg(long, value_name = "KEY=VALUE", value_parser = parse_setting)]
    set: Vec<(String, String)>,
    /// Random seed of training
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl Train {
    pub(crate) fn run(self) -> Result<()> {
        let parameters = Parameters::new(self.method.info(), &self.set)?;
        let benchmark = Benchmark::open(&self.benchmark)?;
        let part = self.choice.part(&benchmark)?;
        let bar = Bar::new();
        let show = |what: &str, done, total| bar.show(what, done, total);
        let folder = self.out.file().map(|file| match file.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        });
        let set = TrainingSet::new(&benchmark, part).with_checkpoints(folder);
        let model = scr_methods::train(self.method, &set, &parameters, self.seed, &show)?;
        self.out.write(&model.to_bytes())?;
        drop(bar);
        tell!(
            "{} trained on {} images of {part}, written to {}",
            self.method.info().id,
            model.header().seen.len(),
            self.out
        );
        Ok(())
    }
}
