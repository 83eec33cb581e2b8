//! Benchmarks of each protocol, and with a spacing for each image.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "tests make files")]

use std::fs;
use std::path::Path;

use scr_data::digest::{Manifest, file_digest};
use scr_data::{Benchmark, DataError, Fold, MaskSet, Protocol, formats};
use scr_image::{Mask, Size};
use tempfile::TempDir;

const TOML: &str = r#"
id = "tiny"
title = "Tiny"
[images]
table = "images.csv"
folder = "images"
pattern = "{image_id}.png"
spacing_mm = 0.35
[[structures]]
id = "lung"
name = "Lung"
[[objects]]
id = "lung"
name = "Lung"
structures = ["lung"]
[[observers]]
id = "reference"
name = "First observer"
folder = "masks"
pattern = "{structure}/{image_id}.png"
[folds]
"#;

const BY_IMAGE: &str = "spacing_mm = { column = \"mm\" }";

fn write(path: &Path, bytes: impl AsRef<[u8]>) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// A benchmark whose `[folds]` and table are given, with masks of the images named.
fn benchmark(folds: &str, table: &str, masks: &[&str]) -> TempDir {
    let temp = tempfile::tempdir().unwrap();
    write(&temp.path().join("benchmark.toml"), format!("{TOML}{folds}"));
    write(&temp.path().join("images.csv"), table);
    write_masks(&temp.path().join("masks"), masks);
    temp
}

fn write_masks(root: &Path, images: &[&str]) {
    let mask = Mask::from_fn(Size::square(16), |col, row| col > row);
    for image in images {
        write(&root.join(format!("lung/{image}.png")), formats::png::write_mask(&mask));
    }
}

fn open(temp: &TempDir) -> Benchmark {
    Benchmark::open(temp.path()).unwrap()
}

fn problems<T>(result: Result<T, DataError>) -> Vec<String> {
    match result.err() {
        Some(DataError::Problems(problems)) => {
            problems.list().iter().map(ToString::to_string).collect()
        }
        other => panic!("{other:?}"),
    }
}

/// Ids of images, by their folds.
fn ids<'a>(benchmark: &'a Benchmark, fold: &Fold) -> Vec<&'a str> {
    benchmark.fold(*fold).map(|image| image.id.as_str()).collect()
}

const K_FOLD: &str = "column = \"fold\"\nprotocol = \"k-fold\"\n";
const SPLIT: &str = "column = \"set\"\nprotocol = \"split\"\n";
const EVALUATION_ONLY: &str = "protocol = \"evaluation-only\"\n";

#[test]
fn k_fold_has_its_folds_and_a_definition_that_says_so() {
    let temp = benchmark(K_FOLD, "image_id,fold\nA,1\nB,3\nC,2\nD,3\n", &["A", "B", "C", "D"]);
    let benchmark = open(&temp);
    assert_eq!(benchmark.protocol, Protocol::KFold);
    assert_eq!(benchmark.folds(), [1, 2, 3].map(Fold::Number));
    assert_eq!(ids(&benchmark, &Fold::Number(3)), ["B", "D"]);
    let definition = "benchmark tiny\nprotocol k-fold\nspacing_mm 0.35\nstructure lung\n\
        object lung lung\nimage A fold 1\nimage B fold 3\nimage C fold 2\nimage D fold 3\n";
    assert_eq!(benchmark.scoring_definition(), definition);
}

