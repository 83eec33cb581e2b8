//! Public interface of submissions: states, uploads and jobs.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may stop anywhere")]

mod engines;

use std::time::Duration;

use bytes::Bytes;
use scr_data::Benchmark;
use scr_documents::{
    BenchmarkSettings, CardDocument, FindingsDocument, SubmissionProblem, SubmissionState,
    SuspicionsDocument,
};
use scr_phantom::{Population, write_benchmark};
use scr_store::{
    Cancellation, Job, JobChoice, JobKind, JobProgress, JobRow, JobState, JobSubject, MAX_ATTEMPTS,
    NewSubmission, Retention, Role, Store, StoreError, Submission, SubmissionError,
};
use tempfile::TempDir;

const LEASE: Duration = Duration::from_secs(60);
const AT_ONCE: Duration = Duration::ZERO;
const EXPIRED: Retention = Retention { receiving: AT_ONCE, checked: AT_ONCE, failed: AT_ONCE };

/// Store with a benchmark and an account.
struct SubmissionTest {
    _temp: TempDir,
    store: Store,
    user: String,
}

impl SubmissionTest {
    async fn new() -> Self {
        let temp = tempfile::tempdir().unwrap();
        let folder = temp.path().join("bench");
        write_benchmark(&Population::new(2, 1), 64, &folder, &|_, _, _| ()).unwrap();
        let store = engines::open(&temp.path().join("site")).await;
        let benchmark = Benchmark::open(&folder).unwrap();
        store.benchmarks().publish(&benchmark, &mut |_| ()).await.unwrap();
        let user = store.accounts().add("a@b.org", "A", Role::Participant, None).await.unwrap().id;
        Self { _temp: temp, store, user }
    }

    async fn begin(&self, size_bytes: u64) -> Submission {
        let card = CardDocument { name: "M".into(), ..CardDocument::default() };
        let (benchmark_id, user_id) = ("phantom", self.user.as_str());
        let new = NewSubmission {
            benchmark_id,
            user_id,
            card: &card,
            size_bytes,
            file: None,
            confirmed: false,
            supersedes: None,
            model: None,
        };
        self.store.submissions().begin(new).await.unwrap()
    }

    /// Adds another account; returns its identifier.
    async fn as_other(&self, email: &str, role: Role) -> String {
        self.store.accounts().add(email, "B", role, None).await.unwrap().id
    }

    async fn received(&self) -> String {
        let submission = self.begin(3).await;
        let chunk = Bytes::from_static(b"abc");
        self.store.uploads().append_chunk(&submission, 0, chunk).await.unwrap();
        self.store.submissions().mark_received(&submission.id, &self.user).await.unwrap();
        submission.id
    }

    /// Accepted submission; returns its identifier.
    async fn accepted(&self) -> String {
        let id = self.scored().await;
        self.store.submissions().accept(&id, "curator", "").await.unwrap();
        id
    }

    /// Scored submission with an empty result; returns its identifier.
    async fn scored(&self) -> String {
        let id = self.received().await;
        let submission = self.store.submissions().get(&id).await.unwrap().unwrap();
        let confirmed = Submission { confirmed: true, ..submission };
        let suspicions = SuspicionsDocument::default();
        self.store.submissions().record_check(&confirmed, "w", &suspicions).await.unwrap();
        self.store.submissions().confirm(&id, "w").await.unwrap();
        let result = serde_json::json!({
            "benchmark": "phantom", "benchmark_digest": "", "masks_digest": "",
            "evaluator_version": "", "observer": "", "spacing_mm": null, "bootstrap_seed": 1,
            "bootstrap_resamples": 1, "objects": {}, "image_measures": {},
        });
        let result = serde_json::from_value(result).unwrap();
        let findings = FindingsDocument::default();
        self.store.submissions().record_scores(&id, "w", &result, &findings).await.unwrap();
        id
    }

    /// Bytes of the file of a submission.
    async fn file(&self, id: &str) -> Vec<u8> {
        std::fs::read(self.store.uploads().local_file(id).await.unwrap().unwrap()).unwrap()
    }

