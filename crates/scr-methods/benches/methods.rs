//! Every method: one image of 1024 x 1024 pixels, and training on 10.
#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

#[path = "../tests/quick/mod.rs"]
mod quick;

use std::collections::HashMap;
use std::sync::OnceLock;

use divan::Bencher;
use scr_data::{Benchmark, Fold};
use scr_image::Radiograph;
use scr_methods::{METHODS, Method, Model, TrainingSet, find_method, train};
use scr_phantom::{Population, write_benchmark};
use tempfile::TempDir;

use crate::quick::quick;

fn main() {
    divan::main();
}

fn quiet(_: &str, _: usize, _: usize) {}

/// 20 phantoms, 10 in each fold.
fn benchmark() -> &'static Benchmark {
    static PHANTOMS: OnceLock<(TempDir, Benchmark)> = OnceLock::new();
    let (_, benchmark) = PHANTOMS.get_or_init(|| {
        let temp = tempfile::tempdir().unwrap();
        let folder = temp.path().join("bench");
        write_benchmark(&Population::new(20, 1), 1024, &folder, &quiet).unwrap();
        let benchmark = Benchmark::open(&folder).unwrap();
        (temp, benchmark)
    });
    benchmark
}

fn trained(method: &dyn Method, set: &TrainingSet<'_>) -> Model {
    let parameters = quick(method.info());
    train(method, set, &parameters, 1, &quiet).unwrap()
}

fn models() -> &'static HashMap<&'static str, Model> {
    static MODELS: OnceLock<HashMap<&'static str, Model>> = OnceLock::new();
    MODELS.get_or_init(|| {
        let set = TrainingSet::new(benchmark(), Fold::Number(1));
        METHODS.iter().map(|method| (method.info().id, trained(*method, &set))).collect()
    })
}

fn ids() -> impl Iterator<Item = &'static str> {
    METHODS.iter().map(|method| method.info().id)
}

#[divan::bench(args = ids(), sample_count = 10)]
fn image_1024(bencher: Bencher<'_, '_>, id: &str) {
    let image = benchmark().fold(Fold::Number(2)).next().unwrap();
    let radiograph: Radiograph = benchmark().read_radiograph(image).unwrap();
    let model = &models()[id];
    bencher.bench(|| model.segment(&radiograph).unwrap());
}

#[divan::bench(args = ids(), sample_count = 3)]
fn train_10_images_1024(bencher: Bencher<'_, '_>, id: &str) {
    let method = find_method(id).unwrap();
    bencher.bench(|| trained(method, &TrainingSet::new(benchmark(), Fold::Number(1))));
}

#[divan::bench(args = ids(), sample_count = 10)]
fn load_model(bencher: Bencher<'_, '_>, id: &str) {
    let bytes = models()[id].to_bytes();
    bencher.bench(|| Model::from_bytes("bench.model", &bytes).unwrap());
}
