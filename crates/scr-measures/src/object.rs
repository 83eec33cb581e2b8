//! Measures of one object, or of one whole image, in one pass over the masks.

use scr_image::{Mask, Spacing};

use crate::band::boundary_iou;
use crate::boundary::BoundaryRule;
use crate::corners::CornerDistances;
use crate::distance::Scratch;
use crate::distances::BoundaryDistances;
use crate::measure::LengthUnit;
use crate::registry::{BoundaryChoice, Kind};
use crate::{Counts, Measure, empty::Emptiness, overlap};

/// The values of `measures` for one object, in their order; `None` where a
/// measure is undefined (see [`empty`](crate::empty)).
///
/// Distances are in mm when a spacing is given, else in pixels. A length in mm
/// is undefined without a spacing and gives `None`; see [`Measure::needs_spacing`].
/// Pixels are counted once, and distances are searched once a boundary, for any
/// number of measures.
///
/// # Panics
/// When the sizes differ.
#[must_use]
pub fn measure_object(
    reference: &Mask,
    prediction: &Mask,
    spacing: Option<Spacing>,
    measures: &[Measure],
    scratch: &mut Scratch,
) -> Vec<Option<f64>> {
    let counts = Counts::of(reference, prediction);
    let mut pair = Pair { reference, prediction, scratch, pixels: Vec::new(), corners: Vec::new() };
    measures
        .iter()
        .map(|&measure| match measure.kind() {
            Kind::Overlap => Some(overlap::overlap(counts)),
            Kind::Dice => Some(overlap::dice(counts)),
            Kind::Sensitivity => Some(overlap::sensitivity(counts)),
            Kind::Specificity => overlap::specificity(counts),
            Kind::Precision => Some(overlap::precision(counts)),
            Kind::Masd | Kind::Assd | Kind::Hausdorff | Kind::Hausdorff95 => {
                Emptiness::of(counts).distance(|| pair.distance(measure, spacing))
            }
            Kind::Nsd | Kind::BoundaryIou => {
                if measure.needs_spacing() && spacing.is_none() {
                    return None;
                }
                Some(Emptiness::of(counts).share(|| pair.share(measure, spacing)))
            }
        })
        .collect()
}

/// Two masks, neither empty, with a cache of their distances.
struct Pair<'a> {
    reference: &'a Mask,
    prediction: &'a Mask,
    scratch: &'a mut Scratch,
    pixels: Vec<(BoundaryRule, Option<Spacing>, Option<BoundaryDistances>)>,
    corners: Vec<(Option<Spacing>, Option<CornerDistances>)>,
}

