//! Publication of a demo's benchmark and entries.

use std::path::PathBuf;

use anyhow::Result;
use scr_data::{Benchmark, MaskSet, Protocol};
use scr_documents::{CardDocument, EntryRole, ResultDocument};
use scr_eval::Settings;
use scr_methods::{BenchmarkRun, Job, Method, RunRecord};
use scr_store::{EntryToPublish, PublishProgress, RunToPublish, Store};

use super::model::{self, ModelMasks};
use crate::commands::run::cost;
use crate::commands::scoring::score;
use crate::progress::Bar;
use crate::tell::tell;

/// Entries to publish, apart from those of observers.
pub(super) struct Entries<'a> {
    /// Seed of training.
    pub(super) seed: u64,
    /// Methods to run.
    pub(super) jobs: &'a [Job],
    /// Folder for the masks of the model that ships with the program; none where it does not run.
    pub(super) model_masks: Option<PathBuf>,
}

impl Entries<'_> {
    /// Runs the methods and the model, then publishes the benchmark, their masks and those of
    /// every further observer. Returns all results, by the name of the method, model or observer.
    pub(super) async fn publish(
        &self,
        store: &Store,
        benchmark: &Benchmark,
    ) -> Result<Vec<(String, ResultDocument)>> {
        let bar = Bar::new();
        let mut show = |p: PublishProgress| {
            bar.show("publishing radiographs", p.images_done, p.images_total);
        };
        store.benchmarks().publish(benchmark, &mut show).await?;
        drop(bar);
        let jobs = self.jobs;
        let mut records = Vec::new();
        if !jobs.is_empty() {
            tell!("running {} methods, {}", jobs.len(), benchmark.protocol.name());
            let runs = BenchmarkRun { benchmark, seed: self.seed, models: None };
            let bar = Bar::new();
            records = runs.run(jobs, &|what, done, total| bar.show(what, done, total))?;
        }
        let run_model = |folder: &PathBuf| model::run(benchmark, folder);
        let model = self.model_masks.as_ref().map(run_model).transpose()?;
        let n_sets = jobs.len() + usize::from(model.is_some()) + benchmark.observers.len() - 1;
        tell!("scoring and publishing {n_sets} sets of masks");
        let mut results = Vec::new();
        for (job, record) in jobs.iter().zip(&records) {
            let set = MaskSet::open(&job.masks, benchmark)?;
            let masks = Masks { set, posteriors: job.posteriors.clone(), run: None };
            let card = method_card(benchmark, job.method, record, self.seed);
            let result = publish(store, benchmark, EntryRole::Baseline, card, masks).await?;
            results.push((job.method.info().id.to_owned(), result));
        }
        if let Some(ModelMasks { set, run }) = model {
            let card = model::card(&run);
            let masks = Masks { set, posteriors: None, run: Some(run) };
            let result = publish(store, benchmark, EntryRole::Baseline, card, masks).await?;
            results.push((model::ID.to_owned(), result));
        }
        for observer in &benchmark.observers[1..] {
            let set = MaskSet::open(&benchmark.masks_folder(observer), benchmark)?;
            let masks = Masks { set, posteriors: None, run: None };
            let card = CardDocument {
                name: observer.name.clone(),
                description: "A human observer's drawings of the same images.".into(),
                training: "none".into(),
                ..CardDocument::default()
            };
            let result = publish(store, benchmark, EntryRole::Observer, card, masks).await?;
            results.push((observer.name.clone(), result));
        }
        Ok(results)
    }
}

/// A set of masks, with the folder of its posteriors and with the run of its model, if it has any.
struct Masks {
    set: MaskSet,
    posteriors: Option<PathBuf>,
    run: Option<RunToPublish>,
}

/// Scores a set of masks, publishes it as an entry and returns its result.
async fn publish(
    store: &Store,
    benchmark: &Benchmark,
    role: EntryRole,
    card: CardDocument,
    Masks { set, posteriors, run }: Masks,
) -> Result<ResultDocument> {
    let result = score(benchmark, &set, &Settings::default(), true)?;
    let bar = Bar::new();
    let masks = &set;
    let entry =
        EntryToPublish { benchmark, role, card, masks, result: result.clone(), posteriors, run };
    let mut show = |p: PublishProgress| bar.show("publishing masks", p.images_done, p.images_total);
    store.entries().publish(entry, &mut show).await?;
    Ok(result)
}

fn training(protocol: Protocol, seed: u64) -> String {
    match protocol {
        Protocol::TwoFold => format!(
            "two-fold: each fold was segmented by a model trained on the other, seed {seed}"
        ),
        other => format!("{}: {}, seed {seed}", other.name(), other.rule()),
    }
}

fn method_card(
    benchmark: &Benchmark,
    method: &dyn Method,
    record: &RunRecord,
    seed: u64,
) -> CardDocument {
    let info = method.info();
    CardDocument {
        name: info.name.to_owned(),
        authors: Vec::new(),
        description: info.summary.to_owned(),
        verified: info.verified.to_owned(),
        reference: info.source.to_owned(),
        code: format!("scr run {}", info.id),
        training: training(benchmark.protocol, seed),
        version: info.version.to_owned(),
        cost: cost(&record.cost),
        corrects: None,
        parameters: record
            .plan
            .parameters
            .iter()
            .map(|(key, value)| (key.to_owned(), value.to_string()))
            .collect(),
    }
}
