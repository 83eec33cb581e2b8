//! Parts of structures: outlines of masks in several pieces, as of both lungs in one mask.
//!
//! Shape methods need outlines that correspond from image to image. So the masks of a structure
//! must have the same number of parts in all training images, at places that tell them apart;
//! else training is refused. A mask in one piece has one part.
//!
//! # Rule
//! The parts of a mask are its 4-connected components, holes filled, of at least
//! [`LEAST_SHARE`] of the area of the largest one: smaller ones are specks. The number of a
//! structure's parts is the most frequent one over the images. A mask with more pieces gives
//! the largest, as long as they hold [`LEAST_COVER`] of its area; one with fewer is refused.
//! Parts of two images correspond when they lie alike about the middle of all parts.

use std::collections::BTreeMap;

use scr_image::{Mask, Outline, Point, Size};

use crate::landmarks::outline_landmarks;

const LEAST_SHARE: f64 = 0.2;
const LEAST_COVER: f64 = 2.0 / 3.0;
/// Distance of a part from its place, as a share of the next part's distance, at most.
const CLEARLY: f64 = 0.7;

/// Largest number of parts of a structure.
pub(crate) const MAX_PARTS: usize = 32;

/// Components of a mask that may be its parts, the largest first.
#[derive(Debug, Clone)]
pub(crate) struct MaskParts {
    candidates: Vec<Candidate>,
    /// Area of all components, holes filled.
    area_px2: f64,
}

#[derive(Debug, Clone)]
struct Candidate {
    area_px2: f64,
    /// Centre, as shares of the image's width and height.
    centre: Point,
    landmarks: Outline,
}

/// Mask whose parts do not correspond to those of the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OddMask {
    /// Index of the image.
    pub(crate) image: usize,
    /// Finding in words.
    pub(crate) found: String,
}

impl MaskParts {
    /// Parts of a mask, with `count` landmarks each; one more than the most that are kept.
    pub(crate) fn of(mask: &Mask, count: usize) -> Self {
        let size = mask.size();
        let outlines = outer_outlines(mask);
        let area_px2 = outlines.iter().map(Outline::signed_area_px2).sum();
        let n_significant = n_significant(&outlines);
        let candidate = |outline: &Outline| {
            Some(Candidate {
                area_px2: outline.signed_area_px2(),
                centre: share_of(outline.centroid()?, size),
                landmarks: outline_landmarks(outline, count)?,
            })
        };
        let candidates = outlines.iter().take(n_significant).take(MAX_PARTS + 1);
        Self { candidates: candidates.filter_map(candidate).collect(), area_px2 }
    }
}

/// Number of significant parts of a mask; 0 for an empty one.
pub(crate) fn count_parts(mask: &Mask) -> usize {
    n_significant(&outer_outlines(mask))
}

/// Most frequent number of parts over masks that are not empty, at most [`MAX_PARTS`]; of
/// equally frequent ones the largest; 1 when all are empty.
pub(crate) fn usual_count(counts: impl IntoIterator<Item = usize>) -> usize {
    let mut frequency: BTreeMap<usize, usize> = BTreeMap::new();
    for count in counts.into_iter().filter(|&count| count > 0) {
        *frequency.entry(count).or_default() += 1;
    }
    let usual = frequency.into_iter().max_by_key(|&(count, n_masks)| (n_masks, count));
    usual.map_or(1, |(count, _)| count.min(MAX_PARTS))
}

/// Landmarks of the corresponding parts of one structure in all images; none where it is
/// empty.
///
/// # Errors
/// All masks whose parts do not correspond, and the usual number of parts.
pub(crate) fn corresponding(
    masks: &[&MaskParts],
) -> Result<Vec<Vec<Outline>>, (usize, Vec<OddMask>)> {
    let n_parts = usual_count(masks.iter().map(|mask| mask.candidates.len()));
    let drawn: Vec<usize> =
        (0..masks.len()).filter(|&image| !masks[image].candidates.is_empty()).collect();
    let odd = |&image: &usize| {
        let found = masks[image].misfit(n_parts)?;
        Some(OddMask { image, found })
    };
    let odd: Vec<OddMask> = drawn.iter().filter_map(odd).collect();
    if !odd.is_empty() {
        return Err((n_parts, odd));
    }
    let places: Vec<Vec<Point>> = drawn.iter().map(|&image| masks[image].places(n_parts)).collect();
    let orders = matched(&places).map_err(|unmatched| {
        let odd = |index: usize| OddMask {
            image: drawn[index],
            found: "parts at other places".to_owned(),
        };
        (n_parts, unmatched.into_iter().map(odd).collect())
    })?;
    let mut outlines = vec![Vec::new(); masks.len()];
    for (&image, order) in drawn.iter().zip(orders) {
        let landmarks = |part: usize| masks[image].candidates[part].landmarks.clone();
        outlines[image] = order.into_iter().map(landmarks).collect();
    }
    Ok(outlines)
}

