//! Synthetic examples with two structures, for the tests of this folder.

use scr_image::{Point, Size};

use super::appearance::Appearance;
use super::warp::Warp;
use crate::GreyImage;
use crate::shape_model::{Layout, Pose, PosedShape, ShapeModel};
use crate::{Example, Pyramid};

/// Number of points of a structure.
const POINTS: usize = 12;

/// Layout of the two structures.
pub(super) fn layout() -> Layout {
    Layout::equal(2, POINTS)
}

/// Examples of a tall and a wide smooth blob on a grey gradient, in `n` images of `side`
/// pixels, with varying position, size, shape and brightness.
pub(super) fn examples(n: usize, side: usize) -> Vec<Example> {
    (0..n).map(|index| example(index as f64, side)).collect()
}

fn example(index: f64, side: usize) -> Example {
    let s = side as f64;
    let wave = |speed: f64| (index * speed + 0.4).sin();
    let blobs = [
        (0.32 + 0.02 * wave(1.7), 0.45, 0.11 + 0.01 * wave(2.3), 0.24 + 0.03 * wave(0.9)),
        (0.66 + 0.02 * wave(2.9), 0.55, 0.17 + 0.02 * wave(1.1), 0.13),
    ];
    let value = |x: f64, y: f64| {
        let inside = |(cx, cy, rx, ry): (f64, f64, f64, f64)| {
            let radius = ((x / s - cx) / rx).hypot((y / s - cy) / ry);
            1.0 / (1.0 + (12.0 * (radius - 1.0)).exp())
        };
        let texture = 0.05 * (x / s * 25.0).sin();
        0.3 + 0.2 * y / s + texture + (0.5 + 0.1 * wave(3.3)) * inside(blobs[0])
            - 0.2 * inside(blobs[1])
    };
    let size = Size::square(side);
    let values = (0..size.area())
        .map(|pixel| value((pixel % side) as f64 + 0.5, (pixel / side) as f64 + 0.5) as f32)
        .collect();
    let points = blobs.iter().flat_map(|&(cx, cy, rx, ry)| {
        (0..POINTS).map(move |k| {
            let angle = k as f64 / POINTS as f64 * std::f64::consts::TAU;
            Point::new(s * (cx + rx * angle.cos()), s * (cy + ry * angle.sin()))
        })
    });
    Example {
        pyramid: Pyramid::new(vec![GreyImage::new(size, values)], 2),
        points: points.collect(),
    }
}

/// Model of the finest level, and the appearance of each example.
pub(super) fn learnt(examples: &[Example], whisker: f64) -> (Appearance, Vec<PosedShape>) {
    let shapes: Vec<Vec<Point>> = examples.iter().map(|e| e.points.clone()).collect();
    let shape = ShapeModel::learn(&shapes, 0.99);
    let fits: Vec<PosedShape> =
        shapes.iter().map(|points| shape.fit(points, f64::INFINITY)).collect();
    let mean = shape.points(&shape.mean_at(Pose::IDENTITY));
    let warp = Warp::new(&mean, &layout(), 1.0, whisker);
    let appearance = Appearance::learn(0, warp, &shape, &fits, examples, (0.99, 0.99));
    let known = examples
        .iter()
        .zip(&fits)
        .map(|(e, fit)| appearance.encoded(&e.pyramid, &e.points, fit.pose, f64::INFINITY))
        .collect();
    (appearance, known)
}
