//! Benchmark of reading and scoring, by side of the image in pixels.
//!
//! `cargo bench -p scr-eval`. Phantoms and their second observer, written once to
//! a temporary folder: three objects of five structures an image. One thread;
//! set `SCR_BENCH_THREADS` for more.

use std::path::PathBuf;

use divan::{Bencher, black_box, counter::ItemsCount};
use scr_data::{Benchmark, MaskSet, formats};
use scr_eval::{Settings, evaluate};
use scr_phantom::{Population, write_benchmark};

fn main() {
    let threads = std::env::var("SCR_BENCH_THREADS").ok().and_then(|n| n.parse().ok()).unwrap_or(1);
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build_global()
        .expect("no pool has been started yet");
    divan::main();
}

const SIDES: [usize; 3] = [256, 1024, 2048];
const N_IMAGES: usize = 8;

/// A benchmark of phantoms in a temporary folder.
struct Phantoms {
    folder: tempfile::TempDir,
    benchmark: Benchmark,
}

impl Phantoms {
    fn new(side: usize) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = folder.path().join("phantom");
        write_benchmark(&Population::new(N_IMAGES, 1), side, &root, &|_, _, _| ())
            .expect("phantoms are written");
        let benchmark = Benchmark::open(&root).expect("phantoms are a benchmark");
        Self { folder, benchmark }
    }

    fn second(&self) -> PathBuf {
        self.folder.path().join("phantom/masks/second")
    }
}

#[divan::bench(args = SIDES)]
fn decode_one_mask(bencher: Bencher<'_, '_>, side: usize) {
    let phantoms = Phantoms::new(side);
    let bytes = std::fs::read(phantoms.second().join("right_lung/JPCLN001.png"))
        .expect("the mask is there");
    bencher.bench(|| formats::png::read_mask(black_box(&bytes)));
}

#[divan::bench(args = SIDES, sample_count = 20)]
fn evaluate_eight_images(bencher: Bencher<'_, '_>, side: usize) {
    let phantoms = Phantoms::new(side);
    let masks = MaskSet::open(&phantoms.second(), &phantoms.benchmark).expect("the set is whole");
    let settings = Settings::default();
    bencher.counter(ItemsCount::new(N_IMAGES)).bench(|| {
        evaluate(&phantoms.benchmark, &masks, &settings, &|| ()).expect("every mask is read")
    });
}
