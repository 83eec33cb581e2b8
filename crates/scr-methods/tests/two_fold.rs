//! Two-fold runs of several methods: sharing, kept models and interrupted runs.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "tests make and damage files")]

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use scr_data::{Benchmark, MaskSet, RUN_RECORD, files};
use scr_image::{Mask, Size};
use scr_methods::{Job, MethodError, Parameters, RunRecord, TwoFold, find_method};
use scr_phantom::{Population, write_benchmark};
use tempfile::TempDir;

fn quiet(_: &str, _: usize, _: usize) {}

fn phantoms() -> (TempDir, Benchmark) {
    let temp = tempfile::tempdir().unwrap();
    let folder = temp.path().join("bench");
    write_benchmark(&Population::new(8, 3), 96, &folder, &quiet).unwrap();
    let benchmark = Benchmark::open(&folder).unwrap();
    (temp, benchmark)
}

fn jobs(methods: &[&str], out: &Path) -> Vec<Job> {
    let job = |name: &&str| {
        let method = find_method(name).unwrap();
        Job {
            method,
            parameters: Parameters::new(method.info(), &[]).unwrap(),
            masks: out.join(name),
            posteriors: None,
        }
    };
    methods.iter().map(job).collect()
}

/// Contents of all files but the record of the run, by path.
fn masks(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(here) = open.pop() {
        for entry in here.read_dir().unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.file_name().unwrap() != RUN_RECORD {
                let name = path.strip_prefix(folder).unwrap().to_owned();
                found.insert(name, std::fs::read(path).unwrap());
            }
        }
    }
    found
}

#[test]
fn methods_run_together_give_the_masks_that_they_give_alone() {
    let (temp, benchmark) = phantoms();
    let names = ["asm-tuned", "aam-whiskers-bfgs", "pc-post", "voting"];
    let runs = TwoFold { benchmark: &benchmark, seed: 1, models: None };
    let together = temp.path().join("together");
    let records = runs.run(&jobs(&names, &together), &quiet).unwrap();
    let alone = temp.path().join("alone");
    runs.run(&jobs(&names[3..], &alone), &quiet).unwrap();
    assert_eq!(masks(&alone.join("voting")), masks(&together.join("voting")));
    // Voting took at least what its slowest member took, though it found it done.
    let image_s = |record: &RunRecord| record.cost.image_s.unwrap();
    assert!(image_s(&records[3]) > 0.5 * image_s(&records[2]), "{records:?}");
    for (name, record) in names.iter().zip(&records) {
        assert_eq!((record.plan.method.as_str(), record.cost.n_images), (*name, 8));
        MaskSet::open(&together.join(name), &benchmark).unwrap();
    }
}

#[test]
fn an_interrupted_run_resumes_and_gives_the_same_masks() {
    let (temp, benchmark) = phantoms();
    let runs = TwoFold { benchmark: &benchmark, seed: 1, models: None };
    let names = ["mean-shape", "asm"];
    let whole = temp.path().join("whole");
    runs.run(&jobs(&names, &whole), &quiet).unwrap();
    let cut = temp.path().join("cut");
    for stop_at in [1, 5, 6] {
        let steps = AtomicUsize::new(0);
        let stop = |what: &str, _, _| {
            let is_step = what.starts_with("segmenting");
            assert!(!is_step || steps.fetch_add(1, Ordering::Relaxed) < stop_at, "stopped here");
        };
        let stopped = catch_unwind(AssertUnwindSafe(|| runs.run(&jobs(&names, &cut), &stop)));
        assert!(
            stopped.is_err() && !cut.join("asm").exists(),
            "incomplete folders have another name"
        );
    }
    runs.run(&jobs(&names, &cut), &quiet).unwrap();
    assert_eq!(masks(&cut), masks(&whole));
    let before = std::fs::read(cut.join("asm").join(RUN_RECORD)).unwrap();
    runs.run(&jobs(&names, &cut), &|_, _, _| panic!("nothing is left to do")).unwrap();
    assert_eq!(std::fs::read(cut.join("asm").join(RUN_RECORD)).unwrap(), before);
}

#[test]
fn kept_models_are_loaded_and_those_of_another_training_refused() {
    let (temp, benchmark) = phantoms();
    let models = temp.path().join("models");
    let run = |out: &str, seed| {
        let runs = TwoFold { benchmark: &benchmark, seed, models: Some(&models) };
        runs.run(&jobs(&["asm"], &temp.path().join(out)), &quiet)
    };
    assert!(run("first", 1).unwrap()[0].cost.training_s.is_some());
    assert!(models.join("asm-fold2.model").is_file());
    assert_eq!(run("again", 1).unwrap()[0].cost.training_s, None);
    assert_eq!(masks(&temp.path().join("again")), masks(&temp.path().join("first")));
    let error = run("other", 2).unwrap_err().to_string();
    assert!(error.contains("asm-fold1.model"), "{error}");
}

#[test]
fn an_image_that_lies_in_both_folds_is_refused() {
    let (temp, benchmark) = phantoms();
    let of = |fold| benchmark.fold(fold).next().unwrap();
    let (one, two) = (of(scr_data::Fold::One), of(scr_data::Fold::Two));
    std::fs::copy(benchmark.radiograph_path(one), benchmark.radiograph_path(two)).unwrap();
    let runs = TwoFold { benchmark: &benchmark, seed: 1, models: None };
    let error = runs.run(&jobs(&["mean-shape"], &temp.path().join("out")), &quiet).unwrap_err();
    let MethodError::SeenImages { images, .. } = error else { panic!("{error}") };
    assert_eq!(images, std::slice::from_ref(&two.id));
}

#[test]
fn a_benchmark_that_lacks_something_is_refused_before_training() {
    let (temp, benchmark) = phantoms();
    let empty = scr_data::formats::png::write_mask(&Mask::empty(Size::square(96)));
    for image in benchmark.images.iter().take(3) {
        let path = format!("bench/masks/reference/heart/{}.png", image.id);
        files::write_file(&temp.path().join(path), &empty).unwrap();
        let path = temp.path().join(format!("bench/landmarks/reference/{}.csv", image.id));
        let landmarks = std::fs::read_to_string(&path).unwrap();
        let others = landmarks.lines().filter(|line| !line.contains("heart"));
        let others: String = others.flat_map(|line| [line, "\n"]).collect();
        files::write_file(&path, others.as_bytes()).unwrap();
    }
    let runs = TwoFold { benchmark: &benchmark, seed: 1, models: None };
    let run = |name: &str| runs.run(&jobs(&[name], &temp.path().join("out")), &quiet);
    let Err(MethodError::MissingStructures { places, .. }) = run("asm") else {
        panic!("a joint shape needs the heart in every image");
    };
    assert_eq!(places.len(), 2, "both of fold 1: {places:?}");
    run("mean-shape").unwrap();

    let mut one_fold = benchmark.clone();
    one_fold.images.retain(|image| image.fold == scr_data::Fold::One);
    let runs = TwoFold { benchmark: &one_fold, seed: 1, models: None };
    let error = runs.run(&jobs(&["asm"], &temp.path().join("none")), &quiet).unwrap_err();
    assert!(error.to_string().contains("fold 2 of phantom has no images"), "{error}");
    assert!(!temp.path().join("none.partial").exists());
}
