//! Scores of small phantoms, and what they rest on.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;

use scr_data::{Benchmark, MaskSet, formats};
use scr_eval::{EVALUATOR_VERSION, Evaluation, Settings, evaluate};
use scr_image::{Mask, Size};
use scr_measures::Measure;
use scr_phantom::{Population, write_benchmark};
use tempfile::TempDir;

fn phantoms() -> (TempDir, Benchmark) {
    let temp = tempfile::tempdir().unwrap();
    let folder = temp.path().join("bench");
    write_benchmark(&Population::new(4, 5), 128, &folder, &|_, _, _| ()).unwrap();
    let benchmark = Benchmark::open(&folder).unwrap();
    (temp, benchmark)
}

fn score(benchmark: &Benchmark, masks: &Path) -> Evaluation {
    let masks = MaskSet::open(masks, benchmark).unwrap();
    evaluate(benchmark, &masks, &Settings::default(), &|| ()).unwrap()
}

#[test]
fn the_reference_against_itself_is_perfect_and_named() {
    let (_temp, benchmark) = phantoms();
    let found = score(&benchmark, &benchmark.masks_folder(benchmark.reference()));
    assert_eq!(found.benchmark_digest, benchmark.digest(benchmark.reference()).unwrap());
    assert_eq!(found.evaluator_version, EVALUATOR_VERSION);
    for record in &found.records {
        assert_eq!(record.pixel_error, Some(0.0));
        for values in &record.objects {
            assert_eq!(values, &[Some(1.0), Some(1.0), Some(0.0)]);
        }
    }
}

#[test]
fn an_empty_object_is_counted_as_undefined_and_scored_zero() {
    let (temp, benchmark) = phantoms();
    let masks = temp.path().join("bench/masks/second");
    let empty = formats::png::write_mask(&Mask::empty(Size::square(128)));
    fs::write(masks.join("heart/JPCLN001.png"), empty).unwrap();
    let found = score(&benchmark, &masks);
    let heart = found.objects.iter().position(|object| object.id == "heart").unwrap();
    let summaries = found.summaries();
    let by_measure = |measure: Measure| {
        let index = found.measures.iter().position(|&m| m == measure).unwrap();
        summaries.objects[heart][index].summary
    };
    assert_eq!((by_measure(Measure::Masd).n, by_measure(Measure::Masd).n_undefined), (3, 1));
    assert_eq!(by_measure(Measure::Overlap).min, Some(0.0));
    assert_eq!(by_measure(Measure::Overlap).n_undefined, 0);
}

#[test]
fn a_set_of_one_object_and_one_fold_is_scored_on_what_it_covers() {
    let (temp, benchmark) = phantoms();
    let masks = temp.path().join("bench/masks/second");
    for structure in ["heart", "right_clavicle", "left_clavicle"] {
        fs::remove_dir_all(masks.join(structure)).unwrap();
    }
    for image in benchmark.images.iter().filter(|image| image.fold.number() == 2) {
        for structure in ["right_lung", "left_lung"] {
            fs::remove_file(masks.join(structure).join(format!("{}.png", image.id))).unwrap();
        }
    }
    let found = score(&benchmark, &masks);
    assert_eq!(found.objects.len(), 1);
    assert!(found.records.iter().all(|record| record.fold.number() == 1));
    assert!(!found.has_pixel_error && found.summaries().pixel_error.is_none());
    assert_eq!(
        found.benchmark_digest,
        benchmark.digest(benchmark.reference()).unwrap(),
        "the benchmark is named whole"
    );
}

#[test]
fn any_observer_can_be_the_reference() {
    let (_temp, benchmark) = phantoms();
    let second = benchmark.observer("second").unwrap();
    let masks = MaskSet::open(&benchmark.masks_folder(second), &benchmark).unwrap();
    let settings = Settings { observer: "second".into(), ..Settings::default() };
    let found = evaluate(&benchmark, &masks, &settings, &|| ()).unwrap();
    assert_eq!(found.summaries().pixel_error.unwrap().summary.max, Some(0.0));
    let settings = Settings { observer: "third".into(), ..Settings::default() };
    let error = evaluate(&benchmark, &masks, &settings, &|| ()).unwrap_err().to_string();
    assert!(error.contains("reference, second"), "{error}");
}
