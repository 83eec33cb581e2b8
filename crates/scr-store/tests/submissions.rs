//! Submissions, their files and the jobs that they ask for, through the store's door.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may stop anywhere")]

use std::time::Duration;

use bytes::Bytes;
use scr_data::Benchmark;
use scr_documents::{
    BenchmarkSettings, CardDocument, FindingsDocument, SubmissionProblem, SubmissionState,
    SuspicionsDocument,
};
use scr_phantom::{Population, write_benchmark};
use scr_store::{
    Cancellation, Job, JobKind, JobProgress, MAX_ATTEMPTS, NewSubmission, Retention, Role, Store,
    StoreError, Submission, SubmissionError,
};
use tempfile::TempDir;

const LEASE: Duration = Duration::from_secs(60);
const AT_ONCE: Duration = Duration::ZERO;
const EXPIRED: Retention = Retention { receiving: AT_ONCE, checked: AT_ONCE };

struct Desk {
    _temp: TempDir,
    store: Store,
    user: String,
}

impl Desk {
    async fn new() -> Self {
        let temp = tempfile::tempdir().unwrap();
        let folder = temp.path().join("bench");
        write_benchmark(&Population::new(2, 1), 64, &folder, &|_, _, _| ()).unwrap();
        let store = Store::open(&temp.path().join("site")).await.unwrap();
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
        };
        self.store.submissions().begin(new).await.unwrap()
    }

    /// As another person.
    async fn as_other(&self, email: &str, role: Role) -> String {
        self.store.accounts().add(email, "B", role, None).await.unwrap().id
    }

    async fn received(&self) -> String {
        let begun = self.begin(3).await;
        self.store.submissions().mark_received(&begun.id, &self.user).await.unwrap();
        begun.id
    }

    /// Scored and accepted.
    async fn accepted(&self) -> String {
        let id = self.scored().await;
        self.store.submissions().accept(&id, "curator", "").await.unwrap();
        id
    }

    /// Scored, with a result of nothing.
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
    let desk = Desk::new().await;
    let begun = desk.begin(6).await;
    let add = async |offset, piece: &'static [u8]| {
        desk.store.uploads().append_chunk(&begun, offset, Bytes::from_static(piece)).await
    };
    assert_eq!(add(0, b"abc").await.unwrap(), 3);
    assert_eq!(add(0, b"abc").await.unwrap(), 3);
    for (offset, piece) in [(4, &b"e"[..]), (2, b"cdef"), (3, b"defg")] {
        let error = add(offset, piece).await.unwrap_err();
        assert!(matches!(error, SubmissionError::Chunk { here: 3, size: 6, .. }), "{error}");
    }
    assert_eq!(add(3, b"def").await.unwrap(), 6);
    assert_eq!(std::fs::read(desk.store.uploads().path(&begun.id)).unwrap(), b"abcdef");
    desk.store.submissions().mark_received(&begun.id, &desk.user).await.unwrap();
    let past = desk.store.submissions().get(&begun.id).await.unwrap().unwrap();
    let error =
        desk.store.uploads().append_chunk(&past, 6, Bytes::from_static(b"g")).await.unwrap_err();
    assert!(matches!(error, SubmissionError::State { .. }), "{error}");
    desk.store.uploads().delete(&begun.id).unwrap();
    desk.store.uploads().delete(&begun.id).unwrap();
    assert_eq!(desk.store.uploads().received_bytes(&begun.id).unwrap(), 0);
}

#[tokio::test]
async fn every_change_is_in_the_log_and_none_can_be_made_twice() {
    let desk = Desk::new().await;
    let id = desk.received().await;
    assert_eq!(desk.state(&id).await, SubmissionState::Received);
    let error = desk.store.submissions().mark_received(&id, &desk.user).await.unwrap_err();
    assert!(matches!(error, SubmissionError::State { .. }), "{error}");
    let error = desk.store.submissions().accept(&id, "curator", "").await.unwrap_err();
    assert!(error.to_string().contains("received"), "{error}");
    let told = SubmissionProblem {
        place: "heart/X.png".into(),
        expected: "a mask".into(),
        found: "nothing".into(),
        hint: String::new(),
    };
    desk.store
        .submissions()
        .record_problems(&id, "worker", std::slice::from_ref(&told))
        .await
        .unwrap();
    assert_eq!(desk.store.submissions().get(&id).await.unwrap().unwrap().problems, [told]);
    let log = desk.store.submissions().log(&id).await.unwrap();
    let states: Vec<_> = log.iter().map(|line| line.state.as_str()).collect();
    assert_eq!(states, ["receiving", "received", "rejected"]);
    assert_eq!(log[2].actor, "worker");
    let rejected = desk.store.submissions().in_state(SubmissionState::Rejected).await.unwrap();
    assert_eq!(rejected.len(), 1);
    let unknown = desk.store.submissions().withdraw("none", &desk.user).await.unwrap_err();
    assert!(matches!(unknown, SubmissionError::Unknown { .. }), "{unknown}");
}

