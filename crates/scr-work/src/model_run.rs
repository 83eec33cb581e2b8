//! Runs of submitted models on the images of a benchmark.
//!
//! The model runs in a confined process. Its masks become a zip file beside the upload, which is
//! checked, scored and published as submitted masks are. Where the reference is hidden, neither
//! progress nor problems tell images apart.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use scr_data::digest::{digest_text, file_digest};
use scr_data::{Benchmark, DataError, MaskSet, NewZip, Problem};
use scr_documents::{MaskDifferencesDocument, ModelAccess, ModelLimits, VerifiedRunDocument};
use scr_onnx::{
    Limits, ModelError, ModelFile, ModelFiles, ModelProcess, OnnxRun, OnnxRunRecord, RunnerProgram,
};
use scr_store::{ModelFileName, RunToPublish};
use tempfile::NamedTempFile;

use crate::model_files::SubmittedModel;
use crate::progress::Progress;
use crate::submitted_masks;

/// Run of a submitted model that is about to start.
pub(crate) struct NewRun {
    pub(crate) limits: ModelLimits,
    pub(crate) access: ModelAccess,
    /// True where nothing may tell images apart.
    pub(crate) is_hidden: bool,
    pub(crate) stop: Arc<AtomicBool>,
}

/// A run that came to its end.
pub(crate) struct FinishedRun {
    pub(crate) verified: VerifiedRunDocument,
    /// Differences from submitted masks; none where there are none.
    pub(crate) differences: Option<MaskDifferencesDocument>,
    /// Zip file of the masks, which goes with this value.
    pub(crate) masks: NamedTempFile,
}

/// Failure of a run.
pub(crate) enum RunFailure {
    /// Faults of the model, for its submitter.
    Model(Vec<Problem>),
    /// Failure of this machine.
    Machine(ModelError),
}

impl From<io::Error> for RunFailure {
    fn from(error: io::Error) -> Self {
        Self::Machine(ModelError::Process(error))
    }
}

impl NewRun {
    /// Runs a model on all images that are scored, and compares its masks with submitted ones.
    ///
    /// # Errors
    /// [`RunFailure`].
    pub(crate) fn run(
        &self,
        benchmark: &Benchmark,
        model: &SubmittedModel,
        submitted: Option<&MaskSet>,
        progress: &Progress,
    ) -> Result<FinishedRun, RunFailure> {
        let folder = tempfile::Builder::new().prefix("scr-run-").tempdir()?;
        let masks = folder.path().join("masks");
        let program = RunnerProgram::this()?;
        let run = OnnxRun {
            benchmark,
            models: &model.models,
            card: (ModelFileName::Card.as_str(), &model.card),
            process: ModelProcess::Confined(&program),
            limits: Limits {
                file_bytes: self.limits.size_bytes(),
                memory_bytes: u64::from(self.limits.memory_mb) * 1_000_000,
                image_s: self.limits.image_s.into(),
                ..Limits::default()
            },
            stop: &self.stop,
        };
        progress.begin(benchmark.folds().iter().map(|fold| benchmark.fold(*fold).count()).sum());
        let count = |_, _| {
            // The time of each image would tell images apart.
            if !self.is_hidden {
                progress.step();
            }
        };
        let record = run.run(&masks, None, &count).map_err(|error| self.failure(error))?;
        let mut verified = verified(model, self.access, &record);
        let masks = pack(&masks, benchmark)?;
        let note = |submitted| {
            submitted_masks::note(benchmark, submitted, masks.path(), self.is_hidden, &mut verified)
        };
        let differences = submitted.map(note).transpose();
        let differences = differences.map_err(ModelError::Refused).map_err(RunFailure::Machine)?;
        Ok(FinishedRun { verified, differences: differences.flatten(), masks })
    }

    fn failure(&self, error: ModelError) -> RunFailure {
        if error.is_of_machine() {
            return RunFailure::Machine(error);
        }
        let place = ModelFileName::Model.as_str();
        let of_output = matches!(error, ModelError::Output { .. } | ModelError::Run(_));
        let of_end = matches!(error, ModelError::Died(_));
        if self.is_hidden && (of_output || of_end) {
            // The words of a model could carry what it saw.
            let memory = self.limits.memory_mb;
            let expected =
                format!("the card's output on every image, within {memory} MB of memory");
            let found = if of_end { "the process ended" } else { "no such output, on an image" };
            let hint = "`scr model check` runs the model on an image of yours";
            return RunFailure::Model(vec![Problem::new(place, expected, found, hint)]);
        }
        RunFailure::Model(error.problems(place))
    }
}

/// Sets a flag when it is dropped: a job that is cancelled stops its run.
pub(crate) struct StopOnDrop(pub(crate) Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Run by the operator of a site, with the public files of its model, to be published.
#[must_use]
pub fn run_of_operator(models: ModelFiles, card: String, record: &OnnxRunRecord) -> RunToPublish {
    let model = SubmittedModel { models, card, has_masks: false };
    let verified = verified(&model, ModelAccess::Public, record);
    to_publish(model, verified)
}

/// Files of a submitted model, to be published with its entry.
pub(crate) fn to_publish(model: SubmittedModel, verified: VerifiedRunDocument) -> RunToPublish {
    let mut files = vec![(ModelFileName::Model, model.models.model.bytes.into())];
    if let Some(second) = model.models.fold_2 {
        files.push((ModelFileName::ModelFold2, second.bytes.into()));
    }
    files.push((ModelFileName::Card, model.card.into_bytes().into()));
    RunToPublish { verified, files }
}

fn verified(
    model: &SubmittedModel,
    model_access: ModelAccess,
    record: &OnnxRunRecord,
) -> VerifiedRunDocument {
    let digest = |file: &ModelFile| digest_text(&file_digest(&file.bytes));
    VerifiedRunDocument {
        model_digest: digest(&model.models.model),
        model_fold_2_digest: model.models.fold_2.as_ref().map(digest),
        card_digest: record.card_digest.clone(),
        model_access,
        runtime: record.runtime.clone(),
        confinement: record.confinement.clone(),
        n_images: record.n_images,
        image_s: record.image_s.map(two_digits),
        peak_memory_mb: record.peak_bytes.map(|bytes| two_digits(bytes as f64 / 1e6) as u64),
        submitted_masks: None,
    }
}

/// A number to two significant digits; finer ones would tell more of hidden images.
fn two_digits(value: f64) -> f64 {
    if value <= 0.0 {
        return 0.0;
    }
    // Written and read, so that the number is the nearest to its two digits.
    format!("{value:.1e}").parse().unwrap_or(value)
}

/// Packs a run's masks into a zip file, without the record of the run.
fn pack(folder: &Path, benchmark: &Benchmark) -> io::Result<NamedTempFile> {
    let mut zip = NewZip::new(NamedTempFile::new()?);
    for structure in &benchmark.structures {
        zip.add_folder(&folder.join(&structure.id), &format!("{}/", structure.id))?;
    }
    zip.finish()
}

/// Failure of a run as a failure of data, where the machine is at fault.
pub(crate) fn of_machine(error: ModelError) -> DataError {
    match error {
        ModelError::Refused(error) => error,
        other => Problem::new("the model's process", "a run", other.to_string(), "").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::two_digits;

    #[test]
    fn numbers_keep_two_significant_digits() {
        for (value, kept) in [(0.0, 0.0), (0.012_34, 0.012), (0.999, 1.0), (163.2, 160.0)] {
            assert_eq!(two_digits(value), kept);
        }
    }
}
