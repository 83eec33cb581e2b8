//! Runs of several methods over a benchmark: sharing, kept models and interrupted runs.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "tests make and damage files")]

mod quick;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use scr_data::{Benchmark, Fold, MaskSet, Protocol, RUN_RECORD, Staging, files};
use scr_image::{Mask, Size};
use scr_methods::{
    BenchmarkRun, Job, METHODS, MethodError, Model, RunRecord, SeenImages, TrainingPart,
    find_method, segment_fold,
};
use scr_phantom::{Population, write_benchmark};
use tempfile::TempDir;

use crate::quick::quick;

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
        Job { method, parameters: quick(method.info()), masks: out.join(name), posteriors: None }
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
    let runs = BenchmarkRun { benchmark: &benchmark, seed: 1, models: None };
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
    let runs = BenchmarkRun { benchmark: &benchmark, seed: 1, models: None };
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
        let runs = BenchmarkRun { benchmark: &benchmark, seed, models: Some(&models) };
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
    let (one, two) = (of(Fold::Number(1)), of(Fold::Number(2)));
    std::fs::copy(benchmark.radiograph_path(one), benchmark.radiograph_path(two)).unwrap();
    let runs = BenchmarkRun { benchmark: &benchmark, seed: 1, models: None };
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
    let runs = BenchmarkRun { benchmark: &benchmark, seed: 1, models: None };
    let run = |name: &str| runs.run(&jobs(&[name], &temp.path().join("out")), &quiet);
    let Err(MethodError::MissingStructures { places, .. }) = run("asm") else {
        panic!("a joint shape needs the heart in every image");
    };
    assert_eq!(places.len(), 2, "both of fold 1: {places:?}");
    run("mean-shape").unwrap();
    let ends = runs.run_each(&jobs(&["asm", "pc"], &temp.path().join("both")), &quiet).unwrap();
    assert!(matches!(ends[0], Err(MethodError::MissingStructures { .. })), "{:?}", ends[0]);
    assert_eq!(ends[1].as_ref().unwrap().cost.n_images, 8, "the other method goes on");
    assert!(!temp.path().join("both/asm").exists(), "nothing half-written");
    assert_eq!(MaskSet::open(&temp.path().join("both/pc"), &benchmark).unwrap().images().len(), 8);

    let mut one_fold = benchmark.clone();
    one_fold.images.retain(|image| image.fold == Fold::Number(1));
    let runs = BenchmarkRun { benchmark: &one_fold, seed: 1, models: None };
    let error = runs.run(&jobs(&["asm"], &temp.path().join("none")), &quiet).unwrap_err();
    assert!(error.to_string().contains("fold 2 of phantom has no images"), "{error}");
    assert!(!temp.path().join("none.partial").exists());
}

/// The benchmark with another protocol: `fold` gives an image's cell by its place.
fn with_protocol(temp: &TempDir, protocol: &str, fold: impl Fn(usize) -> String) -> Benchmark {
    let folder = temp.path().join("bench");
    let toml = std::fs::read_to_string(folder.join("benchmark.toml")).unwrap();
    let folds = toml.find("[folds]").unwrap();
    let end = toml[folds..].find("\n\n").map_or(toml.len(), |end| folds + end);
    let section = format!("[folds]\ncolumn = \"fold\"\nprotocol = \"{protocol}\"");
    let toml = format!("{}{section}{}", &toml[..folds], &toml[end..]);
    files::write_file(&folder.join("benchmark.toml"), toml.as_bytes()).unwrap();
    let table = std::fs::read_to_string(folder.join("images.csv")).unwrap();
    let ids = table.lines().skip(1).filter_map(|line| line.split(',').next());
    let rows = ids.enumerate().map(|(at, id)| format!("{id},{}\n", fold(at)));
    let table = format!("image_id,fold\n{}", rows.collect::<String>());
    files::write_file(&folder.join("images.csv"), table.as_bytes()).unwrap();
    Benchmark::open(&folder).unwrap()
}