#[tokio::test]
async fn a_job_is_one_worker_s_until_nothing_is_heard_of_it() {
    let desk = Desk::new().await;
    assert_eq!(desk.take("w1", LEASE).await, None);
    let id = desk.received().await;
    let job = Job { submission_id: id.clone(), kind: JobKind::Score, attempts: 1 };
    assert_eq!(desk.take("w1", AT_ONCE).await, Some(job.clone()));
    assert_eq!(desk.take("w2", LEASE).await, Some(Job { attempts: 2, ..job.clone() }));
    assert!(!desk.store.jobs().renew_lease(&id, "w1", LEASE).await.unwrap());
    assert!(desk.store.jobs().renew_lease(&id, "w2", LEASE).await.unwrap());
    assert_eq!(desk.take("w1", LEASE).await, None);
    desk.store.jobs().release(&id, "w1").await.unwrap();
    assert_eq!(desk.take("w1", LEASE).await, None, "another's job is not given back");
    let submission = desk.store.submissions().get(&id).await.unwrap().unwrap();
    let confirmed = Submission { confirmed: true, ..submission };
    let suspicions = SuspicionsDocument::default();
    desk.store.submissions().record_check(&confirmed, "w2", &suspicions).await.unwrap();
    assert_eq!(desk.take("w1", LEASE).await, None, "the check does not end the job");
    desk.store.submissions().confirm(&id, &desk.user).await.unwrap();
    desk.store.submissions().withdraw(&id, &desk.user).await.unwrap_err();
    desk.store.submissions().record_problems(&id, "w2", &[]).await.unwrap();
    desk.store.jobs().release(&id, "w2").await.unwrap();
    assert_eq!(desk.take("w1", LEASE).await, None, "nothing is left to do");
}

#[tokio::test]
async fn after_a_good_check_nothing_is_done_without_a_word_of_the_submitter() {
    let desk = Desk::new().await;
    let id = desk.received().await;
    desk.take("w", LEASE).await.unwrap();
    let progress = JobProgress { done: 1, total: 2 };
    desk.store.jobs().record_progress(&id, "w", progress).await.unwrap();
    let found = desk.store.submissions().progress(&id).await.unwrap();
    assert_eq!(found, Some((SubmissionState::Received, progress)));
    let submission = desk.store.submissions().get(&id).await.unwrap().unwrap();
    let suspicions = SuspicionsDocument { n_images: 2, ..SuspicionsDocument::default() };
    desk.store.submissions().record_check(&submission, "w", &suspicions).await.unwrap();
    let checked = desk.store.submissions().get(&id).await.unwrap().unwrap();
    assert_eq!((checked.state, checked.suspicions), (SubmissionState::Checked, Some(suspicions)));
    assert_eq!(desk.take("w", AT_ONCE).await, None);
    desk.store.submissions().confirm(&id, &desk.user).await.unwrap();
    let found = desk.store.submissions().progress(&id).await.unwrap();
    assert_eq!(found, Some((SubmissionState::Scoring, JobProgress::default())));
    assert_eq!(desk.take("w", LEASE).await.unwrap().attempts, 1);
    let own = desk.store.submissions().of_user(&desk.user).await.unwrap();
    assert_eq!((own.len(), own[0].suspicions.clone()), (1, None), "a list is short");
}

