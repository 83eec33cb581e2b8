//! Two-fold runs: models trained on one fold segment the other.

use std::path::{Path, PathBuf};
use std::time::Duration;

use scr_data::{Benchmark, DataError, Fold, Image, RUN_RECORD, Staging, files};
use serde::{Deserialize, Serialize};

use super::memory;
use super::segmenting::{SegmentingCost, Task, has_all, refuse_seen, segment};
use super::training::train;
use crate::model::header;
use crate::{Method, MethodError, Model, Parameters, Progress, TrainingSet};

/// Method to run, with the folders of its results.
pub struct Job {
    /// Method to run.
    pub method: &'static dyn Method,
    /// Values of its parameters.
    pub parameters: Parameters,
    /// Folder of masks to write, `STRUCTURE/IMAGE.png`.
    pub masks: PathBuf,
    /// Folder of posteriors to write, for methods that have one: 16-bit PNGs with the
    /// same names.
    pub posteriors: Option<PathBuf>,
}

/// Two-fold run of several methods on a benchmark.
pub struct TwoFold<'a> {
    /// Benchmark to segment.
    pub benchmark: &'a Benchmark,
    /// Seed of all random choices in training.
    pub seed: u64,
    /// Folder of trained models: existing ones are loaded, new ones are written.
    pub models: Option<&'a Path>,
}

/// Record of the run that made a set of masks: the content of the file [`RUN_RECORD`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Plan of the run. Equal plans give equal masks.
    #[serde(flatten)]
    pub plan: RunPlan,
    /// Cost of the run.
    pub cost: RunCost,
}

/// Plan of a run: method, parameters and data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunPlan {
    /// Identifier of the method.
    pub method: String,
    /// Version of the method.
    pub method_version: String,
    /// Values of all parameters.
    pub parameters: Parameters,
    /// Seed of all random choices in training.
    pub seed: u64,
    /// Identifier of the benchmark.
    pub benchmark: String,
    /// Digest of the benchmark against its reference observer.
    pub benchmark_digest: String,
}

/// Cost of a two-fold run, on the machine that ran it. For a resumed run, the cost since it was
/// resumed.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct RunCost {
    /// Number of threads.
    pub n_threads: usize,
    /// Training time on one fold in seconds, the longer of both; null where no model was
    /// trained. It includes reading the fold, and the parts that other methods share.
    pub training_s: Option<f64>,
    /// Size of a model file in bytes, the larger of both.
    pub model_bytes: Option<u64>,
    /// Time of segmenting one image in seconds, the mean over `n_images`, without reading and
    /// writing; null where none was segmented.
    pub image_s: Option<f64>,
    /// Number of segmented images.
    pub n_images: usize,
    /// Peak memory of the process during the run in bytes; null where the system does not
    /// report it.
    pub peak_bytes: Option<u64>,
}

