//! A claimed job: what it reads and writes of its submission.

use std::path::{Path, PathBuf};

use scr_data::{Benchmark, DataError, Problem};
use scr_documents::SubmissionProblem;
use scr_store::{Claim, Store, Submission, Submissions};

use crate::background;
use crate::error::WorkError;

/// Limit of reported problems, as many as a person reads.
const MAX_PROBLEMS: usize = 500;

/// A job that a worker has claimed: what it writes is refused once the claim does not hold.
pub(crate) struct ClaimedJob<'a> {
    pub(crate) store: &'a Store,
    pub(crate) claim: &'a Claim,
}

impl ClaimedJob<'_> {
    pub(crate) fn submissions(&self) -> Submissions<'_, Store> {
        self.store.submissions().of_job(self.claim)
    }

    /// Rejects a submission for its problems, and deletes its upload.
    pub(crate) async fn reject(
        &self,
        id: &str,
        problems: &[SubmissionProblem],
    ) -> Result<(), WorkError> {
        tracing::info!(submission = id, n = problems.len(), "the check found problems");
        self.submissions().record_problems(id, &self.claim.worker, problems).await?;
        Ok(self.store.uploads().delete(id).await?)
    }
}

/// Runs `work` on the benchmark and the masks of a submission, on a background thread: the
/// upload, or what its model made.
pub(crate) async fn with_masks<T: Send + 'static>(
    store: &Store,
    submission: &Submission,
    work: impl FnOnce(&Benchmark, &Path) -> Result<T, DataError> + Send + 'static,
) -> Result<T, WorkError> {
    let Some(run) = &submission.run else {
        return with_submission(store, submission, work).await;
    };
    let root = store.uploads().local_masks(&submission.id, &run.masks).await?;
    with_benchmark(store, &submission.benchmark_id, move |benchmark| work(benchmark, &root)).await
}

/// Runs `work` on the benchmark and the upload of a submission, on a background thread.
pub(crate) async fn with_submission<T: Send + 'static>(
    store: &Store,
    submission: &Submission,
    work: impl FnOnce(&Benchmark, &Path) -> Result<T, DataError> + Send + 'static,
) -> Result<T, WorkError> {
    let root = upload_of(store, submission).await?;
    with_benchmark(store, &submission.benchmark_id, move |benchmark| work(benchmark, &root)).await
}

/// Path of the upload of a submission on this machine.
pub(crate) async fn upload_of(
    store: &Store,
    submission: &Submission,
) -> Result<PathBuf, WorkError> {
    let id = &submission.id;
    // A missing file is reported with its path.
    let root = store.uploads().local_file(id).await?;
    Ok(root.unwrap_or_else(|| store.uploads().path(id)))
}

/// Runs `work` on a benchmark, on a background thread.
pub(crate) async fn with_benchmark<T: Send + 'static>(
    store: &Store,
    id: &str,
    work: impl FnOnce(&Benchmark) -> Result<T, DataError> + Send + 'static,
) -> Result<T, WorkError> {
    let folder = store.benchmarks().local_folder(id).await?;
    let (id, folder) = (id.to_owned(), folder.unwrap_or_else(|| store.benchmarks().folder(id)));
    let work = move || {
        let opened = Benchmark::open(&folder).and_then(|benchmark| work(&benchmark));
        opened.map_err(|source| WorkError::Benchmark { id, source })
    };
    background::run(work).await?
}

/// Problems for the submitter.
pub(crate) fn problems(error: &DataError, root: &Path) -> Vec<SubmissionProblem> {
    match error {
        DataError::Problems(problems) => {
            problems.list().iter().take(MAX_PROBLEMS).map(|found| problem(found, root)).collect()
        }
        other => vec![SubmissionProblem {
            place: "the submission".into(),
            expected: "a zip file of masks, STRUCTURE/IMAGE.png".into(),
            found: other.to_string(),
            hint: String::new(),
        }],
    }
}

/// A problem without paths of the server.
pub(crate) fn problem(problem: &Problem, root: &Path) -> SubmissionProblem {
    let root = root.display().to_string();
    let clean = |text: &str| text.replace(&format!("{root}/"), "").replace(&root, "the submission");
    SubmissionProblem {
        place: clean(&problem.place),
        expected: clean(&problem.expected),
        found: clean(&problem.found),
        hint: clean(&problem.hint),
    }
}
