//! Whether a set is mirrored, upside down, rotated or transposed.
//!
//! Each image's thumbnails are compared with the reference's as they are given and
//! with each of the seven other ways to lay a square undone, and where the set has
//! both sides of something once more with the sides swapped. The mean overlap over
//! the structures says how well each of these explanations fits.
//!
//! # Thresholds
//! The whole set is said to be turned when an explanation's mean over the images
//! is better than the given one's by [`GAIN`], and by up to [`GAIN_OF_ONE`] more
//! the fewer the images, and better on three images of four. A weak method is no
//! better the wrong way round: the mean shape on 37 radiographs is not said to be.
//!
//! Else single images are: those that fit well ([`FITS`]) one way round and far
//! less ([`GAIN_OF_ONE_IMAGE`]) the way they are given. That needs a good mask, as
//! one that failed may fit a little better any way.

use super::thumbnail::{SIDE, Thumbnail};
use super::{Findings, Rule, Warning};

const GAIN: f64 = 0.1;
const GAIN_OF_ONE: f64 = 0.3;
const FITS: f64 = 0.7;
const GAIN_OF_ONE_IMAGE: f64 = 0.4;

/// One of the eight ways to lay a square.
struct Turn {
    words: &'static str,
    undo: &'static str,
    /// Where the cell of the undone thumbnail lies in the given one.
    source: fn(usize, usize) -> (usize, usize),
}

const LAST: usize = SIDE - 1;

const TURNS: [Turn; 8] = [
    Turn { words: "as it should be", undo: "", source: |col, row| (col, row) },
    Turn {
        words: "mirrored left to right",
        undo: "mirror every mask left to right",
        source: |col, row| (LAST - col, row),
    },
    Turn {
        words: "upside down, mirrored top to bottom",
        undo: "mirror every mask top to bottom",
        source: |col, row| (col, LAST - row),
    },
    Turn {
        words: "rotated by 180 degrees",
        undo: "rotate every mask by 180 degrees",
        source: |col, row| (LAST - col, LAST - row),
    },
    Turn {
        words: "transposed, rows and columns exchanged",
        undo: "exchange rows and columns of every mask",
        source: |col, row| (row, col),
    },
    Turn {
        words: "rotated by 90 degrees clockwise",
        undo: "rotate every mask by 90 degrees anticlockwise",
        source: |col, row| (LAST - row, col),
    },
    Turn {
        words: "rotated by 90 degrees anticlockwise",
        undo: "rotate every mask by 90 degrees clockwise",
        source: |col, row| (row, LAST - col),
    },
    Turn {
        words: "transposed and rotated by 180 degrees",
        undo: "exchange rows and columns of every mask and rotate it by 180 degrees",
        source: |col, row| (LAST - row, LAST - col),
    },
];

/// Explanations are numbered: the turns, then the turns with the sides swapped.
const GIVEN: usize = 0;
const ONLY_SWAPPED: usize = TURNS.len();

/// The mean overlap over the structures at the places `told`, for each
/// explanation; `None` where there is no such structure.
pub(super) fn explain(
    references: &[Thumbnail],
    predictions: &[Thumbnail],
    told: &[usize],
    sides: &[Option<usize>],
) -> Option<Vec<f64>> {
    if told.is_empty() {
        return None;
    }
    let turned: Vec<Vec<Thumbnail>> = TURNS
        .iter()
        .map(|turn| told.iter().map(|&place| predictions[place].turned(turn.source)).collect())
        .collect();
    let mean = |turned: &Vec<Thumbnail>, other_side: bool| {
        let overlaps = told.iter().zip(turned).map(|(&place, turned)| {
            let other = sides[place].filter(|_| other_side).unwrap_or(place);
            turned.overlap(&references[other])
        });
        overlaps.sum::<f64>() / told.len() as f64
    };
    let mut means: Vec<f64> = turned.iter().map(|turned| mean(turned, false)).collect();
    if sides.iter().any(Option::is_some) {
        means.extend(turned.iter().map(|turned| mean(turned, true)));
    }
    Some(means)
}

/// What was found of the way a set lies.
pub(super) struct Orientation {
    turned: Vec<Turned>,
    is_whole_set: bool,
}

/// Images that lie in the same wrong way.
struct Turned {
    explanation: usize,
    images: Vec<usize>,
    given: f64,
    undone: f64,
}

/// An image and how well each explanation fits it.
type Explained<'a> = (usize, &'a [f64]);

/// Looks whether the set, or an image of it, lies in the wrong way.
pub(super) fn judge(findings: &Findings<'_>) -> Orientation {
    let images: Vec<Explained<'_>> = findings
        .images
        .iter()
        .filter_map(|facts| Some((facts.image, facts.explained.as_deref()?)))
        .collect();
    match whole_set(&images) {
        // A mere swap is the other rule's, which looks at each pair of structures.
        Some(turned) if turned.explanation == ONLY_SWAPPED => {
            Orientation { turned: Vec::new(), is_whole_set: false }
        }
        Some(turned) => Orientation { turned: vec![turned], is_whole_set: true },
        None => Orientation { turned: single_images(&images), is_whole_set: false },
    }
}

