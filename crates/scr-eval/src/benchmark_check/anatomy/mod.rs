//! Rules for masks beside the anatomy: turned, scaled or shifted against their radiographs,
//! on all images alike.
//!
//! Compares the given placement of the masks with others by the agreement of `fit.rs`.
//!
//! # Thresholds
//! - At least [`LEAST_IMAGES`] images. Halves of them, every other one, are searched on
//!   their own: both must find the same placement ([`SAME_LOG_SCALE`], [`SAME_SHIFT`]), and
//!   each is judged on the images of the other half, which it was not chosen on.
//! - The placement must be far from the given one: [`TOGETHER`], or [`ALONE`] for one structure
//!   of several. Right masks may fit better when up to 7% smaller: annotators and phantoms
//!   draw a lung outside of the steepest change of brightness.
//! - The agreement must be higher by [`GAIN`], and higher on three images of four.
//! - A turn needs the gain of [`GAIN_OF_A_TURN`], as given and without a search.
//! - Structures must extend over [`LEAST_EXTENT`] of the image: a clavicle fits a rib.
//!
//! Does not see single images whose masks are beside the anatomy, nor changes below the
//! thresholds.

mod boundary;
mod fit;
mod sketch;

use rayon::prelude::*;

use self::boundary::{boundary, n_bins};
use self::fit::{Images, Outlined, Placement};
pub(super) use self::sketch::Sketch;
use crate::turn::Turn;

pub(super) const LEAST_IMAGES: usize = 6;
const SAME_LOG_SCALE: f64 = 0.06;
const SAME_SHIFT: f64 = 0.025;
const TOGETHER: Tolerance = Tolerance { log_scale: 0.113, shift: 0.02 };
const ALONE: Tolerance = Tolerance { log_scale: 0.2, shift: 0.03 };
const GAIN: f64 = 2.0;
const GAIN_OF_A_TURN: f64 = 3.0;
/// Agreement below which no boundary is seen.
const LEAST_AGREEMENT: f64 = 0.004;
const LEAST_EXTENT: f64 = 0.3;
/// Largest number of structures that are placed together.
const MAX_STRUCTURES: usize = 16;

/// Differences from the given placement that are no suspicion.
#[derive(Debug, Clone, Copy)]
struct Tolerance {
    /// Logarithm of a scale factor.
    log_scale: f64,
    /// Shift, as a share of the image.
    shift: f64,
}

/// Finding about the placement of structures, on all images alike.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Misplacement {
    /// Structures concerned, as places among those of the sketches.
    pub(super) structures: Vec<usize>,
    /// Kind of the change.
    pub(super) kind: MisplacementKind,
    /// Number of images on which the changed masks fit better.
    pub(super) n_better: usize,
}

/// Kind of a misplacement, in words.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum MisplacementKind {
    /// State of the masks, and advice that undoes it.
    Turned(&'static str, &'static str),
    /// Change with which the masks fit better.
    Placed(String),
}

/// Finds what is wrong with the placement of masks in `sketches`, of the same structures each.
///
/// All structures are placed together first; when they are right, large ones on their own.
pub(super) fn misplacements(sketches: &[&Sketch]) -> Vec<Misplacement> {
    if sketches.len() < LEAST_IMAGES {
        return Vec::new();
    }
    let n_structures = sketches[0].masks.len();
    let drawn = |&structure: &usize| {
        let is_drawn = |sketch: &&&Sketch| sketch.masks[structure].values.iter().any(|&v| v >= 0.5);
        2 * sketches.iter().filter(is_drawn).count() > sketches.len()
    };
    let drawn: Vec<usize> = (0..n_structures).filter(drawn).take(MAX_STRUCTURES).collect();
    let together = misplacement(sketches, &drawn, TOGETHER);
    if together.is_some() || drawn.len() < 2 {
        return together.into_iter().collect();
    }
    drawn.iter().filter_map(|&structure| misplacement(sketches, &[structure], ALONE)).collect()
}

fn misplacement(
    sketches: &[&Sketch],
    structures: &[usize],
    tolerance: Tolerance,
) -> Option<Misplacement> {
    if structures.is_empty() || extent(sketches, structures) < LEAST_EXTENT {
        return None;
    }
    let kind = |(kind, n_better)| Misplacement { structures: structures.to_vec(), kind, n_better };
    turned(sketches, structures).or_else(|| placed(sketches, structures, tolerance)).map(kind)
}

/// Mean extent of the union of structures, the smaller of both axes, as a share of the image.
fn extent(sketches: &[&Sketch], structures: &[usize]) -> f64 {
    let mean = |axis: usize| {
        let extents = sketches.iter().map(|sketch| {
            let size = sketch.size();
            let cells = (0..size.area()).filter(|&cell| {
                structures.iter().any(|&structure| sketch.masks[structure].values[cell] >= 0.5)
            });
            let at = |cell: usize| if axis == 0 { cell % size.width } else { cell / size.width };
            let ends = cells.map(at).fold((usize::MAX, 0), |(a, b), at| (a.min(at), b.max(at + 1)));
            let length = if axis == 0 { size.width } else { size.height };
            ends.1.saturating_sub(ends.0) as f64 / length as f64
        });
        extents.sum::<f64>() / sketches.len() as f64
    };
    mean(0).min(mean(1))
}