impl MaskParts {
    /// Reason for which the mask cannot have `n_parts` parts, in words.
    fn misfit(&self, n_parts: usize) -> Option<String> {
        let found = self.candidates.len();
        let kept: f64 = self.candidates.iter().take(n_parts).map(|part| part.area_px2).sum();
        let is_odd = found < n_parts || found > MAX_PARTS || kept < LEAST_COVER * self.area_px2;
        let more = if found > MAX_PARTS { "more than " } else { "" };
        let found = found.min(MAX_PARTS);
        is_odd.then(|| format!("{more}{found} part{}", if found == 1 { "" } else { "s" }))
    }

    /// Centres of the largest parts, relative to their mean.
    fn places(&self, n_parts: usize) -> Vec<Point> {
        let parts = &self.candidates[..n_parts];
        let mean = |of: fn(&Candidate) -> f64| parts.iter().map(of).sum::<f64>() / n_parts as f64;
        let (x, y) = (mean(|part| part.centre.x), mean(|part| part.centre.y));
        parts.iter().map(|part| Point::new(part.centre.x - x, part.centre.y - y)).collect()
    }
}

/// Order of the parts of each image in which they correspond: those of the first image from
/// the left, the others by the nearest mean place.
///
/// # Errors
/// Indices of the images in which the nearest parts are not one for each place.
fn matched(images: &[Vec<Point>]) -> Result<Vec<Vec<usize>>, Vec<usize>> {
    let Some(first) = images.first() else { return Ok(Vec::new()) };
    let mut places = first.clone();
    places.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    let orders = |places: &[Point]| -> Vec<Option<Vec<usize>>> {
        images.iter().map(|parts| order(places, parts)).collect()
    };
    // The places of one image are those of one patient: the mean ones decide.
    let found: Vec<(Vec<usize>, &Vec<Point>)> = orders(&places)
        .into_iter()
        .zip(images)
        .filter_map(|(order, parts)| Some((order?, parts)))
        .collect();
    let count = found.len().max(1) as f64;
    for (slot, place) in places.iter_mut().enumerate() {
        let parts = found.iter().map(|(order, parts)| parts[order[slot]]);
        let (x, y) = parts.fold((0.0, 0.0), |(x, y), part| (x + part.x, y + part.y));
        *place = Point::new(x / count, y / count);
    }
    let orders = orders(&places);
    let unmatched: Vec<usize> =
        (0..orders.len()).filter(|&index| orders[index].is_none()).collect();
    if unmatched.is_empty() { Ok(orders.into_iter().flatten().collect()) } else { Err(unmatched) }
}

/// Nearest part of each place; `None` when a part is nearest to two places, or another one is
/// nearly as near.
fn order(places: &[Point], parts: &[Point]) -> Option<Vec<usize>> {
    let nearest = |place: &Point| {
        let mut near: Vec<(f64, usize)> =
            parts.iter().enumerate().map(|(part, p)| (p.distance_px(*place), part)).collect();
        near.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        let is_clear = near.get(1).is_none_or(|next| near[0].0 < CLEARLY * next.0);
        is_clear.then(|| near[0].1)
    };
    let order: Vec<usize> = places.iter().filter_map(nearest).collect();
    let mut sorted = order.clone();
    sorted.sort_unstable();
    sorted.dedup();
    (sorted.len() == places.len()).then_some(order)
}

/// Outlines around the components of a mask, the largest area first; of equals the first from
/// the top.
pub(crate) fn outer_outlines(mask: &Mask) -> Vec<Outline> {
    let mut outlines = mask.outlines();
    outlines.retain(|outline| outline.signed_area_px2() > 0.0);
    outlines.sort_by(|a, b| b.signed_area_px2().total_cmp(&a.signed_area_px2()));
    outlines
}

