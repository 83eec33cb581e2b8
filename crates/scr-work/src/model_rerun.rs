//! Runs the kept models of verified entries again, and scores the new masks.
//!
//! A model gives the same masks on the same machine, and may give others with another runtime or
//! processor. On its own benchmark, equal masks are a re-score: a result of another version of
//! the evaluator becomes the next version. Other masks become an entry that corrects the earlier
//! one. On another benchmark, such as one with more images, they become an entry there. Nothing
//! that is published changes. The main type is [`RerunEntry`].

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use scr_data::{Benchmark, DataError, MaskSet, Problem, Problems};
use scr_documents::{
    BenchmarkDocument, CardDocument, Fold, MaskDifferencesDocument, ResultDocument,
    VerifiedRunDocument,
};
use scr_eval::{EVALUATOR_VERSION, Settings, evaluate};
use scr_store::{EntryRow, EntryToPublish, Store};

use crate::claimed_job::with_benchmark;
use crate::error::WorkError;
use crate::kept_model::kept_model;
use crate::mask_comparison::compare;
use crate::model_files::SubmittedModel;
use crate::model_run::{FinishedRun, NewRun, RunFailure, StopOnDrop, of_machine, to_publish};
use crate::progress::Progress;
use crate::rescore::of_stored_masks;
use crate::selected_entries::{ChosenEntry, EntryChoice};

/// Models to run again, and the use of the new masks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RerunOptions {
    /// Entries.
    pub entries: EntryChoice,
    /// Benchmark to run the models on, in place of their own.
    pub on: Option<String>,
    /// Publishes new results and entries.
    pub apply: bool,
}

/// An entry whose model was run again.
#[derive(Debug)]
pub struct RerunEntry {
    /// The entry with its present result, without images.
    pub entry: EntryRow,
    /// Outcome of the run, or the reason that there is none.
    pub outcome: Result<Rerun, WorkError>,
}

/// Another run of a model.
#[derive(Debug)]
pub struct Rerun {
    /// The run.
    pub verified: VerifiedRunDocument,
    /// Comparison with the published masks; none on another benchmark.
    pub masks: Option<RerunMasks>,
    /// Result of the new masks, without images.
    pub result: ResultDocument,
    /// Change of what is published.
    pub change: RerunChange,
}

/// Comparison of published masks with those of another run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RerunMasks {
    /// Every pixel is equal.
    Equal,
    /// Masks differ.
    Different(MaskDifferencesDocument),
}

/// Change of what is published, by another run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RerunChange {
    /// None: masks and evaluator are those of the entry.
    None,
    /// A version of the entry's result.
    Result,
    /// An entry: its identifier, or none before it is published.
    Entry(Option<String>),
}

/// Runs the models of verified entries again. Entries that another one corrects are left out, and
/// on another benchmark those whose model has an entry there. `on_entry` gets the number of
/// entries done and of all. Models that fail are reported, and their entries stay as they are.
///
/// # Errors
/// [`WorkError::NoSuch`] when there is no such benchmark or entry, [`WorkError::NoModels`] when
/// the benchmark to run on takes no models; [`WorkError::Store`].
pub async fn rerun_models(
    store: &Store,
    options: &RerunOptions,
    on_entry: &mut dyn FnMut(usize, usize),
) -> Result<Vec<RerunEntry>, WorkError> {
    let mut left_out: HashSet<String> = HashSet::new();
    let mut models: HashSet<[Option<String>; 3]> = HashSet::new();
    for head in store.entries().heads().await? {
        left_out.extend(head.corrects);
    }
    if let Some(on) = &options.on {
        let there = EntryChoice { benchmark: Some(on.clone()), entry: None };
        there.entries(store, |row| !models.insert(digests(row))).await?;
    }
    let is_wanted = |row: &EntryRow| {
        let is_done = options.on.is_some() && models.contains(&digests(row));
        row.verified_run.is_some() && !left_out.contains(&row.id) && !is_done
    };
    let entries = options.entries.entries(store, is_wanted).await?;
    let total = entries.len();
    let mut rerun = Vec::with_capacity(total);
    for (done, ChosenEntry { id, .. }) in entries.into_iter().enumerate() {
        on_entry(done, total);
        let Some(entry) = store.entries().summary(&id).await? else { continue };
        let outcome = again(store, &entry, options).await;
        rerun.push(RerunEntry { entry, outcome });
    }
    on_entry(total, total);
    Ok(rerun)
}

/// Digests of an entry's models and model card; none for masks.
fn digests(row: &EntryRow) -> [Option<String>; 3] {
    let Some(run) = &row.verified_run else { return [None, None, None] };
    [Some(run.model_digest.clone()), run.model_fold_2_digest.clone(), Some(run.card_digest.clone())]
}

/// New masks of an entry's model, with their result.
struct NewMasks {
    benchmark: Benchmark,
    model: SubmittedModel,
    run: FinishedRun,
    masks: MaskSet,
    compared: Option<RerunMasks>,
    result: ResultDocument,
}

