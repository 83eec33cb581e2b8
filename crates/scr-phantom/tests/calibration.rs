//! Calibration of the population: the mean shape and the second observer agree with the
//! reference about as well as in the published results on the originals.
//!
//! Geometry only: draws no image.

use rayon::prelude::*;
use scr_image::{Mask, Outline, Point, Size};
use scr_phantom::{Drawing, Observer, Population};

const SIDE: usize = 1024;

struct Agreement {
    pixel_error: f64,
    lungs: f64,
    heart: f64,
    clavicles: f64,
}

fn masks(drawing: &Drawing) -> Vec<Mask> {
    drawing
        .iter()
        .map(|(_, outline)| Mask::filled(Size::square(SIDE), std::slice::from_ref(outline)))
        .collect()
}

fn overlap(reference: &Mask, prediction: &Mask) -> f64 {
    (reference & prediction).count() as f64 / (reference | prediction).count() as f64
}

fn agreement(reference: &[Mask], prediction: &[Mask]) -> Agreement {
    let wrong = reference
        .iter()
        .zip(prediction)
        .map(|(r, p)| r ^ p)
        .reduce(|all, one| &all | &one)
        .expect("there are five structures");
    let pair = |a: usize, b: usize| {
        overlap(&(&reference[a] | &reference[b]), &(&prediction[a] | &prediction[b]))
    };
    Agreement {
        pixel_error: wrong.count() as f64 / (SIDE * SIDE) as f64,
        lungs: pair(0, 1),
        heart: overlap(&reference[2], &prediction[2]),
        clavicles: pair(3, 4),
    }
}

/// The mean landmark positions of some drawings.
fn mean_shape(drawings: &[&Drawing]) -> Drawing {
    let count = drawings.len() as f64;
    drawings[0]
        .iter()
        .enumerate()
        .map(|(structure, (id, first))| {
            let points = (0..first.points().len())
                .map(|i| {
                    let sum = drawings.iter().fold((0.0, 0.0), |sum, drawing| {
                        let point = drawing[structure].1.points()[i];
                        (sum.0 + point.x, sum.1 + point.y)
                    });
                    Point::new(sum.0 / count, sum.1 / count)
                })
                .collect();
            (*id, Outline::new(points))
        })
        .collect()
}

fn is_odd(id: &str) -> bool {
    id.ends_with(['1', '3', '5', '7', '9'])
}

fn summary(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (count - 1.0);
    (mean, variance.sqrt())
}

/// Target range of a number of an [`Agreement`], as a mean over images.
struct Target {
    name: &'static str,
    of: fn(&Agreement) -> f64,
    mean_shape: (f64, f64),
    second_observer: (f64, f64),
}

const TARGETS: [Target; 4] = [
    Target {
        name: "pixel error",
        of: |a| a.pixel_error,
        mean_shape: (0.146, 0.015),
        second_observer: (0.029, 0.004),
    },
    Target {
        name: "lungs",
        of: |a| a.lungs,
        mean_shape: (0.71, 0.04),
        second_observer: (0.946, 0.04),
    },
    Target {
        name: "heart",
        of: |a| a.heart,
        mean_shape: (0.64, 0.04),
        second_observer: (0.878, 0.04),
    },
    Target {
        name: "clavicles",
        of: |a| a.clavicles,
        mean_shape: (0.30, 0.07),
        second_observer: (0.896, 0.07),
    },
];

#[test]
fn mean_shape_and_second_observer_agree_with_the_reference_as_on_the_original_data() {
    let population = Population::new(247, 1);
    let phantoms: Vec<_> =
        (0..population.len()).into_par_iter().map(|index| population.phantom(index)).collect();
    let mean_of = |odd: bool| {
        let drawings: Vec<&Drawing> =
            phantoms.iter().filter(|c| is_odd(&c.id) == odd).map(|c| &c.reference).collect();
        masks(&mean_shape(&drawings))
    };
    let odd = mean_of(true);
    let even = mean_of(false);
    let agreements: Vec<(Agreement, Agreement)> = phantoms
        .par_iter()
        .map(|phantom| {
            let reference = masks(phantom.drawing(Observer::Reference));
            let second = masks(phantom.drawing(Observer::Second));
            let mean = if is_odd(&phantom.id) { &even } else { &odd };
            (agreement(&reference, mean), agreement(&reference, &second))
        })
        .collect();
    let mut failures = Vec::new();
    for target in &TARGETS {
        let mut check = |who: &str, values: Vec<f64>, (expected, tolerance): (f64, f64)| {
            let (mean, sd) = summary(&values);
            let line = format!(
                "{:<12} {who:<16} {mean:.4} (sd {sd:.4}), expected {expected} +- {tolerance}",
                target.name
            );
            println!("{line}");
            if (mean - expected).abs() > tolerance {
                failures.push(line);
            }
        };
        let of = target.of;
        check("mean shape", agreements.iter().map(|a| of(&a.0)).collect(), target.mean_shape);
        check(
            "second observer",
            agreements.iter().map(|a| of(&a.1)).collect(),
            target.second_observer,
        );
    }
    assert!(failures.is_empty(), "out of bounds:\n{}", failures.join("\n"));
}
