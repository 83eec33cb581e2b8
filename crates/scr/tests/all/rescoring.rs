//! `scr admin rescore`: published entries are scored again after a change of the rules.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may stop anywhere")]

use scr_data::{Benchmark, MaskSet};
use scr_documents::{CardDocument, EntryRole, ResultDocument};
use scr_eval::{EVALUATOR_VERSION, Settings, evaluate};
use scr_store::{EntryToPublish, NewSubmission, RescoreCounts, Role, Store};
use scr_work::Worker;
use serde_json::Value;
use tempfile::TempDir;

use crate::command::{Finished, run, run_well, text};

/// Evaluator version of the outdated results.
const OLD: &str = "0.0.1";

/// Site with two entries with outdated results.
struct Old {
    temp: TempDir,
    entries: Vec<String>,
    /// Result of both entries by the current rules.
    right: ResultDocument,
}

impl Old {
    async fn new() -> Self {
        let temp = tempfile::tempdir().unwrap();
        let path = |name: &str| text(&temp.path().join(name));
        run_well(["phantom", "--out", &path("bench"), "--images", "4", "--size", "96"]);
        run_well(["run", "mean-shape", "--benchmark", &path("bench"), "--out", &path("masks")]);
        run_well(["admin", "benchmark", "add", &path("bench"), "--dir", &path("site")]);
        let benchmark = Benchmark::open(&temp.path().join("bench")).unwrap();
        let masks = MaskSet::open(&temp.path().join("masks"), &benchmark).unwrap();
        let right = evaluate(&benchmark, &masks, &Settings::default(), &|| ()).unwrap();
        let right = scr_report::result_document(&right, true);
        let mut old = right.clone();
        OLD.clone_into(&mut old.evaluator_version);
        old.objects["lungs"]["overlap"].mean = Some(0.25);
        let store = Store::open(&temp.path().join("site")).await.unwrap();
        let mut entries = Vec::new();
        for name in ["One", "Other"] {
            let entry = EntryToPublish {
                benchmark: &benchmark,
                role: EntryRole::Method,
                card: CardDocument { name: name.into(), ..CardDocument::default() },
                masks: &masks,
                result: old.clone(),
                posteriors: None,
                run: None,
            };
            entries.push(store.entries().publish(entry, &mut |_| ()).await.unwrap().0);
        }
        store.close().await;
        Self { temp, entries, right }
    }

    fn rescore(&self, more: &[&str]) -> Finished {
        let site = text(&self.temp.path().join("site"));
        run([&["admin", "rescore", "--dir", &site][..], more].concat())
    }

    async fn store(&self) -> Store {
        Store::open(&self.temp.path().join("site")).await.unwrap()
    }
}

fn list(finished: &Finished) -> Vec<Value> {
    serde_json::from_str(&finished.stdout)
        .unwrap_or_else(|_| panic!("{}{}", finished.stdout, finished.stderr))
}

