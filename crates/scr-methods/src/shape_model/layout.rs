//! Layout of joint shapes: the assignment of points to structures and their parts.

use std::ops::Range;

use scr_data::Image;
use scr_image::{Mask, Outline, Point, Size};
use serde::{Deserialize, Serialize};

use crate::parts::MAX_PARTS;
use crate::stored::{MAX_STRUCTURES, at_most, count};
use crate::{MethodError, ModelFault, Shapes, TrainingImages};

/// Largest number of points of a part. The longest outline has far fewer pixels.
const MAX_POINTS: usize = 1 << 20;

/// Assignment of points to the parts of structures: those of each part follow each other, and
/// the parts of each structure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// Number of points by structure, then part.
    #[serde(deserialize_with = "at_most::<_, _, MAX_STRUCTURES>")]
    counts: Vec<Vec<usize>>,
}

impl Layout {
    /// Layout of shapes that contain every structure.
    ///
    /// # Errors
    /// [`MethodError::MissingStructures`] when a shape lacks a structure: a joint shape
    /// needs all of them in every image.
    pub fn of(
        images: &TrainingImages<'_>,
        shapes: &[Shapes],
        method: &'static str,
    ) -> Result<Self, MethodError> {
        let structures = &images.benchmark().structures;
        let empty_in = |(image, shapes): (&&Image, &Shapes)| {
            let all = structures.iter().zip(&shapes.structures);
            let empty = all.filter(|(_, parts)| parts.is_empty());
            empty.map(|(s, _)| format!("{} in {}", s.id, image.id)).collect::<Vec<_>>()
        };
        let places: Vec<String> = images.list().iter().zip(shapes).flat_map(empty_in).collect();
        if !places.is_empty() {
            return Err(MethodError::MissingStructures { places, method });
        }
        let counts =
            shapes.first().map(|s| s.structures.iter().map(|parts| counts(parts)).collect());
        Ok(Self { counts: counts.unwrap_or_default() })
    }

    /// Layout of outlines by structure, then part.
    pub(crate) fn of_outlines(structures: &[Vec<Outline>]) -> Self {
        Self { counts: structures.iter().map(|parts| counts(parts)).collect() }
    }

    /// Layout of `n_structures` structures of one part with `n_points` points each.
    #[must_use]
    pub fn equal(n_structures: usize, n_points: usize) -> Self {
        Self { counts: vec![vec![n_points]; n_structures] }
    }

    /// Refuses a layout of a file that does not have `n_structures` structures with points.
    pub(crate) fn check(&self, n_structures: usize) -> Result<(), ModelFault> {
        count("structures", self.counts.len(), n_structures)?;
        if let Some(parts) = self.counts.iter().find(|p| !(1..=MAX_PARTS).contains(&p.len())) {
            let expected = format!("1 to {MAX_PARTS} parts a structure");
            return Err(ModelFault::new("structures", expected, parts.len()));
        }
        match self.counts.iter().flatten().find(|count| !(1..=MAX_POINTS).contains(*count)) {
            Some(count) => {
                let expected = format!("1 to {MAX_POINTS} points a part");
                Err(ModelFault::new("structures", expected, count))
            }
            None => Ok(()),
        }
    }

    /// Total number of points.
    #[must_use]
    pub fn n_points(&self) -> usize {
        self.counts.iter().flatten().sum()
    }

    /// Ranges of the structures in the list of all points.
    pub fn structures(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        let mut start = 0;
        self.counts.iter().map(move |parts| {
            let range = start..start + parts.iter().sum::<usize>();
            start = range.end;
            range
        })
    }

