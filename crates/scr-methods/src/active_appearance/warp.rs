//! Warp: the places at which texture is sampled, as functions of a shape's points.
//!
//! Inside a structure the places are the pixels of its mean outline, each with barycentric
//! coordinates in a Delaunay triangle: a piecewise affine warp. Outside they lie on whiskers,
//! lines outward from every landmark. Both are fixed linear combinations of landmarks, so
//! sampling an image and computing the derivative are short loops.
//!
//! Structures may overlap, and each is sampled in full.

use std::ops::Range;

use scr_image::{Mask, Outline, Point, Size};
use serde::{Deserialize, Serialize};

use crate::pyramid::level_scale;
use crate::shape_model::Layout;
use crate::stored::{ANY, MAX_STRUCTURES, at_most, count, numbers};
use crate::{ModelFault, Pyramid};

/// Places at which texture is sampled, by structure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Warp {
    #[serde(deserialize_with = "at_most::<_, _, MAX_STRUCTURES>")]
    structures: Vec<Vec<Place>>,
}

/// Place as a linear combination of three landmarks z, as complex numbers:
/// sum of (along + i across) z. It rotates and scales with the shape.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Place {
    landmarks: [u32; 3],
    along: [f32; 3],
    across: [f32; 3],
}

impl Warp {
    /// Places of a mean shape: one for each square of side `step` in its frame, and one every
    /// `step` on whiskers of length `whisker`; no whiskers for 0.
    #[must_use]
    pub(super) fn new(mean: &[Point], layout: &Layout, step: f64, whisker: f64) -> Self {
        let places = |range: Range<usize>| {
            let first = range.start;
            let outline: Vec<Point> =
                mean[range].iter().map(|p| Point::new(p.x / step, p.y / step)).collect();
            let mut places = inside(&outline, first);
            places.extend(whiskers(&outline, first, whisker / step));
            places
        };
        let structures = layout.parts().map(|parts| parts.into_iter().flat_map(places).collect());
        Self { structures: structures.collect() }
    }

    /// Refuses places of a file that depend on points of other structures, or lie
    /// more than `reach` from the centre of the mean shape along x or y.
    pub(super) fn check(
        &self,
        layout: &Layout,
        mean: &[Point],
        reach: f64,
    ) -> Result<(), ModelFault> {
        count("places by structure", self.structures.len(), layout.structures().count())?;
        for (structure, (places, points)) in
            self.structures.iter().zip(layout.structures()).enumerate()
        {
            let name = format!("places of structure {structure}");
            let mut landmarks = places.iter().flat_map(|place| place.landmarks);
            if let Some(odd) = landmarks.find(|&landmark| !points.contains(&(landmark as usize))) {
                return Err(ModelFault::new(name, format!("landmarks of {points:?}"), odd));
            }
            numbers(&name, places.iter().flat_map(|p| p.along.into_iter().chain(p.across)), ANY)?;
            let spots = places.iter().map(|place| place.of(mean));
            numbers(&name, spots.flat_map(|spot| [spot.x, spot.y]), -reach..=reach)?;
        }
        Ok(())
    }

    /// Number of places.
    #[must_use]
    pub(super) fn n_places(&self) -> usize {
        self.structures.iter().map(Vec::len).sum()
    }