fn whole_set(images: &[Explained<'_>]) -> Option<Turned> {
    let explanations = 0..images.first()?.1.len();
    let best = explanations.map(|explanation| turned(explanation, images)).reduce(better)?;
    let n_better = images.iter().filter(|(_, fit)| fit[best.explanation] > fit[GIVEN]).count();
    let gain = GAIN + GAIN_OF_ONE / images.len() as f64;
    let is_clear = best.undone >= best.given + gain && 4 * n_better >= 3 * images.len();
    is_clear.then_some(best)
}

fn single_images(images: &[Explained<'_>]) -> Vec<Turned> {
    let best = |fit: &[f64]| (0..fit.len()).reduce(|a, b| if fit[b] > fit[a] { b } else { a });
    let lies = |explanation: usize, fit: &[f64]| {
        let fits = fit[explanation];
        best(fit) == Some(explanation) && fits >= FITS && fits >= fit[GIVEN] + GAIN_OF_ONE_IMAGE
    };
    (GIVEN + 1..TURNS.len())
        .filter_map(|explanation| {
            let such = images.iter().filter(|(_, fit)| lies(explanation, fit));
            let such: Vec<Explained<'_>> = such.copied().collect();
            (!such.is_empty()).then(|| turned(explanation, &such))
        })
        .collect()
}

/// `images` under one explanation.
fn turned(explanation: usize, images: &[Explained<'_>]) -> Turned {
    let mean = |explanation: usize| {
        images.iter().map(|(_, fit)| fit[explanation]).sum::<f64>() / images.len() as f64
    };
    Turned {
        explanation,
        images: images.iter().map(|&(image, _)| image).collect(),
        given: mean(GIVEN),
        undone: mean(explanation),
    }
}

/// The one that fits better; of equals the simpler, which comes first.
fn better(a: Turned, b: Turned) -> Turned {
    if b.undone > a.undone { b } else { a }
}

impl Orientation {
    /// Whether all images lie in the same wrong way.
    pub(super) fn is_of_the_whole_set(&self) -> bool {
        self.is_whole_set
    }

    /// Whether this is what is wrong with the image of this index.
    pub(super) fn explains(&self, image: usize) -> bool {
        self.turned.iter().any(|turned| turned.images.binary_search(&image).is_ok())
    }

    pub(super) fn warnings(&self, findings: &Findings<'_>) -> Vec<Warning> {
        self.turned.iter().map(|turned| self.warning(turned, findings)).collect()
    }

    fn warning(&self, turned: &Turned, findings: &Findings<'_>) -> Warning {
        let Turn { words, undo, .. } = TURNS[turned.explanation % TURNS.len()];
        let is_swapped = turned.explanation >= TURNS.len();
        let swap = if is_swapped { ", its left and right structures swapped" } else { "" };
        let swap_back = if is_swapped { " and swap right and left structures" } else { "" };
        let subject = if self.is_whole_set {
            "the whole set looks".to_owned()
        } else {
            format!("{} look", findings.share_of_images(turned.images.len()))
        };
        let Turned { given, undone, .. } = turned;
        let message = format!(
            "{subject} {words}{swap}: mean overlap with the reference {given:.2} as given, \
             {undone:.2} with that undone, on thumbnails"
        );
        let hint = format!("compare a mask with its radiograph; if it is so, {undo}{swap_back}");
        let structures = findings.all_structures();
        findings.warning(Rule::Orientation, &structures, &turned.images, message, &hint)
    }
}

#[cfg(test)]
mod tests {
    use scr_image::{Mask, Size};

    use super::*;

    /// An L, which lies in eight ways.
    fn letter() -> Mask {
        Mask::from_fn(Size::new(128, 128), |col, row| {
            (20..40).contains(&col) && (10..100).contains(&row)
                || (20..70).contains(&col) && (80..100).contains(&row)
        })
    }

    #[test]
    fn every_turn_is_undone_by_its_own_name() {
        type Make = fn(usize, usize) -> (usize, usize);
        // Where the pixel of the turned mask comes from.
        let made: [(&str, Make); 7] = [
            ("mirrored left to right", |col, row| (127 - col, row)),
            ("upside down", |col, row| (col, 127 - row)),
            ("180 degrees", |col, row| (127 - col, 127 - row)),
            ("transposed, rows", |col, row| (row, col)),
            // The upper left corner of the letter comes to lie at the upper right.
            ("90 degrees clockwise", |col, row| (row, 127 - col)),
            ("90 degrees anticlockwise", |col, row| (127 - row, col)),
            ("transposed and rotated", |col, row| (127 - row, 127 - col)),
        ];
        let letter = letter();
        for (words, make) in made {
            let turned = Mask::from_fn(letter.size(), |col, row| {
                let (col, row) = make(col, row);
                letter.get(col, row)
            });
            let explained =
                explain(&[Thumbnail::of(&letter)], &[Thumbnail::of(&turned)], &[0], &[None]);
            let fits: Vec<usize> =
                (0..8).filter(|&index| explained.as_ref().unwrap()[index] == 1.0).collect();
            assert_eq!(fits.len(), 1, "{words}");
            assert!(TURNS[fits[0]].words.contains(words), "{words}: {}", TURNS[fits[0]].words);
        }
    }

    #[test]
    fn few_images_need_a_clearer_gain_than_many() {
        let fit = [0.5, 0.72, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1];
        let images = |count| (0..count).map(|index| (index, &fit[..])).collect::<Vec<_>>();
        assert!(whole_set(&images(2)).is_none());
        assert_eq!(whole_set(&images(3)).unwrap().explanation, 1);
        assert!(whole_set(&[]).is_none());
    }
}
