//! Phantoms from drawing to scores: draw, import, run, train, segment, evaluate.

use std::fs;
use std::path::Path;

use crate::command::{files, run, run_well, text};

fn draw(out: &Path, images: &str, layout: &str, size: &str) {
    run_well([
        "phantom",
        "--out",
        &text(out),
        "--images",
        images,
        "--seed",
        "7",
        "--layout",
        layout,
        "--size",
        size,
    ]);
}

fn evaluate(masks: &Path, benchmark: &Path) -> serde_json::Value {
    let stdout = run_well([
        "evaluate",
        &text(masks),
        "--benchmark",
        &text(benchmark),
        "--format",
        "json",
        "--per-image",
    ]);
    serde_json::from_str(&stdout).expect("stdout holds one JSON object")
}

#[test]
fn originals_import_to_the_masks_and_landmarks_of_the_benchmark_layout() {
    let temp = tempfile::tempdir().unwrap();
    let (originals, direct, imported) =
        (temp.path().join("originals"), temp.path().join("direct"), temp.path().join("imported"));
    draw(&originals, "3", "originals", "1024");
    draw(&direct, "3", "benchmark", "1024");
    let jsrt = originals.join("jsrt");
    assert_eq!(fs::metadata(jsrt.join("JPCLN001.IMG")).unwrap().len(), 8_388_608);

    let import = |out: &Path, more: &[&str]| {
        let mut arguments = vec![
            "import".to_owned(),
            "scr".into(),
            "--jsrt".into(),
            text(&jsrt),
            "--scr".into(),
            text(&originals.join("scr")),
            "--out".into(),
            text(out),
            "--second-observer".into(),
            text(&originals.join("scr-observer2")),
        ];
        arguments.extend(more.iter().map(|&word| word.to_owned()));
        run(arguments)
    };
    let whole = import(&temp.path().join("whole"), &[]);
    assert_eq!(whole.code, 1);
    assert!(whole.stderr.contains("JPCNN093"), "every missing image is named: {}", whole.stderr);
    assert!(!temp.path().join("whole").exists());

    let subset = import(&imported, &["--subset"]);
    assert_eq!(subset.code, 0, "{}", subset.stderr);
    assert!(
        subset.stderr.contains("fixed"),
        "it says which landmarks were taken: {}",
        subset.stderr
    );
    for folder in ["masks", "landmarks"] {
        assert_eq!(files(&imported.join(folder)), files(&direct.join(folder)), "{folder}");
    }
    let perfect = evaluate(&direct.join("masks/reference"), &imported);
    assert_eq!(perfect["image_measures"]["pixel_error"]["max"], 0.0);
    assert_eq!(perfect["spacing_mm"], 0.35);
}

#[test]
fn the_mean_shape_runs_two_fold_and_a_model_keeps_away_from_what_it_has_seen() {
    let temp = tempfile::tempdir().unwrap();
    let path = |name: &str| temp.path().join(name);
    draw(&path("bench"), "6", "benchmark", "128");
    let bench = text(&path("bench"));
    run_well(["run", "mean-shape", "--benchmark", &bench, "--out", &text(&path("masks"))]);
    let result = evaluate(&path("masks"), &path("bench"));
    assert_eq!(result["images"].as_array().unwrap().len(), 6);
    for object in ["lungs", "heart", "clavicles"] {
        let overlap = &result["objects"][object]["overlap"];
        assert_eq!(overlap["n"], 6);
        assert!(result["objects"][object]["masd_mm"]["mean"].as_f64().unwrap() > 0.0);
    }

    let model = text(&path("m.model"));
    run_well(["train", "mean-shape", "--benchmark", &bench, "--fold", "1", "--out", &model]);
    let segment = |fold: &str, out: &str, more: &[&str]| {
        let out = text(&path(out));
        let mut arguments =
            vec!["segment", &model, "--benchmark", &bench, "--fold", fold, "--out", &out];
        arguments.extend(more);
        run(arguments)
    };
    let seen = segment("1", "seen", &[]);
    assert_eq!(seen.code, 1);
    assert!(seen.stderr.contains("trained on fold 1"), "{}", seen.stderr);
    assert!(!path("seen").exists());
    assert_eq!(segment("1", "allowed", &["--allow-seen"]).code, 0);
    assert_eq!(segment("2", "other", &[]).code, 0);
    let whole = files(&path("masks"));
    assert!(files(&path("other")).iter().all(|(name, bytes)| whole[name] == *bytes));

    let image = text(&path("bench/images/JPCLN001.png"));
    let loose = run(["segment", &model, &image, "--out", &text(&path("loose"))]);
    assert_eq!(loose.code, 1, "a loose copy of a seen image is known by its bytes");
    fs::write(path("cut.model"), &fs::read(path("m.model")).unwrap()[..200]).unwrap();
    let cut = run(["segment", &text(&path("cut.model")), &image, "--out", &text(&path("x"))]);
    assert!(cut.code == 1 && cut.stderr.contains("damaged"), "{}", cut.stderr);
}

