//! Public interface of publishing: small benchmarks and entries.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may stop anywhere")]
#![expect(clippy::disallowed_methods, reason = "tests make and damage files")]

#[path = "publishing/claims.rs"]
mod claims;
mod engines;
#[path = "publishing/garbage.rs"]
mod garbage;
#[path = "publishing/record.rs"]
mod record;
#[path = "publishing/rescores.rs"]
mod rescores;
#[path = "publishing/standings.rs"]
mod standings;

use std::path::Path;

use indexmap::IndexMap;
use scr_data::{Benchmark, MaskSet, digest::Manifest, formats};
use scr_documents::{CardDocument, EntryRole, Fold, ResultDocument, SpacingDocument};
use scr_image::{Mask, Radiograph, Size};
use scr_store::{
    BlobKey, EntryToPublish, OutlinesDocument, PublishError, PublishOutcome, PublishProgress,
    StorageError, Store, THUMBNAIL_SIDE_PX,
};
use tempfile::TempDir;

const SIZE: Size = Size::new(20, 10);
const IMAGES: [&str; 5] = ["A1", "A2", "A3", "A4", "A5"];
const STRUCTURES: [&str; 2] = ["lung", "heart"];

/// A benchmark of five images, two structures and two observers in `folder`.
fn write_benchmark(folder: &Path, terms: &str) -> Benchmark {
    let toml = format!(
        r#"
        id = "tiny"
        title = "Tiny <b>"
        [images]
        table = "images.csv"
        folder = "images"
        pattern = "{{image_id}}.png"
        spacing_mm = 0.5
        [[structures]]
        id = "lung"
        name = "Lung"
        [[structures]]
        id = "heart"
        name = "Heart"
        [[objects]]
        id = "both"
        name = "Both"
        structures = ["lung", "heart"]
        [[observers]]
        id = "reference"
        name = "First"
        folder = "masks/reference"
        pattern = "{{structure}}/{{image_id}}.png"
        [[observers]]
        id = "second"
        name = "Second"
        folder = "masks/second"
        pattern = "{{structure}}/{{image_id}}.png"
        [folds]
        column = "fold"
        [terms]
        redistribution = "{terms}"
        "#
    );
    write(&folder.join("benchmark.toml"), toml.as_bytes());
    let rows = IMAGES.iter().enumerate().map(|(i, id)| format!("{id},{},{}\n", i % 2 + 1, 50 + i));
    let table = format!("image_id,fold,age\n{}", rows.collect::<String>());
    write(&folder.join("images.csv"), table.as_bytes());
    for (shift, observer) in [(0, "reference"), (1, "second")] {
        write_masks(&folder.join("masks").join(observer), shift);
    }
    for (index, id) in IMAGES.iter().enumerate() {
        let pixels = (0..SIZE.area()).map(|pixel| (pixel + index) as u16).collect();
        let radiograph = Radiograph::new(SIZE, 65535, pixels, None).unwrap();
        let png = formats::png::write_radiograph(&radiograph).unwrap();
        write(&folder.join(format!("images/{id}.png")), &png);
    }
    Benchmark::open(folder).unwrap()
}

/// Writes a mask for each image and structure; sets differ by `shift`.
fn write_masks(folder: &Path, shift: usize) {
    for (place, structure) in STRUCTURES.iter().enumerate() {
        for (index, image) in IMAGES.iter().enumerate() {
            let mask = mask(place + shift, index);
            write(
                &folder.join(format!("{structure}/{image}.png")),
                &formats::png::write_mask(&mask),
            );
        }
    }
}

fn mask(left: usize, top: usize) -> Mask {
    Mask::from_fn(SIZE, |col, row| (left..left + 9).contains(&col) && (top..top + 4).contains(&row))
}

fn write(path: &Path, bytes: &[u8]) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// Result of an evaluation, with the parts that the store reads.
fn result(benchmark: &Benchmark, masks: &MaskSet) -> ResultDocument {
    let mut manifest = Manifest::default();
    for image in masks.images() {
        for &structure in masks.structures() {
            masks.read_mask(benchmark, structure, image, Some(SIZE), &mut manifest).unwrap();
        }
    }
    ResultDocument {
        benchmark: benchmark.id.clone(),
        benchmark_digest: benchmark.digest(benchmark.reference()).unwrap(),
        masks_digest: manifest.digest(),
        evaluator_version: "1".into(),
        observer: "reference".into(),
        spacing_mm: Some(SpacingDocument::Same(0.5)),
        undefined_as: None,
        rounded_to: None,
        bootstrap_seed: 1,
        bootstrap_resamples: 10,
        objects: IndexMap::new(),
        image_measures: IndexMap::new(),
        folds: IndexMap::new(),
        images: Some(Vec::new()),
    }
}