    /// Ranges of the parts in the list of all points, by structure.
    pub fn parts(&self) -> impl Iterator<Item = Vec<Range<usize>>> + '_ {
        let mut start = 0;
        self.counts.iter().map(move |parts| {
            let part = |count: &usize| {
                let range = start..start + count;
                start = range.end;
                range
            };
            parts.iter().map(part).collect()
        })
    }

    /// Index of the structure of each point.
    #[must_use]
    pub fn structure_of_points(&self) -> Vec<usize> {
        let numbered = self.structures().enumerate();
        numbered.flat_map(|(structure, range)| range.map(move |_| structure)).collect()
    }

    /// Points of all outlines of an image, one structure after the other, scaled to
    /// an image of size `to`. Empty structures are left out.
    #[must_use]
    pub fn joined(shapes: &Shapes, to: Size) -> Vec<Point> {
        let x = to.width as f64 / shapes.size.width as f64;
        let y = to.height as f64 / shapes.size.height as f64;
        let outlines = shapes.structures.iter().flatten();
        outlines
            .flat_map(Outline::points)
            .map(|point| Point::new(point.x * x, point.y * y))
            .collect()
    }

    /// Outlines through points, by structure, then part.
    ///
    /// # Panics
    /// When there are fewer points than the layout has.
    #[must_use]
    pub fn outlines(&self, points: &[Point]) -> Vec<Vec<Outline>> {
        let outline = |range: Range<usize>| Outline::new(points[range].to_vec());
        self.parts().map(|parts| parts.into_iter().map(outline).collect()).collect()
    }

    /// Masks of size `to`, one a structure, from points in an image of size `from`.
    #[must_use]
    pub fn masks(&self, points: &[Point], from: Size, to: Size) -> Vec<Mask> {
        let x = to.width as f64 / from.width as f64;
        let y = to.height as f64 / from.height as f64;
        // Filled one by one: parts that overlap leave no hole.
        let mask = |parts: &Vec<Outline>| {
            let masks = parts.iter().map(|part| Mask::filled(to, &[part.scaled(x, y)]));
            masks.reduce(|all, part| &all | &part).unwrap_or_else(|| Mask::empty(to))
        };
        self.outlines(points).iter().map(mask).collect()
    }

    /// Neighbours of each point on the closed outline of its part: the one before and
    /// the one after.
    #[must_use]
    pub fn neighbours(&self) -> Vec<(usize, usize)> {
        self.parts()
            .flatten()
            .flat_map(|range| {
                let (start, count) = (range.start, range.len());
                (0..count).map(move |place| {
                    (start + (place + count - 1) % count, start + (place + 1) % count)
                })
            })
            .collect()
    }
}

/// Number of points by part.
fn counts(parts: &[Outline]) -> Vec<usize> {
    parts.iter().map(|part| part.points().len()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_structure_follow_each_other_and_are_filled_together() {
        let square = |left: f64| {
            let corners = [(left, 0.0), (left + 2.0, 0.0), (left + 2.0, 2.0), (left, 2.0)];
            Outline::new(corners.map(|(x, y)| Point::new(x, y)).to_vec())
        };
        let structures = [vec![square(0.0), square(4.0)], vec![square(1.0)]];
        let layout = Layout::of_outlines(&structures);
        let size = Size::new(6, 3);
        let points = Layout::joined(&Shapes { size, structures: structures.to_vec() }, size);
        assert_eq!(layout.structures().collect::<Vec<_>>(), [0..8, 8..12]);
        assert_eq!(layout.parts().flatten().collect::<Vec<_>>(), [0..4, 4..8, 8..12]);
        assert_eq!(layout.neighbours()[4], (7, 5));
        assert_eq!(layout.structure_of_points()[3..9], [0, 0, 0, 0, 0, 1]);
        assert_eq!(layout.outlines(&points), structures);
        let masks = layout.masks(&points, size, size);
        assert_eq!(masks[0], Mask::from_text("##..## ##..## ......"));
        // The second part comes to lie on the first one.
        let shifted: Vec<Point> = points
            .iter()
            .enumerate()
            .map(|(index, p)| if index / 4 == 1 { Point::new(p.x - 3.0, p.y) } else { *p })
            .collect();
        assert_eq!(layout.masks(&shifted, size, size)[0], Mask::from_text("###... ###... ......"));
    }
}