/// Number of outlines of at least [`LEAST_SHARE`] of the first one's area.
fn n_significant(outlines: &[Outline]) -> usize {
    let Some(largest) = outlines.first().map(Outline::signed_area_px2) else { return 0 };
    outlines.iter().take_while(|o| o.signed_area_px2() >= LEAST_SHARE * largest).count()
}

fn share_of(point: Point, size: Size) -> Point {
    Point::new(point.x / size.width as f64, point.y / size.height as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rectangles by column, row, width and height, in an image of 100 x 60.
    fn mask(rectangles: &[[usize; 4]]) -> Mask {
        Mask::from_fn(Size::new(100, 60), |col, row| {
            rectangles.iter().any(|&[left, top, width, height]| {
                (left..left + width).contains(&col) && (top..top + height).contains(&row)
            })
        })
    }

    fn corresponding_in(masks: &[Mask]) -> Result<Vec<Vec<Outline>>, (usize, Vec<OddMask>)> {
        let parts: Vec<MaskParts> = masks.iter().map(|mask| MaskParts::of(mask, 8)).collect();
        corresponding(&parts.iter().collect::<Vec<_>>())
    }

    const LEFT: [usize; 4] = [10, 10, 20, 40];
    const RIGHT: [usize; 4] = [60, 10, 20, 30];
    const SPECK: [usize; 4] = [45, 2, 3, 3];

    #[test]
    fn parts_correspond_by_place_whatever_their_sizes() {
        let larger_right = [[8, 12, 18, 20], [58, 8, 24, 44]];
        let masks =
            [mask(&[LEFT, RIGHT]), mask(&larger_right), mask(&[]), mask(&[RIGHT, LEFT, SPECK])];
        let found = corresponding_in(&masks).unwrap();
        let centres: Vec<Vec<f64>> = found
            .iter()
            .map(|parts| parts.iter().map(|part| part.centroid().unwrap().x.round()).collect())
            .collect();
        assert_eq!(centres, [vec![20.0, 70.0], vec![17.0, 70.0], vec![], vec![20.0, 70.0]]);
    }

    #[test]
    fn a_single_part_is_the_largest_outline() {
        let masks = [mask(&[LEFT]), mask(&[LEFT, SPECK]), mask(&[RIGHT, [60, 44, 20, 12]])];
        let found = corresponding_in(&masks).unwrap();
        for (mask, parts) in masks.iter().zip(&found) {
            assert_eq!(parts[..], [crate::derive_landmarks(mask, 8).unwrap()]);
        }
    }

    #[test]
    fn masks_with_fewer_parts_or_much_left_out_are_named() {
        let touching = mask(&[[10, 10, 70, 40]]);
        let both = mask(&[LEFT, RIGHT]);
        let (n_parts, odd) =
            corresponding_in(&[both.clone(), touching.clone(), both.clone()]).unwrap_err();
        assert_eq!((n_parts, odd), (2, vec![OddMask { image: 1, found: "1 part".to_owned() }]));
        let (n_parts, odd) = corresponding_in(&[touching.clone(), both, touching]).unwrap_err();
        assert_eq!((n_parts, odd), (1, vec![OddMask { image: 1, found: "2 parts".to_owned() }]));
    }

    #[test]
    fn parts_that_lie_otherwise_are_named() {
        let across = mask(&[LEFT, RIGHT]);
        let above = mask(&[[40, 2, 20, 20], [40, 36, 20, 20]]);
        let (_, odd) =
            corresponding_in(&[across.clone(), across.clone(), above, across]).unwrap_err();
        assert_eq!(odd, [OddMask { image: 2, found: "parts at other places".to_owned() }]);
    }

    #[test]
    fn many_pieces_are_no_parts() {
        let noise = Mask::from_fn(Size::new(100, 60), |col, row| (col + row) % 2 == 0);
        let (n_parts, odd) = corresponding_in(&[noise]).unwrap_err();
        assert_eq!((n_parts, odd[0].found.as_str()), (32, "more than 32 parts"));
        assert_eq!(usual_count([]), 1);
        assert_eq!(usual_count([0, 2, 1, 2, 1]), 2);
    }
}