    async fn state(&self, id: &str) -> SubmissionState {
        self.store.submissions().get(id).await.unwrap().unwrap().state
    }

    async fn take(&self, worker: &str, lease: Duration) -> Option<Job> {
        // Leases are kept to the millisecond.
        tokio::time::sleep(Duration::from_millis(3)).await;
        self.store.jobs().claim(worker, lease).await.unwrap()
    }
}

#[tokio::test]
async fn a_file_comes_in_piece_by_piece_and_a_piece_twice_changes_nothing() {
    let test = SubmissionTest::new().await;
    let submission = test.begin(6).await;
    let add = async |offset, chunk: &'static [u8]| {
        test.store.uploads().append_chunk(&submission, offset, Bytes::from_static(chunk)).await
    };
    assert_eq!(add(0, b"abc").await.unwrap(), 3);
    assert_eq!(add(0, b"abc").await.unwrap(), 3);
    for (offset, chunk) in [(4, &b"e"[..]), (2, b"cdef"), (3, b"defg")] {
        let error = add(offset, chunk).await.unwrap_err();
        assert!(matches!(error, SubmissionError::Chunk { here: 3, size: 6, .. }), "{error}");
    }
    assert_eq!(add(3, b"def").await.unwrap(), 6);
    assert_eq!(test.file(&submission.id).await, b"abcdef");
    test.store.submissions().mark_received(&submission.id, &test.user).await.unwrap();
    let past = test.store.submissions().get(&submission.id).await.unwrap().unwrap();
    let error =
        test.store.uploads().append_chunk(&past, 6, Bytes::from_static(b"g")).await.unwrap_err();
    assert!(matches!(error, SubmissionError::State { .. }), "{error}");
    test.store.uploads().delete(&submission.id).await.unwrap();
    test.store.uploads().delete(&submission.id).await.unwrap();
    assert_eq!(test.store.uploads().received_bytes(&submission.id).await.unwrap(), 0);
}

#[tokio::test]
async fn every_change_is_in_the_log_and_none_can_be_made_twice() {
    let test = SubmissionTest::new().await;
    let id = test.received().await;
    assert_eq!(test.state(&id).await, SubmissionState::Received);
    let error = test.store.submissions().mark_received(&id, &test.user).await.unwrap_err();
    assert!(matches!(error, SubmissionError::State { .. }), "{error}");
    let error = test.store.submissions().accept(&id, "curator", "").await.unwrap_err();
    assert!(error.to_string().contains("received"), "{error}");
    let told = SubmissionProblem {
        place: "heart/X.png".into(),
        expected: "a mask".into(),
        found: "nothing".into(),
        hint: String::new(),
    };
    test.store
        .submissions()
        .record_problems(&id, "worker", std::slice::from_ref(&told))
        .await
        .unwrap();
    assert_eq!(test.store.submissions().get(&id).await.unwrap().unwrap().problems, [told]);
    let log = test.store.submissions().log(&id).await.unwrap();
    let states: Vec<_> = log.iter().map(|line| line.state.as_str()).collect();
    assert_eq!(states, ["receiving", "received", "rejected"]);
    assert_eq!(log[2].actor, "worker");
    let submissions = test.store.submissions();
    let (state, all) = (SubmissionState::Rejected, ["phantom".to_owned()]);
    let rejected = submissions.in_state_after(state, &all, None, 9).await.unwrap();
    assert!(submissions.in_state_after(state, &[], None, 9).await.unwrap().is_empty());
    assert_eq!(rejected.len(), 1);
    let unknown = test.store.submissions().withdraw("none", &test.user).await.unwrap_err();
    assert!(matches!(unknown, SubmissionError::Unknown { .. }), "{unknown}");
}

