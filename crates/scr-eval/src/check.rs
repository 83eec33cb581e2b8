//! What is suspicious about a set of masks: no error, and seldom meant.
//!
//! Errors are what keeps a set from being scored, and are found by reading it
//! whole. Beyond them a set can be whole, of the right sizes, and still not what
//! its maker thinks: sides swapped, axes exchanged, foreground and background
//! too. The rules look for traces of such accidents, at what an accident does to
//! a mask and a weak method does not; a low score alone is no trace. A warning
//! never keeps anybody from scoring.
//!
//! Deliberately not a score: overlaps are compared with each other here, on
//! thumbnails where that will do, and none is reported as a result.
//!
//! Of an image only [`ImageFacts`] are kept, some hundred bytes a mask. Each rule
//! is a function from the facts of all images to warnings, in a file with its
//! thresholds and the reasons for them:
//!
//! | rule | file |
//! |---|---|
//! | [`WrongSize`](Rule::WrongSize) | `wrong_size.rs` |
//! | [`Orientation`](Rule::Orientation) | `orientation.rs` |
//! | [`LeftRightSwap`](Rule::LeftRightSwap) | `sides.rs` |
//! | [`ScaledContent`](Rule::ScaledContent), [`ShiftedContent`](Rule::ShiftedContent) | `frame.rs` |
//! | [`Inverted`](Rule::Inverted), [`Empty`](Rule::Empty), [`EqualsReference`](Rule::EqualsReference) | `single.rs` |
//! | [`IdenticalMasks`](Rule::IdenticalMasks) | `identical.rs` |
//! | [`Outlier`](Rule::Outlier) | `outlier.rs` |

mod facts;
mod fences;
mod frame;
mod identical;
mod orientation;
mod outlier;
mod reading;
mod sides;
mod single;
mod thumbnail;
mod warning;
mod wrong_size;

use rayon::prelude::*;
use scr_data::digest::Manifest;
use scr_data::{Benchmark, DataError, Fold, MaskSet, Problems};

use self::facts::ImageFacts;
use self::reading::{Looked, look};
pub use self::warning::{Rule, Warning};
use crate::reading::Reader;

/// What was found about a set of masks.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckReport {
    /// How many images the set covers.
    pub n_images: usize,
    /// Identifiers of the structures that it covers, in the benchmark's order.
    pub structures: Vec<String>,
    /// Images whose mask has pixels, by structure, in the order of `structures`.
    pub n_filled: Vec<usize>,
    /// Names exactly what the set was held against; `None` where something of it
    /// cannot be read.
    pub benchmark_digest: Option<String>,
    /// Names exactly which masks were read; `None` where there are errors.
    pub masks_digest: Option<String>,
    /// The errors: all that keeps the set from being scored, sorted by place.
    pub problems: Problems,
    /// What is suspicious, in the order of [`Rule`]. Where there are errors it
    /// rests on the images that could be read whole.
    pub warnings: Vec<Warning>,
    /// What is worth knowing and nothing to worry about, in words.
    pub notices: Vec<String>,
}

/// What the rules look at.
struct Findings<'a> {
    benchmark: &'a Benchmark,
    /// The structures covered, as indices into the benchmark's.
    structures: &'a [usize],
    /// For each of them, where among them its counterpart on the other side is.
    sides: &'a [Option<usize>],
    /// The images that could be read whole, in the benchmark's order.
    images: &'a [ImageFacts],
}

/// Looks for everything that is wrong with `masks`, and for what is suspicious.
///
/// The errors are those that [`evaluate`](crate::evaluate()) would find. `observer`
/// names the reference; `on_image` is called after each image, from any thread.
/// The same files give the same report for any number of threads.
///
/// # Errors
/// [`DataError::Problems`] when the benchmark has no such observer. What is wrong
/// with files is in the report.
pub fn check(
    benchmark: &Benchmark,
    masks: &MaskSet,
    observer: &str,
    on_image: &(dyn Fn() + Sync),
) -> Result<CheckReport, DataError> {
    let observer = benchmark.observer(observer)?;
    let sides = sides::counterparts(benchmark, masks.structures());
    let reader = Reader { benchmark, masks, observer };
    let covered = masks.images();
    let readings: Vec<_> = covered
        .par_iter()
        .map(|&image| {
            let looked = look(reader, image, &sides);
            on_image();
            looked
        })
        .collect();

    let (mut problems, mut mask_files) = (Problems::default(), Manifest::default());
    let (mut reference_files, mut reference_is_whole) = (benchmark.manifest(), true);
    let (mut images, mut wrong_sizes) = (Vec::with_capacity(readings.len()), Vec::new());
    for Looked { facts, wrong_sizes: wrong, reading, reference_is_whole: is_whole } in readings {
        reference_is_whole &= is_whole;
        reference_files.extend(reading.reference_files);
        mask_files.extend(reading.mask_files);
        problems.extend(reading.problems);
        wrong_sizes.extend(wrong);
        images.extend(facts);
    }
    reference_is_whole &= reader.note_uncovered(&mut reference_files, &mut problems);
    let problems = match problems.or(()) {
        Ok(()) => Problems::default(),
        Err(DataError::Problems(sorted)) => sorted,
        Err(other) => return Err(other),
    };

    let structures = masks.structures();
    let n_filled =
        |place: usize| images.iter().filter(|image| !image.masks[place].is_empty).count();
    let n_filled = (0..structures.len()).map(n_filled).collect();
    let findings = Findings { benchmark, structures, sides: &sides, images: &images };
    let mut warnings = wrong_size::warnings(benchmark, &wrong_sizes);
    warnings.extend(findings.warnings());
    Ok(CheckReport {
        n_images: masks.images().len(),
        structures: structures.iter().map(|&s| benchmark.structures[s].id.clone()).collect(),
        n_filled,
        benchmark_digest: reference_is_whole.then(|| reference_files.digest()),
        masks_digest: problems.list().is_empty().then(|| mask_files.digest()),
        problems,
        warnings,
        notices: missing_fold(benchmark, masks).into_iter().collect(),
    })
}

impl Findings<'_> {
    /// Asks every rule, in the order of [`Rule`].
    fn warnings(&self) -> Vec<Warning> {
        let orientation = orientation::judge(self);
        let mut warnings = Vec::new();
        warnings.extend(orientation.warnings(self));
        warnings.extend(sides::warnings(self, &orientation));
        if !orientation.is_of_the_whole_set() {
            warnings.extend(frame::warnings(self));
        }
        warnings.extend(single::warnings(self));
        warnings.extend(identical::warnings(self));
        warnings.extend(outlier::warnings(self));
        warnings
    }
}

/// That one fold is not covered, where the benchmark has images of both.
fn missing_fold(benchmark: &Benchmark, masks: &MaskSet) -> Option<String> {
    let has_images = |fold: &Fold| benchmark.fold(*fold).next().is_some();
    let is_missing = |fold: &Fold| has_images(fold) && !masks.folds().contains(fold);
    let missing = Fold::BOTH.into_iter().find(is_missing)?;
    Some(format!(
        "the set covers fold {} only: scores will rest on {} of {} images",
        missing.other().number(),
        masks.images().len(),
        benchmark.images.len()
    ))
}
