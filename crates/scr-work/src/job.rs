//! One job: check and score a submission, or publish its entry.

use scr_data::{Benchmark, DataError, MaskSet, Problem};
use scr_documents::{
    CardDocument, EntryRole, SubmissionProblem, SubmissionState, Suspicion, SuspicionsDocument,
};
use scr_eval::{CheckReport, Settings, Warning, evaluate};
use scr_store::{
    Claim, EntryToPublish, Job, JobKind, PublishError, Store, Submission, Submissions,
};

use crate::background;
use crate::error::WorkError;
use crate::flags::submission::findings;
use crate::probes;
use crate::progress::Progress;

/// Limit of reported problems, as many as a person reads.
const MAX_PROBLEMS: usize = 500;

/// Does a job.
#[tracing::instrument(
    target = "traces",
    name = "job",
    skip_all,
    fields(kind = job.kind.as_str(), submission = job.claim.id, attempt = job.claim.attempt)
)]
pub(crate) async fn do_job(store: &Store, job: &Job, progress: &Progress) -> Result<(), WorkError> {
    let id = &job.claim.id;
    let Some(submission) = store.submissions().get(id).await? else { return Ok(()) };
    let claimed = ClaimedJob { store, claim: &job.claim };
    match (job.kind, submission.state) {
        (JobKind::Publish, _) => publish(&claimed, &submission).await,
        (JobKind::Score, SubmissionState::Received) => {
            let is_good = check(&claimed, &submission, progress).await?;
            if !(is_good && submission.confirmed) {
                return Ok(());
            }
            claimed.submissions().confirm(id, &submission.user_id).await?;
            score(&claimed, &submission, progress).await
        }
        (JobKind::Score, SubmissionState::Checked) => {
            // An earlier worker was killed here; only confirmed submissions have a job.
            claimed.submissions().confirm(id, &submission.user_id).await?;
            score(&claimed, &submission, progress).await
        }
        (JobKind::Score, _) => score(&claimed, &submission, progress).await,
    }
}

/// A job that a worker has claimed: what it writes is refused once the claim does not hold.
struct ClaimedJob<'a> {
    store: &'a Store,
    claim: &'a Claim,
}

impl ClaimedJob<'_> {
    fn submissions(&self) -> Submissions<'_, Store> {
        self.store.submissions().of_job(self.claim)
    }
}

/// Checks the masks; true where they can be scored.
#[tracing::instrument(target = "traces", skip_all)]
async fn check(
    claimed: &ClaimedJob<'_>,
    submission: &Submission,
    progress: &Progress,
) -> Result<bool, WorkError> {
    let ClaimedJob { store, claim } = claimed;
    let worker = &claim.worker;
    let (id, progress) = (&submission.id, progress.clone());
    let is_hidden = store.settings().get(&submission.benchmark_id).await?.hides_reference();
    let found = with_submission(store, submission, move |benchmark, root| {
        let masks = match MaskSet::open(root, benchmark) {
            Ok(masks) => masks,
            Err(error) => return Ok(Err(problems(&error, root))),
        };
        progress.begin(masks.images().len());
        let reference = &benchmark.reference().id;
        let report = scr_eval::check(benchmark, &masks, reference, &|| progress.step())?;
        let probes = if is_hidden { probes::problems(&report) } else { Vec::new() };
        let problems: Vec<&Problem> = report.problems.list().iter().chain(&probes).collect();
        if problems.is_empty() {
            return Ok(Ok(suspicions(&masks, &report)));
        }
        Ok(Err(problems.into_iter().map(|found| problem(found, root)).collect()))
    });
    match found.await? {
        Ok(suspicions) => {
            claimed.submissions().record_check(submission, worker, &suspicions).await?;
            Ok(true)
        }
        Err(problems) => {
            tracing::info!(submission = id, n = problems.len(), "the check found problems");
            claimed.submissions().record_problems(id, worker, &problems).await?;
            store.uploads().delete(id).await?;
            Ok(false)
        }
    }
}

