//! `scr check`: output and exit codes.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::command::{Finished, files, root, run, run_well, text};
use crate::site::small_phantoms;

fn check(masks: &Path, benchmark: &Path, more: &[&str]) -> Finished {
    let (masks, benchmark) = (text(masks), text(benchmark));
    run(["check", &masks, "--benchmark", &benchmark].iter().chain(more))
}

/// JSON document, exit code and stderr of a check.
fn check_json(masks: &Path, benchmark: &Path, more: &[&str]) -> (Value, i32, String) {
    let finished = check(masks, benchmark, &[&["--format", "json"], more].concat());
    let document = serde_json::from_str(&finished.stdout).expect("stdout holds one JSON object");
    (document, finished.code, finished.stderr)
}

fn keys(document: &Value) -> Vec<&str> {
    document.as_object().expect("an object").keys().map(String::as_str).collect()
}

fn rules(document: &Value) -> Vec<&str> {
    let warnings = document["warnings"].as_array().expect("a list");
    warnings.iter().map(|warning| warning["rule"].as_str().expect("a key")).collect()
}

/// Copies the masks of the second observer into `folder` under other names.
fn second(folder: &Path, rename: impl Fn(&str) -> String) -> PathBuf {
    let masks = folder.join("masks");
    for (name, bytes) in files(&small_phantoms().join("masks/second")) {
        let to = masks.join(rename(&name));
        fs::create_dir_all(to.parent().expect("a folder above")).expect("it can be made");
        fs::write(to, bytes).expect("it can be written");
    }
    masks
}

fn swapped(name: &str) -> String {
    match name.split_once('_') {
        Some(("right", rest)) => format!("left_{rest}"),
        Some(("left", rest)) => format!("right_{rest}"),
        _ => name.to_owned(),
    }
}

#[test]
fn a_set_with_nothing_wrong_is_said_to_have_no_problem() {
    let bench = small_phantoms();
    let finished = check(&bench.join("masks/second"), bench, &[]);
    assert_eq!((finished.code, finished.stderr.as_str()), (0, ""));
    let start = "no problem: 40 masks of 8 images, covering lungs, heart, clavicles\n\
                 masks digest sha256:";
    assert!(finished.stdout.starts_with(start), "{}", finished.stdout);
    assert_eq!(finished.stdout.lines().count(), 2);
}

#[test]
fn warnings_are_listed_and_the_exit_code_stays_0() {
    let bench = small_phantoms();
    let finished = check(&bench.join("masks/reference"), bench, &[]);
    assert_eq!((finished.code, finished.stderr.as_str()), (0, ""));
    for words in [
        "no errors, 1 warning: 40 masks of 8 images, covering lungs, heart, clavicles\n",
        "masks digest sha256:",
        "\n  equals_reference: right_lung, left_lung, heart, right_clavicle, left_clavicle: ",
        "\n    images: JPCLN001, ",
        " and 3 more\n",
        "\n    hint: is this the reference itself?",
    ] {
        assert!(finished.stdout.contains(words), "{words} is not in {}", finished.stdout);
    }
    let temp = tempfile::tempdir().unwrap();
    let finished = check(&second(temp.path(), swapped), bench, &[]);
    assert_eq!(finished.code, 0);
    assert!(
        finished.stdout.contains("right and left look swapped on 8 of 8"),
        "{}",
        finished.stdout
    );
}

