//! `scr evaluate`, `scr compare` and `scr report` in all formats.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::command::{files, run, run_well, text};

/// Twelve small phantoms with two sets of masks: a mean shape and a second observer.
struct Sets {
    _temp: TempDir,
    folder: PathBuf,
    bench: String,
    mean_shape: String,
    second: String,
}

impl Sets {
    fn new() -> Self {
        let temp = tempfile::tempdir().expect("a temporary folder");
        let folder = temp.path().to_owned();
        let bench = text(&folder.join("bench"));
        let mean_shape = text(&folder.join("mean-shape"));
        run_well(["phantom", "--out", &bench, "--images", "12", "--size", "128"]);
        run_well(["run", "mean-shape", "--benchmark", &bench, "--out", &mean_shape]);
        let second = text(&folder.join("bench/masks/second"));
        Self { _temp: temp, folder, bench, mean_shape, second }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn compare(&self, more: &[&str]) -> String {
        let sets = ["compare", &self.mean_shape, &self.second, "--benchmark", &self.bench];
        run_well(sets.iter().chain(more))
    }
}

#[test]
fn a_result_is_written_in_every_format() {
    let sets = Sets::new();
    let evaluate = |more: &[&str]| {
        run_well(["evaluate", &sets.second, "--benchmark", &sets.bench].iter().chain(more))
    };
    let table = evaluate(&[]);
    assert!(table.contains("median") && table.contains("hausdorff_95_mm ↓"), "{table}");
    assert_fits_a_terminal(&table);
    let wide = evaluate(&["--wide"]);
    assert!(wide.contains("fold 1 mean") && wide.contains(" q3 |"), "{wide}");
    assert_fits_a_terminal(&evaluate(&["--per-image"]));
    assert!(evaluate(&["--format", "markdown"]).contains("### lungs\n\n| measure"));
    let latex = evaluate(&["--format", "latex"]);
    assert!(latex.contains("\\toprule") && latex.contains("HD95 (mm) $\\downarrow$"), "{latex}");
    assert!(latex.contains("    lungs & 0.") && latex.contains(" $\\pm$ "), "{latex}");
    assert!(!latex.contains("textbf"), "one set alone is not the best");
    assert!(evaluate(&["--format", "latex", "--wide"]).contains("hausdorff\\_95\\_mm"));

    let csv = evaluate(&["--format", "csv", "--measures", "dice,nsd@3mm,ctr"]);
    let rows: Vec<&str> = csv.lines().collect();
    assert!(rows[0].starts_with("fold,object,measure,mean"), "{csv}");
    // Three objects with two measures, and four measures of whole images, for all images and
    // for each fold.
    assert_eq!(rows.len(), 1 + 3 * (3 * 2 + 4));
    let json: serde_json::Value =
        serde_json::from_str(&evaluate(&["--format", "json", "--measures", "dice"])).unwrap();
    let mean = json["objects"]["heart"]["dice"]["mean"].to_string();
    assert!(rows.iter().any(|row| row.starts_with("all,heart,dice,") && row.contains(&mean)));
    let first = json["folds"]["1"]["objects"]["heart"]["dice"]["n"].as_u64();
    assert_eq!(first, Some(7));

    let images = evaluate(&["--format", "csv", "--per-image", "--measures", "dice"]);
    assert_eq!(images.lines().count(), 13);
    assert!(images.starts_with("image,fold,lungs dice,heart dice"), "{images}");
}

/// Fails when a line has more than 100 characters, but for digests and file names.
fn assert_fits_a_terminal(text: &str) {
    let wide = text.lines().find(|line| line.chars().count() > 100);
    assert_eq!(wide, None, "a terminal has 100 columns: {text}");
}

#[test]
fn several_sets_give_a_papers_table_with_the_best_in_bold() {
    let sets = Sets::new();
    fs::write(sets.path("bench/masks/second/card.toml"), "name = \"Second & last\"").unwrap();
    let evaluate = |more: &[&str]| {
        let base = ["evaluate", &sets.mean_shape, &sets.second, "--benchmark", &sets.bench];
        run_well(base.iter().chain(more))
    };
    let latex = evaluate(&["--format", "latex"]);
    for expected in [
        "Object & Method & Overlap $\\uparrow$ & Dice $\\uparrow$ & MASD (mm) $\\downarrow$",
        "    lungs & mean-shape & 0.",
        "     & Second \\& last & \\textbf{0.",
        "\\addlinespace",
        "mean $\\pm$ standard deviation over 12 images; the best mean is bold",
        "HD95: 95th percentile Hausdorff distance",
        "Pixel error $\\downarrow$",
    ] {
        assert!(latex.contains(expected), "{expected} in {latex}");
    }
    let text = evaluate(&["--measures", "overlap,dice,masd,assd,hausdorff,hausdorff_95,nsd@2px"]);
    assert!(text.contains("Second & last") && text.contains("* |"), "{text}");
    assert_fits_a_terminal(&text);
    assert!(evaluate(&["--format", "markdown"]).contains("**0."));
    assert!(evaluate(&["--wide"]).contains("Second & last: lungs"));

    let base = ["evaluate", &sets.mean_shape, &sets.second, "--benchmark", &sets.bench];
    let refused = run(base.iter().chain(&["--format", "json"]));
    assert!(refused.code == 1 && refused.stderr.contains("scr compare"), "{}", refused.stderr);
}

#[test]
fn a_set_is_called_as_its_card_says_and_a_bad_card_is_refused() {
    let sets = Sets::new();
    let card = sets.path("bench/masks/second/card.toml");
    let name = "A U-Net trained on other radiographs ".repeat(3);
    fs::write(&card, format!("name = \"{name}\"\nauthors = [\"A\"]\n")).unwrap();
    let table = sets.compare(&[]);
    assert!(table.contains("A U-Net"), "{table}");
    assert_fits_a_terminal(&table);
    let check = run(["check", &sets.second, "--benchmark", &sets.bench]);
    assert!(!check.stderr.contains("card.toml"), "{}", check.stderr);

    for bad in ["name = 3", "authors = []", "name = \"\"", "name"] {
        fs::write(&card, bad).unwrap();
        let refused = run(["compare", &sets.mean_shape, &sets.second, "--benchmark", &sets.bench]);
        assert_eq!(refused.code, 1, "{bad}");
        assert!(refused.stderr.contains("card.toml: expected a card"), "{}", refused.stderr);
    }
}

#[test]
fn undefined_distances_may_be_asked_for_as_the_diagonal() {
    let sets = Sets::new();
    let heart = sets.path("bench/masks/second/heart");
    let empty =
        scr_data::formats::png::write_mask(&scr_image::Mask::empty(scr_image::Size::square(128)));
    fs::write(heart.join("JPCLN001.png"), empty).unwrap();
    let masd = |more: &[&str]| -> serde_json::Value {
        let base = ["evaluate", &sets.second, "--benchmark", &sets.bench, "--format", "json"];
        let printed = run_well(base.iter().chain(more));
        let result: serde_json::Value = serde_json::from_str(&printed).unwrap();
        assert_eq!(result.get("undefined_as").is_some(), !more.is_empty());
        result["objects"]["heart"]["masd_mm"].clone()
    };
    let (counted, diagonal) = (masd(&[]), masd(&["--undefined", "diagonal"]));
    assert_eq!((counted["n"].as_u64(), counted["n_undefined"].as_u64()), (Some(11), Some(1)));
    assert_eq!((diagonal["n"].as_u64(), diagonal["n_undefined"].as_u64()), (Some(12), Some(1)));
    assert!(diagonal["max"].as_f64() > counted["max"].as_f64());
}

#[test]
fn two_sets_are_compared_in_every_format() {
    let sets = Sets::new();
    let found: serde_json::Value =
        serde_json::from_str(&sets.compare(&["--format", "json"])).unwrap();
    assert_eq!(found["n_images"], 12);
    assert_eq!(found["methods"][0]["name"], "mean-shape");
    assert_eq!(found["methods"][1]["ctr_agreement"]["n"], 12);
    let overlap = &found["objects"]["lungs"]["overlap"];
    assert_eq!(overlap["methods"][1]["rank_by_mean"], 1);
    assert_eq!(overlap["methods"][1]["wins"], 1);
    // The second observer is closer on all twelve images: 2 of 2^12 sign patterns.
    assert_eq!(overlap["pairs"][0]["wilcoxon_p"].as_f64(), Some(2.0 / 4096.0));
    assert_eq!(overlap["pairs"][0]["wilcoxon_is_exact"], true);
    assert!(overlap["pairs"][0]["mean_difference"].as_f64() < Some(0.0));
    assert_eq!(found["image_measures"].as_object().unwrap().len(), 1, "a ratio has no better end");

    let table = sets.compare(&[]);
    for expected in
        ["lungs, pair by pair", "Bland-Altman", "published elsewhere: lungs", "protocol not read"]
    {
        assert!(table.contains(expected), "{expected} in {table}");
    }
    assert_fits_a_terminal(&table);
    // Thirteen tests: three objects with four measures, and the pixel error.
    assert!(table.contains("after Holm over all 13 tests shown"), "{table}");
    assert_eq!(overlap["pairs"][0]["better"], "second");
    assert_eq!(overlap["pairs"][0]["wilcoxon_p_holm_all"].as_f64(), Some(13.0 * 2.0 / 4096.0));
    assert!(sets.compare(&["--wide"]).contains("p (Wilcoxon)"));
    assert!(sets.compare(&["--format", "latex"]).contains("\\bottomrule"));
    assert!(sets.compare(&["--format", "markdown"]).contains("### lungs"));
    let csv = sets.compare(&["--format", "csv", "--measures", "dice,masd"]);
    assert_eq!(csv.lines().count(), 1 + 3 * 2 + 1, "{csv}");
}

#[test]
fn a_result_file_stands_for_its_masks_and_one_that_does_not_fit_is_refused() {
    let sets = Sets::new();
    let write = |name: &str, more: &[&str]| {
        let out = text(&sets.path(name));
        let base = [
            "evaluate",
            &sets.second,
            "--benchmark",
            &sets.bench,
            "--format",
            "json",
            "--out",
            &out,
        ];
        run_well(base.iter().chain(more));
        out
    };
    let whole = write("second.json", &["--per-image"]);
    let compare = |other: &str| {
        run(["compare", &sets.mean_shape, other, "--benchmark", &sets.bench, "--format", "json"])
    };
    let (from_masks, from_file) = (compare(&sets.second), compare(&whole));
    assert_eq!((from_file.code, from_file.stdout), (0, from_masks.stdout));

    let short = compare(&write("short.json", &[]));
    assert!(short.code == 1 && short.stderr.contains("--per-image"), "{}", short.stderr);
    let text_of = fs::read_to_string(&whole).unwrap();
    fs::write(sets.path("other.json"), text_of.replace("sha256:", "sha256:0")).unwrap();
    let other = compare(&text(&sets.path("other.json")));
    assert!(other.code == 1 && other.stderr.contains("one benchmark"), "{}", other.stderr);
    fs::write(sets.path("broken.json"), "{").unwrap();
    let broken = compare(&text(&sets.path("broken.json")));
    assert!(broken.code == 1 && broken.stderr.contains("broken.json"), "{}", broken.stderr);
}

#[test]
fn problems_of_all_sets_are_listed_at_once() {
    let sets = Sets::new();
    for (copy, gone) in [("one", "JPCLN001"), ("two", "JPCLN002")] {
        copy_all(Path::new(&sets.mean_shape), &sets.path(copy));
        fs::remove_file(sets.path(copy).join(format!("heart/{gone}.png"))).unwrap();
    }
    let both = [text(&sets.path("one")), text(&sets.path("two"))];
    let finished = run(["compare", &both[0], &both[1], "--benchmark", &sets.bench]);
    assert_eq!(finished.code, 1);
    assert!(finished.stderr.contains("one/heart/JPCLN001"), "{}", finished.stderr);
    assert!(finished.stderr.contains("two/heart/JPCLN002"), "{}", finished.stderr);
}

fn copy_all(from: &Path, to: &Path) {
    for (name, bytes) in files(from) {
        let path = to.join(name);
        fs::create_dir_all(path.parent().expect("files lie in a folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }
}

#[test]
fn a_report_stands_alone_and_names_what_it_rests_on() {
    let sets = Sets::new();
    let (out, plots) = (sets.path("report.html"), sets.path("plots"));
    run_well([
        "report",
        &sets.mean_shape,
        &sets.second,
        "--benchmark",
        &sets.bench,
        "--out",
        &text(&out),
        "--plots",
        &text(&plots),
    ]);
    let html = fs::read_to_string(out).unwrap();
    for hidden in ["<script", "src=\"http", "url(http", "@import", "<link"] {
        assert!(!html.contains(hidden), "{hidden}");
    }
    for expected in [
        "sha256:",
        "phantom",
        "<strong>worst</strong>",
        "<strong>median</strong>",
        "<strong>best</strong>",
        "data:image/png;base64,",
        "Bland-Altman",
        "over bootstrap resamples",
        "evaluator 1.",
        "Not computed here.",
        "scr report",
        "Mean absolute surface distance (mm) ↓",
        "second: lungs, image by image",
        "@page",
    ] {
        assert!(html.contains(expected), "{expected}");
    }
    let plots = files(&plots);
    for name in [
        "lungs-overlap.svg",
        "whole-image-pixel_error.svg",
        "heart-overlap-ranks.svg",
        "ctr-second.svg",
    ] {
        let svg = String::from_utf8(plots[name].clone()).unwrap();
        assert!(svg.starts_with("<svg") && !svg.contains("NaN"), "{name}");
    }

    let result = text(&sets.path("second.json"));
    run_well([
        "evaluate",
        &sets.second,
        "--benchmark",
        &sets.bench,
        "--format",
        "json",
        "--per-image",
        "--out",
        &result,
    ]);
    let alone = text(&sets.path("alone.html"));
    run_well(["report", &result, "--benchmark", &sets.bench, "--out", &alone]);
    let alone = fs::read_to_string(alone).unwrap();
    assert!(alone.contains("without their masks"));
    assert!(!alone.contains("wins"), "one method alone wins and loses nothing");
}
