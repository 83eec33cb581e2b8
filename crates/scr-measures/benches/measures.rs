//! How long the measures of one object take, by side of the image in pixels.
//!
//! `cargo bench -p scr-measures`. The masks are two ellipses that overlap by
//! about 0.9, as large in the image as a lung, built outside the loop.

use divan::Bencher;
use scr_image::{Mask, Size};
use scr_measures::{Counts, Measure, boundary, measure_object};

fn main() {
    divan::main();
}

const SIDES: [usize; 3] = [256, 1024, 2048];

fn ellipse(side: usize, shift: f64) -> Mask {
    let unit = side as f64;
    Mask::from_fn(Size::square(side), |col, row| {
        let x = col as f64 / unit - 0.3 - shift;
        let y = row as f64 / unit - 0.45;
        (x / 0.13).powi(2) + (y / 0.3).powi(2) < 1.0
    })
}

fn pair(side: usize) -> (Mask, Mask) {
    (ellipse(side, 0.0), ellipse(side, 0.01))
}

#[divan::bench(args = SIDES)]
fn counts(bencher: Bencher<'_, '_>, side: usize) {
    let (reference, prediction) = pair(side);
    bencher.bench(|| Counts::of(&reference, &prediction));
}

#[divan::bench(args = SIDES)]
fn boundary_pixels(bencher: Bencher<'_, '_>, side: usize) {
    let (reference, _) = pair(side);
    bencher.bench(|| boundary::boundary(&reference));
}

#[divan::bench(args = SIDES)]
fn all_measures(bencher: Bencher<'_, '_>, side: usize) {
    let (reference, prediction) = pair(side);
    bencher.bench(|| measure_object(&reference, &prediction, None, &Measure::ALL));
}
