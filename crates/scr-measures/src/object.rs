//! All measures of one object, or of one whole image, from one pass over the masks.

use scr_image::{Mask, Spacing};

use crate::{Counts, Measure, boundary::BoundaryDistances, empty::Empty, overlap};

/// The values of `measures` for one object, in their order; `None` where a
/// measure is undefined (see [`empty`](crate::empty)).
///
/// Distances are in mm when a spacing is given, else in pixels.
///
/// # Panics
/// When the sizes differ.
#[must_use]
pub fn measure_object(
    reference: &Mask,
    prediction: &Mask,
    spacing: Option<Spacing>,
    measures: &[Measure],
) -> Vec<Option<f64>> {
    let counts = Counts::of(reference, prediction);
    let mut distances = None;
    measures
        .iter()
        .map(|measure| match measure {
            Measure::Overlap => Some(overlap::overlap(counts)),
            Measure::Dice => Some(overlap::dice(counts)),
            Measure::Masd => Empty::of(counts).distance(|| {
                distances
                    .get_or_insert_with(|| BoundaryDistances::of(reference, prediction, spacing))
                    .masd()
            }),
        })
        .collect()
}

/// Pixel error: the share of an image's pixels in which any structure's label
/// disagrees with the reference. Range 0 to 1, lower is better.
///
/// `structures` holds a reference and a prediction for each structure; structures
/// may overlap. `None` without structures or pixels.
///
/// # Panics
/// When the sizes differ.
///
/// # Source
/// The overview of results on the SCR database's site: the proportion of pixels
/// for which any of the five labels disagrees.
///
/// # Examples
/// ```
/// use scr_image::Mask;
/// let lung = (Mask::from_text("##.."), Mask::from_text("#..."));
/// let heart = (Mask::from_text("..##"), Mask::from_text(".###"));
/// // Both labels of the second pixel are wrong: it counts once.
/// let error = scr_measures::pixel_error(&[(&lung.0, &lung.1), (&heart.0, &heart.1)]);
/// assert_eq!(error, Some(0.25));
/// ```
#[must_use]
pub fn pixel_error(structures: &[(&Mask, &Mask)]) -> Option<f64> {
    let size = structures.first()?.0.size();
    let mut wrong = Mask::empty(size);
    for (reference, prediction) in structures {
        wrong = &wrong | &(*reference ^ *prediction);
    }
    (size.area() > 0).then(|| wrong.count() as f64 / size.area() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use scr_image::Size;

    #[test]
    fn distances_are_undefined_when_one_mask_is_empty_and_0_when_both_are() {
        let (some, empty) = (Mask::from_text("#..#"), Mask::empty(Size::new(4, 1)));
        let masd = |r, p| measure_object(r, p, None, &[Measure::Masd])[0];
        assert_eq!(masd(&some, &empty), None);
        assert_eq!(masd(&empty, &some), None);
        assert_eq!(masd(&empty, &empty), Some(0.0));
    }

    #[test]
    fn pixel_error_without_structures_is_undefined() {
        assert_eq!(pixel_error(&[]), None);
        let none = Mask::empty(Size::new(0, 0));
        assert_eq!(pixel_error(&[(&none, &none)]), None);
    }

    fn mask(size: Size, bits: &[bool]) -> Mask {
        Mask::from_fn(size, |col, row| bits[row * size.width + col])
    }

    proptest! {
        /// What holds for every measure: identity, symmetry, range, flip and transpose.
        #[test]
        fn common_properties(
            width in 1usize..20, height in 1usize..20,
            first in prop::collection::vec(any::<bool>(), 400),
            second in prop::collection::vec(any::<bool>(), 400),
        ) {
            let size = Size::new(width, height);
            let (r, p) = (mask(size, &first), mask(size, &second));
            let all = |r: &Mask, p: &Mask, spacing| measure_object(r, p, spacing, &Measure::ALL);
            let spacing = Spacing::new(0.5, 2.0).ok();
            let values = all(&r, &p, spacing);
            prop_assert_eq!(all(&r, &r, spacing), vec![Some(1.0), Some(1.0), Some(0.0)]);
            let close = |a: &[Option<f64>], b: &[Option<f64>]| a.iter().zip(b).all(|(a, b)| {
                match (a, b) { (Some(a), Some(b)) => (a - b).abs() < 1e-9, (a, b) => a == b }
            });
            prop_assert!(close(&values, &all(&p, &r, spacing)), "symmetry");
            let flip = |m: &Mask| Mask::from_fn(size, |c, r| m.get(width - 1 - c, r));
            prop_assert!(close(&values, &all(&flip(&r), &flip(&p), spacing)), "flip");
            let turn = |m: &Mask| Mask::from_fn(Size::new(height, width), |c, r| m.get(r, c));
            let turned = Spacing::new(2.0, 0.5).ok();
            prop_assert!(close(&values, &all(&turn(&r), &turn(&p), turned)), "transpose");
            prop_assert!(values[..2].iter().all(|v| v.is_some_and(|v| (0.0..=1.0).contains(&v))));
            prop_assert!(values[2].is_none_or(|v| v >= 0.0));
        }
    }
}
