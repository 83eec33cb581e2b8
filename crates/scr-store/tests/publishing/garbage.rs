//! Garbage collection: what stays, and what goes.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use scr_bucket::Bucket;
use scr_documents::CardDocument;
use scr_store::{Location, NewSubmission, PublishError, PublishProgress, Role, Store};
use sqlx::Connection;
use tokio::runtime::Runtime;

use super::{Fixture, engines, write};

const NO_GRACE: Duration = Duration::ZERO;
const HOUR: Duration = Duration::from_secs(3600);

/// Site of a test with its files.
struct Site {
    fixture: Fixture,
    bucket: Option<Bucket>,
}

impl Site {
    /// Site with a benchmark, its folder, and two entries, one of them withdrawn.
    async fn new() -> Self {
        let fixture = Fixture::new().await;
        fixture.publish_benchmark().await.unwrap();
        fixture.store.benchmarks().keep_folder("tiny", fixture.benchmark.root()).await.unwrap();
        let bucket = match engines::location(&fixture.folder.path().join("store")).await {
            Location::Folder(_) => None,
            Location::Engines(engines) => Some(Bucket::new(engines.bucket)),
        };
        let site = Self { fixture, bucket };
        site.publish("Kept").await.unwrap();
        let withdrawn = site.publish("Withdrawn").await.unwrap();
        site.store().entries().withdraw(&withdrawn, "the operator", "a test").await.unwrap();
        site
    }

    fn path(&self) -> PathBuf {
        self.fixture.folder.path().join("store")
    }

    async fn publish(&self, name: &str) -> Result<String, PublishError> {
        let masks = self.fixture.masks(2);
        Ok(self.fixture.publish(self.fixture.entry(name, &masks)).await?.0)
    }

    /// Publishes an entry, and lets its claim run out when all files are written.
    async fn interrupted(&self, name: &str) -> PublishError {
        let masks = self.fixture.masks(2);
        let mut end = |progress: PublishProgress| {
            if progress.images_done == progress.images_total {
                std::thread::scope(|scope| {
                    let end = || self.execute("DELETE FROM file_claims");
                    scope.spawn(move || Runtime::new().unwrap().block_on(end()));
                });
            }
        };
        let entry = self.fixture.entry(name, &masks);
        self.store().entries().publish(entry, &mut end).await.unwrap_err()
    }

    fn store(&self) -> &Store {
        &self.fixture.store
    }

    /// Adds a file or an object.
    async fn add(&self, key: &str) {
        match self.bucket.clone() {
            Some(bucket) => {
                let key = key.to_owned();
                let put = move || bucket.put(&key, b"x").unwrap();
                tokio::task::spawn_blocking(put).await.unwrap();
            }
            None => write(&self.path().join(key), b"x"),
        }
    }

    /// Keys of all files or objects.
    async fn keys(&self) -> BTreeSet<String> {
        if let Some(bucket) = self.bucket.clone() {
            let list = move || bucket.list("").unwrap();
            let listed = tokio::task::spawn_blocking(list).await.unwrap();
            return listed.into_iter().map(|object| object.key).collect();
        }
        let (root, mut keys) = (self.path(), BTreeSet::new());
        let mut open = vec![root.join("blobs"), root.join("uploads")];
        while let Some(folder) = open.pop() {
            for entry in folder.read_dir().into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    let key = path.strip_prefix(&root).unwrap();
                    keys.insert(key.to_string_lossy().into_owned());
                }
            }
        }
        keys
    }

    async fn listed(&self, grace: Duration) -> Vec<String> {
        let listed = self.store().garbage().list(grace).await.unwrap();
        listed.files.into_iter().map(|file| file.key).collect()
    }

    async fn deleted(&self, grace: Duration) -> Vec<String> {
        let deleted = self.store().garbage().delete(grace).await.unwrap();
        deleted.files.into_iter().map(|file| file.key).collect()
    }

    /// Executes a statement in the database.
    async fn execute(&self, statement: &'static str) {
        let mut connection = engines::connect(&self.path()).await;
        sqlx::query(statement).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    /// Begins a submission with one chunk of its file; returns its identifier.
    async fn upload(&self) -> String {
        let store = self.store();
        let user = store.accounts().add("a@b.org", "A", Role::Participant, None).await.unwrap().id;
        let card = CardDocument { name: "M".into(), ..CardDocument::default() };
        let new = NewSubmission {
            benchmark_id: "tiny",
            user_id: &user,
            card: &card,
            size_bytes: 6,
            file: None,
            confirmed: false,
            supersedes: None,
            model: None,
        };
        let submission = store.submissions().begin(new).await.unwrap();
        let chunk = Bytes::from_static(b"abc");
        store.uploads().append_chunk(&submission, 0, chunk).await.unwrap();
        submission.id
    }
}

