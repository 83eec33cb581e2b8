//! `scr init`: from a folder of images and masks to scores.

use std::fs;
use std::path::Path;

use scr_data::formats::png;
use scr_data::{BENCHMARK_EXAMPLE, Benchmark};
use scr_image::{Mask, Radiograph, Size};

use crate::command::{files, root, run, run_well, text};

/// Writes radiographs and masks of both lungs of four images.
fn write_data(folder: &Path) {
    let size = Size::square(64);
    for number in 0..4usize {
        let grey = (0..size.area()).map(|at| (at * (number + 3) % 251) as u16).collect();
        let image = Radiograph::new(size, 255, grey, None).expect("values fit");
        let lung = |from: usize| {
            Mask::from_fn(size, |col, row| {
                (from..from + 16).contains(&col) && (10..40 + number).contains(&row)
            })
        };
        for (path, bytes) in [
            (format!("images/p {number}.png"), png::write_radiograph(&image).expect("8 bits fit")),
            (format!("masks/Right Lung/p {number}.png"), png::write_mask(&lung(8))),
            (format!("masks/Left Lung/p {number}.png"), png::write_mask(&lung(40))),
        ] {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("it is made");
            fs::write(path, bytes).expect("it is written");
        }
    }
}

#[test]
fn a_folder_becomes_a_benchmark_that_scores_and_trains() {
    let temp = tempfile::tempdir().expect("a folder can be made");
    let at = |name: &str| text(&temp.path().join(name));
    write_data(&temp.path().join("data"));
    let plan = run_well(["init", &at("data"), "--out", &at("b"), "--dry-run"]);
    assert!(plan.contains("right_lung") && plan.contains("`p 0` is `p_0`"), "{plan}");
    assert!(!temp.path().join("b").exists());
    let report = run_well(["init", &at("data"), "--out", &at("b"), "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&report).expect("it is JSON");
    assert_eq!(report["objects"]["lungs"], serde_json::json!(["right_lung", "left_lung"]));
    assert_eq!(report["folds"], serde_json::json!({"1": 2, "2": 2}));
    run_well(["run", "mean-shape", "--benchmark", &at("b"), "--out", &at("m")]);
    let table = run_well(["evaluate", &at("m"), "--benchmark", &at("b")]);
    assert!(table.contains("lungs"), "{table}");
}

#[test]
fn masks_in_other_layouts_have_the_scores_of_a_set() {
    let temp = tempfile::tempdir().expect("a folder can be made");
    let at = |name: &str| text(&temp.path().join(name));
    write_data(&temp.path().join("data"));
    run_well(["init", &at("data"), "--out", &at("b")]);
    run_well(["run", "mean-shape", "--benchmark", &at("b"), "--out", &at("m")]);
    let score = |masks: &str, more: &[&str]| {
        let line = ["evaluate", masks, "--benchmark", &at("b"), "--format", "json"];
        let result = run_well([&line[..], more].concat());
        let result: serde_json::Value = serde_json::from_str(&result).expect("it is JSON");
        result["objects"].clone()
    };
    let expected = score(&at("m"), &[]);

    // A label map an image, 1 and 2, with the suffix and the spaces of its maker.
    fs::create_dir_all(temp.path().join("maps")).expect("it is made");
    for number in 0..4 {
        let read = |side: &str| {
            let folder = temp.path().join("m").join(side);
            let bytes = fs::read(folder.join(format!("p_{number}.png"))).expect("it is there");
            png::read_mask(&bytes).expect("it is a mask")
        };
        let (right, left) = (read("right_lung"), read("left_lung"));
        let size = right.size();
        let values = (0..size.area()).map(|place| {
            let (col, row) = (place % size.width, place / size.width);
            if right.get(col, row) { 1 } else { 2 * u16::from(left.get(col, row)) }
        });
        let map = Radiograph::new(size, 255, values.collect(), None).expect("values fit");
        let name = format!("maps/p {number}_seg.png");
        let bytes = png::write_radiograph(&map).expect("8 bits fit");
        fs::write(temp.path().join(name), bytes).expect("it is written");
    }
    let labels = ["--labels", "1=right_lung,2=left_lung"];
    assert_eq!(score(&at("maps"), &labels), expected);
    let line = ["convert", &at("maps"), "--benchmark", &at("b"), "--out", &at("set")];
    run_well([&line[..], &labels].concat());
    assert_eq!(score(&at("set"), &[]), expected);
    assert_eq!(files(&temp.path().join("set")).len(), 8);

    // Labels that nothing names, and masks that are missing, by the user's path.
    let refused = run(["evaluate", &at("maps"), "--benchmark", &at("b")]);
    assert_eq!(refused.code, 1);
    let said = refused.stderr;
    assert!(said.contains("label_1") && said.contains("--labels"), "{said}");
    fs::remove_file(temp.path().join("maps/p 2_seg.png")).expect("it is deleted");
    let line = ["evaluate", &at("maps"), "--benchmark", &at("b")];
    let refused = run([&line[..], &labels].concat());
    assert_eq!(refused.code, 1);
    let place = format!("{}/left_lung/p_2.png", at("maps"));
    assert!(refused.stderr.contains(&place), "{}", refused.stderr);
}

#[test]
fn a_script_gets_doubts_and_faults_all_at_once_and_no_question() {
    let temp = tempfile::tempdir().expect("a folder can be made");
    let data = temp.path().join("data");
    write_data(&data);
    fs::remove_file(data.join("masks/Left Lung/p 1.png")).expect("it is deleted");
    let arguments = ["init", &text(&data), "--out", &text(&temp.path().join("b"))];
    let doubt = run(arguments);
    assert_eq!(doubt.code, 1);
    assert!(doubt.stderr.contains("give --missing leave-out"), "{}", doubt.stderr);
    fs::remove_file(data.join("images/p 2.png")).expect("it is deleted");
    let both = run(arguments);
    assert!(
        both.stderr.contains("--missing") && both.stderr.contains("p 2.png"),
        "{}",
        both.stderr
    );
    assert_eq!(files(temp.path()).keys().filter(|name| name.starts_with('b')).count(), 0);
}

#[test]
fn the_example_is_a_benchmark_file_that_the_reference_shows() {
    let example = run_well(["init", "--example"]);
    assert_eq!(example, BENCHMARK_EXAMPLE);
    let page = fs::read_to_string(root().join("docs/reference/benchmark-file.md"));
    assert!(page.expect("it is there").contains(&example));
    let temp = tempfile::tempdir().expect("a folder can be made");
    fs::write(temp.path().join("benchmark.toml"), &example).expect("it is written");
    fs::write(temp.path().join("images.csv"), "image_id,fold\na,1\nb,2\n").expect("it is written");
    let benchmark = Benchmark::open(temp.path()).expect("it is a benchmark");
    assert_eq!(benchmark.images.len(), 2);
    assert_eq!(run(["init", "--out", "x"]).code, 2, "without a folder");
}