fn card(name: &str) -> CardDocument {
    CardDocument { name: name.into(), ..CardDocument::default() }
}

/// A benchmark on disk, a set of masks for it, and an empty store.
struct Fixture {
    folder: TempDir,
    benchmark: Benchmark,
    store: Store,
}

impl Fixture {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let benchmark = write_benchmark(&folder.path().join("tiny"), "allowed");
        let store = engines::open(&folder.path().join("store")).await;
        Self { folder, benchmark, store }
    }

    fn masks(&self, shift: usize) -> MaskSet {
        let folder = self.folder.path().join(format!("masks-{shift}"));
        write_masks(&folder, shift);
        MaskSet::open(&folder, &self.benchmark).unwrap()
    }

    /// Folder of constant posteriors.
    fn posteriors(&self, value: u16) -> std::path::PathBuf {
        let folder = self.folder.path().join(format!("posteriors-{value}"));
        let image = Radiograph::new(SIZE, u16::MAX, vec![value; SIZE.area()], None).unwrap();
        let png = formats::png::write_radiograph(&image).unwrap();
        for structure in STRUCTURES {
            for id in IMAGES {
                write(&folder.join(structure).join(format!("{id}.png")), &png);
            }
        }
        folder
    }

    async fn publish_benchmark(&self) -> Result<PublishOutcome, PublishError> {
        self.store.benchmarks().publish(&self.benchmark, &mut |_| ()).await
    }

    fn entry<'a>(&'a self, name: &str, masks: &'a MaskSet) -> EntryToPublish<'a> {
        EntryToPublish {
            benchmark: &self.benchmark,
            role: EntryRole::Method,
            card: card(name),
            masks,
            result: result(&self.benchmark, masks),
            posteriors: None,
            run: None,
        }
    }

    async fn publish(
        &self,
        entry: EntryToPublish<'_>,
    ) -> Result<(String, PublishOutcome), PublishError> {
        self.store.entries().publish(entry, &mut |_| ()).await
    }

    /// All files of a store in a folder with the time of their last change.
    fn files(&self) -> Vec<(std::path::PathBuf, std::time::SystemTime)> {
        fn walk(folder: &Path, files: &mut Vec<(std::path::PathBuf, std::time::SystemTime)>) {
            for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
                if entry.path().is_dir() {
                    walk(&entry.path(), files);
                } else {
                    files.push((entry.path(), entry.metadata().unwrap().modified().unwrap()));
                }
            }
        }
        let mut files = Vec::new();
        if engines::are_used() {
            return files;
        }
        walk(&self.folder.path().join("store/blobs"), &mut files);
        files.sort();
        files
    }
}

#[tokio::test]
async fn a_published_benchmark_is_there_with_all_its_files() {
    let fixture = Fixture::new().await;
    let mut seen = Vec::new();
    let mut progress = |progress: PublishProgress| seen.push(progress);
    fixture.store.benchmarks().publish(&fixture.benchmark, &mut progress).await.unwrap();
    assert_eq!(seen.last(), Some(&PublishProgress { images_done: 5, images_total: 5 }));
    assert!(seen.is_sorted_by_key(|progress| progress.images_done));

    let row = fixture.store.benchmarks().get("tiny").await.unwrap().unwrap();
    let document = &row.document;
    assert_eq!(document.title, "Tiny <b>");
    assert_eq!(document.spacing_mm, Some(SpacingDocument::Same(0.5)));
    assert_eq!(document.objects[0].structures, ["lung", "heart"]);
    let image = &document.images[2];
    assert_eq!((image.id.as_str(), image.fold), ("A3", Fold::Number(1)));
    assert_eq!((image.width, image.height, image.has_pixels), (20, 10, true));
    assert_eq!(image.attributes["age"], "52");
    assert_eq!(fixture.store.benchmarks().list().await.unwrap(), [row]);

    let get = async |key: Result<BlobKey, StorageError>| {
        fixture.store.blob(&key.unwrap()).await.unwrap().unwrap()
    };
    for (index, id) in IMAGES.iter().enumerate() {
        let original = std::fs::read(fixture.folder.path().join(format!("tiny/images/{id}.png")));
        assert_eq!(get(BlobKey::image("tiny", id)).await, original.unwrap());
        let bytes = get(BlobKey::thumbnail("tiny", id)).await;
        let thumbnail = formats::read_radiograph("thumbnail.png", &bytes).unwrap();
        assert!(thumbnail.size().width <= THUMBNAIL_SIDE_PX);
        assert_eq!(thumbnail.max_value(), 255);
        for (shift, observer) in [(0, "reference"), (1, "second")] {
            let bytes = get(BlobKey::outlines("tiny", observer, id)).await;
            let outlines = OutlinesDocument::from_json(&bytes).unwrap();
            assert_eq!(outlines.size, [20, 10]);
            assert_eq!(outlines.structures.keys().collect::<Vec<_>>(), STRUCTURES.each_ref());
            for (place, structure) in STRUCTURES.iter().enumerate() {
                let bytes = get(BlobKey::mask("tiny", observer, structure, id)).await;
                let found = formats::read_mask("mask.png", &bytes).unwrap();
                assert_eq!(found, mask(place + shift, index));
            }
        }
    }
}