#[tokio::test]
async fn a_job_is_one_worker_s_until_nothing_is_heard_of_it() {
    let test = SubmissionTest::new().await;
    assert_eq!(test.take("w1", LEASE).await, None);
    let id = test.received().await;
    let first = test.take("w1", AT_ONCE).await.unwrap();
    assert_eq!((&first.claim.id, first.kind), (&id, JobKind::Score));
    let second = test.take("w2", LEASE).await.unwrap();
    assert_eq!((first.claim.attempt, second.claim.attempt), (1, 2));
    assert!(!test.store.jobs().renew_lease(&first.claim, LEASE).await.unwrap());
    assert!(test.store.jobs().renew_lease(&second.claim, LEASE).await.unwrap());
    assert_eq!(test.take("w1", LEASE).await, None);
    test.store.jobs().release(&first.claim, "broken").await.unwrap();
    assert_eq!(test.take("w1", LEASE).await, None, "another's job is not given back");
    let submission = test.store.submissions().get(&id).await.unwrap().unwrap();
    let confirmed = Submission { confirmed: true, ..submission };
    let suspicions = SuspicionsDocument::default();
    test.store.submissions().record_check(&confirmed, "w2", &suspicions).await.unwrap();
    assert_eq!(test.take("w1", LEASE).await, None, "the check does not end the job");
    test.store.submissions().confirm(&id, &test.user).await.unwrap();
    test.store.submissions().withdraw(&id, &test.user).await.unwrap_err();
    test.store.submissions().record_problems(&id, "w2", &[]).await.unwrap();
    test.store.jobs().release(&second.claim, "broken").await.unwrap();
    assert_eq!(test.take("w1", LEASE).await, None, "nothing is left to do");
}

#[tokio::test]
async fn a_late_attempt_of_the_same_worker_changes_nothing() {
    let test = SubmissionTest::new().await;
    let id = test.received().await;
    let late = test.take("w", AT_ONCE).await.unwrap().claim;
    let current = test.take("w", LEASE).await.unwrap().claim;
    let before = test.store.jobs().list(JobChoice::All, None, 99).await.unwrap();
    let jobs = test.store.jobs();
    assert!(!jobs.renew_lease(&late, AT_ONCE).await.unwrap());
    jobs.record_progress(&late, JobProgress { done: 7, total: 9 }).await.unwrap();
    jobs.release(&late, "broken").await.unwrap();
    jobs.postpone(&late, AT_ONCE).await.unwrap();
    let submissions = || test.store.submissions();
    let refused = submissions().of_job(&late).record_problems(&id, "w", &[]).await.unwrap_err();
    assert!(matches!(refused, SubmissionError::OtherClaim { attempt: 1, .. }), "{refused}");
    assert_eq!(jobs.list(JobChoice::All, None, 99).await.unwrap(), before);
    let progress = submissions().progress(std::slice::from_ref(&id)).await.unwrap();
    assert_eq!(progress[&id], (SubmissionState::Received, JobProgress::default()));
    submissions().of_job(&current).record_problems(&id, "w", &[]).await.unwrap();
    assert_eq!(test.state(&id).await, SubmissionState::Rejected);
}

#[tokio::test]
async fn a_claim_of_an_earlier_job_of_the_submission_does_not_hold_for_a_later_one() {
    let test = SubmissionTest::new().await;
    let id = test.accepted().await;
    let early = test.take("w", LEASE).await.unwrap().claim;
    test.store.jobs().cancel(&id, "operator").await.unwrap();
    tokio::time::sleep(Duration::from_millis(3)).await;
    test.store.submissions().accept(&id, "curator", "").await.unwrap();
    let later = test.take("w", LEASE).await.unwrap().claim;
    assert_eq!((&early.worker, early.attempt), (&later.worker, later.attempt));
    assert!(!test.store.jobs().renew_lease(&early, LEASE).await.unwrap());
    assert!(test.store.jobs().renew_lease(&later, LEASE).await.unwrap());
}

