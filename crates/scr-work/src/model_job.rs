//! The model of a submission: its run before the check, and its files at publication.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use scr_documents::{ModelAccess, ModelLimits};
use scr_store::{ModelRun, RunToPublish, Store, Submission};

use crate::background;
use crate::claimed_job::{ClaimedJob, problem, problems, upload_of, with_submission};
use crate::error::WorkError;
use crate::model_files::Upload;
use crate::model_run::{FinishedRun, NewRun, RunFailure, StopOnDrop, of_machine, to_publish};
use crate::progress::Progress;
use crate::submitted_masks;

/// Runs the model of a submission that has one and whose masks are not there yet. Returns the
/// submission with its run, or none where it was rejected.
#[tracing::instrument(target = "traces", skip_all)]
pub(crate) async fn run_model(
    claimed: &ClaimedJob<'_>,
    mut submission: Submission,
    progress: &Progress,
) -> Result<Option<Submission>, WorkError> {
    if submission.run.is_some() {
        return Ok(Some(submission));
    }
    let store = claimed.store;
    let settings = store.settings().get(&submission.benchmark_id).await?;
    let (progress, expects_model) = (progress.clone(), submission.model.is_some());
    let stop = Arc::<AtomicBool>::default();
    let _stop = StopOnDrop(Arc::clone(&stop));
    let new = NewRun {
        limits: settings.models.unwrap_or_default(),
        access: submission.model.unwrap_or(ModelAccess::Private),
        is_hidden: settings.hides_reference(),
        stop,
    };
    let ran = with_submission(store, &submission, move |benchmark, root| {
        let model = match Upload::read(root, expects_model, settings.models) {
            Ok(Upload::Masks) => return Ok(Ok(None)),
            Ok(Upload::Model(model)) => model,
            Err(error) => return Ok(Err(problems(&error, root))),
        };
        let submitted = model.has_masks.then(|| submitted_masks::open(benchmark, root));
        let submitted = match submitted.transpose() {
            Ok(submitted) => submitted,
            Err(error) => return Ok(Err(problems(&error, root))),
        };
        match new.run(benchmark, &model, submitted.as_ref(), &progress) {
            Ok(run) => Ok(Ok(Some(run))),
            Err(RunFailure::Machine(error)) => Err(of_machine(error)),
            Err(RunFailure::Model(found)) => {
                Ok(Err(found.iter().map(|found| problem(found, root)).collect()))
            }
        }
    })
    .await?;
    let id = &submission.id;
    match ran {
        Ok(None) => Ok(Some(submission)),
        Ok(Some(FinishedRun { verified, differences, masks: file })) => {
            let masks = store.uploads().keep_masks(id, file.path().to_owned()).await?;
            let run = ModelRun { verified, masks, differences };
            claimed.submissions().record_run(id, &run).await?;
            tracing::info!(submission = id, model = run.verified.model_digest, "ran a model");
            submission.run = Some(run);
            Ok(Some(submission))
        }
        Err(problems) => {
            claimed.reject(id, &problems).await?;
            Ok(None)
        }
    }
}

/// Verified run of a submission with the files of its model; none for masks.
pub(crate) async fn run_to_publish(
    store: &Store,
    submission: &Submission,
) -> Result<Option<RunToPublish>, WorkError> {
    let Some(ModelRun { mut verified, .. }) = submission.run.clone() else { return Ok(None) };
    let settings = store.settings().get(&submission.benchmark_id).await?;
    if let Some(submitted) = &mut verified.submitted_masks
        && settings.hides_reference()
    {
        // The reference was hidden since the run.
        submitted.differences = None;
    }
    // The model was within the limits of its time.
    let limits = ModelLimits { size_mb: ModelLimits::MAX_SIZE_MB, ..ModelLimits::default() };
    let upload = upload_of(store, submission).await?;
    let read = background::run(move || Upload::read(&upload, true, Some(limits))).await?;
    let id = submission.benchmark_id.clone();
    match read.map_err(|source| WorkError::Benchmark { id, source })? {
        Upload::Model(model) => Ok(Some(to_publish(model, verified))),
        Upload::Masks => Ok(None),
    }
}
