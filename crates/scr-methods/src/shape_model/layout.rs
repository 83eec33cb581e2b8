//! Layout of joint shapes: the assignment of points to structures.

use std::ops::Range;

use scr_data::Image;
use scr_image::{Mask, Outline, Point, Size};
use serde::{Deserialize, Serialize};

use crate::stored::count;
use crate::{MethodError, ModelFault, Shapes, TrainingImages};

/// Largest number of points of a structure. The longest outline has far fewer pixels.
const MAX_POINTS: usize = 1 << 20;

/// Assignment of points to structures: those of each structure follow each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// Number of points by structure.
    counts: Vec<usize>,
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
            let empty = all.filter(|(_, outline)| outline.is_none());
            empty.map(|(s, _)| format!("{} in {}", s.id, image.id)).collect::<Vec<_>>()
        };
        let places: Vec<String> = images.list().iter().zip(shapes).flat_map(empty_in).collect();
        if !places.is_empty() {
            return Err(MethodError::MissingStructures { places, method });
        }
        let count = |outline: &Option<Outline>| outline.as_ref().map_or(0, |o| o.points().len());
        let counts = shapes.first().map(|s| s.structures.iter().map(count).collect());
        Ok(Self { counts: counts.unwrap_or_default() })
    }

    /// Layout of `n_structures` structures with `n_points` points each.
    #[must_use]
    pub fn equal(n_structures: usize, n_points: usize) -> Self {
        Self { counts: vec![n_points; n_structures] }
    }

    /// Refuses a layout of a file that does not have `n_structures` structures with points.
    pub(crate) fn check(&self, n_structures: usize) -> Result<(), ModelFault> {
        count("structures", self.counts.len(), n_structures)?;
        match self.counts.iter().find(|count| !(1..=MAX_POINTS).contains(*count)) {
            Some(count) => {
                let expected = format!("1 to {MAX_POINTS} points a structure");
                Err(ModelFault::new("structures", expected, count))
            }
            None => Ok(()),
        }
    }

    /// Total number of points.
    #[must_use]
    pub fn n_points(&self) -> usize {
        self.counts.iter().sum()
    }

    /// Ranges of the structures in the list of all points.
    pub fn structures(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        let mut start = 0;
        self.counts.iter().map(move |count| {
            let range = start..start + count;
            start = range.end;
            range
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

    /// Outlines through points, one a structure.
    ///
    /// # Panics
    /// When there are fewer points than the layout has.
    #[must_use]
    pub fn outlines(&self, points: &[Point]) -> Vec<Outline> {
        self.structures().map(|range| Outline::new(points[range].to_vec())).collect()
    }

    /// Masks of size `to`, one a structure, from points in an image of size `from`.
    #[must_use]
    pub fn masks(&self, points: &[Point], from: Size, to: Size) -> Vec<Mask> {
        let x = to.width as f64 / from.width as f64;
        let y = to.height as f64 / from.height as f64;
        let outlines = self.outlines(points);
        outlines.iter().map(|outline| Mask::filled(to, &[outline.scaled(x, y)])).collect()
    }

    /// Neighbours of each point on the closed outline of its structure: the one before and
    /// the one after.
    #[must_use]
    pub fn neighbours(&self) -> Vec<(usize, usize)> {
        self.structures()
            .flat_map(|range| {
                let (start, count) = (range.start, range.len());
                (0..count).map(move |place| {
                    (start + (place + count - 1) % count, start + (place + 1) % count)
                })
            })
            .collect()
    }
}