#[tokio::test]
async fn after_a_good_check_nothing_is_done_without_a_word_of_the_submitter() {
    let test = SubmissionTest::new().await;
    let id = test.received().await;
    let job = test.take("w", LEASE).await.unwrap();
    let progress = JobProgress { done: 1, total: 2 };
    test.store.jobs().record_progress(&job.claim, progress).await.unwrap();
    let asked = [id.clone(), "unknown".to_owned()];
    let found = test.store.submissions().progress(&asked).await.unwrap();
    assert_eq!(found, [(id.clone(), (SubmissionState::Received, progress))].into());
    let submission = test.store.submissions().get(&id).await.unwrap().unwrap();
    let suspicions = SuspicionsDocument { n_images: 2, ..SuspicionsDocument::default() };
    test.store.submissions().record_check(&submission, "w", &suspicions).await.unwrap();
    let checked = test.store.submissions().get(&id).await.unwrap().unwrap();
    assert_eq!((checked.state, checked.suspicions), (SubmissionState::Checked, Some(suspicions)));
    assert_eq!(test.take("w", AT_ONCE).await, None);
    test.store.submissions().confirm(&id, &test.user).await.unwrap();
    let found = test.store.submissions().progress(&asked).await.unwrap();
    assert_eq!(found[&id], (SubmissionState::Scoring, JobProgress::default()));
    assert_eq!(test.take("w", LEASE).await.unwrap().claim.attempt, 1);
    let own = test.store.submissions().of_user_after(&test.user, None, 99).await.unwrap();
    assert_eq!((own.len(), own[0].suspicions.clone()), (1, None), "a list is short");
}

#[tokio::test]
async fn a_job_that_ends_every_worker_is_given_up() {
    let test = SubmissionTest::new().await;
    let id = test.received().await;
    for attempts in 1..=MAX_ATTEMPTS {
        assert!(test.store.jobs().end_exhausted("w").await.unwrap().is_empty());
        assert_eq!(test.take("w", AT_ONCE).await.unwrap().claim.attempt, attempts);
    }
    assert_eq!(test.take("w", AT_ONCE).await, None);
    assert_eq!(test.store.jobs().end_exhausted("w").await.unwrap(), std::slice::from_ref(&id));
    let ended = test.store.submissions().get(&id).await.unwrap().unwrap();
    assert_eq!(ended.state, SubmissionState::Rejected);
    assert!(ended.problems[0].found.contains("3 attempts"), "{:?}", ended.problems);
    assert!(test.store.jobs().end_exhausted("w").await.unwrap().is_empty());
}

impl SubmissionTest {
    /// Submission with a whole upload whose job used up its attempts; returns its identifier.
    async fn failed(&self) -> String {
        let id = self.received().await;
        for attempt in 1..=MAX_ATTEMPTS {
            let job = self.take("w", LEASE).await.unwrap();
            self.store.jobs().release(&job.claim, &format!("fault {attempt}\0")).await.unwrap();
        }
        self.store.jobs().end_exhausted("w").await.unwrap();
        id
    }

    async fn failed_jobs(&self) -> Vec<JobRow> {
        self.store.jobs().list(JobChoice::Failed, None, 9).await.unwrap()
    }
}

#[tokio::test]
async fn a_dead_letter_keeps_the_upload_until_its_job_is_retried() {
    let test = SubmissionTest::new().await;
    let id = test.failed().await;
    let [failed] = &test.failed_jobs().await[..] else { panic!("one failed job") };
    assert_eq!((&failed.id, failed.attempts, failed.state), (&id, 3, JobState::Failed));
    assert_eq!(failed.error.as_deref(), Some("fault 3 "));
    assert!(test.store.jobs().list(JobChoice::All, None, 9).await.unwrap().len() == 1);
    assert_eq!(test.store.counts().await.unwrap().dead_letters, 1);
    let rejected = test.store.submissions().get(&id).await.unwrap().unwrap();
    assert!(rejected.is_site_fault() && rejected.may_be_withdrawn());
    let expiry = test.store.uploads().expire("w", Retention::default()).await.unwrap();
    assert_eq!((expiry.n_deleted, test.file(&id).await), (0, b"abc".to_vec()));

    test.store.failed_jobs().retry(&id, "operator").await.unwrap();
    let retried = test.store.submissions().get(&id).await.unwrap().unwrap();
    assert_eq!((retried.state, retried.has_dead_letter), (SubmissionState::Received, false));
    assert!(retried.problems.is_empty() && test.failed_jobs().await.is_empty());
    assert_eq!(test.take("w", LEASE).await.unwrap().claim.attempt, 1);
    let again = test.store.failed_jobs().retry(&id, "operator").await.unwrap_err();
    assert!(matches!(again, SubmissionError::NoFailedJob { .. }), "{again}");
}

