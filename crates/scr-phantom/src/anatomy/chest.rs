//! Lung fields and heart, which share borders.
//!
//! As in the original annotation, the fields exclude the mediastinum, the heart, the
//! aorta, and the region below the diaphragm. A border of two structures is one line, so
//! they cannot disagree.

use scr_image::Point;

use super::patient::Patient;
use super::position::Position;
use super::proportions::{ANGLE, Proportions};
use crate::geometry::{Curve, spread};

/// True border of a structure on the film, with its landmarks.
#[derive(Debug, Clone)]
pub(crate) struct Border {
    /// The closed line, points about 1 mm apart.
    pub(crate) line: Vec<Point>,
    /// The landmarks, all on the line.
    pub(crate) landmarks: Vec<Point>,
}

impl Border {
    /// Joins consecutive pieces round a structure; each has the stated number of landmarks,
    /// the first at its start.
    pub(super) fn joined(pieces: &[(&[Point], usize)]) -> Self {
        let mut line = Vec::new();
        let mut landmarks = Vec::new();
        for &(piece, count) in pieces {
            line.extend_from_slice(&piece[..piece.len() - 1]);
            landmarks.extend(spread(piece, count));
        }
        Self { line, landmarks }
    }
}

/// Lungs and heart on the film, with the reference points of other parts.
#[derive(Debug, Clone)]
pub(crate) struct Chest {
    /// Right and left lung field.
    pub(crate) lungs: [Border; 2],
    /// The heart's silhouette.
    pub(crate) heart: Border,
    /// From apex to costophrenic angle, in the patient's frame, right and left.
    pub(crate) walls: [Vec<Point>; 2],
    /// Landmarks of the chest's interior in the patient's frame.
    pub(crate) levels: Levels,
}

/// Reference points for other organs, in the patient's frame.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Levels {
    /// Height of the apices.
    pub(crate) apex: f64,
    /// The tops of the right and left domes.
    pub(crate) domes: [Point; 2],
    /// The middle of the aortic knob.
    pub(crate) knob: Point,
    /// Carina: the bifurcation of the trachea.
    pub(crate) carina: Point,
    /// Right and left hilum.
    pub(crate) hila: [Point; 2],
    /// The right and left costophrenic angles.
    pub(crate) angles: [Point; 2],
}

/// The lateral wall from the apex to the costophrenic angle: share of the
/// half width from the midline, share of the height from the apex, and how much
/// squareness moves it outwards.
const WALL: [(f64, f64, f64); 8] = [
    (0.545, 0.028, 0.006),
    (0.695, 0.100, 0.016),
    (0.805, 0.230, 0.020),
    (0.888, 0.400, 0.012),
    (0.948, 0.570, 0.004),
    (0.985, 0.740, 0.0),
    (1.000, 0.880, 0.0),
    (ANGLE, 1.000, 0.0),
];

/// Ends of the landmark pieces among the medial border's key points; the first is the
/// junction of dome and heart.
const RIGHT_HEART: usize = 4;
const LEFT_HEART: usize = 6;

impl Chest {
    /// Builds the lungs and the heart of a patient.
    pub(crate) fn new(patient: &Patient, position: &Position) -> Self {
        let chest = Proportions::new(patient);
        let right_keys = right_border(&chest);
        let left_keys = left_border(&chest, patient);
        let right = lung_side(&chest, patient, -1.0, &right_keys);
        let left = lung_side(&chest, patient, 1.0, &left_keys);
        let placed = |line: &[Point]| position.place_all(line);
        let reversed = |line: &[Point]| {
            let mut line = placed(line);
            line.reverse();
            line
        };
        let right_lung = Border::joined(&[
            (&reversed(right.line.between(RIGHT_HEART, right.apex)), 11),
            (&reversed(right.line.between(0, RIGHT_HEART)), 8),
            (&placed(&right_floor(&chest, right_keys[0]).points), 9),
            (&reversed(right.wall()), 16),
        ]);
        let left_lung = Border::joined(&[
            (&placed(left.wall()), 17),
            (&placed(&left_floor(&chest, left_keys[0]).points), 8),
            (&placed(left.line.between(0, LEFT_HEART)), 12),
            (&placed(left.line.between(LEFT_HEART, left.apex)), 13),
        ]);
        let heart_top = heart_top(&chest, right_keys[RIGHT_HEART]);
        let heart_bottom = heart_bottom(&chest, patient.heart.depth, left_keys[0], right_keys[0]);
        let heart = Border::joined(&[
            (&placed(&heart_top.points), 4),
            (&reversed(left.line.between(0, LEFT_HEART)), 9),
            (&placed(&heart_bottom.points), 7),
            (&placed(right.line.between(0, RIGHT_HEART)), 6),
        ]);
        Self {
            lungs: [right_lung, left_lung],
            heart,
            walls: [right.wall().to_vec(), left.wall().to_vec()],
            levels: levels(&chest),
        }
    }
}

/// The right border from the dome up: right atrium, superior vena cava.
fn right_border(chest: &Proportions) -> Vec<Point> {
    let start = chest.atrium_top;
    let foot = chest.feet[0];
    let vein = chest.mediastinum + 2.0;
    let atrium = |out: f64, down: f64| {
        chest.midline(-(vein + out * (chest.heart[0] - vein)), start + down * (foot - start))
    };
    let above = |out: f64, down: f64| {
        chest.midline(-(chest.mediastinum + out), chest.neck + down * (start - chest.neck))
    };
    vec![
        chest.midline(-(chest.heart[0] - 7.0), foot),
        atrium(0.93, 0.84),
        atrium(1.0, 0.60),
        atrium(0.63, 0.24),
        atrium(0.0, 0.0),
        above(0.0, 0.55),
        above(-1.5, 0.2),
    ]
}

