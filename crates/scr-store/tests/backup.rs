//! Backups of a store under concurrent writes, and their restoration.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may stop anywhere")]
#![expect(clippy::disallowed_methods, reason = "tests make and damage files")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use scr_data::Benchmark;
use scr_documents::{BenchmarkSettings, CardDocument, Quota, SubmissionState};
use scr_phantom::{Population, write_benchmark};
use scr_store::{NewSubmission, Role, StorageError, Store, Submission, restore_backup};
use tempfile::TempDir;

struct Site {
    temp: TempDir,
    store: Store,
    user: String,
}

impl Site {
    async fn new() -> Self {
        let temp = tempfile::tempdir().unwrap();
        scr_store::claim_folder(&temp.path().join("site")).unwrap();
        let folder = temp.path().join("site/benchmarks/phantom");
        write_benchmark(&Population::new(2, 1), 64, &folder, &|_, _, _| ()).unwrap();
        let store = Store::open(&temp.path().join("site")).await.unwrap();
        let benchmark = Benchmark::open(&folder).unwrap();
        store.benchmarks().publish(&benchmark, &mut |_| ()).await.unwrap();
        let submissions = Quota { count: u32::MAX, days: 1 };
        let settings = BenchmarkSettings { submissions, ..BenchmarkSettings::default() };
        store.settings().set("phantom", &settings).await.unwrap();
        let user = store.accounts().add("a@b.org", "A", Role::Participant, None).await.unwrap().id;
        Self { temp, store, user }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.temp.path().join(name)
    }

    /// Backs up and calls `meanwhile` after every copied file.
    async fn back_up(
        &self,
        mut meanwhile: impl FnMut(usize) + Send,
    ) -> Result<scr_store::BackupDocument, StorageError> {
        self.store.back_up(&self.path("backup"), &mut |done, _| meanwhile(done)).await
    }

    fn restore(&self) -> Result<scr_store::BackupDocument, StorageError> {
        restore_backup(&self.path("backup"), &self.path("restored"), &mut |_, _| ())
    }
}

