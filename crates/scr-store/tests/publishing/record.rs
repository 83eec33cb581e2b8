//! The record that publishing leaves, and what no statement can undo.

use scr_data::digest::mask_digest;
use scr_documents::{BenchmarkSettings, Reference};
use scr_store::{
    BEFORE_FIRST, EntryCommitment, OpenError, RecordEvent, RecordLine, Store, text_digest,
};
use sqlx::Connection;

use super::*;

/// Every line of the record, after its chain was checked.
async fn chain(store: &Store) -> Vec<RecordLine> {
    let texts = store.record().lines(0, 1000).await.unwrap();
    let mut previous = BEFORE_FIRST.to_owned();
    let mut lines = Vec::new();
    for (number, text) in (1..).zip(&texts) {
        let line: RecordLine = serde_json::from_str(text).unwrap();
        assert_eq!((line.number, &line.previous), (number, &previous));
        previous = text_digest(text);
        lines.push(line);
    }
    let head = store.record().head().await.unwrap();
    assert_eq!((head.length, head.head), (texts.len() as u64, previous));
    lines
}

/// The commitment of the last entry that was published.
fn commitment(lines: &[RecordLine]) -> &EntryCommitment {
    let found = lines.iter().rev().find_map(|line| match &line.event {
        RecordEvent::EntryPublished(commitment) => Some(commitment),
        _ => None,
    });
    found.unwrap()
}

#[tokio::test]
async fn every_change_of_what_is_public_is_a_line_that_names_the_one_before() {
    let fixture = Fixture::new().await;
    fixture.publish_benchmark().await.unwrap();
    let masks = fixture.masks(2);
    let mut entry = fixture.entry("My method", &masks);
    let (id, _) = fixture.publish(entry.clone()).await.unwrap();
    entry.result.evaluator_version = "2".into();
    fixture.publish(entry).await.unwrap();
    let settings = BenchmarkSettings {
        terms: "Be kind.".into(),
        reviewers: vec!["c@example.org".into()],
        reference: Reference::Hidden,
        ..BenchmarkSettings::default()
    };
    for _ in 0..2 {
        fixture.store.settings().set("tiny", &settings).await.unwrap();
        fixture.store.entries().withdraw(&id, "the submitter", "a bug").await.unwrap();
    }

    let lines = chain(&fixture.store).await;
    let kinds: Vec<String> = lines
        .iter()
        .map(|line| serde_json::to_value(line).unwrap()["kind"].as_str().unwrap().to_owned())
        .collect();
    let expected = [
        "record_begun",
        "benchmark_published",
        "entry_published",
        "entry_rescored",
        "settings_changed",
        "entry_withdrawn",
    ];
    assert_eq!(kinds, expected, "the same again adds nothing");
    let text = serde_json::to_string(&lines).unwrap();
    for hidden in ["example.org", "Be kind", "a bug", "My method"] {
        assert!(!text.contains(hidden), "{hidden}");
    }
}

#[tokio::test]
async fn what_an_entry_consists_of_has_the_digests_of_its_line() {
    let fixture = Fixture::new().await;
    fixture.publish_benchmark().await.unwrap();
    let masks = fixture.masks(2);
    let (id, _) = fixture.publish(fixture.entry("My method", &masks)).await.unwrap();
    let lines = chain(&fixture.store).await;
    let line = commitment(&lines);

    let evidence = fixture.store.evidence().entry(&id).await.unwrap().unwrap();
    assert_eq!(line.entry, id);
    assert_eq!(line.card_digest, text_digest(&evidence.card));
    assert_eq!(line.result_digest, evidence.results[0].digest());
    assert_eq!(line.files_digest, text_digest(&evidence.files));
    let kept = Manifest::parse(&evidence.files).unwrap();
    let mut pixels = Manifest::default();
    for (path, digest) in kept.files() {
        let file = fixture.store.evidence().file(&format!("entries/{id}/{path}")).await;
        let bytes = file.unwrap().unwrap();
        assert_eq!(*digest, scr_data::digest::file_digest(&bytes), "{path}");
        let mask = formats::png::read_mask(&bytes).unwrap();
        let name = path.strip_prefix("masks/").unwrap().strip_suffix(".png").unwrap();
        pixels.add(name, mask_digest(&mask));
    }
    assert_eq!(kept.files().len(), IMAGES.len() * STRUCTURES.len());
    assert_eq!(line.pixels_digest, pixels.digest());
}