    /// Positions and kinds of all places, for points in the pixels of a level.
    pub(super) fn places<'a>(
        &'a self,
        points: &'a [Point],
    ) -> impl Iterator<Item = (Point, PlaceKind)> {
        let places = self.structures.iter().flatten();
        places.map(|place| (place.of(points), place.kind()))
    }

    /// Samples the grey values at all places, for points in the finest level's pixels.
    #[must_use]
    pub(super) fn sample(&self, pyramid: &Pyramid, level: usize, points: &[Point]) -> Vec<f32> {
        let points = scaled(points, level);
        let mut values = Vec::with_capacity(self.n_places());
        for (structure, places) in self.structures.iter().enumerate() {
            let image = pyramid.image(level, structure);
            values.extend(places.iter().map(|place| image.at(place.of(&points))));
        }
        values
    }

    /// Gradient of the weighted sum of all grey values by the coordinates of each point, in the
    /// finest level's pixels. Derivatives of the image are differences over one pixel.
    ///
    /// # Panics
    /// When the numbers of weights and places differ.
    #[must_use]
    pub(super) fn gradient(
        &self,
        pyramid: &Pyramid,
        level: usize,
        points: &[Point],
        weights: &[f64],
    ) -> Vec<Point> {
        assert_eq!(weights.len(), self.n_places(), "one weight a place");
        let (factor, points) = (level_scale(level), scaled(points, level));
        let mut slopes = vec![Point::new(0.0, 0.0); points.len()];
        let mut weights = weights.iter();
        for (structure, places) in self.structures.iter().enumerate() {
            let image = pyramid.image(level, structure);
            for (place, weight) in places.iter().zip(weights.by_ref()) {
                let Point { x, y } = place.of(&points);
                let value = |dx: f64, dy: f64| f64::from(image.at(Point::new(x + dx, y + dy)));
                let across = weight * factor * (value(0.5, 0.0) - value(-0.5, 0.0));
                let down = weight * factor * (value(0.0, 0.5) - value(0.0, -0.5));
                for (corner, &landmark) in place.landmarks.iter().enumerate() {
                    let slope = &mut slopes[landmark as usize];
                    let (re, im) =
                        (f64::from(place.along[corner]), f64::from(place.across[corner]));
                    slope.x += re * across + im * down;
                    slope.y += re * down - im * across;
                }
            }
        }
        slopes
    }
}

/// Kind of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PlaceKind {
    /// In a structure.
    Inside,
    /// Outside, on the whisker of a landmark.
    Whisker,
}

impl Place {
    /// Only places on whiskers have parts across.
    fn kind(&self) -> PlaceKind {
        if self.across == [0.0; 3] { PlaceKind::Inside } else { PlaceKind::Whisker }
    }

    /// Position for points of a shape.
    fn of(&self, points: &[Point]) -> Point {
        let (mut x, mut y) = (0.0, 0.0);
        for (corner, &landmark) in self.landmarks.iter().enumerate() {
            let point = points[landmark as usize];
            let (re, im) = (f64::from(self.along[corner]), f64::from(self.across[corner]));
            x += re * point.x - im * point.y;
            y += re * point.y + im * point.x;
        }
        Point::new(x, y)
    }
}

/// Points in the pixels of a level, from points in those of the finest level.
pub(super) fn scaled(points: &[Point], level: usize) -> Vec<Point> {
    let factor = level_scale(level);
    points.iter().map(|point| Point::new(point.x * factor, point.y * factor)).collect()
}

/// Places of the pixels inside an outline, with triangles of its points; `first` is the
/// index of its first point.
fn inside(outline: &[Point], first: usize) -> Vec<Place> {
    let (left, top) =
        outline.iter().fold((f64::INFINITY, f64::INFINITY), |(x, y), p| (p.x.min(x), p.y.min(y)));
    let moved: Vec<Point> = outline
        .iter()
        .map(|p| Point::new(p.x - left.floor() + 1.0, p.y - top.floor() + 1.0))
        .collect();
    let longest = moved.iter().fold(1.0f64, |most, p| most.max(p.x).max(p.y));
    let corners: Vec<delaunator::Point> =
        moved.iter().map(|p| delaunator::Point { x: p.x, y: p.y }).collect();
    let triangles = delaunator::triangulate(&corners).triangles;
    let size = Size::square(longest.ceil() as usize + 1);
    let mask = Mask::filled(size, &[Outline::new(moved.clone())]);
    let pixels =
        (0..size.height).flat_map(|row| mask.columns_in_row(row).map(move |column| (column, row)));
    pixels
        .filter_map(|(column, row)| {
            let pixel = Point::new(column as f64 + 0.5, row as f64 + 0.5);
            // By rounding a pixel may lie in no triangle: the one with the largest smallest
            // coordinate counts as the one around it.
            let (corners, shares) = triangles
                .as_chunks::<3>()
                .0
                .iter()
                .filter_map(|t| Some((t, barycentric(t.map(|corner| moved[corner]), pixel)?)))
                .max_by(|(_, a), (_, b)| smallest(*a).total_cmp(&smallest(*b)))?;
            Some(Place {
                landmarks: corners.map(|corner| (first + corner) as u32),
                along: shares.map(|share| share as f32),
                across: [0.0; 3],
            })
        })
        .collect()
}