impl TwoFold<'_> {
    /// Runs the jobs, and returns the record of each. Folders appear when they are complete;
    /// complete ones from an earlier run of the same plan are left unchanged, and an
    /// interrupted run resumes from its files.
    ///
    /// # Errors
    /// [`MethodError::NoImages`] when a fold is empty; [`MethodError::Data`] when a
    /// folder has other content; otherwise those of the methods.
    pub fn run(&self, jobs: &[Job], progress: Progress<'_>) -> Result<Vec<RunRecord>, MethodError> {
        for (job, fold) in jobs.iter().flat_map(|job| [(job, Fold::One), (job, Fold::Two)]) {
            if self.benchmark.fold(fold).next().is_none() {
                return Err(MethodError::NoImages {
                    benchmark: self.benchmark.id.clone(),
                    fold: fold.number(),
                    method: job.method.info().id,
                });
            }
        }
        let digest = self.benchmark.digest(self.benchmark.reference())?;
        let mut runs = Vec::new();
        for job in jobs {
            runs.push(Run::begin(self.plan(job, &digest), job)?);
        }
        for (trained_on, segmented) in [(Fold::One, Fold::Two), (Fold::Two, Fold::One)] {
            self.run_fold(&mut runs, trained_on, segmented, progress)?;
        }
        runs.into_iter().map(Run::finish).collect()
    }

    fn plan(&self, job: &Job, digest: &str) -> RunPlan {
        RunPlan {
            method: job.method.info().id.to_owned(),
            method_version: job.method.info().version.to_owned(),
            parameters: job.parameters.clone(),
            seed: self.seed,
            benchmark: self.benchmark.id.clone(),
            benchmark_digest: digest.to_owned(),
        }
    }

    fn run_fold(
        &self,
        runs: &mut [Run<'_>],
        trained_on: Fold,
        segmented: Fold,
        progress: Progress<'_>,
    ) -> Result<(), MethodError> {
        let set = TrainingSet::new(self.benchmark, trained_on);
        let mut models = Vec::new();
        for run in &mut *runs {
            let is_done = run.is_done(self.benchmark, segmented);
            models.push(if is_done { None } else { Some(self.model(run, &set, progress)?) });
        }
        drop(set);
        // All models have the same training images.
        if let Some(model) = models.iter().flatten().next() {
            let images: Vec<&Image> = self.benchmark.fold(segmented).collect();
            refuse_seen(model, self.benchmark, &images)?;
        }
        let with_model = runs.iter().zip(&models).enumerate();
        let (numbers, mut tasks): (Vec<usize>, Vec<Task<'_>>) = with_model
            .filter_map(|(number, (run, model))| {
                let (masks, posteriors) = (run.masks.as_ref(), run.posteriors.as_ref());
                let cost = SegmentingCost::default();
                Some((number, Task { model: model.as_ref()?, masks, posteriors, cost }))
            })
            .unzip();
        segment(&mut tasks, self.benchmark, segmented, progress)?;
        let costs: Vec<SegmentingCost> = tasks.into_iter().map(|task| task.cost).collect();
        for (number, cost) in numbers.into_iter().zip(costs) {
            runs[number].record_segmenting(cost);
        }
        Ok(())
    }

    /// Model of a run: loaded, or trained now.
    fn model(
        &self,
        run: &mut Run<'_>,
        set: &TrainingSet<'_>,
        progress: Progress<'_>,
    ) -> Result<Model, MethodError> {
        let Job { method, parameters, .. } = run.job;
        let (id, fold) = (method.info().id, set.images().fold().number());
        let path = self.models.map(|folder| folder.join(format!("{id}-fold{fold}.model")));
        if let Some(path) = path.as_ref().filter(|path| path.exists()) {
            let model = Model::open(path)?;
            if *model.header() == header(*method, parameters, self.seed, set.images())? {
                set.segmenter(id, parameters, self.seed, || Ok(model.shared_segmenter()))?;
                return Ok(model);
            }
            return Err(DataError::Occupied {
                path: path.clone(),
                holds: "is a model of another training; choose another folder or delete it".into(),
            }
            .into());
        }
        memory::reset_peak();
        let show = |what: &str, done, total| {
            progress(&format!("{id} on fold {fold}: {what}"), done, total);
        };
        let (model, time) = set.measure(|| train(*method, set, parameters, self.seed, &show));
        let model = model?;
        let bytes = model.to_bytes();
        run.record_training(time, bytes.len() as u64);
        if let Some(path) = path {
            files::write_file(&path, &bytes)?;
        }
        Ok(model)
    }
}

/// Job in progress.
struct Run<'a> {
    job: &'a Job,
    plan: RunPlan,
    /// Record of an earlier run that completed the masks.
    earlier: Option<RunRecord>,
    masks: Option<Staging>,
    posteriors: Option<Staging>,
    cost: RunCost,
    segmenting: Duration,
}

impl<'a> Run<'a> {
    fn begin(plan: RunPlan, job: &'a Job) -> Result<Self, MethodError> {
        let is_same = |record: &RunRecord| record.plan == plan;
        let text = serde_json::to_string(&plan).expect("a plan is always valid JSON");
        let begin = |folder: &Path| match read_record(folder).filter(is_same) {
            Some(record) => Ok((Some(record), None)),
            None => Staging::begin(folder, &text).map(|staging| (None, Some(staging))),
        };
        let (earlier, masks) = begin(&job.masks)?;
        let posteriors = match &job.posteriors {
            Some(folder) if job.method.info().has_posterior => begin(folder)?.1,
            _ => None,
        };
        let cost = RunCost { n_threads: rayon::current_num_threads(), ..RunCost::default() };
        let segmenting = Duration::ZERO;
        Ok(Self { job, plan, earlier, masks, posteriors, cost, segmenting })
    }

    /// Test whether all files of a fold are written.
    fn is_done(&self, benchmark: &Benchmark, fold: Fold) -> bool {
        let mut stagings = [&self.masks, &self.posteriors].into_iter().flatten();
        stagings.all(|staging| benchmark.fold(fold).all(|image| has_all(staging, benchmark, image)))
    }

    fn record_training(&mut self, time: Duration, bytes: u64) {
        let cost = &mut self.cost;
        cost.training_s = Some(time.as_secs_f64().max(cost.training_s.unwrap_or(0.0)));
        cost.model_bytes = Some(bytes).max(cost.model_bytes);
        cost.peak_bytes = cost.peak_bytes.max(memory::peak_bytes());
    }

    fn record_segmenting(&mut self, cost: SegmentingCost) {
        self.segmenting += cost.time;
        self.cost.n_images += cost.n_images;
        self.cost.peak_bytes = self.cost.peak_bytes.max(cost.peak_bytes);
        if self.cost.n_images > 0 {
            self.cost.image_s = Some(self.segmenting.as_secs_f64() / self.cost.n_images as f64);
        }
    }

    fn finish(self) -> Result<RunRecord, MethodError> {
        let record = RunRecord { plan: self.plan, cost: self.cost };
        let text = serde_json::to_string_pretty(&record).expect("a record is always valid JSON");
        for staging in [self.masks, self.posteriors].into_iter().flatten() {
            staging.write(RUN_RECORD, format!("{text}\n").as_bytes())?;
            staging.finish()?;
        }
        Ok(self.earlier.unwrap_or(record))
    }
}

fn read_record(folder: &Path) -> Option<RunRecord> {
    let bytes = files::read_file(&folder.join(RUN_RECORD)).ok()?;
    serde_json::from_slice(&bytes).ok()
}
