//! Facts about the files of one image of a benchmark, as numbers.

use std::hash::{DefaultHasher, Hash, Hasher};

use scr_image::{Mask, Radiograph};

use super::anatomy::Sketch;
use crate::check::Thumbnail;

/// Facts about an image.
pub(super) struct ImageFacts {
    /// Its index in the benchmark.
    pub(super) image: usize,
    /// State of the radiograph.
    pub(super) radiograph: RadiographFacts,
    /// Facts by observer, then structure; `None` for an observer whose masks have a problem.
    pub(super) masks: Vec<Option<Vec<MaskFacts>>>,
    /// Sketch of radiograph and reference; `None` for images that are not compared, and with
    /// problems.
    pub(super) sketch: Option<Sketch>,
}

/// State of a radiograph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RadiographFacts {
    /// There is no file.
    Missing,
    /// The file has a problem.
    Unreadable,
    /// Hash of size and pixels.
    Read(u64),
}

/// Left, top, right and bottom of a box, as shares of the image's width and height.
pub(super) type Frame = [f64; 4];

/// Facts about a mask.
pub(super) struct MaskFacts {
    /// Hash of size and pixels: two of 50 000 different masks collide with a probability of
    /// 1 in 10 000 000 000.
    pub(super) pixels: u64,
    /// True when foreground and background look exchanged.
    pub(super) is_inverted: bool,
    /// Location; `None` for an empty mask.
    pub(super) location: Option<Location>,
}

/// Location of a mask.
pub(super) struct Location {
    /// Set pixels as a share of the image.
    pub(super) area: f64,
    /// Centre of area, as shares of width and height.
    pub(super) centre: [f64; 2],
    /// Bounding box.
    pub(super) frame: Frame,
}

impl MaskFacts {
    pub(super) fn of(mask: &Mask) -> Self {
        let location = || {
            let size = mask.size();
            let (width, height) = (size.width as f64, size.height as f64);
            let found = mask.bounding_box()?;
            Some(Location {
                area: mask.count() as f64 / size.area().max(1) as f64,
                centre: Thumbnail::of(mask).centre()?,
                frame: [
                    found.left as f64 / width,
                    found.top as f64 / height,
                    found.right as f64 / width,
                    found.bottom as f64 / height,
                ],
            })
        };
        Self {
            pixels: hash(&(mask.size(), mask.words())),
            is_inverted: is_inverted(mask),
            location: location(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.location.is_none()
    }
}

impl RadiographFacts {
    pub(super) fn of(radiograph: &Radiograph) -> Self {
        Self::Read(hash(&(radiograph.size(), radiograph.pixels())))
    }
}

/// True when foreground and background look exchanged: at least three of the image's corners
/// are set. A structure of the chest reaches one or two at most.
fn is_inverted(mask: &Mask) -> bool {
    let size = mask.size();
    if size.area() == 0 {
        return false;
    }
    let (right, bottom) = (size.width - 1, size.height - 1);
    let corners = [(0, 0), (right, 0), (0, bottom), (right, bottom)];
    corners.iter().filter(|&&(col, row)| mask.get(col, row)).count() >= 3
}

fn hash(value: &impl Hash) -> u64 {
    // `DefaultHasher` has fixed keys; the hash is never stored.
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_of_three_corners_is_inverted() {
        assert!(MaskFacts::of(&Mask::from_text("#### #..# #..#")).is_inverted);
        assert!(MaskFacts::of(&Mask::from_text("#### #..# ...#")).is_inverted);
        assert!(!MaskFacts::of(&Mask::from_text("#... #..# ...#")).is_inverted);
        assert!(!MaskFacts::of(&Mask::from_text("")).is_inverted);
    }

    #[test]
    fn the_location_is_in_shares_of_the_image() {
        let facts = MaskFacts::of(&Mask::from_text(".... .##. .##. ...."));
        let location = facts.location.unwrap();
        assert_eq!((location.area, location.frame), (0.25, [0.25, 0.25, 0.75, 0.75]));
        assert!(location.centre.iter().all(|at| (at - 0.5).abs() < 0.01));
        assert!(MaskFacts::of(&Mask::from_text("....")).is_empty());
    }
}
