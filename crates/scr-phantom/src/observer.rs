//! How two people click the same borders.
//!
//! The reference observer follows the true border but for the width of a
//! mouse click. The second one differs as people do: along whole stretches,
//! smoothly, most where the border is a matter of opinion (the heart's top and
//! bottom, the lungs beside the hila and at the costophrenic angles, the ends
//! of the clavicles). No pixel noise.

use scr_image::Point;

use crate::STRUCTURES;
use crate::geometry::{add, minus, times, turned, unit};
use crate::random::Source;

/// The spread of single clicks, mm.
const CLICK_SD: f64 = 0.15;

/// The reference observer's points: the border's, with tiny deviations.
pub(crate) fn reference(landmarks: &[Point], source: &mut Source) -> Vec<Point> {
    landmarks.iter().map(|&point| add(point, source.shift(CLICK_SD))).collect()
}

/// A stretch of a border that the second observer draws elsewhere.
struct Habit {
    /// The landmark at its middle.
    at: f64,
    /// Landmarks from the middle to where it has died away.
    reach: f64,
    /// Which way, and how far as a rule: mean and standard deviation in mm.
    way: Way,
    mean: f64,
    sd: f64,
}

enum Way {
    /// Outwards.
    Out,
    /// Down the film.
    Down,
    /// Away from the midline.
    Lateral,
}

/// How freely the second observer takes this image, around 1: some images are
/// drawn on a tired afternoon.
pub(crate) fn freedom(source: &mut Source) -> f64 {
    libm::exp(source.normal(-0.03, 0.25))
}

/// The second observer's points of one structure (its place in [`STRUCTURES`]).
pub(crate) fn second(
    structure: usize,
    landmarks: &[Point],
    freedom: f64,
    source: &mut Source,
) -> Vec<Point> {
    let (id, count) = STRUCTURES[structure];
    let habits = habits(id);
    let drift = freedom * drift_sd(id);
    let steps: Vec<f64> =
        habits.iter().map(|habit| freedom * source.normal(habit.mean, habit.sd)).collect();
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
            for (habit, &step) in habits.iter().zip(&steps) {
                let far = round_distance(i as f64, habit.at, count as f64) / habit.reach;
                if far < 1.0 {
                    let weight = 0.5 + 0.5 * libm::cos(std::f64::consts::PI * far);
                    let way = match habit.way {
                        Way::Out => outward[i],
                        Way::Down => Point::new(0.0, 1.0),
                        Way::Lateral => Point::new(lateral, 0.0),
                    };
                    moved = add(moved, times(way, weight * step));
                }
            }
            add(add(landmarks[i], moved), source.shift(CLICK_SD))
        })
        .collect()
}

/// How far the second observer strays without a reason, mm.
fn drift_sd(id: &str) -> f64 {
    match id {
        "right_lung" | "left_lung" => 1.15,
        "heart" => 2.0,
        _ => 0.40,
    }
}

fn habits(id: &str) -> Vec<Habit> {
    let habit =
        |at: f64, reach: f64, way: Way, mean: f64, sd: f64| Habit { at, reach, way, mean, sd };
    match id {
        "right_lung" => vec![
            habit(0.0, 4.0, Way::Down, 0.3, 2.2),
            habit(9.5, 7.0, Way::Out, -0.3, 2.8),
            habit(28.0, 3.0, Way::Down, 0.6, 3.0),
        ],
        "left_lung" => vec![
            habit(0.0, 4.0, Way::Down, 0.3, 2.2),
            habit(17.0, 3.0, Way::Down, 0.6, 3.0),
            habit(25.5, 4.0, Way::Out, 0.0, 2.6),
            habit(38.0, 7.0, Way::Out, -0.3, 2.8),
        ],
        "heart" => vec![
            habit(2.0, 6.0, Way::Down, -1.5, 8.0),
            habit(16.5, 7.0, Way::Down, 1.0, 6.5),
            habit(12.5, 3.0, Way::Out, 0.0, 2.5),
        ],
        _ => {
            vec![habit(9.5, 2.5, Way::Lateral, 0.0, 2.6), habit(20.5, 3.0, Way::Lateral, 0.0, 1.6)]
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
    // Points run clockwise or not, by structure: outwards is away from the middle on the whole.
    let sum: f64 = normals.iter().zip(landmarks).map(|(n, p)| n.x * (p.x - middle_x)).sum();
    let sign = if sum < 0.0 { -1.0 } else { 1.0 };
    normals.into_iter().map(|normal| times(normal, sign)).collect()
}