#[tokio::test]
async fn a_dead_letter_ends_with_the_operator_its_submitter_or_its_retention() {
    let test = SubmissionTest::new().await;
    let (dropped, withdrawn, old) = (test.failed().await, test.failed().await, test.failed().await);
    test.store.failed_jobs().drop_job(&dropped, "operator").await.unwrap();
    test.store.submissions().withdraw(&withdrawn, &test.user).await.unwrap();
    tokio::time::sleep(Duration::from_millis(3)).await;
    test.store.uploads().expire("w", EXPIRED).await.unwrap();
    assert!(test.failed_jobs().await.is_empty());
    for (id, state) in [
        (&dropped, SubmissionState::Rejected),
        (&withdrawn, SubmissionState::Withdrawn),
        (&old, SubmissionState::Rejected),
    ] {
        let found = test.store.submissions().get(id).await.unwrap().unwrap();
        assert_eq!((found.state, found.is_site_fault()), (state, false));
        assert_eq!(test.store.uploads().received_bytes(id).await.unwrap(), 0);
    }
    let problem = test.store.submissions().get(&dropped).await.unwrap().unwrap().problems.remove(0);
    assert!(problem.hint.contains("hand the masks in again"), "{problem:?}");
}

#[tokio::test]
async fn a_retry_without_the_whole_upload_is_refused() {
    let test = SubmissionTest::new().await;
    let id = test.failed().await;
    test.store.uploads().delete(&id).await.unwrap();
    let refused = test.store.failed_jobs().retry(&id, "operator").await.unwrap_err();
    assert!(matches!(refused, SubmissionError::LostUpload { expected: 3, found: 0, .. }));
    assert_eq!(test.failed_jobs().await.len(), 1, "nothing changed");
}

#[tokio::test]
async fn a_failed_publication_is_retried_with_the_curators_answer() {
    let test = SubmissionTest::new().await;
    let id = test.scored().await;
    test.store.submissions().accept(&id, "curator", "The same group.").await.unwrap();
    for _ in 1..=MAX_ATTEMPTS {
        test.take("w", AT_ONCE).await.unwrap();
    }
    test.take("w", AT_ONCE).await;
    test.store.jobs().end_exhausted("w").await.unwrap();
    let [failed] = &test.failed_jobs().await[..] else { panic!("one failed job") };
    assert!(failed.error.as_ref().unwrap().contains("ended its worker"), "{failed:?}");
    test.store.failed_jobs().retry(&id, "operator").await.unwrap();
    assert_eq!(test.take("w", LEASE).await.unwrap().kind, JobKind::Publish);
    let log = test.store.submissions().log(&id).await.unwrap();
    let last = log.last().unwrap();
    assert_eq!((last.actor.as_str(), last.message.as_str()), ("operator", "The same group."));
}

#[tokio::test]
async fn what_cannot_be_published_awaits_review_again() {
    let test = SubmissionTest::new().await;
    let id = test.accepted().await;
    for _ in 1..=MAX_ATTEMPTS {
        assert_eq!(test.take("w", AT_ONCE).await.unwrap().kind, JobKind::Publish);
    }
    test.take("w", AT_ONCE).await;
    assert_eq!(test.store.jobs().end_exhausted("w").await.unwrap(), std::slice::from_ref(&id));
    assert_eq!(test.state(&id).await, SubmissionState::AwaitingReview);
    test.store.submissions().accept(&id, "curator", "").await.unwrap();
    let cancelled = test.store.jobs().cancel(&id, "operator").await.unwrap();
    assert_eq!(cancelled, Cancellation::Now(SubmissionState::AwaitingReview));
}

