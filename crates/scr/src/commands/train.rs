//! `scr train`: trains a method on one fold.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use scr_data::{Benchmark, Fold, Output};
use scr_methods::{Method, Parameters, TrainingSet};

use super::arguments::{output, parse_fold, parse_method, parse_setting};
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
    /// Fold to train on
    #[arg(long, value_parser = parse_fold)]
    fold: Fold,
    /// Model file to write
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
        let bar = Bar::new();
        let show = |what: &str, done, total| bar.show(what, done, total);
        let set = TrainingSet::new(&benchmark, self.fold);
        let model = scr_methods::train(self.method, &set, &parameters, self.seed, &show)?;
        self.out.write(&model.to_bytes())?;
        drop(bar);
        tell!(
            "{} trained on {} images of fold {}, written to {}",
            self.method.info().id,
            model.header().seen.len(),
            self.fold.number(),
            self.out
        );
        Ok(())
    }
}
