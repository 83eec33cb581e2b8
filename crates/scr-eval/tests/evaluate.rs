//! Scores of small phantoms, with their digests and summaries.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "tests make and damage files")]

use std::fs;
use std::path::Path;

use scr_data::{Benchmark, Fold, MaskSet, formats};
use scr_eval::{
    EVALUATOR_VERSION, Evaluation, ImageMeasure, ImageRecord, Settings, UndefinedPolicy, evaluate,
};
use scr_image::{Mask, Size};
use scr_measures::{Kind, Measure};
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

fn value_of(found: &Evaluation, record: &ImageRecord, measure: ImageMeasure) -> Option<f64> {
    let index = found.image_measures.iter().position(|&m| m == measure).unwrap();
    record.image_values[index]
}

#[test]
fn the_reference_against_itself_is_perfect_and_named() {
    let (_temp, benchmark) = phantoms();
    let found = score(&benchmark, &benchmark.masks_folder(benchmark.reference()));
    assert_eq!(found.benchmark_digest, benchmark.digest(benchmark.reference()).unwrap());
    assert_eq!(found.evaluator_version, EVALUATOR_VERSION);
    for record in &found.records {
        assert_eq!(value_of(&found, record, ImageMeasure::PixelError), Some(0.0));
        assert_eq!(value_of(&found, record, ImageMeasure::CtrDifference), Some(0.0));
        for values in &record.objects {
            let perfect = [1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0].map(Some);
            assert_eq!(values, &perfect);
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
    let of = |found: &Evaluation, kind: Kind| {
        let measure = Measure::plain(kind);
        let index = found.measures.iter().position(|&m| m == measure).unwrap();
        found.summaries(None).objects[heart][index].summary
    };
    assert_eq!((of(&found, Kind::Masd).n, of(&found, Kind::Masd).n_undefined), (3, 1));
    assert_eq!(of(&found, Kind::Overlap).min, Some(0.0));
    assert_eq!(of(&found, Kind::Overlap).n_undefined, 0);
    let ratio = found.summaries(None).image_measures[1].summary;
    assert_eq!((ratio.n, ratio.n_undefined), (3, 1), "no heart, no cardiothoracic ratio");

    let penalised = Evaluation { undefined: UndefinedPolicy::ImageDiagonal, ..found };
    let masd = of(&penalised, Kind::Masd);
    assert_eq!((masd.n, masd.n_undefined), (4, 1));
    // 128 x 128 pixels of 2.8 mm.
    assert!((masd.max.unwrap() - 128.0 * 2.8 * 2f64.sqrt()).abs() < 1e-9, "{:?}", masd.max);
}

#[test]
fn a_benchmark_may_count_undefined_distances_as_the_diagonal_and_is_another_one_then() {
    let (temp, plain) = phantoms();
    let masks = temp.path().join("bench/masks/second");
    let empty = formats::png::write_mask(&Mask::empty(Size::square(128)));
    fs::write(masks.join("heart/JPCLN001.png"), empty).unwrap();
    let file = plain.root().join("benchmark.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.clone() + "\n[scoring]\nundefined = \"counted\"\n").unwrap();
    let counted = Benchmark::open(plain.root()).unwrap();
    assert_eq!(counted.scoring_definition(), plain.scoring_definition());
    fs::write(&file, text.clone() + "\n[scoring]\nundefined = \"diagonal\"\n").unwrap();
    let penalising = Benchmark::open(plain.root()).unwrap();
    assert_ne!(penalising.scoring_definition(), plain.scoring_definition());
    assert_eq!(score(&plain, &masks).undefined, UndefinedPolicy::Counted);
    assert_eq!(score(&penalising, &masks).undefined, UndefinedPolicy::ImageDiagonal);
    fs::write(&file, text + "\n[scoring]\nundefined = \"worst\"\n").unwrap();
    let error = Benchmark::open(plain.root()).unwrap_err().to_string();
    assert!(error.contains("scoring.undefined") && error.contains("`worst`"), "{error}");
}

#[test]
fn each_fold_is_summarised_beside_the_whole() {
    let (_temp, benchmark) = phantoms();
    let found = score(&benchmark, &benchmark.masks_folder(benchmark.observer("second").unwrap()));
    let error = |fold| found.summaries(fold).image_measures[0].summary;
    let one = error(Some(Fold::Number(1)));
    let two = error(Some(Fold::Number(2)));
    let both = error(None);
    assert_eq!((one.n, two.n, both.n), (2, 2, 4));
    let pooled = f64::midpoint(one.mean.unwrap(), two.mean.unwrap());
    assert!((both.mean.unwrap() - pooled).abs() < 1e-12);
}

#[test]
fn a_length_in_mm_needs_a_benchmark_with_a_spacing() {
    let (temp, benchmark) = phantoms();
    let file = temp.path().join("bench/benchmark.toml");
    let text = fs::read_to_string(&file).unwrap();
    let line = text.lines().find(|line| line.starts_with("spacing_mm")).unwrap();
    fs::write(&file, text.replace(line, "spacing_mm = \"unknown\"")).unwrap();
    let unknown = Benchmark::open(benchmark.root()).unwrap();
    let masks = MaskSet::open(&unknown.masks_folder(unknown.reference()), &unknown).unwrap();
    let measures = vec!["nsd@3mm".parse().unwrap(), "boundary_iou@1mm".parse().unwrap()];
    let settings = Settings { measures, ..Settings::default() };
    let error = evaluate(&unknown, &masks, &settings, &|| ()).unwrap_err().to_string();
    assert!(error.contains("nsd@3mm") && error.contains("boundary_iou@1mm"), "{error}");
}

#[test]
fn a_set_of_one_object_and_one_fold_is_scored_on_what_it_covers() {
    let (temp, benchmark) = phantoms();
    let masks = temp.path().join("bench/masks/second");
    for structure in ["heart", "right_clavicle", "left_clavicle"] {
        fs::remove_dir_all(masks.join(structure)).unwrap();
    }
    for image in benchmark.images.iter().filter(|image| image.fold == Fold::Number(2)) {
        for structure in ["right_lung", "left_lung"] {
            fs::remove_file(masks.join(structure).join(format!("{}.png", image.id))).unwrap();
        }
    }
    let found = score(&benchmark, &masks);
    assert_eq!(found.objects.len(), 1);
    assert!(found.records.iter().all(|record| record.fold == Fold::Number(1)));
    assert!(found.image_measures.is_empty() && found.summaries(None).image_measures.is_empty());
    assert_eq!(found.folds(), [Fold::Number(1)]);
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
    assert_eq!(found.summaries(None).image_measures[0].summary.max, Some(0.0));
    let settings = Settings { observer: "third".into(), ..Settings::default() };
    let error = evaluate(&benchmark, &masks, &settings, &|| ()).unwrap_err().to_string();
    assert!(error.contains("reference, second"), "{error}");
}