#[tokio::test]
async fn what_rows_refer_to_stays_and_the_rest_goes_after_the_grace_period_when_asked() {
    let site = Site::new().await;
    let submission = site.upload().await;
    if site.bucket.is_some() {
        // A chunk whose row is about to be written.
        site.add(&format!("uploads/{submission}/000000000003-1")).await;
    }
    let kept = site.keys().await;
    assert_eq!(site.deleted(NO_GRACE).await, [""; 0]);
    assert_eq!(site.keys().await, kept);

    let mut garbage = vec![
        "blobs/benchmarks/other/masks/reference/lung/A1.png",
        "blobs/benchmarks/tiny/images/Z9.png",
        "blobs/entries/none-1/masks/lung/A1.png",
        "blobs/entries/none-1/outlines/A1.json",
    ];
    if site.bucket.is_some() {
        garbage.extend(["sources/00ff", "uploads/none/000000000000-1"]);
    } else {
        garbage.push("uploads/none.zip");
    }
    for key in &garbage {
        site.add(key).await;
    }
    let others = ["blobs/notes.txt", "uploads.txt"];
    for key in others {
        site.add(key).await;
    }
    assert_eq!(site.listed(NO_GRACE).await, garbage);
    let young = site.store().garbage().delete(HOUR).await.unwrap();
    assert_eq!((young.files.len(), young.n_young), (0, garbage.len()));
    assert!(garbage.iter().all(|key| !kept.contains(*key)));
    assert_eq!(site.deleted(NO_GRACE).await, garbage);
    let mut left = site.keys().await;
    left.retain(|key| !others.contains(&key.as_str()));
    assert_eq!(left, kept);

    // After the end of a submission its chunks belong to their rows alone, and the file of a data
    // folder to nobody.
    site.execute("UPDATE submissions SET state = 'withdrawn'").await;
    assert_eq!(site.deleted(NO_GRACE).await.len(), 1);
    let n_left = site.keys().await.iter().filter(|key| key.contains(&submission)).count();
    assert_eq!(n_left, usize::from(site.bucket.is_some()));
}

#[tokio::test]
async fn files_of_a_publication_under_way_stay_and_those_of_a_dead_one_go() {
    let site = Site::new().await;
    let kept = site.keys().await;
    site.add("blobs/entries/new-1/masks/lung/A1.png").await;
    let claim = "INSERT INTO file_claims (id, folder, renewed_at) \
                 VALUES ('1', 'entries/new-1', '2999-01-01T00:00:00.000Z')";
    site.execute(claim).await;
    assert_eq!(site.deleted(NO_GRACE).await, [""; 0]);
    site.execute("UPDATE file_claims SET renewed_at = '2000-01-01T00:00:00.000Z'").await;
    assert_eq!(site.deleted(NO_GRACE).await.len(), 1);
    assert_eq!(site.keys().await, kept);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_publication_beside_garbage_collection_has_all_of_its_files() {
    let site = Site::new().await;
    // Files of interrupted publications, which the next ones find and do not write again in a
    // bucket.
    for number in 0..6 {
        site.interrupted(&format!("Method {number}")).await;
    }
    let store = site.store().clone();
    let collecting = tokio::spawn(async move {
        for _ in 0..20 {
            store.garbage().delete(NO_GRACE).await.unwrap();
        }
    });
    for number in 0..6 {
        site.publish(&format!("Method {number}")).await.unwrap();
    }
    collecting.await.unwrap();
    let evidence = site.store().evidence();
    let (_, entries) = evidence.ids().await.unwrap();
    assert_eq!(entries.len(), 8);
    for id in entries {
        let listed = evidence.entry(&id).await.unwrap().unwrap().files;
        let listed: BTreeSet<_> =
            listed.lines().filter_map(|line| line.split_once("  ")).map(|(_, path)| path).collect();
        let found = evidence.kept_files(&id).await.unwrap();
        assert_eq!(found.iter().map(String::as_str).collect::<BTreeSet<_>>(), listed, "{id}");
    }
    let none: i64 = {
        let mut connection = engines::connect(&site.path()).await;
        let (claims,) = sqlx::query_as("SELECT COUNT(*) FROM file_claims")
            .fetch_one(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
        claims
    };
    assert_eq!(none, 0, "claims end with the publication");
}

#[tokio::test]
async fn a_publication_whose_claim_has_run_out_writes_no_row() {
    let site = Site::new().await;
    let (rows, files) = (site.store().entries().ids().await.unwrap(), site.keys().await);
    let error = site.interrupted("Slow").await;
    assert!(error.to_string().contains("claim on its files"), "{error}");
    assert_eq!(site.store().entries().ids().await.unwrap(), rows);
    assert!(site.keys().await.len() > files.len());
    site.deleted(NO_GRACE).await;
    assert_eq!(site.keys().await, files);
}
