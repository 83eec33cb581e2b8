//! One job: check and score a submission, or publish its entry.

use scr_data::{MaskSet, Problem};
use scr_documents::{CardDocument, EntryRole, SubmissionState, Suspicion, SuspicionsDocument};
use scr_eval::{CheckReport, Settings, Warning, evaluate};
use scr_store::{EntryToPublish, Job, JobKind, PublishError, Store, Submission};

use crate::claimed_job::{ClaimedJob, problem, problems, with_masks};
use crate::error::WorkError;
use crate::flags::submission::findings;
use crate::model_job::{run_model, run_to_publish};
use crate::probes;
use crate::progress::Progress;

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
            let Some(submission) = run_model(&claimed, submission, progress).await? else {
                return Ok(());
            };
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

/// Checks the masks; true where they can be scored.
#[tracing::instrument(target = "traces", skip_all)]
async fn check(
    claimed: &ClaimedJob<'_>,
    submission: &Submission,
    progress: &Progress,
) -> Result<bool, WorkError> {
    let ClaimedJob { store, claim } = claimed;
    let worker = &claim.worker;
    let progress = progress.clone();
    let is_hidden = store.settings().get(&submission.benchmark_id).await?.hides_reference();
    let found = with_masks(store, submission, move |benchmark, root| {
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
            claimed.reject(&submission.id, &problems).await?;
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
    let (benchmark, masks, result) = with_masks(store, submission, move |benchmark, root| {
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
    let (benchmark, masks) = with_masks(store, submission, |benchmark, root| {
        Ok((benchmark.clone(), MaskSet::open(root, benchmark)?))
    })
    .await?;
    let run = run_to_publish(store, submission).await?;
    let Some(result) = submission.result.clone() else { return Ok(()) };
    let before = submission.findings.clone().unwrap_or_default();
    let entry = EntryToPublish {
        benchmark: &benchmark,
        role: EntryRole::Method,
        card: CardDocument { corrects: submission.supersedes.clone(), ..submission.card.clone() },
        masks: &masks,
        result,
        posteriors: None,
        run,
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