fn suspicions(masks: &MaskSet, report: &CheckReport) -> SuspicionsDocument {
    let suspicion = |warning: &Warning| Suspicion {
        rule: warning.rule.key().to_owned(),
        structures: warning.structures.clone(),
        images: warning.images.clone(),
        message: warning.message.clone(),
        hint: warning.hint.clone(),
    };
    SuspicionsDocument {
        n_images: report.n_images,
        structures: report.structures.clone(),
        suspicions: report.warnings.iter().map(suspicion).collect(),
        notices: masks.notices().iter().chain(&report.notices).cloned().collect(),
    }
}

#[tracing::instrument(target = "traces", skip_all)]
async fn score(
    claimed: &ClaimedJob<'_>,
    submission: &Submission,
    progress: &Progress,
) -> Result<(), WorkError> {
    let ClaimedJob { store, claim } = claimed;
    let worker = &claim.worker;
    let (id, progress) = (&submission.id, progress.clone());
    let (benchmark, masks, result) = with_submission(store, submission, move |benchmark, root| {
        let masks = MaskSet::open(root, benchmark)?;
        progress.begin(masks.images().len());
        let evaluation = evaluate(benchmark, &masks, &Settings::default(), &|| progress.step())?;
        Ok((benchmark.clone(), masks, scr_report::result_document(&evaluation, true)))
    })
    .await?;
    let findings = findings(store, submission, &benchmark, &masks, &result).await?;
    claimed.submissions().record_scores(id, worker, &result, &findings).await?;
    tracing::info!(submission = id, flags = findings.flags.len(), "scored");
    Ok(())
}

#[tracing::instrument(target = "traces", skip_all)]
async fn publish(claimed: &ClaimedJob<'_>, submission: &Submission) -> Result<(), WorkError> {
    let ClaimedJob { store, claim } = claimed;
    let worker = &claim.worker;
    let id = &submission.id;
    let (benchmark, masks) = with_submission(store, submission, |benchmark, root| {
        Ok((benchmark.clone(), MaskSet::open(root, benchmark)?))
    })
    .await?;
    let Some(result) = submission.result.clone() else { return Ok(()) };
    let before = submission.findings.clone().unwrap_or_default();
    let entry = EntryToPublish {
        benchmark: &benchmark,
        role: EntryRole::Method,
        card: CardDocument { corrects: submission.supersedes.clone(), ..submission.card.clone() },
        masks: &masks,
        result,
        posteriors: None,
    };
    loop {
        let now = findings(store, submission, &benchmark, &masks, &entry.result).await?;
        if now.has_flags_beside(&before) {
            tracing::info!(submission = id, "new flags without an answer");
            return Ok(claimed.submissions().record_new_flags(id, worker, &now).await?);
        }
        let (to_publish, n_compared) = (entry.clone(), now.n_entries);
        match store.entries().publish_submission(claim, to_publish, n_compared, &mut |_| ()).await {
            // Another worker has published an entry meanwhile: compare with it too.
            Err(PublishError::EntriesSince { .. }) => {}
            published => {
                published?;
                break;
            }
        }
    }
    // The entry has the masks now.
    store.uploads().delete(id).await?;
    Ok(())
}

/// Runs `work` on the benchmark and the upload of a submission, on a background thread.
async fn with_submission<T: Send + 'static>(
    store: &Store,
    submission: &Submission,
    work: impl FnOnce(&Benchmark, &std::path::Path) -> Result<T, DataError> + Send + 'static,
) -> Result<T, WorkError> {
    let id = &submission.id;
    // A missing file is reported with its path.
    let root = store.uploads().local_file(id).await?;
    let root = root.unwrap_or_else(|| store.uploads().path(id));
    with_benchmark(store, &submission.benchmark_id, move |benchmark| work(benchmark, &root)).await
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
fn problems(error: &DataError, root: &std::path::Path) -> Vec<SubmissionProblem> {
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
fn problem(problem: &Problem, root: &std::path::Path) -> SubmissionProblem {
    let root = root.display().to_string();
    let clean = |text: &str| text.replace(&format!("{root}/"), "").replace(&root, "the submission");
    SubmissionProblem {
        place: clean(&problem.place),
        expected: clean(&problem.expected),
        found: clean(&problem.found),
        hint: clean(&problem.hint),
    }
}