/// Barycentric coordinates of a point; `None` for a triangle without area.
fn barycentric([a, b, c]: [Point; 3], point: Point) -> Option<[f64; 3]> {
    let twice =
        |p: Point, q: Point, r: Point| (q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x);
    let all = twice(a, b, c);
    let parts = [twice(point, b, c), twice(a, point, c), twice(a, b, point)];
    (all.abs() > 1e-12).then(|| parts.map(|part| part / all))
}

fn smallest(shares: [f64; 3]) -> f64 {
    shares.into_iter().fold(f64::INFINITY, f64::min)
}

/// Places on whiskers: lines outward from each point, perpendicular to the line between its
/// neighbours, with one place a pixel.
fn whiskers(outline: &[Point], first: usize, length: f64) -> Vec<Place> {
    let n = outline.len();
    let outward = Outline::new(outline.to_vec()).signed_area_px2().signum();
    (0..n)
        .flat_map(|middle| {
            let (before, after) = ((middle + n - 1) % n, (middle + 1) % n);
            let apart = outline[before].distance_px(outline[after]);
            let unit = if apart > 0.0 { outward / apart } else { 0.0 };
            (1..=length.round() as usize).map(move |step| {
                let turned = -(step as f64 * unit) as f32;
                Place {
                    landmarks: [middle, before, after].map(|index| (first + index) as u32),
                    along: [1.0, 0.0, 0.0],
                    across: [0.0, -turned, turned],
                }
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::GreyImage;

    /// A pyramid of one level whose grey values are x + 100 y.
    fn coordinates() -> Pyramid {
        let value = |index: usize| (index % 40) as f32 + 0.5 + 100.0 * ((index / 40) as f32 + 0.5);
        let values = (0..1600).map(value).collect();
        Pyramid::new(vec![GreyImage::new(Size::square(40), values)], 1)
    }

    fn points(corners: &[(f64, f64)]) -> Vec<Point> {
        corners.iter().map(|&(x, y)| Point::new(x, y)).collect()
    }

    #[test]
    fn places_are_the_pixels_inside_and_follow_an_affine_map() {
        // An L: the Delaunay triangles cover its notch, which has no places.
        let corners = [(0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (4.0, 2.0), (4.0, 4.0), (0.0, 4.0)];
        let warp = Warp::new(&points(&corners), &Layout::equal(1, 6), 1.0, 0.0);
        assert_eq!(warp.n_places(), 12);
        let moved: Vec<Point> =
            points(&corners).iter().map(|p| Point::new(2.0 * p.x + 5.0, p.y + p.x + 9.0)).collect();
        let found = warp.sample(&coordinates(), 0, &moved);
        // The first pixel's centre (0.5, 0.5) comes to lie at (6, 10).
        assert!((found[0] - 1006.0).abs() < 1e-2, "{found:?}");
    }

    #[test]
    fn whiskers_point_outward_for_both_directions_of_the_outline() {
        let mut corners = points(&[(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)]);
        for turn in 0..2 {
            let all = whiskers(&corners, 0, 2.0);
            assert_eq!(all.len(), 8);
            let middle = Point::new(2.0, 2.0);
            for (index, place) in all.iter().enumerate() {
                let corner = corners[index / 2];
                let found = place.of(&corners);
                let length = (index % 2 + 1) as f64;
                assert!((found.distance_px(corner) - length).abs() < 1e-6, "{turn}");
                assert!(found.distance_px(middle) > corner.distance_px(middle) + 0.9 * length);
            }
            corners.reverse();
        }
    }

    #[test]
    fn a_whisker_scales_and_rotates_with_its_shape() {
        let corners = points(&[(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)]);
        let place = &whiskers(&corners, 0, 1.0)[1];
        let turn = |p: Point| Point::new(-2.0 * p.y + 1.0, 2.0 * p.x);
        let turned: Vec<Point> = corners.iter().map(|&p| turn(p)).collect();
        assert!(place.of(&turned).distance_px(turn(place.of(&corners))) < 1e-5);
    }
}