fn outlined<'a>(sketches: &[&'a Sketch], structures: &[usize], turn: Turn) -> Vec<Outlined<'a>> {
    let outline =
        |&sketch: &&'a Sketch| Outlined { sketch, points: boundary(sketch, structures, turn) };
    sketches.par_iter().map(outline).collect()
}

/// Orientation in which all masks fit far better than as given.
fn turned(sketches: &[&Sketch], structures: &[usize]) -> Option<(MisplacementKind, usize)> {
    let n_bins = n_bins(structures.len());
    let agreements = |turn: Turn| {
        let outlined = outlined(sketches, structures, turn);
        Images { list: outlined.iter().collect(), n_bins }.agreements(Placement::GIVEN)
    };
    let [as_given, others @ ..] = Turn::ALL;
    let given = agreements(as_given);
    let mean = |agreements: &[f64]| agreements.iter().sum::<f64>() / agreements.len() as f64;
    let (turn, best) = others
        .into_iter()
        .map(|turn| (turn, agreements(turn)))
        .reduce(|a, b| if mean(&b.1) > mean(&a.1) { b } else { a })?;
    let n_better = best.iter().zip(&given).filter(|(best, given)| best > given).count();
    let is_clear = mean(&best) >= (GAIN_OF_A_TURN * mean(&given)).max(LEAST_AGREEMENT)
        && 4 * n_better >= 3 * sketches.len();
    is_clear.then_some((MisplacementKind::Turned(turn.words, turn.undo), n_better))
}

/// Scale and shift with which all masks fit far better than as given.
fn placed(
    sketches: &[&Sketch],
    structures: &[usize],
    tolerance: Tolerance,
) -> Option<(MisplacementKind, usize)> {
    let n_bins = n_bins(structures.len());
    let outlined = outlined(sketches, structures, Turn::ALL[0]);
    let half =
        |start: usize| Images { list: outlined.iter().skip(start).step_by(2).collect(), n_bins };
    let halves = [half(0), half(1)];
    let [first, second] = [0, 1].map(|index: usize| halves[index].best_placement());
    let is_same = (0..2).all(|axis| {
        (first.scale[axis] / second.scale[axis]).ln().abs() <= SAME_LOG_SCALE
            && (first.shift[axis] - second.shift[axis]).abs() <= SAME_SHIFT
    });
    let both = Placement {
        scale: [0, 1].map(|axis| (first.scale[axis] * second.scale[axis]).sqrt()),
        shift: [0, 1].map(|axis| f64::midpoint(first.shift[axis], second.shift[axis])),
    };
    let words = in_words(both, tolerance)?;
    let mut better = Vec::new();
    for (half, placement) in halves.iter().zip([second, first]) {
        let given = half.agreements(Placement::GIVEN);
        better.extend(half.agreements(placement).into_iter().zip(given));
    }
    let n_better = better.iter().filter(|(better, given)| better > given).count();
    let sum = |pick: fn(&(f64, f64)) -> f64| better.iter().map(pick).sum::<f64>();
    let (found, given) = (sum(|pair| pair.0), sum(|pair| pair.1));
    let is_clear = is_same
        && found >= (GAIN * given).max(LEAST_AGREEMENT * better.len() as f64)
        && 4 * n_better >= 3 * better.len();
    is_clear.then_some((MisplacementKind::Placed(words), n_better))
}

/// Change of a placement in words; `None` when it is near the given one.
fn in_words(placement: Placement, tolerance: Tolerance) -> Option<String> {
    let Placement { scale, shift } = placement;
    let is_scaled = |axis: usize| scale[axis].ln().abs() > tolerance.log_scale;
    let is_shifted = |axis: usize| shift[axis].abs() > tolerance.shift;
    let mut changes = Vec::new();
    if is_scaled(0) || is_scaled(1) {
        let factors = [(0, "x"), (1, "y")]
            .into_iter()
            .filter(|&(axis, _)| scale[axis].ln().abs() > tolerance.log_scale / 2.0)
            .map(|(axis, name)| format!("{:.2} in {name}", scale[axis]));
        changes.push(format!("scaled by {}", factors.collect::<Vec<_>>().join(" and ")));
    }
    if is_shifted(0) || is_shifted(1) {
        let ways = [(0, "width", ["left", "right"]), (1, "height", ["up", "down"])];
        let shifts = ways.into_iter().filter(|&(axis, ..)| is_shifted(axis)).map(
            |(axis, side, [low, high])| {
                let way = if shift[axis] < 0.0 { low } else { high };
                format!("{:.1}% of the {side} {way}", 100.0 * shift[axis].abs())
            },
        );
        changes.push(format!("shifted by {}", shifts.collect::<Vec<_>>().join(" and ")));
    }
    (!changes.is_empty()).then(|| changes.join(" and "))
}