async fn submit(store: &Store, user_id: &str) -> Submission {
    let card = CardDocument { name: "M".into(), ..CardDocument::default() };
    let new = NewSubmission {
        benchmark_id: "phantom",
        user_id,
        card: &card,
        size_bytes: 3,
        file: None,
        confirmed: false,
        supersedes: None,
        model: None,
    };
    let begun = store.submissions().begin(new).await.unwrap();
    store.uploads().append_chunk(&begun, 0, Bytes::from_static(b"abc")).await.unwrap();
    store.submissions().mark_received(&begun.id, user_id).await.unwrap();
    begun
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_taken_while_others_write_opens_and_has_every_file_that_it_names() {
    let site = Site::new().await;
    let (stop, n_written) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    // As another process would have it open.
    let other = Store::open(&site.path("site")).await.unwrap();
    let writing = tokio::spawn({
        let (stop, n_written) = (stop.clone(), n_written.clone());
        async move {
            while !stop.load(Ordering::Relaxed) {
                // Each of another account: one may not have many that are not scored.
                let email = format!("{}@b.org", n_written.load(Ordering::Relaxed));
                let user = other.accounts().add(&email, "W", Role::Participant, None).await;
                submit(&other, &user.unwrap().id).await;
                n_written.fetch_add(1, Ordering::Relaxed);
            }
            other.close().await;
        }
    });
    while n_written.load(Ordering::Relaxed) < 3 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    // The first file waits until more was handed in than the database's copy holds.
    let at_copy = AtomicUsize::new(usize::MAX);
    let document = site
        .back_up(|done| {
            if done == 1 {
                at_copy.store(n_written.load(Ordering::Relaxed), Ordering::Relaxed);
                while n_written.load(Ordering::Relaxed) < at_copy.load(Ordering::Relaxed) + 2 {
                    std::thread::sleep(Duration::from_millis(2));
                }
            }
        })
        .await
        .unwrap();
    stop.store(true, Ordering::Relaxed);
    writing.await.unwrap();

    assert_eq!(site.restore().unwrap(), document);
    let restored = Store::open(&site.path("restored")).await.unwrap();
    assert_eq!(
        restored.benchmarks().list().await.unwrap(),
        site.store.benchmarks().list().await.unwrap()
    );
    let user = restored.accounts().by_email("a@b.org").await.unwrap().unwrap();
    assert_eq!(user.id, site.user);
    let state = SubmissionState::Received;
    let all = ["phantom".to_owned()];
    let received = restored.submissions().in_state_after(state, &all, None, 9999).await.unwrap();
    let live = site.store.submissions().in_state_after(state, &all, None, 9999).await.unwrap();
    let n_live = live.len();
    assert!((3..n_live).contains(&received.len()), "{} of {n_live}", received.len());
    for submission in received {
        assert_eq!(std::fs::read(restored.uploads().path(&submission.id)).unwrap(), b"abc");
    }
    let benchmark = Benchmark::open(&restored.benchmarks().folder("phantom")).unwrap();
    assert_eq!(benchmark.images.len(), 2);
}

#[tokio::test]
async fn an_upload_rejected_meanwhile_is_passed_over_and_the_backup_is_whole() {
    let site = Site::new().await;
    let (kept, gone) =
        (submit(&site.store, &site.user).await, submit(&site.store, &site.user).await);
    let mut total = 0;
    let document = site
        .back_up(|done| {
            // Called once a file; it is there the first time.
            let _ = std::fs::remove_file(site.store.uploads().path(&gone.id));
            total = done;
        })
        .await
        .unwrap();
    assert_eq!(document.n_files, total as u64 - 1);
    site.restore().unwrap();
    let restored = Store::open(&site.path("restored")).await.unwrap();
    assert_eq!(restored.uploads().received_bytes(&kept.id).await.unwrap(), 3);
    assert_eq!(restored.uploads().received_bytes(&gone.id).await.unwrap(), 0);
}

#[tokio::test]
async fn a_benchmark_replaced_meanwhile_stops_the_backup_and_nothing_is_left() {
    let site = Site::new().await;
    let table = site.path("site/benchmarks/phantom/added.csv");
    let error = site.back_up(|_| std::fs::write(&table, "x").unwrap()).await.unwrap_err();
    assert!(error.to_string().contains("found a change"), "{error}");
    assert!(!site.path("backup").exists() && !site.path("backup.partial").exists());
    let within = site.path("site/backups/today");
    let error = site.store.back_up(&within, &mut |_, _| ()).await.unwrap_err();
    assert!(error.to_string().contains("within it"), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_reads_a_backup_who_may_not_read_the_site() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    let site = Site::new().await;
    for (name, allowed) in [("site", 0o700), ("site/scr.sqlite", 0o600)] {
        let permissions = std::fs::Permissions::from_mode(allowed);
        std::fs::set_permissions(site.path(name), permissions).unwrap();
    }
    site.back_up(|_| ()).await.unwrap();
    site.restore().unwrap();
    for folder in ["backup", "restored"] {
        let found = (mode(&site.path(folder)), mode(&site.path(folder).join("scr.sqlite")));
        assert_eq!(found, (0o700, 0o600), "{folder}");
    }
}

#[tokio::test]
async fn a_backup_of_half_a_site_is_refused_with_what_is_missing() {
    let site = Site::new().await;
    let masks = site.path("site/blobs/benchmarks/phantom/masks");
    let mut file = masks.clone();
    while file.is_dir() {
        file = std::fs::read_dir(&file).unwrap().next().unwrap().unwrap().path();
    }
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&file, b"other").unwrap();
    let name = file.file_name().unwrap().to_str().unwrap();
    let error = site.back_up(|_| ()).await.unwrap_err();
    assert!(error.to_string().contains(name), "{error}");
    std::fs::remove_dir_all(&masks).unwrap();
    let error = site.back_up(|_| ()).await.unwrap_err();
    assert!(error.to_string().contains("no file"), "{error}");
    assert!(!site.path("backup").exists(), "nothing is left");

    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, whole).unwrap();
}
