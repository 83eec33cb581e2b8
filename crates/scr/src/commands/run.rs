//! `scr run`: methods two-fold over a whole benchmark.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use scr_data::Benchmark;
use scr_methods::{Method, Parameters, run_two_fold};

use super::{parse_method, parse_setting};
use crate::progress::Bar;

#[derive(Args)]
pub(crate) struct Run {
    /// The methods, of `scr methods`
    #[arg(required = true, value_parser = parse_method)]
    methods: Vec<&'static dyn Method>,
    /// Folder of the benchmark
    #[arg(long)]
    benchmark: PathBuf,
    /// Folder to write: with one method the set of masks, with several OUT/METHOD
    #[arg(long)]
    out: PathBuf,
    /// Sets a parameter, where one method is run; may be given several times
    #[arg(long, value_name = "KEY=VALUE", value_parser = parse_setting)]
    set: Vec<(String, String)>,
    /// Seed of everything that is random in training
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl Run {
    pub(crate) fn run(self) -> Result<()> {
        let parameters: Vec<Parameters> = self
            .methods
            .iter()
            .map(|method| Parameters::new(*method, &self.set))
            .collect::<Result<_, _>>()?;
        let benchmark = Benchmark::open(&self.benchmark)?;
        for (method, parameters) in self.methods.iter().zip(&parameters) {
            let out =
                if self.methods.len() == 1 { self.out.clone() } else { self.out.join(method.id()) };
            let bar = Bar::new();
            let show = |what: &str, done, total| bar.show(what, done, total);
            run_two_fold(*method, &benchmark, parameters, self.seed, &out, &show)?;
            drop(bar);
            eprintln!("{}: masks written to {}", method.id(), out.display());
        }
        Ok(())
    }
}
