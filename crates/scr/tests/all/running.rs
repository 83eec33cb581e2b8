//! `scr run` and `scr tune`.

use std::fs;
use std::path::Path;

use scr_image::{Mask, Size};

use crate::command::{files, run, run_well, text};

fn phantoms(folder: &Path) -> String {
    let bench = text(&folder.join("bench"));
    run_well(["phantom", "--out", &bench, "--images", "8", "--seed", "4", "--size", "96"]);
    bench
}

#[test]
fn several_methods_end_in_one_table_and_again_change_nothing() {
    let temp = tempfile::tempdir().unwrap();
    let bench = phantoms(temp.path());
    let (out, models) = (temp.path().join("out"), text(&temp.path().join("models")));
    let line = ["run", "mean-shape", "asm", "--benchmark", &bench, "--out"];
    let go = |out: &Path| {
        run_well([&line[..], &[&text(out), "--models", &models, "--evaluate"]].concat())
    };
    let table = go(&out);
    let rows: Vec<&str> = table.lines().filter(|line| line.contains('|')).collect();
    assert_eq!(rows.len(), 4, "a head, a rule and a row a method: {table}");
    assert!(rows[2].contains("mean-shape") && rows[3].contains("asm"), "{table}");
    let before = files(&out);
    assert_eq!(go(&out), table);
    assert_eq!(files(&out), before);
    let record: serde_json::Value =
        serde_json::from_slice(&fs::read(out.join("asm/run.json")).unwrap()).unwrap();
    assert_eq!((&record["method"], &record["cost"]["n_images"]), (&"asm".into(), &8.into()));

    let check = run_well(["check", &text(&out.join("asm")), "--benchmark", &bench]);
    assert!(!check.contains("run.json"), "the record is no mask and nothing to note: {check}");
    let finished =
        run(["run", "asm", "--benchmark", &bench, "--out", &text(&out.join("asm")), "--seed", "2"]);
    assert_eq!(finished.code, 1);
    assert!(finished.stderr.contains("not an empty folder"), "{}", finished.stderr);
}

#[test]
fn a_method_that_fails_does_not_stop_the_others() {
    let temp = tempfile::tempdir().unwrap();
    let bench = phantoms(temp.path());
    let empty = scr_data::formats::png::write_mask(&Mask::empty(Size::square(96)));
    fs::write(temp.path().join("bench/masks/reference/heart/JPCLN001.png"), empty).unwrap();
    let landmarks = temp.path().join("bench/landmarks/reference/JPCLN001.csv");
    let lines = fs::read_to_string(&landmarks).unwrap();
    let without: String = lines.split_inclusive('\n').filter(|l| !l.contains("heart")).collect();
    fs::write(&landmarks, without).unwrap();
    let out = temp.path().join("out");
    let line = ["run", "asm", "pc", "--benchmark", &bench, "--evaluate", "--out", &text(&out)];
    let finished = run(line);
    assert_eq!(finished.code, 1);
    assert!(finished.stdout.contains("| pc "), "{}", finished.stdout);
    for expected in ["1 of 2 methods failed", "asm: asm needs", "heart in JPCLN001"] {
        assert!(finished.stderr.contains(expected), "{expected} in {}", finished.stderr);
    }
    assert!(out.join("pc/run.json").is_file() && !out.join("asm").exists());
}

#[test]
fn posteriors_are_written_where_a_method_has_them() {
    let temp = tempfile::tempdir().unwrap();
    let bench = phantoms(temp.path());
    let path = |name: &str| text(&temp.path().join(name));
    let line = ["run", "asm", "pc", "--set", "side=64", "--benchmark", &bench];
    run_well([&line[..], &["--out", &path("masks"), "--soft", &path("soft")]].concat());
    let soft = files(&temp.path().join("soft"));
    assert_eq!(soft.len(), 8 * 5 + 1, "of pc alone, and its record");
    let png = &soft["pc/heart/JPCLN001.png"];
    assert_eq!((png[24], png[25]), (16, 0), "16 bits, grey");

    let model = path("pc.model");
    run_well(["train", "pc", "--benchmark", &bench, "--fold", "1", "--out", &model]);
    let image = text(&temp.path().join("bench/images/JPCLN002.png"));
    run_well(["segment", &model, &image, "--out", &path("m"), "--soft", &path("s")]);
    assert_eq!(files(&temp.path().join("s")).len(), 5);

    let finished =
        run(["run", "asm", "--benchmark", &bench, "--out", &path("x"), "--soft", &path("y")]);
    assert_eq!(finished.code, 1);
    assert!(
        finished.stderr.contains("pc-post") && finished.stderr.contains("found asm"),
        "{}",
        finished.stderr
    );
}

#[test]
fn tuning_goes_on_from_its_table_and_refuses_another() {
    let temp = tempfile::tempdir().unwrap();
    let bench = phantoms(temp.path());
    let table = temp.path().join("tried.csv");
    let line = ["tune", "asm", "--benchmark", &bench, "--fold", "1", "--out"];
    let tune = |more: &[&str]| [&line[..], &[&text(&table)], more].concat().join("\n");
    let go = |more: &[&str]| run(tune(more).split('\n'));
    let tries = ["--try", "variance=0.7,0.98", "--try", "steps=1,10"];
    let first = go(&tries);
    assert_eq!(first.code, 0, "{}", first.stderr);
    for expected in ["best", "one parameter at a time", "would have 4"] {
        assert!(first.stdout.contains(expected), "{expected} in {}", first.stdout);
    }
    let whole = fs::read_to_string(&table).unwrap();
    assert!((4..=6).contains(&whole.lines().count()), "a head and each setting once: {whole}");

    // The state after an interrupted run.
    let rows: Vec<&str> = whole.lines().collect();
    fs::write(&table, format!("{}\n{}\n{}\n", rows[0], rows[1], rows[2])).unwrap();
    assert_eq!(go(&tries).stdout, first.stdout);
    assert_eq!(fs::read_to_string(&table).unwrap(), whole);

    let other = go(&["--try", "steps=1", "--parts", "4"]);
    assert_eq!(other.code, 1);
    assert!(other.stderr.contains("tried.csv"), "{}", other.stderr);
    let wrong = go(&["--try", "steps=0,5,many", "--try", "pace=1"]);
    assert_eq!(wrong.code, 1);
    for expected in ["steps is `0`", "steps is `many`", "pace"] {
        assert!(wrong.stderr.contains(expected), "all at once: {}", wrong.stderr);
    }
    assert_eq!(fs::read_to_string(&table).unwrap(), whole);
}
