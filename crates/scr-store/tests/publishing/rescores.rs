//! Queue of re-scores: shards, their merge, and claims that come too late.

use std::time::Duration;

use scr_store::{JobChoice, JobSubject, RescoreCounts, RescoreJob, RescoreStep};

use super::*;

const LEASE: Duration = Duration::from_secs(60);
/// No wait before a claim.
const NOW: Duration = Duration::ZERO;
/// Version of the evaluator that scores again.
const NEW: &str = "2";

impl Fixture {
    async fn claim_rescore(&self, worker: &str, lease: Duration) -> Option<RescoreJob> {
        // Leases are kept to the millisecond.
        tokio::time::sleep(Duration::from_millis(3)).await;
        self.store.jobs().claim_rescore(worker, lease, NEW, NOW).await.unwrap()
    }
}

#[tokio::test]
async fn shards_are_merged_once_and_by_the_claims_that_hold() {
    let fixture = Fixture::new().await;
    fixture.publish_benchmark().await.unwrap();
    let masks = fixture.masks(2);
    let (id, _) = fixture.publish(fixture.entry("My method", &masks)).await.unwrap();
    let jobs = fixture.store.jobs();
    assert!(jobs.queue_rescore(&id, 2, NEW).await.unwrap());
    assert!(!jobs.queue_rescore(&id, 3, NEW).await.unwrap(), "it is queued already");
    assert_eq!(jobs.claim_rescore("w", LEASE, "another version", NOW).await.unwrap(), None);
    jobs.queue_rescore("no-entry", 1, NEW).await.unwrap_err();

    let late = fixture.claim_rescore("w", Duration::ZERO).await.unwrap();
    let first = fixture.claim_rescore("w", LEASE).await.unwrap();
    assert_eq!((&late.step, late.claim.attempt), (&first.step, 1));
    let second = fixture.claim_rescore("w2", LEASE).await.unwrap();
    assert_eq!(second.step, RescoreStep::Shard { number: 2, count: 2 });
    assert_eq!(fixture.claim_rescore("w3", LEASE).await, None);
    assert!(jobs.finish_shard(&second, "b").await.unwrap());
    assert!(!jobs.finish_shard(&late, "late").await.unwrap());
    assert_eq!(fixture.claim_rescore("w3", LEASE).await, None, "a part is missing");
    assert!(jobs.finish_shard(&first, "a").await.unwrap());
    assert!(!jobs.finish_shard(&first, "twice").await.unwrap());

    let late = fixture.claim_rescore("w", Duration::ZERO).await.unwrap();
    let merge = fixture.claim_rescore("w", LEASE).await.unwrap();
    assert_eq!(merge.step, RescoreStep::Merge);
    let parts = jobs.rescore_parts(&id).await.unwrap();
    let expected = [(format!("{id}.1of2"), "a".to_owned()), (format!("{id}.2of2"), "b".to_owned())];
    assert_eq!(parts, expected);
    let before = fixture.store.entries().get(&id).await.unwrap().unwrap().result;
    let result = ResultDocument { evaluator_version: NEW.into(), ..before.clone() };
    let finish = async |job: &RescoreJob| {
        let (entries, of) = (fixture.store.entries(), &before.evaluator_version);
        entries.finish_rescore(job, of, Some(&result)).await.unwrap()
    };
    assert!(!finish(&late).await);
    assert_eq!(fixture.store.entries().get(&id).await.unwrap().unwrap().result, before);
    assert!(finish(&merge).await);
    assert_eq!(fixture.store.entries().get(&id).await.unwrap().unwrap().result, result);
    assert!(!finish(&merge).await);
    assert_eq!(fixture.store.entries().past_results(&id).await.unwrap().len(), 1);
    assert_eq!(jobs.rescore_counts(None, None).await.unwrap(), RescoreCounts::default());
}

#[tokio::test]
async fn a_re_score_that_fails_too_often_is_counted_and_waits_for_the_operator() {
    let fixture = Fixture::new().await;
    fixture.publish_benchmark().await.unwrap();
    let masks = fixture.masks(2);
    let (id, _) = fixture.publish(fixture.entry("My method", &masks)).await.unwrap();
    let jobs = fixture.store.jobs();
    jobs.queue_rescore(&id, 1, NEW).await.unwrap();
    for _ in 0..scr_store::MAX_ATTEMPTS {
        let job = fixture.claim_rescore("w", LEASE).await.unwrap();
        jobs.release(&job.claim, "broken").await.unwrap();
    }
    assert_eq!(fixture.claim_rescore("w", LEASE).await, None);
    let failed = RescoreCounts { jobs: 1, done: 0, failed: vec![format!("{id}.1of1")] };
    assert_eq!(jobs.rescore_counts(None, None).await.unwrap(), failed);
    let [listed] = &jobs.list(JobChoice::Failed, None, 9).await.unwrap()[..] else {
        panic!("one failed job")
    };
    assert_eq!(listed.subject, JobSubject::Entry { id: id.clone() });
    assert_eq!((listed.benchmark_id.as_str(), listed.error.as_deref()), ("tiny", Some("broken")));
    fixture.store.failed_jobs().retry(&listed.id, "operator").await.unwrap();
    assert!(jobs.list(JobChoice::Failed, None, 9).await.unwrap().is_empty());
    fixture.store.failed_jobs().drop_job(&listed.id, "operator").await.unwrap_err();
    for _ in 0..scr_store::MAX_ATTEMPTS {
        let job = fixture.claim_rescore("w", LEASE).await.unwrap();
        jobs.release(&job.claim, "broken").await.unwrap();
    }
    assert!(!jobs.queue_rescore(&id, 1, NEW).await.unwrap());
    assert_eq!(fixture.claim_rescore("w", LEASE).await.unwrap().claim.attempt, 1);

    fixture.store.workers().remove("w").await.unwrap();
    assert!(jobs.queue_rescore(&id, 2, "3").await.unwrap(), "another version replaces it");
    assert_eq!(fixture.claim_rescore("w", LEASE).await, None);
    for _ in 0..scr_store::MAX_ATTEMPTS {
        let job = jobs.claim_rescore("w", LEASE, "3", NOW).await.unwrap().unwrap();
        jobs.release(&job.claim, "broken").await.unwrap();
    }
    let failed = jobs.list(JobChoice::Failed, None, 9).await.unwrap().remove(0);
    fixture.store.failed_jobs().drop_job(&failed.id, "operator").await.unwrap();
    assert_eq!(jobs.rescore_counts(None, None).await.unwrap(), RescoreCounts::default());
}
