//! Benchmark of a whole evaluation: 100 pairs of 8-bit PNG masks of 1024 x 1024 pixels.
//!
//! `cargo bench -p scr-eval --bench pairs`. Measures in one run, on one thread and with the
//! allocator of `scr`: reading, digests and counts alone, which is the lower bound, and the ten
//! measures of docs/reference/performance.md. The masks are similar and shifted; every tenth
//! prediction has islands, and one is far away. They are written once with PNG's adaptive filter,
//! as Pillow does, and once without a filter, as `scr` does. Prints medians and their ratio.

use std::f64::consts::TAU;
use std::path::Path;
use std::time::Instant;

use png::{BitDepth, ColorType, Compression, Encoder, Filter};
use scr_data::{Benchmark, MaskSet};
use scr_eval::{Evaluation, Settings, evaluate};
use scr_image::{Mask, Size};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SIDE_PX: usize = 1024;
const N_PAIRS: usize = 100;
const N_RUNS: usize = 15;

const READING: &str = "overlap";
const TEN: &str =
    "overlap dice sensitivity specificity precision masd assd hausdorff hausdorff_95 nsd@2px";

const BENCHMARK: &str = r#"
id = "pairs"
title = "pairs"
description = "masks for a benchmark of the evaluation"
definition = "drawn"
images = { table = "images.csv", folder = "images", pattern = "{image_id}.png", spacing_mm = "unknown" }
structures = [{ id = "object", name = "object" }]
objects = [{ id = "object", name = "object", structures = ["object"] }]
observers = [{ id = "reference", name = "reference", folder = "masks", pattern = "{structure}/{image_id}.png" }]
folds = { column = "fold", protocol = "two-fold" }
terms = { licence = "CC0", redistribution = "allowed" }
"#;

fn main() {
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global().expect("no pool was started");
    let pairs: Vec<(Mask, Mask)> = (0..N_PAIRS).map(pair).collect();
    for (name, filter) in [("adaptive filter", Filter::Adaptive), ("no filter", Filter::NoFilter)] {
        println!("{name}:");
        measure(&pairs, filter);
    }
}

fn measure(pairs: &[(Mask, Mask)], filter: Filter) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write_pairs(folder.path(), pairs, filter).expect("the masks are written");
    let benchmark = Benchmark::open(folder.path()).expect("the pairs are a benchmark");
    let masks = MaskSet::open(&folder.path().join("pred"), &benchmark).expect("the set is whole");
    let run = |keys: &str| {
        let measures = keys.split(' ').map(|key| key.parse().expect("the key names a measure"));
        let settings = Settings { measures: measures.collect(), ..Settings::default() };
        let started = Instant::now();
        let evaluation = evaluate(&benchmark, &masks, &settings, &|| ()).expect("masks are read");
        (1000.0 * started.elapsed().as_secs_f64(), evaluation)
    };
    let (_, evaluation) = run(TEN);
    let (mut reading, mut ten): (Vec<f64>, Vec<f64>) =
        (0..N_RUNS).map(|_| (run(READING).0, run(TEN).0)).unzip();
    let (reading, ten) = (median(&mut reading), median(&mut ten));
    let mut masd = masd(&evaluation);
    println!(
        "  pairs: {N_PAIRS}, MASD: median {:.1} px, largest {:.1} px",
        median(&mut masd),
        masd[N_PAIRS - 1]
    );
    println!("  reading and digesting alone: {reading:.1} ms");
    println!("  ten measures: {ten:.1} ms, {:.2} times", ten / reading);
}

/// Median; leaves the values sorted.
fn median(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}

/// MASD of every pair, in px.
fn masd(evaluation: &Evaluation) -> Vec<f64> {
    let index = evaluation.measures.iter().position(|measure| measure.to_string() == "masd");
    let index = index.expect("MASD is one of the ten");
    evaluation.records.iter().filter_map(|record| record.objects[0][index]).collect()
}

#[expect(clippy::disallowed_methods, reason = "files of a benchmark need not last")]
fn write_pairs(folder: &Path, pairs: &[(Mask, Mask)], filter: Filter) -> std::io::Result<()> {
    let [references, predictions] = ["masks/object", "pred/object"].map(|path| folder.join(path));
    std::fs::create_dir_all(&references)?;
    std::fs::create_dir_all(&predictions)?;
    let mut table = String::from("image_id,fold\n");
    for (index, (reference, prediction)) in pairs.iter().enumerate() {
        let id = format!("i{index:03}");
        table += &format!("{id},{}\n", index % 2 + 1);
        std::fs::write(references.join(format!("{id}.png")), png_bytes(reference, filter))?;
        std::fs::write(predictions.join(format!("{id}.png")), png_bytes(prediction, filter))?;
    }
    std::fs::write(folder.join("images.csv"), table)?;
    std::fs::write(folder.join("benchmark.toml"), BENCHMARK)
}

/// Two lung-like outlines and a prediction of them.
fn pair(index: usize) -> (Mask, Mask) {
    let angle = 2.4 * index as f64;
    let moved_px = if index == 50 { 82.0 } else { 2.0 + 9.0 * (index % 10) as f64 / 10.0 };
    let centre = (290.0 + 30.0 * angle.sin(), 500.0 + 40.0 * angle.cos());
    let moved = (centre.0 + moved_px, centre.1 + moved_px * angle.cos());
    let mut prediction = lungs(moved, angle, 0.04);
    if index.is_multiple_of(10) {
        for island in 0..4 {
            let (x, y) = (500 + 15 * island, 100 + 200 * island);
            (y..y + 12).for_each(|row| prediction.set_run(row, x, x + 15));
        }
    }
    (lungs(centre, angle, 0.0), prediction)
}

/// Both lungs, the right one at a centre.
fn lungs(centre: (f64, f64), phase: f64, noise: f64) -> Mask {
    &blob(centre, phase, noise) | &blob((centre.0 + 440.0, centre.1), phase + 1.0, noise)
}

/// An ellipse with a wavy outline; `noise` is the share of its radius of small waves.
fn blob((x, y): (f64, f64), phase: f64, noise: f64) -> Mask {
    Mask::from_fn(Size::square(SIDE_PX), |col, row| {
        let (u, v) = ((col as f64 - x) / 150.0, (row as f64 - y) / 340.0);
        if u.abs() > 1.5 || v.abs() > 1.5 {
            return false;
        }
        let angle = v.atan2(u);
        let waves = 0.12 * (2.0 * angle + phase).sin() + 0.06 * (5.0 * angle - phase).cos();
        u.hypot(v) < 1.0 + waves + noise * (9.0 * angle + 0.3 * TAU * phase).sin()
    })
}

/// An 8-bit grey PNG.
fn png_bytes(mask: &Mask, filter: Filter) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, SIDE_PX as u32, SIDE_PX as u32);
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Balanced);
    encoder.set_filter(filter);
    let mut writer = encoder.write_header().expect("the size is one that PNG knows");
    writer.write_image_data(&mask.to_bytes(255)).expect("memory takes all bytes");
    writer.finish().expect("memory takes all bytes");
    bytes
}
