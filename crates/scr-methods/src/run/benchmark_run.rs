//! Runs over a benchmark: each fold is segmented by models of the part that its protocol says.

use std::path::{Path, PathBuf};
use std::time::Duration;

use scr_data::{Benchmark, DataError, Fold, Image, Protocol, RUN_RECORD, Staging, files};
use serde::{Deserialize, Serialize};

use super::segmenting::{SegmentingCost, Task, has_all, refuse_seen, segment};
use super::training::train;
use crate::model::header;
use crate::{Method, MethodError, Model, Parameters, Progress, TrainingPart, TrainingSet, memory};

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

/// Run of several methods over a benchmark, as its protocol says: two-fold, k-fold, or
/// training and test set.
pub struct BenchmarkRun<'a> {
    /// Benchmark to segment.
    pub benchmark: &'a Benchmark,
    /// Seed of all random choices in training.
    pub seed: u64,
    /// Folder of trained models: existing ones are loaded, new ones are written.
    pub models: Option<&'a Path>,
}

/// One model of a run: its training part, and the fold that it segments.
struct Round {
    trained_on: TrainingPart,
    segmented: Fold,
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

/// Cost of a run, on the machine that ran it. For a resumed run, the cost since it was
/// resumed.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct RunCost {
    /// Number of threads.
    pub n_threads: usize,
    /// Training time of one model in seconds, the longest; null where no model was
    /// trained. It includes reading the images, and the parts that other methods share.
    pub training_s: Option<f64>,
    /// Size of a model file in bytes, the largest.
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

impl BenchmarkRun<'_> {
    /// Runs the jobs as [`run_each`](Self::run_each), and returns the record of each.
    ///
    /// # Errors
    /// Those of [`run_each`](Self::run_each), and the first error of a job.
    pub fn run(&self, jobs: &[Job], progress: Progress<'_>) -> Result<Vec<RunRecord>, MethodError> {
        self.run_each(jobs, progress)?.into_iter().collect()
    }

    /// Runs the jobs, and returns the record or the error of each: when one fails, the others go
    /// on. Folders appear when they are complete; complete ones from an earlier run of the same
    /// plan are left unchanged, and an interrupted or failed run resumes from its files.
    ///
    /// # Errors
    /// Those of the benchmark, which all jobs share: [`MethodError::EvaluationOnly`] when the
    /// protocol trains on nothing; [`MethodError::NoImages`] when a fold is empty;
    /// [`MethodError::Data`] when files cannot be read or written, or a folder of a job has other
    /// content.
    pub fn run_each(
        &self,
        jobs: &[Job],
        progress: Progress<'_>,
    ) -> Result<Vec<Result<RunRecord, MethodError>>, MethodError> {
        let rounds = self.rounds()?;
        for (job, round) in jobs.iter().flat_map(|job| rounds.iter().map(move |round| (job, round)))
        {
            let no_images = |part: String| MethodError::NoImages {
                benchmark: self.benchmark.id.clone(),
                part,
                method: job.method.info().id,
            };
            if round.trained_on.images(self.benchmark).is_empty() {
                return Err(no_images(round.trained_on.to_string()));
            }
            if self.benchmark.fold(round.segmented).next().is_none() {
                return Err(no_images(round.segmented.phrase()));
            }
        }
        let digest = self.benchmark.digest(self.benchmark.reference())?;
        let mut runs = Vec::new();
        for job in jobs {
            runs.push(Run::begin(self.plan(job, &digest), job)?);
        }
        for round in rounds {
            self.run_round(&mut runs, round, progress)?;
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

    /// Rounds of the protocol; two-fold begins with training on fold 1.
    fn rounds(&self) -> Result<Vec<Round>, MethodError> {
        let protocol = self.benchmark.protocol;
        let mut folds = self.benchmark.folds();
        if protocol == Protocol::TwoFold {
            folds.reverse();
        }
        let round = |segmented: Fold| {
            let trained_on = TrainingPart::to_segment(protocol, segmented)?;
            Some(Round { trained_on, segmented })
        };
        let benchmark = self.benchmark.id.clone();
        let rounds: Option<Vec<Round>> = folds.into_iter().map(round).collect();
        rounds.ok_or(MethodError::EvaluationOnly { benchmark })
    }

    fn run_round(
        &self,
        runs: &mut [Run<'_>],
        Round { trained_on, segmented }: Round,
        progress: Progress<'_>,
    ) -> Result<(), MethodError> {
        let set = TrainingSet::new(self.benchmark, trained_on).with_checkpoints(self.models);
        let mut models = Vec::new();
        for run in &mut *runs {
            let is_open = run.failure.is_none() && !run.is_done(self.benchmark, segmented);
            let model = is_open.then(|| self.model(run, &set, progress)).transpose();
            models.push(model.or_else(|error| run.fail(error).map(|()| None))?);
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
                Some((number, Task::new(model.as_ref()?, masks, posteriors)))
            })
            .unzip();
        segment(&mut tasks, self.benchmark, segmented, progress)?;
        let ends: Vec<_> = tasks.into_iter().map(|task| (task.cost, task.failure)).collect();
        for (number, (cost, failure)) in numbers.into_iter().zip(ends) {
            runs[number].record_segmenting(cost);
            runs[number].failure = failure;
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
        let (id, part) = (method.info().id, set.images().part());
        let name = part.file_name();
        let path = self.models.map(|folder| folder.join(format!("{id}-{name}.model")));
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
            progress(&format!("{id} on {part}: {what}"), done, total);
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
    /// Error that ended the job.
    failure: Option<MethodError>,
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
        Ok(Self { job, plan, earlier, masks, posteriors, cost, segmenting, failure: None })
    }

    /// Ends the job with an error of its method; returns an error of files, which ends all jobs.
    fn fail(&mut self, error: MethodError) -> Result<(), MethodError> {
        if error.is_about_files() {
            return Err(error);
        }
        self.failure = Some(error);
        Ok(())
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

    /// Completes the folders of a job that did not fail. The outer error ends all jobs.
    fn finish(self) -> Result<Result<RunRecord, MethodError>, MethodError> {
        if let Some(failure) = self.failure {
            return Ok(Err(failure));
        }
        let record = RunRecord { plan: self.plan, cost: self.cost };
        let text = serde_json::to_string_pretty(&record).expect("a record is always valid JSON");
        for staging in [self.masks, self.posteriors].into_iter().flatten() {
            staging.write(RUN_RECORD, format!("{text}\n").as_bytes())?;
            staging.finish()?;
        }
        Ok(Ok(self.earlier.unwrap_or(record)))
    }
}

fn read_record(folder: &Path) -> Option<RunRecord> {
    let bytes = files::read_file(&folder.join(RUN_RECORD)).ok()?;
    serde_json::from_slice(&bytes).ok()
}