#[tokio::test]
async fn entries_of_older_rules_get_the_scores_of_the_present_ones_and_keep_the_old() {
    let old = Old::new().await;
    let dry = list(&old.rescore(&["--format", "json"]));
    assert_eq!(dry.len(), 2);
    assert_eq!(dry[0]["before"]["objects"]["lungs"]["overlap"]["mean"], 0.25);
    assert_eq!(dry[0]["after"]["evaluator_version"], EVALUATOR_VERSION);
    let one = &old.entries[0];
    let before = old.store().await.entries().get(one).await.unwrap().unwrap();
    assert_eq!(before.result.evaluator_version, OLD, "nothing was written");

    let applied = old.rescore(&["--entry", one, "--apply", "--format", "markdown"]);
    assert_eq!(applied.code, 0, "{}", applied.stderr);
    let is_row = |line: &&str| line.contains("lungs") && line.contains("overlap");
    let row = applied.stdout.lines().find(is_row).unwrap();
    assert!(row.contains("0.2500") && row.contains("e-1"), "{row}");
    let store = old.store().await;
    let after = store.entries().get(one).await.unwrap().unwrap();
    assert_eq!(after.result, old.right, "image by image, digit for digit");
    assert_eq!((&after.card, &after.published_at), (&before.card, &before.published_at));
    let past = store.entries().past_results(one).await.unwrap();
    assert_eq!(past.len(), 1);
    assert_eq!((&past[0].result, &past[0].scored_at), (&before.result, &before.published_at));
    store.close().await;

    let rest = list(&old.rescore(&["--benchmark", "phantom", "--apply", "--format", "json"]));
    assert_eq!((rest.len(), &rest[0]["entry"]), (1, &Value::from(old.entries[1].as_str())));
    let again = old.rescore(&["--apply", "--format", "json"]);
    assert!(list(&again).is_empty() && again.stderr.contains("nothing to score again"));
    assert_eq!(old.store().await.entries().past_results(one).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_entry_that_cannot_be_scored_keeps_its_result_and_holds_up_no_other() {
    let old = Old::new().await;
    let folder = old.store().await.entries().masks_folder(&old.entries[0]);
    let lost = std::fs::read_dir(folder.join("heart")).unwrap().next().unwrap().unwrap();
    std::fs::remove_file(lost.path()).unwrap();
    let finished = old.rescore(&["--apply", "--format", "json"]);
    assert_eq!((finished.code, list(&finished).len()), (1, 1));
    assert!(finished.stderr.contains(&old.entries[0]), "{}", finished.stderr);
    let store = old.store().await;
    let version =
        async |id: &str| store.entries().get(id).await.unwrap().unwrap().result.evaluator_version;
    assert_eq!(version(&old.entries[0]).await, OLD);
    assert_eq!(version(&old.entries[1]).await, EVALUATOR_VERSION);
    let unknown = old.rescore(&["--entry", "none"]);
    assert!(unknown.code == 1 && unknown.stderr.contains("`none`"), "{}", unknown.stderr);
}

/// Runs jobs by `n_workers` at once until the queue is empty.
async fn work(store: &Store, n_workers: usize) {
    let work = |number: usize| {
        let worker = Worker::new(store.clone(), format!("w{number}"));
        tokio::spawn(async move { while worker.do_one().await.unwrap() {} })
    };
    for worker in (0..n_workers).map(work).collect::<Vec<_>>() {
        worker.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn queued_entries_get_the_same_scores_from_any_number_of_workers_and_shards() {
    for (n_workers, images_per_job) in [(1, "1000"), (1, "3"), (3, "1")] {
        let old = Old::new().await;
        let queue = ["--apply", "--queue", "--images-per-job", images_per_job];
        let queued = old.rescore(&queue);
        assert_eq!(queued.code, 0, "{}", queued.stderr);
        assert!(queued.stderr.contains("queued 2 of 2"), "{}", queued.stderr);
        let again = old.rescore(&queue);
        assert!(again.stderr.contains("queued 0 of 2"), "{}", again.stderr);
        let store = old.store().await;
        let before = store.entries().get(&old.entries[0]).await.unwrap().unwrap();
        assert_eq!(before.result.evaluator_version, OLD, "nothing is written before a worker");
        work(&store, n_workers).await;
        for id in &old.entries {
            let after = store.entries().get(id).await.unwrap().unwrap();
            assert_eq!(after.result, old.right, "image by image, digit for digit");
            assert_eq!(store.entries().past_results(id).await.unwrap().len(), 1);
        }
        assert_eq!(
            store.jobs().rescore_counts(None, None).await.unwrap(),
            RescoreCounts::default()
        );
        let done = old.rescore(&["--apply", "--queue", "--wait"]);
        assert_eq!(done.code, 0, "{}", done.stderr);
    }
}

#[tokio::test]
async fn a_queued_entry_that_cannot_be_scored_is_named_and_can_be_tried_again() {
    let old = Old::new().await;
    let store = old.store().await;
    let folder = store.entries().masks_folder(&old.entries[0]);
    let lost = std::fs::read_dir(folder.join("heart")).unwrap().next().unwrap().unwrap().path();
    let mask = std::fs::read(&lost).unwrap();
    std::fs::remove_file(&lost).unwrap();
    let site = text(&old.temp.path().join("site"));
    let wait = async || {
        let command = ["admin", "rescore", "--dir", &site, "--apply", "--queue", "--wait"];
        let command = command.map(str::to_owned);
        let waiting = tokio::task::spawn_blocking(move || run(command));
        while !waiting.is_finished() {
            work(&store, 1).await;
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        waiting.await.unwrap()
    };
    let failed = wait().await;
    assert_eq!(failed.code, 1, "{}", failed.stderr);
    assert!(failed.stderr.contains(&format!("{}.1of1", old.entries[0])), "{}", failed.stderr);
    let version =
        async |id: &str| store.entries().get(id).await.unwrap().unwrap().result.evaluator_version;
    assert_eq!(version(&old.entries[0]).await, OLD);
    assert_eq!(version(&old.entries[1]).await, EVALUATOR_VERSION, "it holds up no other");

    std::fs::write(&lost, mask).unwrap();
    let done = wait().await;
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert_eq!(version(&old.entries[0]).await, EVALUATOR_VERSION);
}

/// Hands in a submission of `user`, whose file is no zip; returns its identifier.
async fn submit(store: &Store, user: &str) -> String {
    let card = CardDocument { name: "M".into(), ..CardDocument::default() };
    let new = NewSubmission {
        benchmark_id: "phantom",
        user_id: user,
        card: &card,
        size_bytes: 1,
        file: None,
        confirmed: true,
        supersedes: None,
        model: None,
    };
    let id = store.submissions().begin(new).await.unwrap().id;
    store.submissions().mark_received(&id, user).await.unwrap();
    id
}

#[tokio::test]
async fn a_submission_is_checked_before_entries_are_scored_again() {
    let old = Old::new().await;
    assert_eq!(old.rescore(&["--apply", "--queue"]).code, 0);
    let store = old.store().await;
    let user = store.accounts().add("a@b.org", "A", Role::Participant, None).await.unwrap().id;
    submit(&store, &user).await;
    assert!(Worker::new(store.clone(), "w").do_one().await.unwrap());
    assert_eq!(store.counts().await.unwrap().jobs_waiting, 0, "the later job came first");
    let counts = store.jobs().rescore_counts(None, None).await.unwrap();
    assert_eq!((counts.jobs, counts.done), (2, 0));
}

#[tokio::test]
async fn a_re_score_that_waited_for_long_comes_in_turn_with_submissions() {
    let old = Old::new().await;
    assert_eq!(old.rescore(&["--apply", "--queue"]).code, 0);
    let store = old.store().await;
    let user = store.accounts().add("a@b.org", "A", Role::Participant, None).await.unwrap().id;
    for _ in 0..4 {
        submit(&store, &user).await;
    }
    let worker = Worker::new(store.clone(), "w");
    let left = async || {
        let submissions = store.counts().await.unwrap().jobs_waiting;
        let counts = store.jobs().rescore_counts(None, None).await.unwrap();
        (submissions, counts.jobs - counts.done)
    };
    let mut seen = Vec::new();
    for _ in 0..2 {
        assert!(worker.do_one().await.unwrap());
        seen.push(left().await);
    }
    assert_eq!(seen, [(3, 2), (2, 2)], "they have not waited for long");
    let path = old.temp.path().join("site/scr.sqlite");
    let database =
        sqlx::SqlitePool::connect(&format!("sqlite://{}", path.display())).await.unwrap();
    let age = "UPDATE rescore_jobs SET created_at = '2020-01-01T00:00:00.000Z'";
    sqlx::query(age).execute(&database).await.unwrap();
    database.close().await;
    seen.clear();
    for _ in 0..4 {
        assert!(worker.do_one().await.unwrap());
        seen.push(left().await);
    }
    // A shard, a submission, the merge of the shard's entry, which leaves the queue, a submission.
    assert_eq!(seen, [(2, 2), (1, 2), (1, 1), (0, 1)]);
}
