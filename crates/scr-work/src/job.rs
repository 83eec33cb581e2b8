//! One job: a check and a score, or an entry.

use scr_data::{Benchmark, DataError, MaskSet, Problem};
use scr_eval::{Settings, check, evaluate};
use scr_report::ResultDocument;
use scr_store::{
    EntryRole, EntryToPublish, Job, JobKind, Store, Submission, SubmissionState, Told,
};

use crate::WorkError;

/// Problems told at most: a list that nobody reads to its end helps nobody.
const MAX_TOLD: usize = 500;

/// Does a job for `worker`.
pub(crate) async fn do_job(store: &Store, job: &Job, worker: &str) -> Result<(), WorkError> {
    let id = &job.submission_id;
    let Some(submission) = store.submission(id).await? else { return Ok(()) };
    match job.kind {
        JobKind::Score => score(store, &submission, worker).await,
        JobKind::Publish => publish(store, &submission, worker).await,
    }
}

async fn score(store: &Store, submission: &Submission, worker: &str) -> Result<(), WorkError> {
    let id = &submission.id;
    if submission.state == SubmissionState::Received {
        let problems = off_thread(store, submission, |benchmark, root| {
            let masks = match MaskSet::open(root, benchmark) {
                Ok(masks) => masks,
                Err(error) => return Ok(told(&error, root)),
            };
            let reference = &benchmark.reference().id;
            let report = check(benchmark, &masks, reference, &|| ())?;
            Ok(report.problems.list().iter().map(|problem| tell(problem, root)).collect())
        });
        let problems: Vec<Told> = problems.await?;
        if !problems.is_empty() {
            tracing::info!(submission = id, n = problems.len(), "the check found problems");
            store.submission_failed(id, worker, &problems).await?;
            return Ok(store.delete_upload(id)?);
        }
        store.submission_checked(id, worker).await?;
    }
    let result = off_thread(store, submission, |benchmark, root| {
        let masks = MaskSet::open(root, benchmark)?;
        let evaluation = evaluate(benchmark, &masks, &Settings::default(), &|| ())?;
        Ok(ResultDocument::new(&evaluation, true))
    });
    store.submission_scored(id, worker, &result.await?).await?;
    tracing::info!(submission = id, "scored");
    Ok(())
}

async fn publish(store: &Store, submission: &Submission, worker: &str) -> Result<(), WorkError> {
    let id = &submission.id;
    let (benchmark, masks) = off_thread(store, submission, |benchmark, root| {
        Ok((benchmark.clone(), MaskSet::open(root, benchmark)?))
    })
    .await?;
    let Some(result) = submission.result.clone() else { return Ok(()) };
    let entry = EntryToPublish {
        benchmark: &benchmark,
        role: EntryRole::Method,
        card: submission.card.clone(),
        masks: &masks,
        result,
        posteriors: None,
    };
    store.publish_submission((id, worker), entry, &mut |_| ()).await?;
    Ok(())
}

/// What `work` says of the benchmark and the file of a submission, on a thread on
/// which it may take its time.
async fn off_thread<T: Send + 'static>(
    store: &Store,
    submission: &Submission,
    work: impl FnOnce(&Benchmark, &std::path::Path) -> Result<T, DataError> + Send + 'static,
) -> Result<T, WorkError> {
    let root = store.upload_path(&submission.id);
    with_benchmark(store, &submission.benchmark_id, move |benchmark| work(benchmark, &root)).await
}

/// What `work` says of a benchmark, on a thread on which it may take its time.
pub(crate) async fn with_benchmark<T: Send + 'static>(
    store: &Store,
    id: &str,
    work: impl FnOnce(&Benchmark) -> Result<T, DataError> + Send + 'static,
) -> Result<T, WorkError> {
    let (id, folder) = (id.to_owned(), store.benchmark_folder(id));
    let work = move || {
        let opened = Benchmark::open(&folder).and_then(|benchmark| work(&benchmark));
        opened.map_err(|source| WorkError::Benchmark { id, source })
    };
    tokio::task::spawn_blocking(work).await.map_err(|source| WorkError::Task { source })?
}

fn told(error: &DataError, root: &std::path::Path) -> Vec<Told> {
    match error {
        DataError::Problems(problems) => {
            problems.list().iter().take(MAX_TOLD).map(|problem| tell(problem, root)).collect()
        }
        other => vec![Told {
            place: "the submission".into(),
            expected: "a zip file of masks, STRUCTURE/IMAGE.png".into(),
            found: other.to_string(),
            hint: String::new(),
        }],
    }
}

/// A problem without the place at which the file lies on the server.
fn tell(problem: &Problem, root: &std::path::Path) -> Told {
    let root = root.display().to_string();
    let clean = |text: &str| text.replace(&format!("{root}/"), "").replace(&root, "the submission");
    Told {
        place: clean(&problem.place),
        expected: clean(&problem.expected),
        found: clean(&problem.found),
        hint: clean(&problem.hint),
    }
}