#[tokio::test]
async fn many_workers_share_jobs_and_none_is_done_twice() {
    let test = SubmissionTest::new().await;
    let mut expected = Vec::new();
    for _ in 0..6 {
        expected.push(test.received().await);
    }
    let take = |number: u32| {
        let store = test.store.clone();
        tokio::spawn(async move {
            let mut taken = Vec::new();
            while let Some(job) = store.jobs().claim(&format!("w{number}"), LEASE).await.unwrap() {
                taken.push(job.claim.id);
            }
            taken
        })
    };
    let mut taken = Vec::new();
    for worker in (0..4).map(take).collect::<Vec<_>>() {
        taken.extend(worker.await.unwrap());
    }
    taken.sort();
    expected.sort();
    assert_eq!(taken, expected);
}

#[tokio::test]
async fn a_cancelled_job_ends_once_and_its_worker_writes_nothing_more() {
    let test = SubmissionTest::new().await;
    let id = test.received().await;
    let job = test.take("w", LEASE).await.unwrap();
    let [listed] = &test.store.jobs().list(JobChoice::All, None, 99).await.unwrap()[..] else {
        panic!("one job")
    };
    let kind = JobKind::Score;
    assert_eq!(listed.subject, JobSubject::Submission { id: id.clone(), kind });
    assert_eq!((listed.worker.as_deref(), listed.state), (Some("w"), JobState::Running));

    let ended = test.store.jobs().cancel(&id, "operator").await.unwrap();
    assert_eq!(ended, Cancellation::Now(SubmissionState::Rejected));
    assert!(
        !test.store.jobs().renew_lease(&job.claim, LEASE).await.unwrap(),
        "the worker hears of it"
    );
    let submission = test.store.submissions().get(&id).await.unwrap().unwrap();
    let suspicions = SuspicionsDocument::default();
    let late =
        test.store.submissions().record_check(&submission, "w", &suspicions).await.unwrap_err();
    assert!(matches!(late, SubmissionError::State { .. }), "{late}");
    let again = test.store.jobs().cancel(&id, "operator").await.unwrap();
    assert_eq!(again, Cancellation::NoJob(SubmissionState::Rejected));
    assert!(test.store.jobs().list(JobChoice::All, None, 99).await.unwrap().is_empty());
    let log = test.store.submissions().log(&id).await.unwrap();
    assert_eq!(log.len(), 3, "{log:?}");
    assert_eq!((log[2].actor.as_str(), log[2].message.as_str()), ("operator", "cancelled"));
    let unknown = test.store.jobs().cancel("none", "operator").await.unwrap_err();
    assert!(matches!(unknown, SubmissionError::Unknown { .. }), "{unknown}");
}

#[tokio::test]
async fn a_job_that_is_put_off_keeps_its_attempts_and_waits() {
    let test = SubmissionTest::new().await;
    test.received().await;
    let job = test.take("w", LEASE).await.unwrap();
    test.store.jobs().postpone(&job.claim, LEASE).await.unwrap();
    assert_eq!(test.take("w", LEASE).await, None, "not before its time");
    test.store.jobs().postpone(&job.claim, AT_ONCE).await.unwrap();
    assert_eq!(test.take("w", LEASE).await, None, "the claim was given up");
    let [waiting] = &test.store.jobs().list(JobChoice::All, None, 99).await.unwrap()[..] else {
        panic!("one job")
    };
    assert_eq!((waiting.attempts, waiting.state), (0, JobState::Waiting));
}

#[tokio::test]
async fn a_worker_that_stops_in_order_leaves_its_job_to_the_next_at_once() {
    let test = SubmissionTest::new().await;
    test.store.workers().record_heartbeat("w1").await.unwrap();
    test.store.workers().record_heartbeat("w2").await.unwrap();
    assert_eq!(test.store.workers().list().await.unwrap().len(), 2);
    test.received().await;
    test.take("w1", LEASE).await.unwrap();
    test.store.workers().remove("w1").await.unwrap();
    assert_eq!(test.take("w2", LEASE).await.unwrap().claim.attempt, 1);
    let [left] = &test.store.workers().list().await.unwrap()[..] else { panic!("one worker") };
    assert_eq!(left.name, "w2");
    test.store.workers().remove_silent(AT_ONCE).await.unwrap();
}

