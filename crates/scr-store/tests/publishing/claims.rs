//! Entries of submissions: published by the claim of the job alone.

use std::time::Duration;

use scr_documents::{FindingsDocument, SubmissionState, SuspicionsDocument};
use scr_store::{Claim, NewSubmission, Role, SubmissionError};

use super::*;

const LEASE: Duration = Duration::from_secs(60);

impl Fixture {
    /// Accepted submission of the masks; returns its identifier.
    async fn accepted(&self, masks: &MaskSet) -> String {
        let user = self.store.accounts().add("a@b.org", "A", Role::Participant, None).await;
        let user_id = &user.unwrap().id;
        let submissions = || self.store.submissions();
        let new = NewSubmission {
            benchmark_id: "tiny",
            user_id,
            card: &card("Mine"),
            size_bytes: 1,
            file: None,
            confirmed: false,
            supersedes: None,
            model: None,
        };
        let submission = submissions().begin(new).await.unwrap();
        let id = &submission.id;
        submissions().mark_received(id, user_id).await.unwrap();
        let suspicions = SuspicionsDocument::default();
        submissions().record_check(&submission, "w", &suspicions).await.unwrap();
        submissions().confirm(id, user_id).await.unwrap();
        let (result, findings) = (result(&self.benchmark, masks), FindingsDocument::default());
        submissions().record_scores(id, "w", &result, &findings).await.unwrap();
        submissions().accept(id, "curator", "").await.unwrap();
        submission.id
    }

    async fn claim(&self, lease: Duration) -> Claim {
        // Leases are kept to the millisecond.
        tokio::time::sleep(Duration::from_millis(3)).await;
        self.store.jobs().claim("w", lease).await.unwrap().unwrap().claim
    }
}

#[tokio::test]
async fn only_the_attempt_that_holds_the_job_publishes_the_entry() {
    let fixture = Fixture::new().await;
    fixture.publish_benchmark().await.unwrap();
    let masks = fixture.masks(2);
    let id = fixture.accepted(&masks).await;
    let late = fixture.claim(Duration::ZERO).await;
    let current = fixture.claim(LEASE).await;
    let publish = async |claim: &Claim, n_compared| {
        let entry = fixture.entry("Mine", &masks);
        fixture.store.entries().publish_submission(claim, entry, n_compared, &mut |_| ()).await
    };
    let refused = publish(&late, 0).await.unwrap_err();
    let is_fenced =
        matches!(refused, PublishError::Submission(SubmissionError::OtherClaim { attempt: 1, .. }));
    assert!(is_fenced, "{refused}");
    let head = fixture.store.record().head().await.unwrap();
    assert!(fixture.store.entries().list("tiny").await.unwrap().is_empty());
    let entry = publish(&current, 0).await.unwrap();
    let submission = fixture.store.submissions().get(&id).await.unwrap().unwrap();
    assert_eq!((submission.state, submission.entry_id), (SubmissionState::Published, Some(entry)));
    assert_eq!(fixture.store.record().head().await.unwrap().length, head.length + 1);
    publish(&current, 1).await.unwrap_err();
    assert_eq!(fixture.store.entries().list("tiny").await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_submission_compared_with_other_entries_than_there_are_is_not_published() {
    let fixture = Fixture::new().await;
    fixture.publish_benchmark().await.unwrap();
    let masks = fixture.masks(2);
    fixture.publish(fixture.entry("My method", &masks)).await.unwrap();
    fixture.accepted(&masks).await;
    let (claim, entry) = (fixture.claim(LEASE).await, fixture.entry("Twin", &masks));
    let late = fixture.store.entries().publish_submission(&claim, entry, 0, &mut |_| ()).await;
    let late = late.unwrap_err();
    assert!(matches!(late, PublishError::EntriesSince { expected: 0, found: 1, .. }), "{late}");
    assert_eq!(fixture.store.entries().list("tiny").await.unwrap().len(), 1);
}