#[tokio::test]
async fn a_job_that_ends_every_worker_is_given_up() {
    let desk = Desk::new().await;
    let id = desk.received().await;
    for attempts in 1..=MAX_ATTEMPTS {
        assert!(desk.store.jobs().end_exhausted("w").await.unwrap().is_empty());
        assert_eq!(desk.take("w", AT_ONCE).await.unwrap().attempts, attempts);
    }
    assert_eq!(desk.take("w", AT_ONCE).await, None);
    assert_eq!(desk.store.jobs().end_exhausted("w").await.unwrap(), std::slice::from_ref(&id));
    let ended = desk.store.submissions().get(&id).await.unwrap().unwrap();
    assert_eq!(ended.state, SubmissionState::Rejected);
    assert!(ended.problems[0].found.contains("3 attempts"), "{:?}", ended.problems);
    assert!(desk.store.jobs().end_exhausted("w").await.unwrap().is_empty());
}

#[tokio::test]
async fn what_cannot_be_published_awaits_review_again() {
    let desk = Desk::new().await;
    let id = desk.accepted().await;
    for _ in 1..=MAX_ATTEMPTS {
        assert_eq!(desk.take("w", AT_ONCE).await.unwrap().kind, JobKind::Publish);
    }
    desk.take("w", AT_ONCE).await;
    assert_eq!(desk.store.jobs().end_exhausted("w").await.unwrap(), std::slice::from_ref(&id));
    assert_eq!(desk.state(&id).await, SubmissionState::AwaitingReview);
    desk.store.submissions().accept(&id, "curator", "").await.unwrap();
    let cancelled = desk.store.jobs().cancel(&id, "operator").await.unwrap();
    assert_eq!(cancelled, Cancellation::Now(SubmissionState::AwaitingReview));
}