#[tokio::test]
async fn what_nobody_goes_on_with_and_what_is_done_is_deleted_and_nothing_else() {
    let test = SubmissionTest::new().await;
    let submission = test.begin(6).await;
    let (waiting, done) = (test.begin(3).await, test.begin(3).await);
    for submission in [&submission, &waiting, &done] {
        test.store.uploads().append_chunk(submission, 0, Bytes::from_static(b"abc")).await.unwrap();
    }
    test.store.submissions().mark_received(&waiting.id, &test.user).await.unwrap();
    test.store.submissions().mark_received(&done.id, &test.user).await.unwrap();
    test.store.submissions().record_problems(&done.id, "w", &[]).await.unwrap();

    let expiry = test.store.uploads().expire("w", Retention::default()).await.unwrap();
    assert!(expiry.withdrawn.is_empty() && expiry.n_deleted == 1, "{expiry:?}");
    tokio::time::sleep(Duration::from_millis(3)).await;
    let expiry = test.store.uploads().expire("w", EXPIRED).await.unwrap();
    assert_eq!(
        (&expiry.withdrawn[..], expiry.n_deleted),
        (std::slice::from_ref(&submission.id), 1)
    );
    assert_eq!(test.state(&submission.id).await, SubmissionState::Withdrawn);
    assert_eq!(
        test.store.uploads().received_bytes(&waiting.id).await.unwrap(),
        3,
        "it is still to be scored"
    );
}

#[tokio::test]
async fn what_is_checked_and_never_confirmed_expires_and_what_awaits_review_does_not() {
    let test = SubmissionTest::new().await;
    let (checked, scored) = (test.received().await, test.accepted().await);
    let submission = test.store.submissions().get(&checked).await.unwrap().unwrap();
    let suspicions = SuspicionsDocument::default();
    test.store.submissions().record_check(&submission, "w", &suspicions).await.unwrap();
    tokio::time::sleep(Duration::from_millis(3)).await;
    let expiry = test.store.uploads().expire("w", Retention::default()).await.unwrap();
    assert!(expiry.withdrawn.is_empty(), "{expiry:?}");
    let expiry = test.store.uploads().expire("w", EXPIRED).await.unwrap();
    assert_eq!(expiry.withdrawn, std::slice::from_ref(&checked));
    assert_eq!(test.state(&scored).await, SubmissionState::Publishing);
}

#[tokio::test]
async fn accounts_take_turns_however_much_one_of_them_hands_in() {
    let mut test = SubmissionTest::new().await;
    let mut much = Vec::new();
    for _ in 0..5 {
        much.push(test.received().await);
    }
    test.user = test.as_other("b@b.org", Role::Participant).await;
    let little = [test.received().await, test.received().await];
    let mut taken = Vec::new();
    while let Some(job) = test.take("w", LEASE).await {
        taken.push(job.claim.id);
    }
    assert_eq!(taken.len(), 7);
    assert_eq!((&taken[0], &taken[2]), (&much[0], &much[1]), "in its own order");
    assert_eq!((&taken[1], &taken[3]), (&little[0], &little[1]), "between those of the other");
}

#[tokio::test]
async fn one_account_fills_neither_the_queue_nor_the_disk() {
    let test = SubmissionTest::new().await;
    let submissions = scr_documents::Quota { count: 100, days: 7 };
    let settings = BenchmarkSettings { submissions, ..BenchmarkSettings::default() };
    test.store.settings().set("phantom", &settings).await.unwrap();
    for _ in 0..25 {
        test.received().await;
    }
    let refused = test.store.submissions().check_quota(&test.user, "phantom").await.unwrap_err();
    assert!(matches!(refused, SubmissionError::Unfinished { count: 25 }), "{refused}");
    let other = SubmissionTest { user: test.as_other("b@b.org", Role::Participant).await, ..test };
    for _ in 0..4 {
        let submission = other.begin(2 << 30).await;
        other.store.submissions().mark_received(&submission.id, &other.user).await.unwrap();
    }
    let refused = other.store.submissions().check_quota(&other.user, "phantom").await.unwrap_err();
    assert!(matches!(refused, SubmissionError::Stored { .. }), "{refused}");
}