#[test]
fn a_split_scores_the_test_set_and_needs_masks_of_nothing_else() {
    let table = "image_id,set,age\nA,train,50\nB,test,51\nC,validation,52\nD,test,53\n";
    let temp = benchmark(SPLIT, table, &["B", "D"]);
    let benchmark = open(&temp);
    assert_eq!(benchmark.folds(), [Fold::TEST]);
    assert_eq!(ids(&benchmark, &Fold::TEST), ["B", "D"]);
    assert_eq!(
        (ids(&benchmark, &Fold::TRAIN), ids(&benchmark, &Fold::VALIDATION)),
        (vec!["A"], vec!["C"])
    );
    let definition = "benchmark tiny\nprotocol split\nspacing_mm 0.35\nstructure lung\n\
        object lung lung\nimage B fold test\nimage D fold test\n";
    let mut manifest = Manifest::default();
    manifest.add("definition", file_digest(definition.as_bytes()));
    for image in ["B", "D"] {
        let file = fs::read(temp.path().join(format!("masks/lung/{image}.png"))).unwrap();
        manifest.add(format!("lung/{image}"), file_digest(&file));
    }
    assert_eq!(benchmark.digest(benchmark.reference()).unwrap(), manifest.digest());
    assert!(!benchmark.files().contains(&"masks/lung/A.png".to_owned()), "there is none");
    write_masks(&temp.path().join("masks"), &["A"]);
    assert!(benchmark.files().contains(&"masks/lung/A.png".to_owned()), "for training");
    assert_eq!(benchmark.digest(benchmark.reference()).unwrap(), manifest.digest());
}

#[test]
fn evaluation_only_needs_no_column_and_scores_all_images() {
    let temp = benchmark(EVALUATION_ONLY, "image_id,fold\nA,x\nB,\n", &["A", "B"]);
    let benchmark = open(&temp);
    assert_eq!((benchmark.folds(), benchmark.images.len()), (vec![Fold::ALL], 2));
    assert_eq!(benchmark.images[0].attributes, [("fold".to_owned(), "x".to_owned())]);
    let definition = "benchmark tiny\nprotocol evaluation-only\nspacing_mm 0.35\nstructure lung\n\
        object lung lung\nimage A fold all\nimage B fold all\n";
    assert_eq!(benchmark.scoring_definition(), definition);
}

#[test]
fn a_table_that_does_not_fit_its_protocol_is_refused_with_the_protocols_rule() {
    for (folds, table, words) in [
        ("protocol = \"k-fold\"\n", "image_id\nA\n", "folds.column"),
        ("column = \"fold\"\nprotocol = \"5-fold\"\n", "image_id,fold\nA,1\n", "k-fold, split"),
        (
            "column = \"fold\"\nprotocol = \"evaluation-only\"\n",
            "image_id,fold\nA,1\n",
            "no column",
        ),
        ("column = \"fold\"\n", "image_id,fold\nA,1\nB,3\n", "fold 1 or 2"),
        (K_FOLD, "image_id,fold\nA,0\nB,1\n", "count folds from 1"),
        (K_FOLD, "image_id,fold\nA,1\nB,21\n", "a fold from 1 to 20"),
        (K_FOLD, "image_id,fold\nA,1\nB,test\n", "a fold from 1 to 20"),
        (K_FOLD, "image_id,fold\nA,1\nB,4\nC,2\n", "none in fold 3"),
        (K_FOLD, "image_id,fold\nA,1\nB,1\n", "none in fold 2"),
        (SPLIT, "image_id,set\nA,train\nB,val\n", "train, validation or test"),
        (SPLIT, "image_id,set\nA,train\nB,all\n", "train, validation or test"),
        (SPLIT, "image_id,set\nA,train\nB,validation\n", "images of the test set"),
        (SPLIT, "image_id,fold\nA,train\n", "the columns image_id and set"),
    ] {
        let temp = benchmark(folds, table, &[]);
        let found = problems(Benchmark::open(temp.path()));
        assert_eq!(found.len(), 1, "{folds}{table}: {found:?}");
        assert!(found[0].contains(words), "{words}: {found:?}");
    }
}