#[tokio::test]
async fn a_published_entry_is_there_with_all_its_files() {
    let fixture = Fixture::new().await;
    fixture.publish_benchmark().await.unwrap();
    let masks = fixture.masks(2);
    let entry = fixture.entry("My method", &masks);
    let (card, result) = (entry.card.clone(), entry.result.clone());
    let (id, published) = fixture.publish(entry).await.unwrap();
    assert_eq!(published, PublishOutcome::New);
    let digits = id.strip_prefix("my-method-").unwrap();
    assert!(digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");

    let row = fixture.store.entries().get(&id).await.unwrap().unwrap();
    assert_eq!((row.benchmark_id.as_str(), row.role), ("tiny", EntryRole::Method));
    assert_eq!((&row.card, &row.result), (&card, &result));
    assert_eq!(fixture.store.entries().list("tiny").await.unwrap(), [row]);
    let brief = fixture.store.entries().summaries("tiny").await.unwrap();
    assert_eq!(brief[0].result, ResultDocument { images: None, ..result });
    assert_eq!(fixture.store.entries().latest(3).await.unwrap(), brief);
    assert_eq!(fixture.store.entries().list("other").await.unwrap(), []);

    for (index, image) in IMAGES.iter().enumerate() {
        let key = BlobKey::entry_mask(&id, "heart", image).unwrap();
        let bytes = fixture.store.blob(&key).await.unwrap().unwrap();
        assert_eq!(formats::read_mask("mask.png", &bytes).unwrap(), mask(3, index));
        let key = BlobKey::entry_outlines(&id, image).unwrap();
        let bytes = fixture.store.blob(&key).await.unwrap().unwrap();
        let outlines = OutlinesDocument::from_json(&bytes).unwrap();
        assert_eq!(outlines.structures["lung"][0].len(), 8);
    }
}

#[tokio::test]
async fn posteriors_are_kept_in_8_bits_for_every_image_and_structure() {
    let fixture = Fixture::new().await;
    fixture.publish_benchmark().await.unwrap();
    let masks = fixture.masks(2);
    let without = fixture.entry("My method", &masks);
    let with = EntryToPublish { posteriors: Some(fixture.posteriors(13107)), ..without.clone() };
    let (id, published) = fixture.publish(with.clone()).await.unwrap();
    assert_eq!(published, PublishOutcome::New);
    let row = fixture.store.entries().get(&id).await.unwrap().unwrap();
    assert_eq!(row.posteriors, STRUCTURES);
    assert_eq!(fixture.store.entries().summaries("tiny").await.unwrap()[0].posteriors, STRUCTURES);
    for (structure, image) in STRUCTURES.iter().flat_map(|s| IMAGES.map(|image| (s, image))) {
        let key = BlobKey::entry_posterior(&id, structure, image).unwrap();
        let bytes = fixture.store.blob(&key).await.unwrap().unwrap();
        let kept = formats::png::read_radiograph(&bytes).unwrap();
        assert_eq!((kept.size(), kept.max_value()), (SIZE, 255));
        assert!(kept.pixels().iter().all(|&value| value == 51), "a fifth of 255");
    }
    let before = fixture.files();
    assert_eq!(fixture.publish(with).await.unwrap().1, PublishOutcome::Unchanged);
    assert_eq!(fixture.files(), before, "no file was written again");
    let (other, published) = fixture.publish(without).await.unwrap();
    assert_eq!(published, PublishOutcome::New, "without posteriors it is another entry");
    let other = fixture.store.entries().get(&other).await.unwrap().unwrap();
    assert_eq!((other.posteriors.len(), other.card.corrects), (0, Some(id)));
}

#[tokio::test]
async fn posteriors_are_taken_in_whole_or_not_at_all() {
    let fixture = Fixture::new().await;
    fixture.publish_benchmark().await.unwrap();
    let masks = fixture.masks(2);
    let entry = fixture.entry("My method", &masks);
    let folder = fixture.posteriors(65535);
    let missing = folder.join("heart/A5.png");
    let bytes = std::fs::read(&missing).unwrap();
    std::fs::remove_file(&missing).unwrap();
    let entry = EntryToPublish { posteriors: Some(folder), ..entry };
    let error = fixture.publish(entry.clone()).await.unwrap_err();
    assert!(error.to_string().contains("A5.png"), "{error}");
    assert_eq!(fixture.store.entries().list("tiny").await.unwrap(), []);

    write(&missing, &bytes);
    let (id, published) = fixture.publish(entry).await.unwrap();
    assert_eq!(published, PublishOutcome::New);
    assert_eq!(fixture.store.entries().get(&id).await.unwrap().unwrap().posteriors, STRUCTURES);
}

#[tokio::test]
async fn publishing_the_same_again_touches_no_file_and_no_row() {
    let fixture = Fixture::new().await;
    assert_eq!(fixture.publish_benchmark().await.unwrap(), PublishOutcome::New);
    let masks = fixture.masks(2);
    fixture.publish(fixture.entry("My method", &masks)).await.unwrap();
    let before = (fixture.files(), fixture.store.entries().list("tiny").await.unwrap());

    assert_eq!(fixture.publish_benchmark().await.unwrap(), PublishOutcome::Unchanged);
    let (_, published) = fixture.publish(fixture.entry("My method", &masks)).await.unwrap();
    assert_eq!(published, PublishOutcome::Unchanged);
    assert_eq!((fixture.files(), fixture.store.entries().list("tiny").await.unwrap()), before);
    assert_eq!(fixture.store.benchmarks().list().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_store_opened_again_holds_what_was_published() {
    let fixture = Fixture::new().await;
    fixture.publish_benchmark().await.unwrap();
    let again = engines::open(&fixture.folder.path().join("store")).await;
    let (first, second) =
        (fixture.store.benchmarks().list().await, again.benchmarks().list().await);
    assert_eq!(first.unwrap(), second.unwrap());
    fixture.store.close().await;
    drop(again);
    let later = engines::open(&fixture.folder.path().join("store")).await;
    assert_eq!(later.benchmarks().list().await.unwrap().len(), 1);
}

#[tokio::test]
async fn another_digest_under_the_same_identifier_is_refused() {
    let fixture = Fixture::new().await;
    fixture.publish_benchmark().await.unwrap();
    let before = fixture.files();
    let mask = formats::png::write_mask(&Mask::empty(SIZE));
    write(&fixture.folder.path().join("tiny/masks/reference/lung/A1.png"), &mask);
    let error = fixture.publish_benchmark().await.unwrap_err();
    assert!(matches!(error, PublishError::OtherBenchmark { .. }), "{error}");
    assert!(error.hint().contains("another `id`"));
    assert_eq!(fixture.files(), before);
}

#[tokio::test]
async fn publishing_that_breaks_off_leaves_no_row_and_is_made_good_later() {
    let fixture = Fixture::new().await;
    let damaged = fixture.folder.path().join("tiny/masks/second/heart/A5.png");
    let whole = std::fs::read(&damaged).unwrap();
    write(&damaged, b"not a mask");
    let error = fixture.publish_benchmark().await.unwrap_err();
    assert!(matches!(error, PublishError::Storage(StorageError::Data(_))), "{error}");
    assert!(error.to_string().contains("A5.png"), "{error}");
    assert_eq!(fixture.store.benchmarks().list().await.unwrap(), []);

    write(&damaged, &whole);
    assert_eq!(fixture.publish_benchmark().await.unwrap(), PublishOutcome::New);

    let masks = fixture.masks(2);
    let entry = fixture.entry("My method", &masks);
    write(&fixture.folder.path().join("masks-2/lung/A5.png"), b"not a mask");
    fixture.publish(entry.clone()).await.unwrap_err();
    assert_eq!(fixture.store.entries().list("tiny").await.unwrap(), []);
    fixture.masks(2);
    assert_eq!(fixture.publish(entry).await.unwrap().1, PublishOutcome::New);
}

#[tokio::test]
async fn publishing_that_is_dropped_midway_leaves_no_row() {
    let fixture = Fixture::new().await;
    let (tell, told) = tokio::sync::oneshot::channel();
    let mut tell = Some(tell);
    let mut progress = |_: PublishProgress| {
        if let Some(tell) = tell.take() {
            tell.send(()).unwrap();
        }
    };
    let benchmarks = fixture.store.benchmarks();
    tokio::select! {
        _ = benchmarks.publish(&fixture.benchmark, &mut progress) => {
            panic!("published before it could be stopped");
        }
        stopped = told => stopped.unwrap(),
    }
    assert!(engines::are_used() || !fixture.files().is_empty());
    assert_eq!(fixture.store.benchmarks().list().await.unwrap(), []);
    assert_eq!(fixture.publish_benchmark().await.unwrap(), PublishOutcome::New);
}

#[tokio::test]
async fn a_benchmark_that_changes_while_it_is_published_is_refused() {
    let fixture = Fixture::new().await;
    let changing = fixture.folder.path().join("tiny/masks/reference/lung/A1.png");
    let mut progress = |_: PublishProgress| {
        write(&changing, &formats::png::write_mask(&Mask::empty(SIZE)));
    };
    let published = fixture.store.benchmarks().publish(&fixture.benchmark, &mut progress).await;
    let error = published.unwrap_err();
    assert!(matches!(error, PublishError::Changed { .. }), "{error}");
    assert_eq!(fixture.store.benchmarks().list().await.unwrap(), []);
}

#[tokio::test]
async fn masks_exchanged_after_scoring_are_refused() {
    let fixture = Fixture::new().await;
    fixture.publish_benchmark().await.unwrap();
    let masks = fixture.masks(2);
    let entry = fixture.entry("My method", &masks);
    let mask = formats::png::write_mask(&Mask::empty(SIZE));
    write(&fixture.folder.path().join("masks-2/lung/A2.png"), &mask);
    let error = fixture.publish(entry).await.unwrap_err();
    assert!(matches!(error, PublishError::OtherResult { field: "masks_digest", .. }), "{error}");
    assert_eq!(fixture.store.entries().list("tiny").await.unwrap(), []);
}

#[tokio::test]
async fn a_result_of_another_benchmark_is_refused() {
    let fixture = Fixture::new().await;
    let masks = fixture.masks(2);
    let entry = fixture.entry("My method", &masks);
    let error = fixture.publish(entry.clone()).await.unwrap_err();
    assert!(matches!(error, PublishError::UnknownBenchmark { .. }), "{error}");

    fixture.publish_benchmark().await.unwrap();
    let right = &entry.result;
    let wrong = [
        ("benchmark", ResultDocument { benchmark: "other".into(), ..right.clone() }),
        (
            "benchmark_digest",
            ResultDocument { benchmark_digest: "sha256:0".into(), ..right.clone() },
        ),
        ("observer", ResultDocument { observer: "second".into(), ..right.clone() }),
        ("list of images", ResultDocument { images: None, ..right.clone() }),
    ];
    for (expected, result) in wrong {
        let error = fixture.publish(EntryToPublish { result, ..entry.clone() }).await.unwrap_err();
        let PublishError::OtherResult { field, .. } = error else { panic!("{error}") };
        assert_eq!(field, expected);
    }
}

#[tokio::test]
async fn a_new_score_is_another_version_and_a_new_description_another_entry() {
    let fixture = Fixture::new().await;
    fixture.publish_benchmark().await.unwrap();
    let masks = fixture.masks(2);
    let mut entry = fixture.entry("My method", &masks);
    let (id, _) = fixture.publish(entry.clone()).await.unwrap();
    let old = fixture.store.entries().get(&id).await.unwrap().unwrap();
    entry.result.evaluator_version = "2".into();
    let (again, published) = fixture.publish(entry.clone()).await.unwrap();
    assert_eq!((&again, published), (&id, PublishOutcome::Updated));
    let new = fixture.store.entries().get(&id).await.unwrap().unwrap();
    assert_eq!((new.result.evaluator_version.as_str(), new.published_at), ("2", old.published_at));
    let past = fixture.store.entries().past_results(&id).await.unwrap();
    assert_eq!(past.len(), 1);
    assert_eq!(past[0].result, old.result);

    entry.card.description = "better said".into();
    let (other, published) = fixture.publish(entry.clone()).await.unwrap();
    assert_eq!(published, PublishOutcome::New);
    assert_ne!(other, id);
    let corrected = fixture.store.entries().get(&other).await.unwrap().unwrap();
    assert_eq!(corrected.card.corrects, Some(id.clone()));
    assert_eq!(fixture.store.entries().get(&id).await.unwrap().unwrap().card, old.card);
    assert_eq!(fixture.publish(entry).await.unwrap(), (other, PublishOutcome::Unchanged));
}

#[tokio::test]
async fn radiographs_that_must_not_be_shown_stay_out_of_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let benchmark = write_benchmark(&folder.path().join("tiny"), "forbidden");
    let store = engines::open(&folder.path().join("store")).await;
    store.benchmarks().publish(&benchmark, &mut |_| ()).await.unwrap();
    let row = store.benchmarks().get("tiny").await.unwrap().unwrap();
    assert!(row.document.images.iter().all(|image| !image.has_pixels));
    for key in [BlobKey::image("tiny", "A1"), BlobKey::thumbnail("tiny", "A1")] {
        assert_eq!(store.blob(&key.unwrap()).await.unwrap(), None);
    }
}

#[tokio::test]
async fn radiographs_added_later_are_taken_in_by_publishing_again() {
    let fixture = Fixture::new().await;
    let images = fixture.folder.path().join("tiny/images");
    let elsewhere = fixture.folder.path().join("elsewhere");
    std::fs::rename(&images, &elsewhere).unwrap();
    fixture.publish_benchmark().await.unwrap();
    let old = fixture.store.benchmarks().get("tiny").await.unwrap().unwrap();
    assert!(!old.document.images[0].has_pixels);
    std::fs::rename(&elsewhere, &images).unwrap();
    assert_eq!(fixture.publish_benchmark().await.unwrap(), PublishOutcome::Updated);
    let new = fixture.store.benchmarks().get("tiny").await.unwrap().unwrap();
    assert!(new.document.images[0].has_pixels);
    assert_eq!(new.published_at, old.published_at);
}

#[tokio::test]
async fn a_radiograph_of_another_size_than_its_masks_is_refused() {
    let fixture = Fixture::new().await;
    let radiograph = Radiograph::new(Size::new(2, 2), 255, vec![0; 4], None).unwrap();
    let png = formats::png::write_radiograph(&radiograph).unwrap();
    write(&fixture.folder.path().join("tiny/images/A3.png"), &png);
    let error = fixture.publish_benchmark().await.unwrap_err().to_string();
    assert!(error.contains("A3.png: expected 20x10 pixels"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_go_on_while_others_write_to_the_same_folder() {
    let fixture = Fixture::new().await;
    fixture.publish_benchmark().await.unwrap();
    // A store of its own, as another process would open it.
    let other = engines::open(&fixture.folder.path().join("store")).await;
    let reading = tokio::spawn(async move {
        let mut counts = Vec::new();
        while counts.last() != Some(&6) {
            counts.push(other.entries().list("tiny").await.unwrap().len());
            tokio::task::yield_now().await;
        }
        counts
    });
    let masks: Vec<MaskSet> = (0..6).map(|shift| fixture.masks(shift)).collect();
    let (a, b, c, d, e, f) = tokio::join!(
        fixture.publish(fixture.entry("a", &masks[0])),
        fixture.publish(fixture.entry("b", &masks[1])),
        fixture.publish(fixture.entry("c", &masks[2])),
        fixture.publish(fixture.entry("d", &masks[3])),
        fixture.publish(fixture.entry("e", &masks[4])),
        fixture.publish(fixture.entry("f", &masks[5])),
    );
    for published in [a, b, c, d, e, f] {
        assert_eq!(published.unwrap().1, PublishOutcome::New);
    }
    assert!(reading.await.unwrap().is_sorted());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_publishers_of_the_same_benchmark_do_not_disturb_each_other() {
    let fixture = Fixture::new().await;
    let other = engines::open(&fixture.folder.path().join("store")).await;
    let benchmarks = other.benchmarks();
    let mut ignore = |_: PublishProgress| ();
    let (first, second) = tokio::join!(
        fixture.publish_benchmark(),
        benchmarks.publish(&fixture.benchmark, &mut ignore),
    );
    first.unwrap();
    second.unwrap();
    assert_eq!(fixture.publish_benchmark().await.unwrap(), PublishOutcome::Unchanged);
}
