//! Choice of the landmarks among the points of the `.pfs` files.
//!
//! A file holds each structure twice, under its plain label and with ` fixed` appended.
//! Three facts are not documented: which of the two has the corresponding points, whether
//! the frame is that of the masks (1024) or of the radiographs (2048), and whether a
//! pixel's position is its corner or its centre. The import fills the outlines of all
//! eight readings and compares them with the masks of all images.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use scr_image::{Mask, Outline, Point};

use super::originals::{MASK_SIZE, STRUCTURES};
use scr_data::formats::pfs::{self, PfsObject};
use scr_data::{Landmarks, Problem, files};

/// Required agreement of a reading with the masks, in words.
pub(super) const EXPECTED: &str =
    "points whose outlines overlap the masks by more than 0.98, in the mean of each structure";
/// Required agreement of a reading with the masks, as overlap.
const MIN_OVERLAP: f64 = 0.98;

/// Block of a structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Block {
    /// Block with the structure's name as label.
    Plain,
    /// Block with ` fixed` after the name.
    Fixed,
}

/// Meaning of whole-numbered positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Corners of pixels, as everywhere in this program.
    Corner,
    /// Centres of pixels, half a pixel from the corners.
    Centre,
}

/// Reading of a file of points: where its block begins, the size of its frame, its origin.
#[derive(Debug, Clone, Copy, PartialEq)]
struct PointReading {
    block: Block,
    frame_px: usize,
    origin: Origin,
}

impl PointReading {
    fn all() -> impl Iterator<Item = Self> {
        [Block::Fixed, Block::Plain].into_iter().flat_map(|block| {
            [1024, 2048].into_iter().flat_map(move |frame_px| {
                [Origin::Corner, Origin::Centre].into_iter().map(move |origin| Self {
                    block,
                    frame_px,
                    origin,
                })
            })
        })
    }

    /// A structure's outline in the frame of the masks; none unless its block exists exactly
    /// once.
    fn outline(self, objects: &[PfsObject], structure: &str) -> Option<Outline> {
        let mut label = structure.replace('_', " ");
        if self.block == Block::Fixed {
            label += " fixed";
        }
        let mut blocks = objects.iter().filter(|object| object.label == label);
        let (block, None) = (blocks.next()?, blocks.next()) else { return None };
        let scale = MASK_SIZE.width as f64 / self.frame_px as f64;
        let shift = if self.origin == Origin::Centre { 0.5 } else { 0.0 };
        let place = |p: &Point| Point::new((p.x + shift) * scale, (p.y + shift) * scale);
        Some(Outline::new(block.points.iter().map(place).collect()))
    }
}

impl fmt::Display for PointReading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let block = match self.block {
            Block::Plain => "without ` fixed`",
            Block::Fixed => "with ` fixed`",
        };
        let origin = match self.origin {
            Origin::Corner => "corner",
            Origin::Centre => "centre",
        };
        write!(
            f,
            "the blocks {block} in a frame of {} pixels counted from a pixel's {origin}",
            self.frame_px
        )
    }
}

/// Agreement of a file's points with an image's masks under one reading.
struct ReadingFit {
    overlaps: Vec<f64>,
    counts: Vec<usize>,
}

/// Agreement of a file's points with an image's masks, by reading; none when a
/// structure's block is missing.
pub(super) struct ImageFit {
    readings: Vec<Option<ReadingFit>>,
}

/// Reads a file of points.
pub(super) fn read_points(path: &Path) -> Result<Vec<PfsObject>, Problem> {
    let bytes = files::read_file(path)?;
    pfs::parse(&bytes).map_err(|error| Problem::format(&path.display().to_string(), &error))
}

/// Compares every reading with `masks`, in the order of [`STRUCTURES`].
pub(super) fn fit(objects: &[PfsObject], masks: &[Mask]) -> ImageFit {
    let fit_of = |reading: PointReading| {
        let mut fit = ReadingFit { overlaps: Vec::new(), counts: Vec::new() };
        for (structure, mask) in STRUCTURES.iter().zip(masks) {
            let outline = reading.outline(objects, structure)?;
            fit.counts.push(outline.points().len());
            fit.overlaps.push(overlap(&Mask::filled(mask.size(), &[outline]), mask));
        }
        Some(fit)
    };
    ImageFit { readings: PointReading::all().map(fit_of).collect() }
}