#[test]
fn as_json_all_of_it_is_one_object() {
    let bench = small_phantoms();
    let masks = bench.join("masks/reference");
    let (document, code, stderr) = check_json(&masks, bench, &[]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    let expected = [
        "benchmark",
        "benchmark_digest",
        "masks_digest",
        "n_images",
        "structures",
        "errors",
        "warnings",
        "notices",
    ];
    assert_eq!(keys(&document), expected);
    assert_eq!(document["benchmark"], "phantom");
    assert_eq!(document["n_images"], 8);
    assert_eq!(document["structures"][0], "right_lung");
    for list in ["errors", "notices"] {
        assert_eq!(document[list].as_array().map(Vec::len), Some(0), "{list}");
    }
    let warning = &document["warnings"][0];
    assert_eq!(keys(warning), ["rule", "structures", "images", "message", "hint"]);
    assert_eq!(warning["rule"], "equals_reference");
    assert_eq!(warning["images"].as_array().unwrap().len(), 8, "all of them, not the first few");
    let arguments = ["evaluate", &text(&masks), "--benchmark", &text(bench), "--format", "json"];
    let result: Value = serde_json::from_str(&run_well(arguments)).unwrap();
    for digest in ["masks_digest", "benchmark_digest"] {
        assert_eq!(document[digest], result[digest], "{digest} as the evaluator has it");
    }
}

#[test]
fn errors_exit_with_1_and_come_with_the_warnings_that_explain_them() {
    let bench = small_phantoms();
    let temp = tempfile::tempdir().unwrap();
    let masks = second(temp.path(), str::to_owned);
    let small = scr_image::Mask::empty(scr_image::Size::square(256));
    let small = scr_data::formats::png::write_mask(&small);
    for name in files(&masks.join("heart")).keys() {
        fs::write(masks.join("heart").join(name), &small).unwrap();
    }
    let finished = check(&masks, bench, &[]);
    assert_eq!(finished.code, 1);
    assert!(finished.stderr.starts_with("error: 8 problems\n"), "{}", finished.stderr);
    for words in ["heart/JPCLN001.png: expected 512x512 pixels, found 256x256 pixels", "hint"] {
        assert!(finished.stderr.contains(words), "{words} is not in {}", finished.stderr);
    }
    let start = "1 warning beside the errors\n  wrong_size: heart: all 8 masks of the wrong size \
                 have 0.500 times";
    assert!(finished.stdout.starts_with(start), "{}", finished.stdout);

    let (document, code, stderr) = check_json(&masks, bench, &[]);
    assert_eq!((code, stderr.as_str()), (1, "error: 8 problems, in the JSON on stdout\n"));
    assert_eq!(document["masks_digest"], Value::Null);
    assert!(document["benchmark_digest"].is_string());
    assert_eq!((document["n_images"].as_u64(), rules(&document)), (Some(8), vec!["wrong_size"]));
    assert_eq!(document["errors"].as_array().unwrap().len(), 8);
    let error = &document["errors"][0];
    assert_eq!(keys(error), ["place", "expected", "found", "hint"]);
    assert_eq!(error["found"], "256x256 pixels");
}

#[test]
fn what_cannot_even_be_listed_is_json_all_the_same() {
    let bench = small_phantoms();
    let temp = tempfile::tempdir().unwrap();
    let masks = second(temp.path(), str::to_owned);
    fs::remove_file(masks.join("heart/JPCLN001.png")).unwrap();
    let nowhere = temp.path().join("nowhere");
    let second = bench.join("masks/second");
    for (document, code, stderr) in [
        check_json(&masks, bench, &[]),
        check_json(&second, bench, &["--observer", "third"]),
        check_json(&nowhere, bench, &[]),
        check_json(&second, &nowhere, &[]),
    ] {
        assert_eq!((code, stderr.as_str()), (1, "error: 1 problem, in the JSON on stdout\n"));
        assert_eq!(document["errors"].as_array().unwrap().len(), 1, "{document}");
        let unknown = [&document["masks_digest"], &document["n_images"]];
        assert_eq!(unknown, [&Value::Null, &Value::Null]);
        let is_opened = !document["errors"][0]["place"].as_str().unwrap().ends_with(".toml");
        assert_eq!(document["benchmark"], if is_opened { "phantom".into() } else { Value::Null });
    }
}

#[test]
fn any_observer_can_be_the_reference_of_a_check() {
    let bench = small_phantoms();
    let masks = bench.join("masks/second");
    let (document, code, _) = check_json(&masks, bench, &["--observer", "second"]);
    assert_eq!((code, rules(&document)), (0, vec!["equals_reference"]));
}

#[test]
fn notes_go_to_stderr_and_into_the_json() {
    let bench = small_phantoms();
    let temp = tempfile::tempdir().unwrap();
    let table = fs::read_to_string(bench.join("images.csv")).unwrap();
    let fold = table.lines().next().unwrap().split(',').position(|name| name == "fold").unwrap();
    let masks = second(temp.path(), str::to_owned);
    for line in table.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        if cells[fold] == "2" {
            for structure in fs::read_dir(&masks).unwrap() {
                let file = structure.unwrap().path().join(format!("{}.png", cells[0]));
                fs::remove_file(file).unwrap();
            }
        }
    }
    fs::write(masks.join("readme.txt"), "thresholded at 0.5").unwrap();
    let (document, code, stderr) = check_json(&masks, bench, &[]);
    assert_eq!((code, rules(&document)), (0, vec![]));
    for (index, words) in ["readme.txt", "covers fold 1 only"].into_iter().enumerate() {
        assert!(document["notices"][index].as_str().unwrap().contains(words), "{document}");
        assert!(stderr.contains(words), "{stderr}");
    }
}

