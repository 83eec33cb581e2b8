//! Observers: the points that two people click on the same borders.
//!
//! The reference observer follows the true border to the width of a mouse click. The
//! second one deviates as people do: smoothly along whole stretches, most where the border
//! is ambiguous (the heart's top and bottom, the lungs beside the hila and at the
//! costophrenic angles, the ends of the clavicles). There is no pixel noise.

use scr_image::Point;

use crate::geometry::{add, minus, times, turned, unit};
use crate::random::Source;
use crate::structures::STRUCTURES;

/// Standard deviation of single clicks, mm.
const CLICK_SD: f64 = 0.15;

/// Points of the reference observer: the border's, with tiny deviations.
pub(crate) fn reference(landmarks: &[Point], source: &mut Source) -> Vec<Point> {
    landmarks.iter().map(|&point| add(point, source.shift(CLICK_SD))).collect()
}

/// Systematic deviation of the second observer along a stretch of a border.
struct Deviation {
    /// The landmark at its middle.
    at: f64,
    /// Number of landmarks from its middle to its end.
    reach: f64,
    /// Direction of the deviation, with its mean and standard deviation in mm.
    direction: Direction,
    mean: f64,
    sd: f64,
}

enum Direction {
    /// Outwards.
    Out,
    /// Down the film.
    Down,
    /// Away from the midline.
    Lateral,
}

/// Scale of the second observer's deviations in an image, around 1: care varies from image
/// to image.
pub(crate) fn variability(source: &mut Source) -> f64 {
    libm::exp(source.normal(-0.03, 0.25))
}

/// Points of the second observer for one structure, by its index in [`STRUCTURES`].
pub(crate) fn second(
    structure: usize,
    landmarks: &[Point],
    variability: f64,
    source: &mut Source,
) -> Vec<Point> {
    let (id, count) = STRUCTURES[structure];
    let deviations = deviations(id);
    let drift = variability * drift_sd(id);
    let steps: Vec<f64> = deviations
        .iter()
        .map(|deviation| variability * source.normal(deviation.mean, deviation.sd))
        .collect();
    // Four harmonics of the way round; slower ones are larger.
    let harmonics: Vec<(f64, f64)> = (1..=4)
        .map(|order| {
            let sd = drift / f64::from(order).sqrt();
            (source.normal(0.0, sd), source.normal(0.0, sd))
        })
        .collect();
    let whole = source.normal(0.0, 0.5 * drift);
    let middle = landmarks.iter().map(|p| p.x).sum::<f64>() / count as f64;
    let lateral = if id.starts_with("right") { -1.0 } else { 1.0 };
    let outward = outwards(landmarks, middle);
    (0..count)
        .map(|i| {
            let round = std::f64::consts::TAU * i as f64 / count as f64;
            let mut out = whole;
            for (order, &(cos, sin)) in (1u8..).zip(&harmonics) {
                let angle = f64::from(order) * round;
                out += cos * libm::cos(angle) + sin * libm::sin(angle);
            }
            let mut moved = times(outward[i], out);
            for (deviation, &step) in deviations.iter().zip(&steps) {
                let far = round_distance(i as f64, deviation.at, count as f64) / deviation.reach;
                if far < 1.0 {
                    let weight = 0.5 + 0.5 * libm::cos(std::f64::consts::PI * far);
                    let direction = match deviation.direction {
                        Direction::Out => outward[i],
                        Direction::Down => Point::new(0.0, 1.0),
                        Direction::Lateral => Point::new(lateral, 0.0),
                    };
                    moved = add(moved, times(direction, weight * step));
                }
            }
            add(add(landmarks[i], moved), source.shift(CLICK_SD))
        })
        .collect()
}

/// Standard deviation of the second observer's random drift, mm.
fn drift_sd(id: &str) -> f64 {
    match id {
        "right_lung" | "left_lung" => 1.15,
        "heart" => 2.0,
        _ => 0.40,
    }
}

fn deviations(id: &str) -> Vec<Deviation> {
    let deviation = |at: f64, reach: f64, direction: Direction, mean: f64, sd: f64| Deviation {
        at,
        reach,
        direction,
        mean,
        sd,
    };
    match id {
        "right_lung" => vec![
            deviation(0.0, 4.0, Direction::Down, 0.3, 2.2),
            deviation(9.5, 7.0, Direction::Out, -0.3, 2.8),
            deviation(28.0, 3.0, Direction::Down, 0.6, 3.0),
        ],
        "left_lung" => vec![
            deviation(0.0, 4.0, Direction::Down, 0.3, 2.2),
            deviation(17.0, 3.0, Direction::Down, 0.6, 3.0),
            deviation(25.5, 4.0, Direction::Out, 0.0, 2.6),
            deviation(38.0, 7.0, Direction::Out, -0.3, 2.8),
        ],
        "heart" => vec![
            deviation(2.0, 6.0, Direction::Down, -1.5, 8.0),
            deviation(16.5, 7.0, Direction::Down, 1.0, 6.5),
            deviation(12.5, 3.0, Direction::Out, 0.0, 2.5),
        ],
        _ => {
            vec![
                deviation(9.5, 2.5, Direction::Lateral, 0.0, 2.6),
                deviation(20.5, 3.0, Direction::Lateral, 0.0, 1.6),
            ]
        }
    }
}

/// Steps between two places on a closed line of `count`.
fn round_distance(a: f64, b: f64, count: f64) -> f64 {
    let far = (a - b).abs();
    far.min(count - far)
}

/// The outward direction at each landmark.
fn outwards(landmarks: &[Point], middle_x: f64) -> Vec<Point> {
    let count = landmarks.len();
    let normals: Vec<Point> = (0..count)
        .map(|i| {
            let before = landmarks[(i + count - 1) % count];
            unit(turned(minus(landmarks[(i + 1) % count], before)))
        })
        .collect();
    // The direction of points depends on the structure: outwards is away from the middle.
    let sum: f64 = normals.iter().zip(landmarks).map(|(n, p)| n.x * (p.x - middle_x)).sum();
    let sign = if sum < 0.0 { -1.0 } else { 1.0 };
    normals.into_iter().map(|normal| times(normal, sign)).collect()
}
