//! Rule for mirrored, rotated or transposed masks.
//!
//! Compares each image's thumbnails with the reference's under eight hypotheses, the
//! symmetries of the square, each undone; a set with left and right structures is
//! compared with the sides swapped as well. The mean overlap over the structures is
//! the fit of a hypothesis.
//!
//! # Thresholds
//! The whole set counts as turned when the mean fit of a hypothesis over the images is
//! better than that of the given orientation by [`GAIN`], plus up to [`GAIN_OF_ONE`]
//! for few images, and better on three images of four. A weak method fits no better in
//! a wrong orientation: the mean shape on 37 radiographs raises no warning.
//!
//! Otherwise single images may be turned: those that fit well ([`FITS`]) in one
//! orientation and far less ([`GAIN_OF_ONE_IMAGE`]) as given. That needs a good mask: a
//! poor one may fit slightly better in any orientation.

use super::set_facts::SetFacts;
use super::warning::{Rule, Warning};
use crate::turn::Turn;

const GAIN: f64 = 0.1;
const GAIN_OF_ONE: f64 = 0.3;
const FITS: f64 = 0.7;
const GAIN_OF_ONE_IMAGE: f64 = 0.4;

/// Index of the given orientation. Hypotheses are the turns, then the turns with the
/// sides swapped.
const GIVEN: usize = 0;
const ONLY_SWAPPED: usize = Turn::ALL.len();

/// Orientation findings of a set.
pub(super) struct Orientation {
    findings: Vec<OrientationFinding>,
    is_whole_set: bool,
}

/// Images with the same wrong orientation.
struct OrientationFinding {
    hypothesis: usize,
    images: Vec<usize>,
    given: f64,
    undone: f64,
}

/// Image with the fit of each hypothesis.
#[derive(Clone, Copy)]
struct ImageFit<'a> {
    image: usize,
    fits: &'a [f64],
}

/// Finds a wrong orientation of the set, or of single images.
pub(super) fn judge(set: &SetFacts<'_>) -> Orientation {
    let images: Vec<ImageFit<'_>> = set
        .images
        .iter()
        .filter_map(|facts| Some(ImageFit { image: facts.image, fits: facts.fits.as_deref()? }))
        .collect();
    match whole_set(&images) {
        // A mere swap belongs to `sides.rs`, which tests each pair of structures.
        Some(finding) if finding.hypothesis == ONLY_SWAPPED => {
            Orientation { findings: Vec::new(), is_whole_set: false }
        }
        Some(finding) => Orientation { findings: vec![finding], is_whole_set: true },
        None => Orientation { findings: single_images(&images), is_whole_set: false },
    }
}

fn whole_set(images: &[ImageFit<'_>]) -> Option<OrientationFinding> {
    let hypotheses = 0..images.first()?.fits.len();
    let best = hypotheses.map(|hypothesis| finding(hypothesis, images)).reduce(better)?;
    let n_better =
        images.iter().filter(|image| image.fits[best.hypothesis] > image.fits[GIVEN]).count();
    let gain = GAIN + GAIN_OF_ONE / images.len() as f64;
    let is_clear = best.undone >= best.given + gain && 4 * n_better >= 3 * images.len();
    is_clear.then_some(best)
}

fn single_images(images: &[ImageFit<'_>]) -> Vec<OrientationFinding> {
    let best = |fit: &[f64]| (0..fit.len()).reduce(|a, b| if fit[b] > fit[a] { b } else { a });
    let lies = |hypothesis: usize, fit: &[f64]| {
        let fits = fit[hypothesis];
        best(fit) == Some(hypothesis) && fits >= FITS && fits >= fit[GIVEN] + GAIN_OF_ONE_IMAGE
    };
    (GIVEN + 1..Turn::ALL.len())
        .filter_map(|hypothesis| {
            let such = images.iter().filter(|image| lies(hypothesis, image.fits));
            let such: Vec<ImageFit<'_>> = such.copied().collect();
            (!such.is_empty()).then(|| finding(hypothesis, &such))
        })
        .collect()
}

/// Finding for `images` under one hypothesis.
fn finding(hypothesis: usize, images: &[ImageFit<'_>]) -> OrientationFinding {
    let mean = |hypothesis: usize| {
        images.iter().map(|image| image.fits[hypothesis]).sum::<f64>() / images.len() as f64
    };
    OrientationFinding {
        hypothesis,
        images: images.iter().map(|image| image.image).collect(),
        given: mean(GIVEN),
        undone: mean(hypothesis),
    }
}

/// The better finding; of equals the simpler, which comes first.
fn better(a: OrientationFinding, b: OrientationFinding) -> OrientationFinding {
    if b.undone > a.undone { b } else { a }
}

impl Orientation {
    /// True when all images have the same wrong orientation.
    pub(super) fn is_of_the_whole_set(&self) -> bool {
        self.is_whole_set
    }

    /// True when the image with this index has a wrong orientation.
    pub(super) fn explains(&self, image: usize) -> bool {
        self.findings.iter().any(|finding| finding.images.binary_search(&image).is_ok())
    }

    pub(super) fn warnings(&self, set: &SetFacts<'_>) -> Vec<Warning> {
        self.findings.iter().map(|finding| self.warning(finding, set)).collect()
    }

    fn warning(&self, finding: &OrientationFinding, set: &SetFacts<'_>) -> Warning {
        let Turn { words, undo, .. } = Turn::ALL[finding.hypothesis % Turn::ALL.len()];
        let is_swapped = finding.hypothesis >= Turn::ALL.len();
        let swap = if is_swapped { ", its left and right structures swapped" } else { "" };
        let swap_back = if is_swapped { " and swap right and left structures" } else { "" };
        let subject = if self.is_whole_set {
            "the whole set looks".to_owned()
        } else {
            format!("{} look", set.share_of_images(finding.images.len()))
        };
        let OrientationFinding { given, undone, .. } = finding;
        let message = format!(
            "{subject} {words}{swap}: mean overlap with the reference {given:.2} as given, \
             {undone:.2} with that undone, on thumbnails"
        );
        let hint = format!("compare a mask with its radiograph; if it is so, {undo}{swap_back}");
        let structures = set.all_structures();
        set.warning(Rule::Orientation, &structures, &finding.images, message, &hint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_images_need_a_clearer_gain_than_many() {
        let fit = [0.5, 0.72, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1];
        let images =
            |count| (0..count).map(|image| ImageFit { image, fits: &fit }).collect::<Vec<_>>();
        assert!(whole_set(&images(2)).is_none());
        assert_eq!(whole_set(&images(3)).unwrap().hypothesis, 1);
        assert!(whole_set(&[]).is_none());
    }
}