/// The left border from the dome up: left ventricle, pulmonary trunk, aortic knob.
fn left_border(chest: &Proportions, patient: &Patient) -> Vec<Point> {
    let lie = 0.03 * patient.heart.lie;
    let trunk = chest.trunk;
    let foot = chest.feet[1];
    let ventricle = |out: f64, down: f64| {
        let out = out + lie * libm::sin(std::f64::consts::PI * out);
        let apex = chest.heart[1] + chest.obliquity;
        Point::new(trunk.x + out * (apex - trunk.x), trunk.y + down * (foot - trunk.y))
    };
    let knob = patient.aortic_knob;
    vec![
        chest.midline(chest.heart[1] - 5.0, foot),
        ventricle(1.0, 0.90),
        ventricle(0.94, 0.78),
        ventricle(0.75, 0.60),
        ventricle(0.49, 0.40),
        ventricle(0.23, 0.20),
        trunk,
        chest.upper_left(7.5, 0.88),
        chest.upper_left(1.5 + 0.15 * knob, 0.745),
        chest.upper_left(0.80 * knob, 0.645),
        chest.upper_left(knob, KNOB),
        chest.upper_left(0.72 * knob, 0.45),
        chest.upper_left(-0.5, 0.33),
        chest.upper_left(-2.0, 0.15),
    ]
}

/// The middle of the aortic knob, share of the way from neck to pulmonary trunk.
const KNOB: f64 = 0.545;

/// One lung's line from the dome up its medial border, over the apex and down
/// the lateral wall to the costophrenic angle.
struct LungSide {
    line: Curve,
    /// The apex among the key points.
    apex: usize,
    /// The costophrenic angle among the key points.
    angle: usize,
}

impl LungSide {
    fn wall(&self) -> &[Point] {
        self.line.between(self.apex, self.angle)
    }
}

fn lung_side(chest: &Proportions, patient: &Patient, sign: f64, medial: &[Point]) -> LungSide {
    let height = chest.angles[usize::from(sign > 0.0)] - chest.apex;
    let wide = chest.half_width;
    let mut keys = medial.to_vec();
    keys.push(Point::new(sign * 0.225 * wide, chest.apex + 0.045 * height));
    let apex = keys.len();
    keys.push(Point::new(sign * patient.apex_offset * wide, chest.apex));
    keys.extend(WALL.iter().map(|&(out, down, square)| {
        let out = out + square * patient.squareness;
        Point::new(sign * out * wide, chest.apex + down * height)
    }));
    LungSide { line: Curve::through(&keys), apex, angle: keys.len() - 1 }
}

/// The right dome, outwards from the heart.
fn right_floor(chest: &Proportions, foot: Point) -> Curve {
    let dome = |out: f64, fall: f64| {
        Point::new(-out * chest.half_width, chest.domes[0] + fall * chest.dome_height)
    };
    Curve::through(&[
        foot,
        dome(0.40, 0.12),
        dome(0.57, 0.0),
        dome(0.75, 0.16),
        dome(0.90, 0.52),
        dome(ANGLE, 1.0),
    ])
}

/// The left dome, inwards to the heart.
fn left_floor(chest: &Proportions, foot: Point) -> Curve {
    Curve::through(&[
        chest.left_dome(1.0, 1.0),
        chest.left_dome(0.80, 0.48),
        chest.left_dome(0.55, 0.13),
        chest.left_dome(0.28, 0.0),
        foot,
    ])
}

/// The heart's upper border, from the right to the left.
fn heart_top(chest: &Proportions, start: Point) -> Curve {
    let top = chest.heart_top;
    Curve::through(&[
        start,
        chest.midline(-0.62 * chest.mediastinum, top + 0.10 * (chest.feet[0] - top)),
        chest.midline(0.05 * chest.mediastinum, top + 1.5),
        chest.midline(0.8 * chest.mediastinum, top),
        chest.trunk,
    ])
}

/// The heart's lower border, from the left to the right, `depth` below the domes.
fn heart_bottom(chest: &Proportions, depth: f64, start: Point, end: Point) -> Curve {
    let [foot_right, foot_left] = chest.feet;
    Curve::through(&[
        start,
        chest.midline(0.86 * chest.heart[1], foot_left + 0.55 * depth),
        chest.midline(0.58 * chest.heart[1], foot_left + depth),
        chest.midline(0.12 * chest.heart[1], 0.5 * (foot_left + foot_right) + depth),
        chest.midline(-0.5 * chest.heart[0], foot_right + 0.6 * depth),
        end,
    ])
}

fn levels(chest: &Proportions) -> Levels {
    let wide = chest.half_width;
    Levels {
        apex: chest.apex,
        domes: [Point::new(-0.57 * wide, chest.domes[0]), chest.left_dome(0.28, 0.0)],
        knob: chest.upper_left(0.0, KNOB),
        carina: chest.midline(1.5, chest.neck + 0.72 * (chest.trunk.y - chest.neck)),
        hila: [
            chest.midline(-(chest.mediastinum + 12.0), chest.atrium_top - 4.0),
            chest.midline(chest.mediastinum + 15.0, chest.heart_top - 2.0),
        ],
        angles: [
            Point::new(-ANGLE * wide, chest.angles[0]),
            Point::new(ANGLE * wide, chest.angles[1]),
        ],
    }
}