#[tokio::test]
async fn no_statement_changes_or_deletes_what_is_published() {
    let fixture = Fixture::new().await;
    fixture.publish_benchmark().await.unwrap();
    let masks = fixture.masks(2);
    let (id, _) = fixture.publish(fixture.entry("My method", &masks)).await.unwrap();
    fixture.store.entries().withdraw(&id, "x", "y").await.unwrap();

    let mut connection = engines::connect(&fixture.folder.path().join("store")).await;
    for statement in [
        "UPDATE entries SET card = '{}'",
        "DELETE FROM entries",
        "REPLACE INTO entries SELECT id, benchmark_id, '', role, '{}', posteriors FROM entries",
        "UPDATE results SET images = '[]'",
        "DELETE FROM results",
        "REPLACE INTO results SELECT entry_id, version, '', nonce, '{}', '[]' FROM results",
        "INSERT INTO results SELECT entry_id, 3, '', nonce, '{}', '[]' FROM results",
        "UPDATE withdrawals SET reason = ''",
        "DELETE FROM withdrawals",
        "REPLACE INTO withdrawals SELECT entry_id, at, 'z', reason FROM withdrawals",
        "UPDATE record SET line = '{}' WHERE number = 1",
        "DELETE FROM record WHERE number = 3",
        "REPLACE INTO record VALUES (2, '{}', 'sha256:00')",
        "INSERT INTO record VALUES (9, '{}', 'sha256:00')",
        "UPDATE manifests SET text = ''",
        "DELETE FROM manifests",
        "UPDATE entry_files SET pixels_digest = ''",
        "UPDATE benchmarks SET digest = 'sha256:00'",
        "DELETE FROM benchmarks",
        "TRUNCATE entries, withdrawals",
        "TRUNCATE results",
        "TRUNCATE record",
        "TRUNCATE benchmarks CASCADE",
    ] {
        let done = sqlx::query(statement).execute(&mut connection).await;
        assert!(done.is_err(), "{statement}");
    }
    chain(&fixture.store).await;
}

#[tokio::test]
async fn the_same_masks_and_name_never_take_the_place_of_an_entry() {
    let fixture = Fixture::new().await;
    fixture.publish_benchmark().await.unwrap();
    let masks = fixture.masks(2);
    let (id, _) = fixture.publish(fixture.entry("My method", &masks)).await.unwrap();
    let before = fixture.store.entries().get(&id).await.unwrap().unwrap();
    let mut again = fixture.entry("My method", &masks);
    again.card.authors = vec!["Eve".into()];
    let (other, published) = fixture.publish(again.clone()).await.unwrap();
    assert_eq!(published, PublishOutcome::New);
    assert_ne!(other, id);
    assert_eq!(fixture.store.entries().get(&id).await.unwrap().unwrap(), before);

    fixture.store.entries().withdraw(&other, "x", "y").await.unwrap();
    again.card.authors.push("Ann".into());
    let (third, _) = fixture.publish(again).await.unwrap();
    let shown = fixture.store.entries().list("tiny").await.unwrap();
    assert!(shown.iter().any(|entry| entry.id == third), "what comes after a withdrawal shows");
}

#[tokio::test]
async fn a_store_of_before_the_record_begins_one_with_what_it_holds() {
    if engines::are_used() {
        return;
    }
    let fixture = Fixture::new().await;
    fixture.publish_benchmark().await.unwrap();
    let masks = fixture.masks(2);
    let mut entry = fixture.entry("My method", &masks);
    let (id, _) = fixture.publish(entry.clone()).await.unwrap();
    entry.result.evaluator_version = "2".into();
    fixture.publish(entry).await.unwrap();
    let expected = commitment(&chain(&fixture.store).await).clone();

    // As a version without a record left it.
    let database = fixture.folder.path().join("store/scr.sqlite");
    let address = format!("sqlite://{}", database.display());
    let mut connection = sqlx::AnyConnection::connect(&address).await.unwrap();
    for trigger in ["record_is_kept", "manifests_are_kept", "entry_files_are_kept"] {
        let drop = format!("DROP TRIGGER {trigger}");
        sqlx::query(sqlx::AssertSqlSafe(drop)).execute(&mut connection).await.unwrap();
    }
    for table in ["record", "manifests", "entry_files"] {
        let delete = format!("DELETE FROM {table}");
        sqlx::query(sqlx::AssertSqlSafe(delete)).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();

    let again = engines::open(&fixture.folder.path().join("store")).await;
    let lines = chain(&again).await;
    assert_eq!(commitment(&lines), &expected, "files, card and result were read as they lie");
    let RecordEvent::RecordBegun { entries_before, .. } = lines[0].event else {
        panic!("{lines:?}")
    };
    assert_eq!((entries_before, lines.len()), (1, 4));
    let evidence = again.evidence().entry(&id).await.unwrap().unwrap();
    assert_eq!((evidence.results.len(), text_digest(&evidence.files)), (2, expected.files_digest));
}

#[tokio::test]
async fn files_of_a_site_without_its_database_are_refused() {
    if engines::are_used() {
        return;
    }
    let fixture = Fixture::new().await;
    fixture.publish_benchmark().await.unwrap();
    fixture.store.close().await;
    let folder = fixture.folder.path().join("store");
    for entry in std::fs::read_dir(&folder).unwrap().map(Result::unwrap) {
        if entry.path().is_file() {
            std::fs::remove_file(entry.path()).unwrap();
        }
    }
    let error = Store::open(&folder).await.unwrap_err();
    assert!(matches!(error, OpenError::LostDatabase { found: "missing", .. }), "{error}");
    assert!(!folder.join("scr.sqlite").exists(), "nothing was made");
    write(&folder.join("scr.sqlite"), b"");
    let error = Store::open(&folder).await.unwrap_err();
    assert!(matches!(error, OpenError::LostDatabase { found: "empty", .. }), "{error}");
    std::fs::remove_file(folder.join("scr.sqlite")).unwrap();
    let elsewhere = fixture.folder.path().join("other");
    Store::open(&elsewhere).await.unwrap().close().await;
    std::fs::copy(elsewhere.join("scr.sqlite"), folder.join("scr.sqlite")).unwrap();
    let error = Store::open(&folder).await.unwrap_err();
    assert!(matches!(error, OpenError::LostDatabase { found: "empty", .. }), "{error}");
}