/// Overlap, TP / (TP + FP + FN); 1 for two empty masks.
fn overlap(drawn: &Mask, mask: &Mask) -> f64 {
    let either = (drawn | mask).count();
    if either == 0 { 1.0 } else { (drawn & mask).count() as f64 / either as f64 }
}

/// Chosen reading of the points, with its agreement with the masks.
#[derive(Debug, Clone, PartialEq)]
pub struct LandmarkChoice {
    reading: PointReading,
    /// True when each structure has the same number of points in all images, as
    /// corresponding landmarks have.
    pub is_corresponding: bool,
    /// Overlap with the masks, in the mean over images, by structure.
    pub overlaps: Vec<(&'static str, f64)>,
}

impl LandmarkChoice {
    /// Block of the points.
    #[must_use]
    pub const fn block(&self) -> Block {
        self.reading.block
    }

    /// Width and height of the points' frame, in pixels.
    #[must_use]
    pub const fn frame_px(&self) -> usize {
        self.reading.frame_px
    }

    /// Meaning of whole-numbered positions.
    #[must_use]
    pub const fn origin(&self) -> Origin {
        self.reading.origin
    }

    /// Least mean overlap over the structures.
    #[must_use]
    pub fn least_overlap(&self) -> f64 {
        self.overlaps.iter().map(|&(_, overlap)| overlap).fold(1.0, f64::min)
    }

    /// The landmarks of one image in the frame of the masks.
    pub(super) fn landmarks(&self, objects: &[PfsObject]) -> Landmarks {
        let of = |structure: &&str| {
            self.reading.outline(objects, structure).map(|outline| ((*structure).into(), outline))
        };
        Landmarks::new(STRUCTURES.iter().filter_map(of).collect())
    }
}

impl fmt::Display for LandmarkChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; overlap with the masks:", self.reading)?;
        for (index, (structure, overlap)) in self.overlaps.iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            write!(f, "{comma} {} {overlap:.4}", structure.replace('_', " "))?;
        }
        if !self.is_corresponding {
            write!(
                f,
                "; the number of points differs from image to image: they are outlines, not \
                 corresponding landmarks"
            )?;
        }
        Ok(())
    }
}

/// Chooses the reading that agrees with the masks.
///
/// Among those that agree, readings with corresponding points come first, then ` fixed`
/// before plain, then the greater least overlap.
///
/// # Errors
/// The best reading in words, when none agrees.
pub(super) fn choose(fits: &[ImageFit]) -> Result<LandmarkChoice, String> {
    let choices: Vec<LandmarkChoice> = PointReading::all()
        .enumerate()
        .filter_map(|(index, reading)| choice(reading, index, fits))
        .collect();
    let order = |a: &&LandmarkChoice, b: &&LandmarkChoice| {
        a.is_corresponding
            .cmp(&b.is_corresponding)
            .then(a.block().cmp(&b.block()))
            .then(a.least_overlap().total_cmp(&b.least_overlap()))
    };
    let fitting = choices.iter().filter(|choice| choice.least_overlap() > MIN_OVERLAP);
    if let Some(choice) = fitting.max_by(order) {
        return Ok(choice.clone());
    }
    let best = choices.iter().max_by(|a, b| a.least_overlap().total_cmp(&b.least_overlap()));
    Err(best.map_or_else(
        || "no block that every image has once for each structure".to_owned(),
        |best| format!("at best {best}"),
    ))
}

/// Mean agreement of one reading; none when an image lacks a block.
fn choice(reading: PointReading, index: usize, fits: &[ImageFit]) -> Option<LandmarkChoice> {
    let mut sums = [0.0; STRUCTURES.len()];
    let mut counts: BTreeSet<&[usize]> = BTreeSet::new();
    for fit in fits {
        let fit = fit.readings[index].as_ref()?;
        for (sum, overlap) in sums.iter_mut().zip(&fit.overlaps) {
            *sum += overlap;
        }
        counts.insert(&fit.counts);
    }
    let means = sums.map(|sum| sum / fits.len() as f64);
    let overlaps = STRUCTURES.into_iter().zip(means).collect();
    Some(LandmarkChoice { reading, is_corresponding: counts.len() == 1, overlaps })
}