#[test]
fn scores_do_not_depend_on_threads() {
    let temp = tempfile::tempdir().unwrap();
    let bench = temp.path().join("bench");
    draw(&bench, "5", "benchmark", "128");
    let outputs: Vec<_> = ["1", "2", "5"]
        .map(|threads| {
            crate::command::scr([
                "evaluate",
                &text(&bench.join("masks/second")),
                "--benchmark",
                &text(&bench),
                "--format",
                "json",
                "--per-image",
            ])
            .env("RAYON_NUM_THREADS", threads)
            .output()
            .unwrap()
            .stdout
        })
        .to_vec();
    assert!(!outputs[0].is_empty() && outputs.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn scoring_needs_no_radiographs_and_lists_every_bad_mask() {
    let temp = tempfile::tempdir().unwrap();
    let bench = temp.path().join("bench");
    draw(&bench, "4", "benchmark", "128");
    fs::remove_dir_all(bench.join("images")).unwrap();
    let masks = temp.path().join("masks");
    let copy = |from: &Path| {
        for (name, bytes) in files(from) {
            let to = masks.join(name);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::write(to, bytes).unwrap();
        }
    };
    copy(&bench.join("masks/second"));
    assert_eq!(evaluate(&masks, &bench)["objects"]["heart"]["dice"]["n"], 4);

    fs::write(masks.join("heart/JPCLN001.png"), b"not an image").unwrap();
    let whole = fs::read(masks.join("heart/JPCNN001.png")).unwrap();
    fs::write(masks.join("heart/JPCNN001.png"), &whole[..whole.len() / 2]).unwrap();
    fs::write(masks.join("left_lung/JPCLN001.png"), {
        let small = scr_image::Mask::empty(scr_image::Size::square(64));
        scr_data::formats::png::write_mask(&small)
    })
    .unwrap();
    let out = temp.path().join("out.json");
    let finished = run([
        "evaluate",
        &text(&masks),
        "--benchmark",
        &text(&bench),
        "--format",
        "json",
        "--out",
        &text(&out),
    ]);
    assert_eq!((finished.code, finished.stdout.as_str()), (1, ""));
    assert!(!out.exists());
    let check = |masks: &Path| run(["check", &text(masks), "--benchmark", &text(&bench)]);
    let (note, problems) = finished.stderr.split_once('\n').unwrap();
    assert!(note.contains("out.json.partial keeps 2 scored images"), "{note}");
    assert_eq!(check(&masks).stderr, problems, "check lists the same");
    let good = check(&bench.join("masks/reference"));
    assert!(good.code == 0 && good.stdout.contains("20 masks of 4 images"), "{}", good.stdout);
    for word in
        ["3 problems", "heart/JPCLN001.png", "heart/JPCNN001.png", "64x64", "128x128", "hint"]
    {
        assert!(finished.stderr.contains(word), "{word} is not in {}", finished.stderr);
    }
}

#[test]
fn wrong_usage_exits_with_2_and_names_what_there_is() {
    for (arguments, word) in [
        (vec!["evaluate"], "Usage"),
        (vec!["run", "no-such-method", "--benchmark", "x", "--out", "y"], "mean-shape"),
        (vec!["evaluate", "x", "--benchmark", "y", "--measures", "hd95"], "overlap"),
    ] {
        let finished = run(&arguments);
        assert_eq!(finished.code, 2, "{arguments:?}");
        assert!(finished.stderr.contains(word), "{}", finished.stderr);
    }
    assert_eq!(run(["evaluate", "nowhere", "--benchmark", "nowhere"]).code, 1);
    let methods = run_well(["methods"]);
    assert!(methods.contains("mean-shape") && methods.contains("10.1016/j.media.2005.02.002"));
    let listed = run_well(["methods", "--format", "json"]);
    let listed: Vec<serde_json::Value> = serde_json::from_str(&listed).unwrap();
    let asm = listed.iter().find(|method| method["id"] == "asm").unwrap();
    let side = &asm["parameters"][1];
    assert_eq!(
        (&side["key"], &side["default"], &side["max"]),
        (&"side".into(), &256.0.into(), &1024.0.into())
    );
    // The text is wrapped.
    let words: Vec<&str> = methods.split_whitespace().collect();
    assert!(words.join(" ").contains(asm["summary"].as_str().unwrap()));
}

#[test]
fn an_interrupted_drawing_goes_on_and_ends_the_same() {
    let temp = tempfile::tempdir().unwrap();
    let (broken, whole) = (temp.path().join("broken"), temp.path().join("whole"));
    let mut child = crate::command::scr([
        "phantom",
        "--out",
        &text(&broken),
        "--images",
        "8",
        "--seed",
        "7",
        "--size",
        "256",
    ])
    .spawn()
    .unwrap();
    let partial = temp.path().join("broken.partial");
    while !partial.join("images").exists() && child.try_wait().unwrap().is_none() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    draw(&broken, "8", "benchmark", "256");
    draw(&whole, "8", "benchmark", "256");
    assert_eq!(files(&broken), files(&whole));
    assert!(!partial.exists());
}
