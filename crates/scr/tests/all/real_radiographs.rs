//! Runs on real radiographs, if `../shared` has them.

use std::path::PathBuf;

use crate::command::{root, run_well, text};

/// Benchmark of real radiographs; prints a reason and returns `None` if it is missing.
fn hannover() -> Option<PathBuf> {
    let folder = root().join("../shared/data/hannover-lungs");
    if folder.join("benchmark.toml").is_file() {
        return Some(folder);
    }
    eprintln!("skipped: shared/data/hannover-lungs is not beside the project");
    None
}

#[test]
fn the_mean_shape_on_37_real_radiographs_is_a_mean_shape() {
    let Some(benchmark) = hannover() else { return };
    let temp = tempfile::tempdir().unwrap();
    let masks = temp.path().join("masks");
    run_well(["run", "mean-shape", "--benchmark", &text(&benchmark), "--out", &text(&masks)]);
    let stdout =
        run_well(["evaluate", &text(&masks), "--benchmark", &text(&benchmark), "--format", "json"]);
    let result: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    let lungs = &result["objects"]["lungs"];
    let overlap = lungs["overlap"]["mean"].as_f64().unwrap();
    assert!((0.35..0.85).contains(&overlap), "{overlap}");
    assert_eq!(lungs["overlap"]["n"], 37);
    assert!(lungs.get("masd_px").is_some() && lungs.get("masd_mm").is_none());
}

#[test]
fn the_reference_against_itself_is_perfect() {
    let Some(benchmark) = hannover() else { return };
    let stdout = run_well([
        "evaluate",
        &text(&benchmark.join("masks")),
        "--benchmark",
        &text(&benchmark),
        "--format",
        "json",
    ]);
    let result: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(result["objects"]["lungs"]["overlap"]["min"], 1.0);
    assert_eq!(result["objects"]["lungs"]["masd_px"]["max"], 0.0);
    assert_eq!(result["image_measures"]["pixel_error"]["max"], 0.0);
}
