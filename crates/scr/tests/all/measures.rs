//! `scr measures` and docs/reference/measures.md agree.

use std::fs;

use crate::command::{root, run, run_well};

#[test]
fn the_docs_of_the_measures_are_what_the_command_prints() {
    let path = root().join("docs/reference/measures.md");
    let written = fs::read_to_string(&path).expect("docs/reference/measures.md is there");
    let printed = run_well(["measures", "--format", "markdown"]);
    assert!(
        written == printed,
        "docs/reference/measures.md is out of date; write it again with\n  \
         cargo run --release -- measures --format markdown > docs/reference/measures.md"
    );
}

#[test]
fn the_measures_read_well_in_a_terminal() {
    let printed = run_well(["measures"]);
    for expected in [
        "masd  Mean absolute surface distance\n",
        "  is        mean of the two directed mean boundary distances\n",
        "  range     0 up, lower is better\n",
        "  empty     both empty: 0; one empty: undefined\n",
        "medpy hd;",
        "pixel_error  Pixel error\n",
    ] {
        assert!(printed.contains(expected), "{expected} in {printed}");
    }
    assert!(printed.lines().all(|line| line.chars().count() <= 100));
}

#[test]
fn the_measures_are_there_for_scripts() {
    let printed = run_well(["measures", "--format", "json"]);
    let found: serde_json::Value = serde_json::from_str(&printed).expect("it is JSON");
    let keys: Vec<_> = found["measures"].as_array().expect("a list").iter().collect();
    assert_eq!(keys.len(), 11);
    assert_eq!(keys[0]["key"], "overlap");
    assert_eq!(keys[0]["better"], "higher");
    assert_eq!(found["image_measures"][0]["better"], "lower");
}

#[test]
fn a_key_that_names_no_measure_leads_to_the_command() {
    let finished = run(["evaluate", "nowhere", "--benchmark", "nowhere", "--measures", "hd95"]);
    assert_eq!(finished.code, 2);
    assert!(finished.stderr.contains("`scr measures` explains all"), "{}", finished.stderr);
}

#[test]
fn explanations_fit_a_terminal_of_100_columns() {
    for command in ["measures", "methods"] {
        let text = run_well([command]);
        let wide = text.lines().find(|line| line.chars().count() > 100);
        assert_eq!(wide, None, "scr {command}");
    }
}
