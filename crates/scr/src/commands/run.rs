//! `scr run`: runs methods over a benchmark, as its protocol says.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use scr_data::{Benchmark, MaskSet};
use scr_eval::Settings;
use scr_methods::{BenchmarkRun, Job, METHODS, Method, MethodError, Parameters, RunCost};
use scr_report::layout::{self, Layout};
use scr_report::tables;

use super::arguments::{parse_method, parse_setting, refuse_posteriors};
use super::run_onnx::OnnxOptions;
use super::scoring::score;
use crate::progress::Bar;
use crate::stdout::print;
use crate::tell::tell;

#[derive(Args)]
pub(crate) struct Run {
    /// Methods of `scr methods`, or `onnx` with --model
    #[arg(required_unless_present = "all", value_parser = parse_runnable)]
    methods: Vec<Runnable>,
    /// Run all methods
    #[arg(long, conflicts_with = "methods")]
    all: bool,
    /// Folder of the benchmark
    #[arg(long)]
    benchmark: PathBuf,
    /// Folder of masks to write: OUT for one method, OUT/METHOD for several; an interrupted
    /// run resumes
    #[arg(long)]
    out: PathBuf,
    /// Folder of posteriors to write as 16-bit PNGs, for methods that have them
    #[arg(long)]
    soft: Option<PathBuf>,
    /// Folder of trained models; models found there are used, others are trained and kept
    #[arg(long)]
    models: Option<PathBuf>,
    /// Score the masks and print a table of the methods
    #[arg(long)]
    evaluate: bool,
    /// Set a parameter of the method; one option a parameter
    #[arg(long, value_name = "KEY=VALUE", value_parser = parse_setting)]
    set: Vec<(String, String)>,
    /// Random seed of training
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    onnx: OnnxOptions,
}

/// Method of the registry, or a model of any framework.
#[derive(Clone, Copy)]
enum Runnable {
    Method(&'static dyn Method),
    Onnx,
}

fn parse_runnable(name: &str) -> Result<Runnable, String> {
    if name == "onnx" { Ok(Runnable::Onnx) } else { parse_method(name).map(Runnable::Method) }
}

impl Run {
    pub(crate) fn run(self) -> Result<()> {
        let n_onnx = self.methods.iter().filter(|method| matches!(method, Runnable::Onnx)).count();
        match &self.onnx.model {
            Some(model) if n_onnx == 1 && self.methods.len() == 1 => {
                if !self.set.is_empty() || self.models.is_some() {
                    bail!("onnx: expected no --set and no --models, as nothing is trained");
                }
                let paths = (&*self.benchmark, &*self.out, self.soft.as_deref());
                return self.onnx.run(model, paths, self.evaluate);
            }
            Some(_) => bail!("--model: expected `scr run onnx`, without other methods"),
            None if n_onnx > 0 => bail!("onnx: expected --model MODEL.onnx, found none"),
            None => {}
        }
        let jobs = self.jobs()?;
        let benchmark = Benchmark::open(&self.benchmark)?;
        let runs =
            BenchmarkRun { benchmark: &benchmark, seed: self.seed, models: self.models.as_deref() };
        let bar = Bar::new();
        let ends = runs.run_each(&jobs, &|what, done, total| bar.show(what, done, total))?;
        drop(bar);
        let mut complete = Vec::new();
        let mut failures = Vec::new();
        for (job, end) in jobs.iter().zip(ends) {
            let (id, masks) = (job.method.info().id, job.masks.display());
            match end {
                Ok(record) => {
                    tell!("{id}: {}; masks in {masks}", cost(&record.cost));
                    complete.push(job);
                }
                Err(error) => failures.push((id, error)),
            }
        }
        if self.evaluate && !complete.is_empty() {
            evaluate(&benchmark, &complete)?;
        }
        refuse_failures(failures, jobs.len())
    }

    fn jobs(&self) -> Result<Vec<Job>> {
        let mut methods: Vec<&'static dyn Method> = Vec::new();
        let named = self.methods.iter().filter_map(|named| match named {
            Runnable::Method(method) => Some(*method),
            Runnable::Onnx => None,
        });
        let all = METHODS.iter().copied().filter(|_| self.all);
        for method in named.chain(all) {
            if methods.iter().all(|other| other.info().id != method.info().id) {
                methods.push(method);
            }
        }
        if self.soft.is_some() {
            refuse_posteriors(&methods)?;
        }
        let place = |folder: &PathBuf, method: &dyn Method| {
            if methods.len() == 1 { folder.clone() } else { folder.join(method.info().id) }
        };
        let job = |method: &&'static dyn Method| {
            Ok(Job {
                method: *method,
                parameters: Parameters::new(method.info(), &self.set)?,
                masks: place(&self.out, *method),
                posteriors: self.soft.as_ref().map(|folder| place(folder, *method)),
            })
        };
        methods.iter().map(job).collect()
    }
}

/// Cost of a run in words: time, size of the model, memory.
pub(crate) fn cost(cost: &RunCost) -> String {
    let mut parts = Vec::new();
    if let Some(training_s) = cost.training_s {
        parts.push(format!("trained in {training_s:.1} s a fold"));
    }
    if let Some(image_s) = cost.image_s {
        let threads = if cost.n_threads == 1 { "thread" } else { "threads" };
        parts.push(format!("{:.0} ms an image on {} {threads}", image_s * 1e3, cost.n_threads));
    }
    if let Some(bytes) = cost.model_bytes {
        parts.push(format!("model of {:.1} MB", bytes as f64 / 1e6));
    }
    if let Some(bytes) = cost.peak_bytes {
        parts.push(format!("at most {:.0} MB of memory", bytes as f64 / 1e6));
    }
    if parts.is_empty() { "not measured".into() } else { parts.join(", ") }
}

/// Error of the methods that failed: the one error, or a list where there were several methods.
fn refuse_failures(mut failures: Vec<(&str, MethodError)>, n_jobs: usize) -> Result<()> {
    if n_jobs == 1
        && let Some((_, error)) = failures.pop()
    {
        return Err(error.into());
    }
    if failures.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> =
        failures.iter().map(|(id, error)| format!("  {id}: {error}")).collect();
    bail!("{} of {n_jobs} methods failed:\n{}", failures.len(), lines.join("\n"))
}

fn evaluate(benchmark: &Benchmark, jobs: &[&Job]) -> Result<()> {
    let mut results = Vec::new();
    for job in jobs {
        let masks = MaskSet::open(&job.masks, benchmark)?;
        results
            .push((job.method.info().id, score(benchmark, &masks, &Settings::default(), false)?));
    }
    let rows: Vec<_> = results.iter().map(|(id, result)| (*id, result)).collect();
    print(None, &layout::write(&[tables::methods_table(&rows)], Layout::Text))
}