#[test]
fn of_real_radiographs_the_mean_shape_repeats_itself_and_does_nothing_else_suspicious() {
    let bench = root().join("../shared/data/hannover-lungs");
    if !bench.join("benchmark.toml").is_file() {
        eprintln!("skipped: shared/data/hannover-lungs is not beside the project");
        return;
    }
    let temp = tempfile::tempdir().unwrap();
    let masks = temp.path().join("masks");
    run_well(["run", "mean-shape", "--benchmark", &text(&bench), "--out", &text(&masks)]);
    assert_eq!(rules(&check_json(&masks, &bench, &[]).0), ["identical_masks"]);
    assert_eq!(rules(&check_json(&bench.join("masks"), &bench, &[]).0), ["equals_reference"]);
}

#[test]
fn a_right_benchmark_has_no_problem_and_a_sheet_of_all_images() {
    let bench = text(small_phantoms());
    let temp = tempfile::tempdir().unwrap();
    let html = temp.path().join("sheet.html");
    let finished = run(["check", &bench, "--sheet", &text(&html)]);
    assert_eq!(finished.code, 0, "{}", finished.stderr);
    assert!(finished.stderr.contains("contact sheet written to"), "{}", finished.stderr);
    let start = "no problem: 8 images, 8 radiographs, masks of right_lung, left_lung, heart, \
                 right_clavicle, left_clavicle by reference, second\nbenchmark digest sha256:";
    assert!(finished.stdout.starts_with(start), "{}", finished.stdout);
    let page = fs::read_to_string(html).unwrap();
    assert_eq!(page.matches("<figure>").count(), 8);
    assert!(page.contains("8 images, none with a finding"));

    let png = temp.path().join("sheet.png");
    run_well(["check", &bench, "--sheet", &text(&png)]);
    assert!(fs::read(png).unwrap().starts_with(b"\x89PNG"));
    let finished = run(["check", &bench, "--sheet", "sheet.pdf"]);
    assert_eq!(finished.code, 2);
    assert!(finished.stderr.contains("ends with .html or .png"), "{}", finished.stderr);
}

#[test]
fn a_benchmark_with_errors_exits_with_1_and_marks_its_images() {
    let temp = tempfile::tempdir().unwrap();
    let bench = temp.path().join("bench");
    for (name, bytes) in files(small_phantoms()) {
        let to = bench.join(name);
        fs::create_dir_all(to.parent().expect("a folder above")).unwrap();
        fs::write(to, bytes).unwrap();
    }
    fs::write(bench.join("masks/reference/heart/JPCLN003.png"), "no image").unwrap();
    fs::remove_file(bench.join("images/JPCLN002.png")).unwrap();
    let html = temp.path().join("sheet.html");
    let arguments = ["check", &text(&bench), "--format", "json", "--sheet", &text(&html)];
    let finished = run(arguments);
    assert_eq!(finished.code, 1);
    let document: Value = serde_json::from_str(&finished.stdout).unwrap();
    let expected = [
        "benchmark",
        "benchmark_digest",
        "n_images",
        "n_radiographs",
        "n_compared",
        "structures",
        "observers",
        "errors",
        "warnings",
        "notices",
    ];
    assert_eq!(keys(&document), expected);
    assert_eq!(
        (document["n_images"].as_u64(), document["n_radiographs"].as_u64()),
        (Some(8), Some(7))
    );
    assert_eq!(document["benchmark_digest"], Value::Null);
    assert_eq!(document["errors"].as_array().map(Vec::len), Some(1));
    assert_eq!(rules(&document), ["missing_radiograph"]);
    let page = fs::read_to_string(html).unwrap();
    assert_eq!(page.matches("<figure class=\"finding\">").count(), 2);
    assert!(page.contains("! error</span>") && page.contains("! missing radiograph</span>"));

    fs::write(bench.join("benchmark.toml"), "id = 3").unwrap();
    let finished = run(["check", &text(&bench), "--format", "json"]);
    let document: Value = serde_json::from_str(&finished.stdout).unwrap();
    assert_eq!((finished.code, &document["benchmark"]), (1, &Value::Null));
}

#[test]
fn masks_without_their_benchmark_are_refused_with_advice() {
    let bench = small_phantoms();
    let finished = run(["check", &text(&bench.join("masks/second"))]);
    assert_eq!(finished.code, 1);
    for words in ["a benchmark folder with benchmark.toml", "--benchmark FOLDER"] {
        assert!(finished.stderr.contains(words), "{words} is not in {}", finished.stderr);
    }
}

#[test]
fn real_radiographs_have_masks_on_the_anatomy() {
    for name in ["hannover-lungs", "foreign/reference"] {
        let bench = root().join("../shared/data").join(name);
        if !bench.join("benchmark.toml").is_file() {
            eprintln!("skipped: shared/data/{name} is not beside the project");
            continue;
        }
        let finished = run(["check", &text(&bench), "--format", "json"]);
        let document: Value = serde_json::from_str(&finished.stdout).unwrap();
        assert_eq!((finished.code, rules(&document)), (0, vec![]), "{document}");
    }
}
