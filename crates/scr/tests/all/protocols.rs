//! Commands on benchmarks of each protocol: k-fold, a split, evaluation only.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command::{Finished, evaluated, files, run, run_well, text};

/// Twelve phantoms whose table holds `fold` by the place of an image, under a protocol.
fn benchmark(folder: &Path, protocol: &str, fold: impl Fn(usize) -> String) -> String {
    let bench = folder.join("bench");
    let out = text(&bench);
    run_well(["phantom", "--out", &out, "--images", "12", "--seed", "4", "--size", "64"]);
    let toml = fs::read_to_string(bench.join("benchmark.toml")).expect("it is there");
    let column = if protocol == "evaluation-only" { "" } else { "column = \"fold\"" };
    let toml = toml
        .replace("column = \"fold\"", column)
        .replace("protocol = \"two-fold\"", &format!("protocol = \"{protocol}\""));
    fs::write(bench.join("benchmark.toml"), toml).expect("it is written");
    let table = fs::read_to_string(bench.join("images.csv")).expect("it is there");
    let ids = table.lines().skip(1).filter_map(|line| line.split(',').next());
    let rows = ids.enumerate().map(|(at, id)| format!("{id},{}\n", fold(at)));
    let table = format!("image_id,fold\n{}", rows.collect::<String>());
    fs::write(bench.join("images.csv"), table).expect("it is written");
    out
}

/// Fails, and says `words`.
fn refused<'a>(line: impl IntoIterator<Item = &'a str>, words: &str) {
    let finished: Finished = run(line);
    assert_eq!(finished.code, 1, "{}", finished.stderr);
    assert!(finished.stderr.contains(words), "{words}: {}", finished.stderr);
}

#[test]
fn models_of_each_fold_fill_one_set_of_masks_as_a_run_does() {
    let temp = tempfile::tempdir().unwrap();
    let path = |name: &str| -> PathBuf { temp.path().join(name) };
    let bench = benchmark(temp.path(), "k-fold", |at| (at % 3 + 1).to_string());
    let line = ["run", "mean-shape", "--benchmark", &bench, "--out", &text(&path("run"))];
    let table = run_well([&line[..], &["--evaluate"]].concat());
    assert!(table.contains("mean-shape"), "{table}");
    let out = text(&path("added"));
    for fold in ["1", "2", "3"] {
        let model = text(&path(&format!("{fold}.model")));
        let train = ["train", "mean-shape", "--benchmark", &bench, "--out", &model];
        run_well([&train[..], &["--held-out", fold]].concat());
        let segment = ["segment", &model, "--benchmark", &bench, "--out", &out, "--fold", fold];
        run_well([&segment[..], &["--add"]].concat());
        refused([&segment[..], &["--add"]].concat(), "already exists");
    }
    let mut run = files(&path("run"));
    run.remove("run.json");
    assert_eq!(files(&path("added")), run);
    let result = evaluated(&text(&path("added")), &bench);
    let folds: Vec<&String> = result["folds"].as_object().unwrap().keys().collect();
    assert_eq!(folds, ["1", "2", "3"]);
    assert_eq!(result["folds"]["2"]["objects"]["heart"]["dice"]["n"], 4);
    assert_eq!(result["images"][4]["fold"], 2);
    let model = text(&path("1.model"));
    let segment = ["segment", &model, "--benchmark", &bench, "--out", &text(&path("seen"))];
    refused([&segment[..], &["--fold", "2"]].concat(), "trained on all folds but 1");
    refused(segment, "one of 1, 2, 3");
    let train = ["train", "mean-shape", "--benchmark", &bench, "--out", &text(&path("x.model"))];
    refused([&train[..], &["--fold", "1"]].concat(), "--held-out and a fold from 1 to 3");
    refused([&train[..], &["--held-out", "4"]].concat(), "--held-out and a fold from 1 to 3");
    let csv = text(&path("tried.csv"));
    let tune = ["tune", "mean-shape", "--benchmark", &bench, "--out", &csv, "--try", "points=20"];
    run_well([&tune[..], &["--held-out", "3"]].concat());
    assert!(fs::read_to_string(&csv).unwrap().contains("all folds but 3,2,1"), "{csv}");
}

#[test]
fn a_split_trains_tunes_and_scores_each_on_its_own_set() {
    let temp = tempfile::tempdir().unwrap();
    let path = |name: &str| -> PathBuf { temp.path().join(name) };
    let sets = ["train", "test", "validation", "train"];
    let bench = benchmark(temp.path(), "split", |at| sets[at % 4].to_owned());
    let csv = text(&path("tried.csv"));
    let tune = ["tune", "mean-shape", "--benchmark", &bench, "--out", &csv, "--try", "points=20"];
    run_well(tune);
    assert!(fs::read_to_string(&csv).unwrap().contains("train,validation set,1"), "{csv}");
    let model = text(&path("m.model"));
    run_well(["train", "mean-shape", "--benchmark", &bench, "--out", &model]);
    let masks = text(&path("masks"));
    run_well(["segment", &model, "--benchmark", &bench, "--out", &masks]);
    run_well(["run", "mean-shape", "--benchmark", &bench, "--out", &text(&path("run"))]);
    let mut run = files(&path("run"));
    run.remove("run.json");
    assert_eq!((files(&path("masks")), run.len()), (run, 3 * 5));
    let found = evaluated(&text(&path("masks")), &bench);
    assert_eq!(
        (found["images"].as_array().unwrap().len(), found["folds"].as_object().unwrap().len()),
        (3, 0)
    );
    assert_eq!(found["images"][0]["fold"], "test");
    let check = run_well(["check", &masks, "--benchmark", &bench]);
    assert!(!check.contains("missing"), "{check}");

    let train = ["train", "mean-shape", "--benchmark", &bench, "--out", &text(&path("x.model"))];
    refused([&train[..], &["--fold", "test"]].concat(), "--fold train");
    let segment = ["segment", &model, "--benchmark", &bench, "--out", &text(&path("seen"))];
    refused([&segment[..], &["--fold", "train"]].concat(), "trained on the training set");
    refused([&segment[..], &["--fold", "1"]].concat(), "no images of fold 1");
}

#[test]
fn evaluation_only_scores_and_refuses_to_train() {
    let temp = tempfile::tempdir().unwrap();
    let path = |name: &str| -> PathBuf { temp.path().join(name) };
    let bench = benchmark(temp.path(), "evaluation-only", |_| String::new());
    let second = temp.path().join("bench/masks/second");
    let found = evaluated(&text(&second), &bench);
    assert_eq!(
        (found["images"].as_array().unwrap().len(), &found["images"][0]["fold"]),
        (12, &"all".into())
    );
    let out = text(&path("out"));
    refused(["run", "mean-shape", "--benchmark", &bench, "--out", &out], "for evaluation only");
    let train = ["train", "mean-shape", "--benchmark", &bench, "--out", &out];
    refused(train, "for evaluation only");
    refused([&train[..], &["--fold", "1"]].concat(), "for evaluation only");

    // A model that was trained elsewhere segments all of its images.
    let other = text(&path("other"));
    run_well(["phantom", "--out", &other, "--images", "4", "--seed", "9", "--size", "64"]);
    let model = text(&path("m.model"));
    run_well(["train", "mean-shape", "--benchmark", &other, "--fold", "1", "--out", &model]);
    run_well(["segment", &model, "--benchmark", &bench, "--out", &out]);
    assert_eq!(files(&path("out")).len(), 12 * 5);
}
