//! Methods over a whole benchmark: each fold segmented by what was trained on the other.

use std::path::{Path, PathBuf};
use std::time::Duration;

use scr_data::{Benchmark, DataError, Fold, Image, RUN_RECORD, Staging, files};
use serde::{Deserialize, Serialize};

use super::segmenting::{Spent, Task, has_all, refuse_seen, segment};
use super::{memory, train};
use crate::{Method, MethodError, Model, Parameters, Progress, TrainingSet, model};

/// A method to run, and where its masks go.
pub struct Job {
    /// The method.
    pub method: &'static dyn Method,
    /// Its parameters.
    pub parameters: Parameters,
    /// Folder of masks to write, `STRUCTURE/IMAGE.png`.
    pub masks: PathBuf,
    /// Folder of posteriors to write, for methods that have one: 16-bit PNGs by the
    /// same names.
    pub posteriors: Option<PathBuf>,
}

/// What several methods are run on.
pub struct TwoFold<'a> {
    /// The benchmark.
    pub benchmark: &'a Benchmark,
    /// Seed of everything that is random in training.
    pub seed: u64,
    /// Folder in which trained models are kept, and taken from where they are there.
    pub models: Option<&'a Path>,
}

/// How a set of masks was made: what [`RUN_RECORD`] holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// What was run on what. The same again gives the same masks.
    #[serde(flatten)]
    pub plan: RunPlan,
    /// What it took.
    pub cost: RunCost,
}

/// What was run on what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunPlan {
    /// Name of the method.
    pub method: String,
    /// Version of the method.
    pub method_version: String,
    /// Every parameter.
    pub parameters: Parameters,
    /// Seed of everything that is random in training.
    pub seed: u64,
    /// Identifier of the benchmark.
    pub benchmark: String,
    /// Digest of the benchmark against its reference observer.
    pub benchmark_digest: String,
}

/// What running a method two-fold took, on the machine that ran it. Of a run that
/// was interrupted, what was measured since it went on.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct RunCost {
    /// Threads that worked together.
    pub n_threads: usize,
    /// Training on one fold, in seconds, the longer of both; null where no model was
    /// trained. Reading the fold is part of it, and so is what other methods share.
    pub training_s: Option<f64>,
    /// Size of a model file in bytes, the larger of both.
    pub model_bytes: Option<u64>,
    /// Segmenting one image in seconds, the mean over `n_images`, reading and writing
    /// excluded; null where none was segmented.
    pub image_s: Option<f64>,
    /// Images that were segmented.
    pub n_images: usize,
    /// The most memory that the process took meanwhile, in bytes; null where the
    /// system does not say.
    pub peak_bytes: Option<u64>,
}

impl TwoFold<'_> {
    /// Runs the jobs. Each folder appears whole; what is whole from an earlier run of
    /// the same plan is left as it is, and an interrupted run goes on from the files
    /// that it finds. Returns, job by job, how its masks were made.
    ///
    /// # Errors
    /// [`MethodError::NoImages`] when a fold is empty; [`MethodError::Data`] when a
    /// folder holds something else; else what the methods say.
    pub fn run(&self, jobs: &[Job], progress: Progress<'_>) -> Result<Vec<RunRecord>, MethodError> {
        for (job, fold) in jobs.iter().flat_map(|job| [(job, Fold::One), (job, Fold::Two)]) {
            if self.benchmark.fold(fold).next().is_none() {
                return Err(MethodError::NoImages {
                    benchmark: self.benchmark.id.clone(),
                    fold: fold.number(),
                    method: job.method.id(),
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
            method: job.method.id().to_owned(),
            method_version: job.method.version().to_owned(),
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
        // All have seen the same images.
        if let Some(model) = models.iter().flatten().next() {
            let images: Vec<&Image> = self.benchmark.fold(segmented).collect();
            refuse_seen(model, self.benchmark, &images)?;
        }
        let with_model = runs.iter().zip(&models).enumerate();
        let (numbers, mut tasks): (Vec<usize>, Vec<Task<'_>>) = with_model
            .filter_map(|(number, (run, model))| {
                let (masks, posteriors) = (run.masks.as_ref(), run.posteriors.as_ref());
                let spent = Spent::default();
                Some((number, Task { model: model.as_ref()?, masks, posteriors, spent }))
            })
            .unzip();
        segment(&mut tasks, self.benchmark, segmented, progress)?;
        let spent: Vec<Spent> = tasks.into_iter().map(|task| task.spent).collect();
        for (number, spent) in numbers.into_iter().zip(spent) {
            runs[number].has_spent(spent);
        }
        Ok(())
    }

    /// The model of a run: the kept one, or trained now.
    fn model(
        &self,
        run: &mut Run<'_>,
        set: &TrainingSet<'_>,
        progress: Progress<'_>,
    ) -> Result<Model, MethodError> {
        let Job { method, parameters, .. } = run.job;
        let path = self.models.map(|folder| {
            folder.join(format!("{}-fold{}.model", method.id(), set.fold().number()))
        });
        if let Some(path) = path.as_ref().filter(|path| path.exists()) {
            let model = Model::open(path)?;
            if *model.header() == model::header(*method, parameters, self.seed, set)? {
                set.keep(*method, parameters, self.seed, model.shared_segmenter())?;
                return Ok(model);
            }
            return Err(DataError::Occupied {
                path: path.clone(),
                holds: "is a model of another training; choose another folder or delete it".into(),
            }
            .into());
        }
        memory::forget_peak();
        let show = |what: &str, done, total| {
            progress(
                &format!("{} on fold {}: {what}", method.id(), set.fold().number()),
                done,
                total,
            );
        };
        let (model, took) = set.timed(|| train(*method, set, parameters, self.seed, &show));
        let model = model?;
        let bytes = model.to_bytes();
        run.has_trained(took, bytes.len() as u64);
        if let Some(path) = path {
            files::write_file(&path, &bytes)?;
        }
        Ok(model)
    }
}

/// A job under way.
struct Run<'a> {
    job: &'a Job,
    plan: RunPlan,
    /// How the masks were made that an earlier run finished.
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
            Some(folder) if job.method.has_posterior() => begin(folder)?.1,
            _ => None,
        };
        let cost = RunCost { n_threads: rayon::current_num_threads(), ..RunCost::default() };
        let segmenting = Duration::ZERO;
        Ok(Self { job, plan, earlier, masks, posteriors, cost, segmenting })
    }

    /// Whether there is nothing left to write for the images of a fold.
    fn is_done(&self, benchmark: &Benchmark, fold: Fold) -> bool {
        let mut stagings = [&self.masks, &self.posteriors].into_iter().flatten();
        stagings.all(|staging| benchmark.fold(fold).all(|image| has_all(staging, benchmark, image)))
    }

    fn has_trained(&mut self, took: Duration, bytes: u64) {
        let cost = &mut self.cost;
        cost.training_s = Some(took.as_secs_f64().max(cost.training_s.unwrap_or(0.0)));
        cost.model_bytes = Some(bytes).max(cost.model_bytes);
        cost.peak_bytes = cost.peak_bytes.max(memory::peak_bytes());
    }

    fn has_spent(&mut self, spent: Spent) {
        self.segmenting += spent.time;
        self.cost.n_images += spent.n_images;
        self.cost.peak_bytes = self.cost.peak_bytes.max(spent.peak_bytes);
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