async fn again(
    store: &Store,
    entry: &EntryRow,
    options: &RerunOptions,
) -> Result<Rerun, WorkError> {
    let own = &entry.benchmark_id;
    let on = options.on.as_ref().filter(|on| *on != own);
    let new = segment(store, entry, on).await?;
    let NewMasks { benchmark, model, run, masks, compared, mut result } = new;
    let verified = run.verified;
    let change = if compared == Some(RerunMasks::Equal) {
        result = of_stored_masks(result, entry)?;
        let before = &entry.result.evaluator_version;
        let is_new = *before != EVALUATOR_VERSION;
        let (id, apply) = (&entry.id, is_new && options.apply);
        if apply && !store.entries().add_result(id, before, &result).await? {
            return Err(WorkError::Overtaken { id: id.clone() });
        }
        if is_new { RerunChange::Result } else { RerunChange::None }
    } else if options.apply {
        let corrects = compared.is_some().then(|| entry.id.clone());
        let to_publish = EntryToPublish {
            benchmark: &benchmark,
            role: entry.role,
            card: CardDocument { corrects, ..entry.card.clone() },
            masks: &masks,
            result: result.clone(),
            posteriors: None,
            run: Some(to_publish(model, verified.clone())),
        };
        let (id, _) = store.entries().publish_rerun(to_publish, &mut |_| ()).await?;
        RerunChange::Entry(Some(id))
    } else {
        RerunChange::Entry(None)
    };
    result.images = None;
    Ok(Rerun { verified, masks: compared, result, change })
}

/// Runs the model of an entry on its own benchmark or on another one, and scores the masks.
async fn segment(
    store: &Store,
    entry: &EntryRow,
    on: Option<&String>,
) -> Result<NewMasks, WorkError> {
    let id = on.unwrap_or(&entry.benchmark_id);
    let Some(limits) = store.settings().get(id).await?.models else {
        return Err(WorkError::NoModels { id: id.clone() });
    };
    let (model, access) = kept_model(store, entry).await?;
    let mut published = None;
    match on {
        None => published = Some(store.entries().local_masks(&entry.id).await?),
        Some(on) if model.models.fold_2.is_some() => {
            let own = document(store, &entry.benchmark_id).await?;
            check_folds(&own, &document(store, on).await?)
                .map_err(|source| WorkError::Benchmark { id: on.clone(), source })?;
        }
        Some(_) => {}
    }
    let stop = Arc::<AtomicBool>::default();
    let _stop = StopOnDrop(Arc::clone(&stop));
    // The operator may see all that a model does.
    let new = NewRun { limits, access, is_hidden: false, stop };
    with_benchmark(store, id, move |benchmark| {
        let run = new.run(benchmark, &model, None, &Progress::default()).map_err(of_data)?;
        let masks = MaskSet::open(run.masks.path(), benchmark)?;
        let compare = |folder| compare(benchmark, &MaskSet::open(folder, benchmark)?, &masks);
        let compared = published.as_deref().map(compare).transpose()?;
        let compared = compared.map(|found| match found.differences {
            None => RerunMasks::Equal,
            Some(differences) => RerunMasks::Different(differences),
        });
        let evaluation = evaluate(benchmark, &masks, &Settings::default(), &|| ())?;
        let result = scr_report::result_document(&evaluation, true);
        Ok(NewMasks { benchmark: benchmark.clone(), model, run, masks, compared, result })
    })
    .await
}

async fn document(store: &Store, id: &str) -> Result<BenchmarkDocument, WorkError> {
    let row = store.benchmarks().get(id).await?;
    row.map(|row| row.document)
        .ok_or_else(|| WorkError::NoSuch { what: "benchmark", id: id.to_owned() })
}

/// Refuses another benchmark that has an image of the first one in another fold: a model of a
/// fold would segment an image that it learned from.
fn check_folds(own: &BenchmarkDocument, other: &BenchmarkDocument) -> Result<(), DataError> {
    let folds: HashMap<&str, Fold> =
        own.images.iter().map(|image| (image.id.as_str(), image.fold)).collect();
    let mut problems = Problems::default();
    for image in &other.images {
        if let Some(fold) = folds.get(image.id.as_str()).filter(|fold| **fold != image.fold) {
            problems.push(Problem::new(
                &image.id,
                format!("in {}, as in {}", fold.phrase(), own.id),
                format!("in {}", image.fold.phrase()),
                "a model of a fold may have learned from the images of the other one",
            ));
        }
    }
    problems.or(())
}

/// Failure of a run as a failure of data, for the operator.
fn of_data(failure: RunFailure) -> DataError {
    match failure {
        RunFailure::Machine(error) => of_machine(error),
        RunFailure::Model(found) => {
            let mut problems = Problems::default();
            problems.extend(found);
            DataError::Problems(problems)
        }
    }
}