#[test]
fn k_fold_segments_every_fold_by_a_model_of_all_others() {
    let (temp, _) = phantoms();
    let benchmark = with_protocol(&temp, "k-fold", |at| (at % 3 + 1).to_string());
    let models = temp.path().join("models");
    let runs = BenchmarkRun { benchmark: &benchmark, seed: 1, models: Some(&models) };
    let out = temp.path().join("out");
    let records = runs.run(&jobs(&["mean-shape", "asm"], &out), &quiet).unwrap();
    assert!(records.iter().all(|record| record.cost.n_images == 8));
    let set = MaskSet::open(&out.join("asm"), &benchmark).unwrap();
    assert_eq!((set.images().len(), set.folds().len()), (8, 3));
    for fold in 1..=3 {
        let model = Model::open(&models.join(format!("asm-held-out{fold}.model"))).unwrap();
        let held_out = Fold::Number(fold);
        assert_eq!(model.header().fold, TrainingPart::AllBut { held_out });
        let seen: Vec<&str> = model.header().seen.iter().map(|image| image.id.as_str()).collect();
        for image in &benchmark.images {
            assert_eq!(seen.contains(&image.id.as_str()), image.fold != held_out, "{}", image.id);
        }
        // The model of this fold gives its masks, and no other model may.
        let alone = Staging::begin(&temp.path().join(format!("alone{fold}")), "").unwrap();
        let segment = |fold| {
            segment_fold(&model, &benchmark, fold, SeenImages::Refused, (&alone, None), &quiet)
        };
        segment(held_out).unwrap();
        alone.finish().unwrap();
        let written = masks(&temp.path().join(format!("alone{fold}")));
        let together = masks(&out.join("asm"));
        assert!(
            written.iter().all(|(path, bytes)| together[path] == *bytes) && !written.is_empty()
        );
        let alone = Staging::begin(&temp.path().join("seen"), "").unwrap();
        let other = Fold::Number(fold % 3 + 1);
        let error =
            segment_fold(&model, &benchmark, other, SeenImages::Refused, (&alone, None), &quiet);
        let error = error.unwrap_err().to_string();
        assert!(error.contains(&format!("trained on all folds but {fold} of phantom")), "{error}");
    }
}

#[test]
fn a_split_segments_its_test_set_by_a_model_of_its_training_set() {
    let (temp, _) = phantoms();
    let sets = ["train", "train", "validation", "test"];
    let benchmark = with_protocol(&temp, "split", |at| sets[at % 4].to_owned());
    let models = temp.path().join("models");
    let runs = BenchmarkRun { benchmark: &benchmark, seed: 1, models: Some(&models) };
    let out = temp.path().join("out");
    let record = &runs.run(&jobs(&["asm"], &out), &quiet).unwrap()[0];
    assert_eq!(record.cost.n_images, 2, "the test set");
    assert_eq!(MaskSet::open(&out.join("asm"), &benchmark).unwrap().images().len(), 2);
    let model = Model::open(&models.join("asm-train.model")).unwrap();
    assert_eq!((model.header().fold, model.header().seen.len()), (Fold::TRAIN.into(), 4));

    let benchmark = with_protocol(&temp, "split", |_| "test".to_owned());
    let runs = BenchmarkRun { benchmark: &benchmark, seed: 1, models: None };
    let error = runs.run(&jobs(&["asm"], &temp.path().join("none")), &quiet).unwrap_err();
    assert!(error.to_string().contains("the training set of phantom has no images"), "{error}");
}

#[test]
fn a_benchmark_for_evaluation_only_trains_nothing() {
    let (temp, mut benchmark) = phantoms();
    benchmark.protocol = Protocol::EvaluationOnly;
    let runs = BenchmarkRun { benchmark: &benchmark, seed: 1, models: None };
    let error = runs.run(&jobs(&["mean-shape"], &temp.path().join("out")), &quiet).unwrap_err();
    assert!(error.to_string().contains("for evaluation only"), "{error}");
}

#[test]
fn images_of_different_sizes_are_segmented_each_at_its_own() {
    let (temp, benchmark) = phantoms();
    let large = temp.path().join("large");
    write_benchmark(&Population::new(8, 3), 160, &large, &quiet).unwrap();
    // Every third image with its drawings, in another size.
    let ids: Vec<&str> = benchmark.images.iter().map(|image| image.id.as_str()).collect();
    for (path, bytes) in masks(&large) {
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if ids.iter().position(|id| *id == stem).is_some_and(|at| at % 3 == 0) {
            files::write_file(&temp.path().join("bench").join(path), &bytes).unwrap();
        }
    }
    let benchmark = Benchmark::open(&temp.path().join("bench")).unwrap();
    let runs = BenchmarkRun { benchmark: &benchmark, seed: 1, models: None };
    let names: Vec<&str> = METHODS.iter().map(|method| method.info().id).collect();
    let out = temp.path().join("out");
    runs.run(&jobs(&names, &out), &quiet).unwrap();
    for name in names {
        let set = MaskSet::open(&out.join(name), &benchmark).unwrap();
        for (at, _) in ids.iter().enumerate() {
            let side = if at % 3 == 0 { 160 } else { 96 };
            assert_eq!(set.stated_size(&benchmark, 0, at).unwrap(), Size::square(side), "{name}");
        }
    }
}
