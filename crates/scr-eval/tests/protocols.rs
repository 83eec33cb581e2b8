//! Scores under each protocol, and of images with different spacings and sizes.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "tests make files")]

use std::fs;
use std::path::Path;

use scr_data::{Benchmark, DataError, Fold, MaskSet, formats};
use scr_eval::{Evaluation, Settings, check, evaluate};
use scr_image::{Mask, Size};
use tempfile::TempDir;

/// Images with the sides of their masks, in pixels.
const IMAGES: [(&str, usize); 4] = [("A", 20), ("B", 20), ("C", 40), ("D", 40)];

/// A benchmark with a square of half the image's side in each image, and beside it a set of
/// masks with the square a tenth of the side further to the right.
fn benchmark(spacing: &str, folds: &str, table: &str) -> (TempDir, Benchmark, MaskSet) {
    let temp = tempfile::tempdir().unwrap();
    let toml = format!(
        "id = 'tiny'\ntitle = 'Tiny'\n[images]\ntable = 'images.csv'\nfolder = 'images'\n\
         pattern = '{{image_id}}.png'\nspacing_mm = {spacing}\n\
         [[structures]]\nid = 'lung'\nname = 'Lung'\n\
         [[objects]]\nid = 'lung'\nname = 'Lung'\nstructures = ['lung']\n\
         [[observers]]\nid = 'reference'\nname = 'First'\nfolder = 'reference'\n\
         pattern = '{{structure}}/{{image_id}}.png'\n[folds]\n{folds}"
    );
    fs::write(temp.path().join("benchmark.toml"), toml).unwrap();
    fs::write(temp.path().join("images.csv"), table).unwrap();
    write(&temp.path().join("reference"), 0);
    write(&temp.path().join("masks"), 1);
    let benchmark = Benchmark::open(temp.path()).unwrap();
    let masks = MaskSet::open(&temp.path().join("masks"), &benchmark).unwrap();
    (temp, benchmark, masks)
}

fn write(root: &Path, tenths: usize) {
    fs::create_dir_all(root.join("lung")).unwrap();
    for (image, side) in IMAGES {
        let left = tenths * side / 10;
        let square = left + side / 4..left + side * 3 / 4;
        let mask = Mask::from_fn(Size::square(side), |col, row| {
            square.contains(&col) && (side / 4..side * 3 / 4).contains(&row)
        });
        let path = root.join(format!("lung/{image}.png"));
        fs::write(path, formats::png::write_mask(&mask)).unwrap();
    }
}

fn score(benchmark: &Benchmark, masks: &MaskSet, measure: &str) -> Result<Evaluation, DataError> {
    let measures = vec![measure.parse().unwrap()];
    let settings = Settings { measures, ..Settings::default() };
    evaluate(benchmark, masks, &settings, &|| ())
}

fn values(found: &Evaluation) -> Vec<f64> {
    found.records.iter().map(|record| record.objects[0][0].unwrap()).collect()
}

#[test]
fn distances_are_in_mm_of_each_image() {
    let folds = "column = 'fold'\nprotocol = 'two-fold'";
    let table = "image_id,fold,mm\nA,1,1\nB,2,3 9\nC,1,0.5\nD,2,1\n";
    let (_temp, benchmark, masks) = benchmark("{ column = 'mm' }", folds, table);
    let found = score(&benchmark, &masks, "hausdorff").unwrap();
    // Shifts of 2, 2, 4 and 4 pixels along x.
    assert_eq!(values(&found), [2.0, 6.0, 2.0, 4.0]);
    assert_eq!(found.result_key(found.measures[0]), "hausdorff_mm");
    let spacings: Vec<f64> = found.records.iter().map(|r| r.spacing.unwrap().x_mm()).collect();
    assert_eq!(spacings, [1.0, 3.0, 0.5, 1.0]);
    assert!(check(&benchmark, &masks, "reference", &|| ()).unwrap().notices.is_empty());
    score(&benchmark, &masks, "nsd@3mm").unwrap();
}

#[test]
fn distances_are_in_pixels_where_one_spacing_is_unknown() {
    let folds = "column = 'fold'\nprotocol = 'two-fold'";
    let table = "image_id,fold,mm\nA,1,1\nB,2,\nC,1,0.5\nD,2,1\n";
    let (_temp, benchmark, masks) = benchmark("{ column = 'mm' }", folds, table);
    let found = score(&benchmark, &masks, "hausdorff").unwrap();
    assert_eq!(values(&found), [2.0, 2.0, 4.0, 4.0]);
    assert_eq!(found.result_key(found.measures[0]), "hausdorff_px");
    assert!(found.records.iter().all(|record| record.spacing.is_none()), "one unit for a mean");
    let notices = check(&benchmark, &masks, "reference", &|| ()).unwrap().notices;
    assert!(notices[0].contains("1 of 4 images is unknown"), "{notices:?}");
    let error = score(&benchmark, &masks, "nsd@3mm").unwrap_err().to_string();
    assert!(error.contains("leaves the spacing of 1 images out: B"), "{error}");
}

#[test]
fn k_fold_is_summarised_by_fold() {
    let folds = "column = 'fold'\nprotocol = 'k-fold'";
    let table = "image_id,fold\nA,3\nB,1\nC,2\nD,1\n";
    let (temp, benchmark, masks) = benchmark("1.0", folds, table);
    let found = score(&benchmark, &masks, "hausdorff").unwrap();
    assert_eq!(found.folds(), [1, 2, 3].map(Fold::Number));
    let mean = |fold| found.summaries(Some(fold)).objects[0][0].summary.mean.unwrap();
    assert_eq!([1, 2, 3].map(|fold| mean(Fold::Number(fold))), [3.0, 4.0, 2.0]);
    for image in ["B", "D"] {
        fs::remove_file(temp.path().join(format!("masks/lung/{image}.png"))).unwrap();
    }
    let masks = MaskSet::open(&temp.path().join("masks"), &benchmark).unwrap();
    let notices = check(&benchmark, &masks, "reference", &|| ()).unwrap().notices;
    assert_eq!(notices, ["the set covers folds 2, 3 only: scores will rest on 2 of 4 images"]);
}

#[test]
fn a_split_is_scored_on_its_test_set_without_masks_of_the_others() {
    let folds = "column = 'set'\nprotocol = 'split'";
    let table = "image_id,set\nA,train\nB,test\nC,validation\nD,test\n";
    let (temp, benchmark, masks) = benchmark("1.0", folds, table);
    for image in ["A", "C"] {
        fs::remove_file(temp.path().join(format!("reference/lung/{image}.png"))).unwrap();
    }
    let found = score(&benchmark, &masks, "hausdorff").unwrap();
    assert_eq!(values(&found), [2.0, 4.0]);
    assert_eq!((found.records[0].image.as_str(), found.records[0].fold), ("B", Fold::TEST));
    assert!(found.folds().is_empty(), "the summaries of all images are those of the test set");
    assert_eq!(found.benchmark_digest, benchmark.digest(benchmark.reference()).unwrap());
    assert!(check(&benchmark, &masks, "reference", &|| ()).unwrap().problems.list().is_empty());
}

#[test]
fn evaluation_only_scores_all_images() {
    let (_temp, benchmark, masks) =
        benchmark("'unknown'", "protocol = 'evaluation-only'", "image_id\nA\nB\nC\nD\n");
    let found = score(&benchmark, &masks, "hausdorff").unwrap();
    assert_eq!(values(&found), [2.0, 2.0, 4.0, 4.0]);
    assert!(found.folds().is_empty() && found.records[0].fold == Fold::ALL);
}
