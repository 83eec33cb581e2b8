//! `scr verify` on data folders, exports and sites, intact and damaged.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may stop anywhere")]

use std::path::{Path, PathBuf};

use scr_data::{Benchmark, MaskSet};
use scr_documents::{CardDocument, EntryRole};
use scr_eval::{Settings, evaluate};
use scr_store::{EntryToPublish, Store};
use serde_json::Value;
use sqlx::Connection;
use tempfile::TempDir;

use crate::command::{run, run_well, text};

/// Site with one entry, and the entry's identifier.
struct Published {
    temp: TempDir,
    entry: String,
}

impl Published {
    async fn new() -> Self {
        let temp = tempfile::tempdir().unwrap();
        let path = |name: &str| text(&temp.path().join(name));
        run_well(["phantom", "--out", &path("bench"), "--images", "4", "--size", "96"]);
        run_well(["run", "mean-shape", "--benchmark", &path("bench"), "--out", &path("masks")]);
        run_well(["admin", "benchmark", "add", &path("bench"), "--dir", &path("site")]);
        let benchmark = Benchmark::open(&temp.path().join("bench")).unwrap();
        let masks = MaskSet::open(&temp.path().join("masks"), &benchmark).unwrap();
        let scores = evaluate(&benchmark, &masks, &Settings::default(), &|| ()).unwrap();
        let entry = EntryToPublish {
            benchmark: &benchmark,
            role: EntryRole::Method,
            card: CardDocument { name: "One".into(), ..CardDocument::default() },
            masks: &masks,
            result: scr_report::result_document(&scores, true),
            posteriors: None,
            run: None,
        };
        let store = Store::open(&temp.path().join("site")).await.unwrap();
        let (entry, _) = store.entries().publish(entry, &mut |_| ()).await.unwrap();
        store.close().await;
        Self { temp, entry }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.temp.path().join(name)
    }

    fn site(&self) -> String {
        text(&self.path("site"))
    }

    /// Runs SQL statements that the triggers of the database would refuse.
    async fn tamper(&self, statements: &[&'static str]) {
        sqlx::any::install_default_drivers();
        let address = format!("sqlite://{}", self.path("site/scr.sqlite").display());
        let mut connection = sqlx::AnyConnection::connect(&address).await.unwrap();
        for statement in statements {
            sqlx::query(*statement).execute(&mut connection).await.unwrap();
        }
        connection.close().await.unwrap();
    }
}

/// Mismatches listed by `scr verify`.
fn refused(source: &str, more: &[&str]) -> String {
    let finished = run([&["verify", source][..], more].concat());
    assert_eq!(finished.code, 1, "{}{}", finished.stdout, finished.stderr);
    finished.stderr
}

#[tokio::test]
async fn a_record_holds_in_the_folder_and_in_a_copy_and_a_noted_head_is_found_again() {
    let published = Published::new().await;
    let json = run_well(["verify", &published.site(), "--scores", "--format", "json"]);
    let report: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(report["holds"], true);
    assert_eq!(report["checked"]["scored"], 1);
    assert_eq!(report["checked"]["lines"], 3, "begun, benchmark, entry");
    assert_eq!(report["not_checked"], Value::Array(vec![]));

    let copy = text(&published.path("copy"));
    run_well(["export", &copy, "--dir", &published.site()]);
    run_well(["verify", &copy]);
    let head = std::fs::read(published.path("copy/api/v1/record/index.json")).unwrap();
    let head: Value = serde_json::from_slice(&head).unwrap();
    let (digest, at) = (head["head"].as_str().unwrap(), head["length"].to_string());
    let page = std::fs::read_to_string(published.path("copy/index.html")).unwrap();
    assert!(page.contains(digest), "the head stands in the foot");
    run_well(["verify", &published.site(), "--head", digest, "--at", &at]);
    let other = format!("sha256:{}", "0".repeat(64));
    let finished = refused(&published.site(), &["--head", &other, "--at", "1"]);
    assert!(finished.contains("the noted head"), "{finished}");
}

#[tokio::test]
async fn a_site_that_was_tampered_with_does_not_verify() {
    let published = Published::new().await;
    let (site, entry) = (published.site(), &published.entry);
    let mask = first_mask(&published.path("site/blobs/entries").join(entry).join("masks"));
    let whole = std::fs::read(&mask).unwrap();

    let mut damaged = whole.clone();
    *damaged.last_mut().unwrap() ^= 1;
    std::fs::write(&mask, &damaged).unwrap();
    let finished = refused(&site, &[]);
    assert!(finished.contains(mask.file_name().unwrap().to_str().unwrap()), "{finished}");
    std::fs::remove_file(&mask).unwrap();
    let finished = refused(&site, &[]);
    assert!(finished.contains("no file"), "{finished}");
    let copy = published.path("copy");
    let finished = run(["export", &text(&copy), "--dir", &site]);
    let name = mask.file_name().unwrap().to_str().unwrap();
    assert!(finished.code == 1 && finished.stderr.contains(name), "{}", finished.stderr);
    assert!(!copy.exists(), "nothing is copied of a damaged site");
    let more = mask.with_file_name("more.png");
    std::fs::write(&more, &whole).unwrap();
    std::fs::write(&mask, &whole).unwrap();
    let finished = refused(&site, &[]);
    assert!(finished.contains("more.png"), "{finished}");
    std::fs::remove_file(&more).unwrap();
    run_well(["verify", &site]);

    published
        .tamper(&[
            "DROP TRIGGER results_never_change",
            "UPDATE results SET summary = REPLACE(summary, '\"mean\":0.', '\"mean\":0.9')",
        ])
        .await;
    let finished = refused(&site, &["--scores"]);
    assert!(
        finished.contains("result 1 of entry") && finished.contains("overlap: mean"),
        "{finished}"
    );
    published
        .tamper(&[
            "DROP TRIGGER record_never_changes",
            "UPDATE record SET line = '{}' WHERE number = 2",
        ])
        .await;
    let finished = refused(&site, &[]);
    assert!(finished.contains("line 2") && finished.contains("line 3"), "{finished}");
}

fn first_mask(folder: &Path) -> PathBuf {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    if entries[0].is_dir() { first_mask(&entries[0]) } else { entries[0].clone() }
}