#[tokio::test]
async fn a_piece_is_kept_whole_or_not_at_all_however_it_comes() {
    let test = SubmissionTest::new().await;
    let content: Vec<u8> = (0..700_000u32).map(|n| (n % 251) as u8).collect();
    let submission = test.begin(content.len() as u64).await;
    let mut broken = test.store.uploads().begin_chunk(&submission, 0, None).await.unwrap();
    broken.add(Bytes::from(content[..600_000].to_vec())).await.unwrap();
    drop(broken);
    assert_eq!(test.store.uploads().received_bytes(&submission.id).await.unwrap(), 0);
    for (offset, end) in [(0, 650_000), (0, 650_000), (650_000, content.len())] {
        let announced = Some((end - offset) as u64);
        let mut chunk =
            test.store.uploads().begin_chunk(&submission, offset as u64, announced).await.unwrap();
        for bytes in content[offset..end].chunks(100_000) {
            chunk.add(Bytes::from(bytes.to_vec())).await.unwrap();
        }
        assert_eq!(chunk.keep().await.unwrap(), end as u64);
    }
    assert_eq!(test.file(&submission.id).await, content);
    let error = test.store.uploads().begin_chunk(&submission, 700_001, Some(1)).await.unwrap_err();
    assert!(matches!(error, SubmissionError::Chunk { here: 700_000, .. }), "{error}");
}

#[tokio::test]
async fn an_upload_that_would_fill_the_disk_is_refused_and_leaves_nothing() {
    let test = SubmissionTest::new().await;
    let submission = test.begin(6).await;
    let full = test.store.clone().keep_free(u64::MAX / 2);
    let error =
        full.uploads().append_chunk(&submission, 0, Bytes::from_static(b"abc")).await.unwrap_err();
    let error = StoreError::from(error);
    assert!(error.is_disk_full() && !error.hint().is_empty(), "{error}");
    assert_eq!(full.uploads().received_bytes(&submission.id).await.unwrap(), 0);
    let card = CardDocument::default();
    let (benchmark_id, user_id) = ("phantom", test.user.as_str());
    let new = NewSubmission {
        benchmark_id,
        user_id,
        card: &card,
        size_bytes: 1,
        file: None,
        confirmed: true,
        supersedes: None,
        model: None,
    };
    let error = full.submissions().begin(new).await.unwrap_err();
    assert!(StoreError::from(error).is_disk_full());
    let counts = full.counts().await.unwrap();
    assert_eq!(counts.submissions[0], (SubmissionState::Receiving, 1));
    assert_eq!((counts.jobs_waiting, counts.uploads_bytes), (0, 0));
}

#[tokio::test]
async fn nobody_decides_on_their_own_submission_unless_the_operator_allows_it() {
    let test = SubmissionTest::new().await;
    let id = test.scored().await;
    for decision in [
        test.store.submissions().accept(&id, &test.user, "").await,
        test.store.submissions().return_to_submitter(&id, &test.user, "no").await,
    ] {
        let error = decision.unwrap_err();
        assert!(matches!(error, SubmissionError::OwnSubmission { .. }), "{error}");
    }
    assert_eq!(test.state(&id).await, SubmissionState::AwaitingReview);
    let settings = BenchmarkSettings { own_reviews: true, ..BenchmarkSettings::default() };
    test.store.settings().set("phantom", &settings).await.unwrap();
    test.store.submissions().accept(&id, &test.user, "").await.unwrap();
    assert_eq!(test.state(&id).await, SubmissionState::Publishing);
}