impl Pair<'_> {
    fn distance(&mut self, measure: Measure, spacing: Option<Spacing>) -> Option<f64> {
        match measure.boundary() {
            BoundaryChoice::Pixels(rule) => {
                let Some(distances) = self.pixels(rule, spacing) else {
                    return self.without_boundary().then_some(0.0);
                };
                Some(match measure.kind() {
                    Kind::Masd => distances.masd(),
                    Kind::Assd => distances.assd(),
                    Kind::Hausdorff => distances.hausdorff(),
                    _ => distances.hausdorff_95(measure.percentile()),
                })
            }
            BoundaryChoice::Corners => {
                let distances = self.corners(spacing)?;
                Some(match measure.kind() {
                    Kind::Masd => distances.masd(),
                    Kind::Assd => distances.assd(),
                    Kind::Hausdorff => distances.hausdorff(1.0),
                    _ => distances.hausdorff(0.95),
                })
            }
        }
    }

    fn share(&mut self, measure: Measure, spacing: Option<Spacing>) -> f64 {
        let Some(length) = measure.length() else { return 0.0 };
        // A length in pixels is measured without the spacing.
        let spacing = spacing.filter(|_| length.unit == LengthUnit::Mm);
        let share = match (measure.kind(), measure.boundary()) {
            (Kind::Nsd, BoundaryChoice::Pixels(rule)) => {
                self.pixels(rule, spacing).map(|distances| distances.nsd(length.value))
            }
            (Kind::BoundaryIou, BoundaryChoice::Pixels(rule)) => {
                let reference = self.reference;
                let prediction = self.prediction;
                boundary_iou(reference, prediction, rule, length.value, spacing, self.scratch)
            }
            (_, BoundaryChoice::Corners) => {
                self.corners(spacing).map(|distances| distances.nsd(length.value))
            }
            (kind, _) => unreachable!("{kind:?} has no length"),
        };
        share.unwrap_or_else(|| f64::from(u8::from(self.without_boundary())))
    }

    /// True when both masks fill the image and so are equal: they have no boundary
    /// where the outside counts as set.
    fn without_boundary(&self) -> bool {
        self.reference == self.prediction
    }

    fn pixels(
        &mut self,
        rule: BoundaryRule,
        spacing: Option<Spacing>,
    ) -> Option<&BoundaryDistances> {
        let known = self.pixels.iter().position(|(r, s, _)| (*r, *s) == (rule, spacing));
        let index = known.unwrap_or_else(|| {
            let reference = self.reference;
            let prediction = self.prediction;
            let found = BoundaryDistances::of(reference, prediction, rule, spacing, self.scratch);
            self.pixels.push((rule, spacing, found));
            self.pixels.len() - 1
        });
        self.pixels[index].2.as_ref()
    }

    fn corners(&mut self, spacing: Option<Spacing>) -> Option<&CornerDistances> {
        let known = self.corners.iter().position(|(s, _)| *s == spacing);
        let index = known.unwrap_or_else(|| {
            let reference = self.reference;
            let prediction = self.prediction;
            let found = CornerDistances::of(reference, prediction, spacing, self.scratch);
            self.corners.push((spacing, found));
            self.corners.len() - 1
        });
        self.corners[index].1.as_ref()
    }
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

    fn measures(keys: &str) -> Vec<Measure> {
        keys.split_whitespace().map(|key| key.parse().unwrap()).collect()
    }

    fn values(r: &Mask, p: &Mask, spacing: Option<Spacing>, keys: &str) -> Vec<Option<f64>> {
        measure_object(r, p, spacing, &measures(keys), &mut Scratch::default())
    }

    const SYMMETRIC: &str = "overlap dice masd assd hausdorff hausdorff_95 hausdorff_95.pooled \
        hausdorff_95.floor masd.i8 masd.i4o hausdorff.i8o masd.corners assd.corners \
        hausdorff_95.corners nsd@1px nsd.i8o@1px nsd.corners@1px nsd@0.8mm boundary_iou@2px \
        boundary_iou.i8@0.8mm boundary_iou.i4o@1px";
    const OTHERS: &str = "sensitivity specificity precision";

    #[test]
    fn empty_masks_follow_the_policy_whatever_the_variant() {
        let some = Mask::from_text("#..#");
        let none = Mask::empty(Size::new(4, 1));
        for measure in measures(SYMMETRIC) {
            let of = |r, p| {
                measure_object(
                    r,
                    p,
                    Spacing::isotropic(1.0).ok(),
                    &[measure],
                    &mut Scratch::default(),
                )[0]
            };
            let (one, both) = match measure.better() {
                crate::Better::Higher => (Some(0.0), Some(1.0)),
                crate::Better::Lower => (None, Some(0.0)),
            };
            assert_eq!(
                [of(&some, &none), of(&none, &some), of(&none, &none)],
                [one, one, both],
                "{measure}"
            );
        }
    }

    #[test]
    fn masks_that_fill_the_image_have_no_boundary_where_the_outside_is_set() {
        let full = !&Mask::empty(Size::new(5, 4));
        let part = Mask::from_text("##### ##### ##### ##...");
        let keys = "masd.i4o hausdorff.i8o nsd.i4o@1px boundary_iou.i8o@1px";
        assert_eq!(values(&full, &full, None, keys), [Some(0.0), Some(0.0), Some(1.0), Some(1.0)]);
        assert_eq!(values(&full, &part, None, keys), [None, None, Some(0.0), Some(0.0)]);
    }

    #[test]
    fn a_length_in_pixels_ignores_the_spacing_and_one_in_mm_needs_it() {
        let r = Mask::from_text("#...");
        let p = Mask::from_text(".#..");
        let mm = Spacing::isotropic(0.5).ok();
        let keys = "nsd@1px nsd@0.5mm nsd@0.4mm masd";
        assert_eq!(values(&r, &p, mm, keys), [Some(1.0), Some(1.0), Some(0.0), Some(0.5)]);
        assert_eq!(values(&r, &p, None, keys), [Some(1.0), None, None, Some(1.0)]);
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
        /// Properties of every measure: identity, symmetry, range, flip and transpose.
        #[test]
        fn common_properties(
            width in 1usize..20, height in 1usize..20,
            first in prop::collection::vec(any::<bool>(), 400),
            second in prop::collection::vec(any::<bool>(), 400),
        ) {
            let size = Size::new(width, height);
            let r = mask(size, &first);
            let p = mask(size, &second);
            let all = format!("{SYMMETRIC} {OTHERS}");
            let spacing = Spacing::new(0.5, 2.0).ok();
            let found = values(&r, &p, spacing, &all);
            for (measure, value) in measures(&all).iter().zip(values(&r, &r, spacing, &all)) {
                let perfect = f64::from(u8::from(measure.better() == crate::Better::Higher));
                prop_assert!(value == Some(perfect) || (value.is_none() && OTHERS.contains(&measure.to_string())));
            }
            let close = |a: &[Option<f64>], b: &[Option<f64>]| a.iter().zip(b).all(|(a, b)| {
                match (a, b) { (Some(a), Some(b)) => (a - b).abs() < 1e-9, (a, b) => a == b }
            });
            let swapped = values(&p, &r, spacing, SYMMETRIC);
            prop_assert!(close(&found[..swapped.len()], &swapped), "symmetry");
            let flip = |m: &Mask| Mask::from_fn(size, |c, r| m.get(width - 1 - c, r));
            prop_assert!(close(&found, &values(&flip(&r), &flip(&p), spacing, &all)), "flip");
            let turn = |m: &Mask| Mask::from_fn(Size::new(height, width), |c, r| m.get(r, c));
            let turned = Spacing::new(2.0, 0.5).ok();
            prop_assert!(close(&found, &values(&turn(&r), &turn(&p), turned, &all)), "transpose");
            for (measure, value) in measures(&all).iter().zip(&found) {
                let most = if measure.better() == crate::Better::Higher { 1.0 } else { f64::INFINITY };
                prop_assert!(value.is_none_or(|v| (0.0..=most).contains(&v)), "{measure} {value:?}");
            }
        }

        #[test]
        fn values_do_not_depend_on_the_other_measures(
            first in prop::collection::vec(any::<bool>(), 60),
            second in prop::collection::vec(any::<bool>(), 60),
        ) {
            let size = Size::new(10, 6);
            let r = mask(size, &first);
            let p = mask(size, &second);
            let spacing = Spacing::isotropic(0.35).ok();
            let together = values(&r, &p, spacing, SYMMETRIC);
            for (key, value) in SYMMETRIC.split_whitespace().zip(together) {
                prop_assert_eq!(values(&r, &p, spacing, key), vec![value]);
            }
        }
    }
}
