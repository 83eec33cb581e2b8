//! Which points of a joint shape belong to which structure.

use std::ops::Range;

use scr_data::Image;
use scr_image::{Mask, Outline, Point, Size};
use serde::{Deserialize, Serialize};

use crate::stored::count;
use crate::{MethodError, ModelFault, Shapes, TrainingSet};

/// Points of a structure at most. Far fewer pixels lie along the longest outline.
const MAX_POINTS: usize = 1 << 20;

/// The points of all structures, one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// Number of points by structure.
    counts: Vec<usize>,
}

impl Layout {
    /// The layout of shapes that hold every structure.
    ///
    /// # Errors
    /// [`MethodError::MissingStructures`] when some lack a structure: a joint shape
    /// needs all of them in every image.
    pub fn of(
        set: &TrainingSet<'_>,
        shapes: &[Shapes],
        method: &'static str,
    ) -> Result<Self, MethodError> {
        let structures = &set.benchmark().structures;
        let empty_in = |(image, shapes): (&&Image, &Shapes)| {
            let all = structures.iter().zip(&shapes.structures);
            let empty = all.filter(|(_, outline)| outline.is_none());
            empty.map(|(s, _)| format!("{} in {}", s.id, image.id)).collect::<Vec<_>>()
        };
        let places: Vec<String> = set.images().iter().zip(shapes).flat_map(empty_in).collect();
        if !places.is_empty() {
            return Err(MethodError::MissingStructures { places, method });
        }
        let count = |outline: &Option<Outline>| outline.as_ref().map_or(0, |o| o.points().len());
        let counts = shapes.first().map(|s| s.structures.iter().map(count).collect());
        Ok(Self { counts: counts.unwrap_or_default() })
    }

    /// `n_structures` structures of `n_points` points each.
    #[must_use]
    pub fn equal(n_structures: usize, n_points: usize) -> Self {
        Self { counts: vec![n_points; n_structures] }
    }

    /// Refuses a layout of a file that is not one of `n_structures` structures with points.
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

    /// Number of points in all.
    #[must_use]
    pub fn n_points(&self) -> usize {
        self.counts.iter().sum()
    }

    /// The points of each structure, as ranges into all points.
    pub fn structures(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        let mut start = 0;
        self.counts.iter().map(move |count| {
            let range = start..start + count;
            start = range.end;
            range
        })
    }

    /// All points of an image's outlines, one structure after the other, moved to
    /// an image of size `to`. Points of structures that are not there are left out.
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

    /// One outline a structure through all points.
    ///
    /// # Panics
    /// When there are fewer points than the layout has.
    #[must_use]
    pub fn outlines(&self, points: &[Point]) -> Vec<Outline> {
        self.structures().map(|range| Outline::new(points[range].to_vec())).collect()
    }

    /// One mask a structure of size `to`, from points in an image of size `from`.
    #[must_use]
    pub fn masks(&self, points: &[Point], from: Size, to: Size) -> Vec<Mask> {
        let x = to.width as f64 / from.width as f64;
        let y = to.height as f64 / from.height as f64;
        let outlines = self.outlines(points);
        outlines.iter().map(|outline| Mask::filled(to, &[outline.scaled(x, y)])).collect()
    }

    /// For each point its neighbours before and after along its structure's
    /// closed outline.
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
