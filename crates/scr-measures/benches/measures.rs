//! Benchmark of the measures of one object, by side of the image in pixels.
//!
//! `cargo bench -p scr-measures`. The masks are two ellipses that overlap by
//! about 0.9, as large in the image as a lung, built outside the loop; the worst
//! cases would make a naive search of distances quadratic.

use divan::{Bencher, black_box};
use scr_image::{Mask, Size};
use scr_measures::boundary::{BoundaryRule, boundary};
use scr_measures::{Counts, Measure, Scratch, measure_object};

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

fn measures(keys: &str) -> Vec<Measure> {
    keys.split_whitespace().map(|key| key.parse().expect("the key names a measure")).collect()
}

const TEN: &str =
    "overlap dice sensitivity specificity precision masd assd hausdorff hausdorff_95 nsd@2px";

fn bench(bencher: Bencher<'_, '_>, (reference, prediction): (Mask, Mask), keys: &str) {
    let measures = measures(keys);
    let mut scratch = Scratch::default();
    bencher.bench_local(|| {
        measure_object(black_box(&reference), &prediction, None, &measures, &mut scratch)
    });
}

#[divan::bench(args = SIDES)]
fn counts(bencher: Bencher<'_, '_>, side: usize) {
    let (reference, prediction) = pair(side);
    bencher.bench(|| Counts::of(black_box(&reference), &prediction));
}

#[divan::bench(args = SIDES)]
fn boundary_pixels(bencher: Bencher<'_, '_>, side: usize) {
    let (reference, _) = pair(side);
    bencher.bench(|| boundary(black_box(&reference), BoundaryRule::default()));
}

#[divan::bench(args = SIDES)]
fn distances(bencher: Bencher<'_, '_>, side: usize) {
    bench(bencher, pair(side), "masd");
}

#[divan::bench(args = SIDES)]
fn ten_measures(bencher: Bencher<'_, '_>, side: usize) {
    bench(bencher, pair(side), TEN);
}

#[divan::bench(args = SIDES)]
fn corners(bencher: Bencher<'_, '_>, side: usize) {
    bench(bencher, pair(side), "hausdorff_95.corners");
}

#[divan::bench(args = SIDES)]
fn band(bencher: Bencher<'_, '_>, side: usize) {
    bench(bencher, pair(side), "boundary_iou@3px");
}

/// Worst cases of a distance search: far targets, many boundary pixels, both.
mod worst {
    use super::*;

    fn from_fn(side: usize, is_set: impl Fn(usize, usize) -> bool) -> Mask {
        Mask::from_fn(Size::square(side), is_set)
    }

    #[divan::bench(args = SIDES)]
    fn checkerboard_against_its_inverse(bencher: Bencher<'_, '_>, side: usize) {
        let board = |odd: usize| from_fn(side, |col, row| (col + row) % 2 == odd);
        bench(bencher, (board(0), board(1)), TEN);
    }

    #[divan::bench(args = SIDES)]
    fn one_pixel_against_a_full_mask(bencher: Bencher<'_, '_>, side: usize) {
        let pixel = from_fn(side, |col, row| col == side / 2 && row == side / 2);
        bench(bencher, (pixel, from_fn(side, |_, _| true)), TEN);
    }

    #[divan::bench(args = SIDES)]
    fn one_pixel_against_a_checkerboard(bencher: Bencher<'_, '_>, side: usize) {
        let pixel = from_fn(side, |col, row| col == 0 && row == 0);
        bench(bencher, (pixel, from_fn(side, |col, row| (col + row) % 2 == 0)), TEN);
    }

    #[divan::bench(args = SIDES)]
    fn left_stripes_against_right_stripes(bencher: Bencher<'_, '_>, side: usize) {
        let left = from_fn(side, |col, row| col < side / 2 && row % 2 == 0);
        let right = from_fn(side, |col, row| col >= side / 2 && row % 2 == 1);
        bench(bencher, (left, right), TEN);
    }
}