#[test]
fn sets_of_masks_hold_the_images_that_are_scored() {
    let temp = benchmark(SPLIT, "image_id,set\nA,train\nB,test\nC,validation\nD,test\n", &[]);
    let split = open(&temp);
    let set = |images: &[&str]| {
        let temp = tempfile::tempdir().unwrap();
        write_masks(temp.path(), images);
        temp
    };
    let whole = set(&["A", "B", "C", "D"]);
    let masks = MaskSet::open(whole.path(), &split).unwrap();
    assert_eq!((masks.images(), masks.folds()), (vec![0, 1], &[Fold::TEST][..]));
    let notices = masks.notices().join("\n");
    assert!(notices.contains("1 mask of the training set were ignored"), "{notices}");
    assert!(notices.contains("1 mask of the validation set were ignored"), "{notices}");
    let found = problems(MaskSet::open(set(&["B"]).path(), &split));
    assert!(found[0].contains("every image of the test set"), "{found:?}");
    let found = problems(MaskSet::open(set(&["A"]).path(), &split));
    assert!(found[0].contains("masks of other images only"), "{found:?}");

    let temp = benchmark(K_FOLD, "image_id,fold\nA,1\nB,3\nC,2\nD,3\n", &[]);
    let k_fold = open(&temp);
    let masks = MaskSet::open(set(&["B", "C", "D"]).path(), &k_fold).unwrap();
    assert_eq!(masks.folds(), [2, 3].map(Fold::Number));
    let found = problems(MaskSet::open(set(&["B", "C"]).path(), &k_fold));
    assert!(found[0].contains("every image of fold 2 and 3"), "{found:?}");
    let folders = tempfile::tempdir().unwrap();
    write_masks(&folders.path().join("fold3"), &["B", "D"]);
    assert_eq!(MaskSet::open(folders.path(), &k_fold).unwrap().images(), [1, 3]);
    write_masks(&folders.path().join("fold3"), &["C"]);
    let found = problems(MaskSet::open(folders.path(), &k_fold));
    assert!(found[0].contains("in fold2, the fold of this image"), "{found:?}");
    assert!(found[0].contains("trained on the other folds"), "{found:?}");
}

#[test]
fn each_image_may_have_its_own_spacing() {
    let two_fold = "column = \"fold\"\nprotocol = \"two-fold\"\n";
    let with = |table: &str| {
        let temp = benchmark(two_fold, table, &[]);
        let toml = fs::read_to_string(temp.path().join("benchmark.toml")).unwrap();
        write(&temp.path().join("benchmark.toml"), toml.replace("spacing_mm = 0.35", BY_IMAGE));
        temp
    };
    let known = open(&with("image_id,fold,mm\nA,1,0.7\nB,2,0.5 0.6\n"));
    let spacings: Vec<_> =
        known.images.iter().map(|image| image.spacing.map(|s| (s.x_mm(), s.y_mm()))).collect();
    assert_eq!(spacings, [Some((0.7, 0.7)), Some((0.5, 0.6))]);
    assert!(known.has_spacing() && known.images[0].attributes.is_empty());
    let definition = "benchmark tiny\nspacing_mm by image\nstructure lung\nobject lung lung\n\
        image A fold 1 spacing_mm 0.7\nimage B fold 2 spacing_mm 0.5 0.6\n";
    assert_eq!(known.scoring_definition(), definition);

    let partly = open(&with("image_id,fold,mm\nA,1,0.7\nB,2,\n"));
    assert!(!partly.has_spacing() && partly.images[0].spacing.is_some());
    let notice = partly.spacing_notice().unwrap();
    assert!(notice.contains("1 of 2 images is unknown"), "{notice}");
    assert!(partly.scoring_definition().ends_with("image B fold 2 spacing_mm unknown\n"));
    let unknown = open(&with("image_id,fold,mm\nA,1,\nB,2,\n"));
    assert_eq!((unknown.has_spacing(), unknown.spacing_notice()), (false, None));

    for cell in ["0", "-1", "x", "0.7 0.7 0.7", "0.7x0.7", "inf"] {
        let temp = with(&format!("image_id,fold,mm\nA,1,{cell}\nB,2,1\n"));
        let found = problems(Benchmark::open(temp.path()));
        assert_eq!(found.len(), 1, "{cell}: {found:?}");
        assert!(found[0].contains("line 2") && found[0].contains("above 0"), "{found:?}");
    }
    let found = problems(Benchmark::open(with("image_id,fold\nA,1\n").path()));
    assert!(found[0].contains("the columns image_id, fold and mm"), "{found:?}");
}