#[tokio::test]
async fn many_workers_share_jobs_and_none_is_done_twice() {
    let desk = Desk::new().await;
    let mut expected = Vec::new();
    for _ in 0..6 {
        expected.push(desk.received().await);
    }
    let take = |number: u32| {
        let store = desk.store.clone();
        tokio::spawn(async move {
            let mut taken = Vec::new();
            while let Some(job) = store.jobs().claim(&format!("w{number}"), LEASE).await.unwrap() {
                taken.push(job.submission_id);
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
    let desk = Desk::new().await;
    let id = desk.received().await;
    desk.take("w", LEASE).await.unwrap();
    let [listed] = &desk.store.jobs().list().await.unwrap()[..] else { panic!("one job") };
    assert_eq!((listed.submission_id.as_str(), listed.kind), (id.as_str(), JobKind::Score));
    assert_eq!((listed.worker.as_deref(), listed.is_running), (Some("w"), true));

    let ended = desk.store.jobs().cancel(&id, "operator").await.unwrap();
    assert_eq!(ended, Cancellation::Now(SubmissionState::Rejected));
    assert!(
        !desk.store.jobs().renew_lease(&id, "w", LEASE).await.unwrap(),
        "the worker hears of it"
    );
    let submission = desk.store.submissions().get(&id).await.unwrap().unwrap();
    let suspicions = SuspicionsDocument::default();
    let late =
        desk.store.submissions().record_check(&submission, "w", &suspicions).await.unwrap_err();
    assert!(matches!(late, SubmissionError::State { .. }), "{late}");
    let again = desk.store.jobs().cancel(&id, "operator").await.unwrap();
    assert_eq!(again, Cancellation::NoJob(SubmissionState::Rejected));
    assert!(desk.store.jobs().list().await.unwrap().is_empty());
    let log = desk.store.submissions().log(&id).await.unwrap();
    assert_eq!(log.len(), 3, "{log:?}");
    assert_eq!((log[2].actor.as_str(), log[2].message.as_str()), ("operator", "cancelled"));
    let unknown = desk.store.jobs().cancel("none", "operator").await.unwrap_err();
    assert!(matches!(unknown, SubmissionError::Unknown { .. }), "{unknown}");
}

#[tokio::test]
async fn a_job_that_is_put_off_keeps_its_attempts_and_waits() {
    let desk = Desk::new().await;
    let id = desk.received().await;
    desk.take("w", LEASE).await.unwrap();
    desk.store.jobs().postpone(&id, "w", LEASE).await.unwrap();
    assert_eq!(desk.take("w", LEASE).await, None, "not before its time");
    desk.store.jobs().postpone(&id, "w", AT_ONCE).await.unwrap();
    let [waiting] = &desk.store.jobs().list().await.unwrap()[..] else { panic!("one job") };
    assert_eq!((waiting.attempts, waiting.is_running), (0, false));
}

#[tokio::test]
async fn a_worker_that_stops_in_order_leaves_its_job_to_the_next_at_once() {
    let desk = Desk::new().await;
    desk.store.workers().record_heartbeat("w1").await.unwrap();
    desk.store.workers().record_heartbeat("w2").await.unwrap();
    assert_eq!(desk.store.workers().list().await.unwrap().len(), 2);
    desk.received().await;
    desk.take("w1", LEASE).await.unwrap();
    desk.store.workers().remove("w1").await.unwrap();
    assert_eq!(desk.take("w2", LEASE).await.unwrap().attempts, 1);
    let [left] = &desk.store.workers().list().await.unwrap()[..] else { panic!("one worker") };
    assert_eq!(left.name, "w2");
    desk.store.workers().remove_silent(AT_ONCE).await.unwrap();
}

#[tokio::test]
async fn what_nobody_goes_on_with_and_what_is_done_is_deleted_and_nothing_else() {
    let desk = Desk::new().await;
    let begun = desk.begin(6).await;
    let (waiting, done) = (desk.begin(3).await, desk.begin(3).await);
    for submission in [&begun, &waiting, &done] {
        desk.store.uploads().append_chunk(submission, 0, Bytes::from_static(b"abc")).await.unwrap();
    }
    desk.store.submissions().mark_received(&waiting.id, &desk.user).await.unwrap();
    desk.store.submissions().mark_received(&done.id, &desk.user).await.unwrap();
    desk.store.submissions().record_problems(&done.id, "w", &[]).await.unwrap();

    let expiry = desk.store.uploads().expire("w", Retention::default()).await.unwrap();
    assert!(expiry.withdrawn.is_empty() && expiry.n_deleted == 1, "{expiry:?}");
    tokio::time::sleep(Duration::from_millis(3)).await;
    let expiry = desk.store.uploads().expire("w", EXPIRED).await.unwrap();
    assert_eq!((&expiry.withdrawn[..], expiry.n_deleted), (std::slice::from_ref(&begun.id), 1));
    assert_eq!(desk.state(&begun.id).await, SubmissionState::Withdrawn);
    assert_eq!(
        desk.store.uploads().received_bytes(&waiting.id).unwrap(),
        3,
        "it is still to be scored"
    );
}

#[tokio::test]
async fn what_is_checked_and_never_confirmed_expires_and_what_awaits_review_does_not() {
    let desk = Desk::new().await;
    let (checked, scored) = (desk.received().await, desk.accepted().await);
    let submission = desk.store.submissions().get(&checked).await.unwrap().unwrap();
    let suspicions = SuspicionsDocument::default();
    desk.store.submissions().record_check(&submission, "w", &suspicions).await.unwrap();
    tokio::time::sleep(Duration::from_millis(3)).await;
    let expiry = desk.store.uploads().expire("w", Retention::default()).await.unwrap();
    assert!(expiry.withdrawn.is_empty(), "{expiry:?}");
    let expiry = desk.store.uploads().expire("w", EXPIRED).await.unwrap();
    assert_eq!(expiry.withdrawn, std::slice::from_ref(&checked));
    assert_eq!(desk.state(&scored).await, SubmissionState::Publishing);
}

#[tokio::test]
async fn accounts_take_turns_however_much_one_of_them_hands_in() {
    let mut desk = Desk::new().await;
    let mut much = Vec::new();
    for _ in 0..5 {
        much.push(desk.received().await);
    }
    desk.user = desk.as_other("b@b.org", Role::Participant).await;
    let little = [desk.received().await, desk.received().await];
    let mut taken = Vec::new();
    while let Some(job) = desk.take("w", LEASE).await {
        taken.push(job.submission_id);
    }
    assert_eq!(taken.len(), 7);
    assert_eq!((&taken[0], &taken[2]), (&much[0], &much[1]), "in its own order");
    assert_eq!((&taken[1], &taken[3]), (&little[0], &little[1]), "between those of the other");
}

#[tokio::test]
async fn one_account_fills_neither_the_queue_nor_the_disk() {
    let desk = Desk::new().await;
    let submissions = scr_documents::Quota { count: 100, days: 7 };
    let settings = BenchmarkSettings { submissions, ..BenchmarkSettings::default() };
    desk.store.settings().set("phantom", &settings).await.unwrap();
    for _ in 0..25 {
        desk.received().await;
    }
    let refused = desk.store.submissions().check_quota(&desk.user, "phantom").await.unwrap_err();
    assert!(matches!(refused, SubmissionError::Unfinished { count: 25 }), "{refused}");
    let other = Desk { user: desk.as_other("b@b.org", Role::Participant).await, ..desk };
    for _ in 0..4 {
        let begun = other.begin(2 << 30).await;
        other.store.submissions().mark_received(&begun.id, &other.user).await.unwrap();
    }
    let refused = other.store.submissions().check_quota(&other.user, "phantom").await.unwrap_err();
    assert!(matches!(refused, SubmissionError::Stored { .. }), "{refused}");
}

#[tokio::test]
async fn a_piece_is_kept_whole_or_not_at_all_however_it_comes() {
    let desk = Desk::new().await;
    let content: Vec<u8> = (0..700_000u32).map(|n| (n % 251) as u8).collect();
    let begun = desk.begin(content.len() as u64).await;
    let mut broken = desk.store.uploads().begin_chunk(&begun, 0, None).unwrap();
    broken.add(Bytes::from(content[..600_000].to_vec())).await.unwrap();
    drop(broken);
    assert_eq!(desk.store.uploads().received_bytes(&begun.id).unwrap(), 0);
    for (offset, end) in [(0, 650_000), (0, 650_000), (650_000, content.len())] {
        let announced = Some((end - offset) as u64);
        let mut piece = desk.store.uploads().begin_chunk(&begun, offset as u64, announced).unwrap();
        for bytes in content[offset..end].chunks(100_000) {
            piece.add(Bytes::from(bytes.to_vec())).await.unwrap();
        }
        assert_eq!(piece.keep().await.unwrap(), end as u64);
    }
    assert_eq!(std::fs::read(desk.store.uploads().path(&begun.id)).unwrap(), content);
    let error = desk.store.uploads().begin_chunk(&begun, 700_001, Some(1)).unwrap_err();
    assert!(matches!(error, SubmissionError::Chunk { here: 700_000, .. }), "{error}");
}

#[tokio::test]
async fn an_upload_that_would_fill_the_disk_is_refused_and_leaves_nothing() {
    let desk = Desk::new().await;
    let begun = desk.begin(6).await;
    let full = desk.store.clone().keep_free(u64::MAX / 2);
    let error =
        full.uploads().append_chunk(&begun, 0, Bytes::from_static(b"abc")).await.unwrap_err();
    let error = StoreError::from(error);
    assert!(error.is_disk_full() && !error.hint().is_empty(), "{error}");
    assert_eq!(full.uploads().received_bytes(&begun.id).unwrap(), 0);
    let card = CardDocument::default();
    let (benchmark_id, user_id) = ("phantom", desk.user.as_str());
    let new = NewSubmission {
        benchmark_id,
        user_id,
        card: &card,
        size_bytes: 1,
        file: None,
        confirmed: true,
        supersedes: None,
    };
    let error = full.submissions().begin(new).await.unwrap_err();
    assert!(StoreError::from(error).is_disk_full());
    let counts = full.counts().await.unwrap();
    assert_eq!(counts.submissions[0], (SubmissionState::Receiving, 1));
    assert_eq!((counts.jobs_waiting, counts.uploads_bytes), (0, 0));
}

#[tokio::test]
async fn nobody_decides_on_their_own_submission_unless_the_operator_allows_it() {
    let desk = Desk::new().await;
    let id = desk.scored().await;
    for decision in [
        desk.store.submissions().accept(&id, &desk.user, "").await,
        desk.store.submissions().return_to_submitter(&id, &desk.user, "no").await,
    ] {
        let error = decision.unwrap_err();
        assert!(matches!(error, SubmissionError::OwnSubmission { .. }), "{error}");
    }
    assert_eq!(desk.state(&id).await, SubmissionState::AwaitingReview);
    let settings = BenchmarkSettings { own_reviews: true, ..BenchmarkSettings::default() };
    desk.store.settings().set("phantom", &settings).await.unwrap();
    desk.store.submissions().accept(&id, &desk.user, "").await.unwrap();
    assert_eq!(desk.state(&id).await, SubmissionState::Publishing);
}
