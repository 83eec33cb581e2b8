//! Registry of measures: key, name, definition, direction, range, rule for empty
//! masks and source.
//!
//! The only source of all that is printed or documented about a measure.
//! [`peers`](crate::peers) lists the equal numbers of other tools.

use crate::boundary::BoundaryRule;

/// Kind of a measure, without variant and length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// See [`overlap`](crate::overlap::overlap).
    Overlap,
    /// See [`dice`](crate::overlap::dice).
    Dice,
    /// See [`sensitivity`](crate::overlap::sensitivity).
    Sensitivity,
    /// See [`specificity`](crate::overlap::specificity).
    Specificity,
    /// See [`precision`](crate::overlap::precision).
    Precision,
    /// See [`masd`](crate::distances::BoundaryDistances::masd).
    Masd,
    /// See [`assd`](crate::distances::BoundaryDistances::assd).
    Assd,
    /// See [`hausdorff`](crate::distances::BoundaryDistances::hausdorff).
    Hausdorff,
    /// See [`hausdorff_95`](crate::distances::BoundaryDistances::hausdorff_95).
    Hausdorff95,
    /// See [`nsd`](crate::distances::BoundaryDistances::nsd).
    Nsd,
    /// See [`boundary_iou`](crate::band::boundary_iou).
    BoundaryIou,
}

/// Quantity of a measure's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// A share from 0 to 1; higher is better.
    Share,
    /// A distance from 0 up, in mm or, where the spacing is not known, in pixels;
    /// lower is better.
    Distance,
}

/// Direction of improvement of a measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// Higher is better.
    Higher,
    /// Lower is better.
    Lower,
}

/// Definition of the 95th percentile of boundary distances.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Percentile {
    /// The larger of the two directions' percentiles, by linear interpolation.
    Directed,
    /// The percentile of both directions' distances together.
    Pooled,
    /// As directed, but the sorted distance at the whole part of (n - 1) 0.95.
    Floor,
}

impl Percentile {
    /// All, the default first.
    pub const ALL: [Self; 3] = [Self::Directed, Self::Pooled, Self::Floor];

    /// Name in keys.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Directed => "directed",
            Self::Pooled => "pooled",
            Self::Floor => "floor",
        }
    }
}

/// Boundary between which distances are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BoundaryChoice {
    /// Centres of boundary pixels.
    Pixels(BoundaryRule),
    /// Corners between pixels, see [`corners`](crate::corners).
    Corners,
}

impl BoundaryChoice {
    /// Boundary pixels by 4-neighbours, outside the image is background.
    pub const DEFAULT: Self =
        Self::Pixels(BoundaryRule { with_diagonals: false, outside_is_set: false });

    /// All, the default first.
    pub const ALL: [Self; 5] = [
        Self::DEFAULT,
        Self::Pixels(BoundaryRule { with_diagonals: true, outside_is_set: false }),
        Self::Pixels(BoundaryRule { with_diagonals: false, outside_is_set: true }),
        Self::Pixels(BoundaryRule { with_diagonals: true, outside_is_set: true }),
        Self::Corners,
    ];

    /// Name in keys.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Pixels(BoundaryRule { with_diagonals: false, outside_is_set: false }) => "i4",
            Self::Pixels(BoundaryRule { with_diagonals: true, outside_is_set: false }) => "i8",
            Self::Pixels(BoundaryRule { with_diagonals: false, outside_is_set: true }) => "i4o",
            Self::Pixels(BoundaryRule { with_diagonals: true, outside_is_set: true }) => "i8o",
            Self::Corners => "corners",
        }
    }
}

/// Description of a kind of measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MeasureInfo {
    /// Key, without variant, length and unit.
    pub key: &'static str,
    /// Full name.
    pub name: &'static str,
    /// Short name for the head of a column.
    pub short_name: &'static str,
    /// Definition.
    pub definition: &'static str,
    /// Quantity of the values.
    pub quantity: Quantity,
    /// Range of the values.
    pub range: &'static str,
    /// Direction of improvement; none for numbers of one set of masks, and for
    /// differences, which are best at 0.
    pub better: Option<Better>,
    /// Value for empty masks.
    pub empty: &'static str,
    /// First description.
    pub source: &'static str,
}

/// Named variant of some kinds of measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variant {
    /// Name in keys, after a full stop.
    pub key: &'static str,
    /// Difference from the default.
    pub definition: &'static str,
    /// Purpose.
    pub purpose: &'static str,
}

const EMPTY_SHARE: &str = "both empty: 1; one empty: 0";
const EMPTY_DISTANCE: &str = "both empty: 0; one empty: undefined";
const VAN_GINNEKEN: &str = "van Ginneken, Stegmann and Loog, Medical Image Analysis 10, 2006, doi:10.1016/j.media.2005.02.002";

static INFO: [MeasureInfo; Kind::ALL.len()] = [
    MeasureInfo {
        key: "overlap",
        name: "Overlap (Jaccard)",
        short_name: "Overlap",
        definition: "TP / (TP + FP + FN)",
        quantity: Quantity::Share,
        range: "0 to 1",
        better: Some(Better::Higher),
        empty: EMPTY_SHARE,
        source: VAN_GINNEKEN,
    },
    MeasureInfo {
        key: "dice",
        name: "Dice coefficient",
        short_name: "Dice",
        definition: "2 TP / (2 TP + FP + FN)",
        quantity: Quantity::Share,
        range: "0 to 1",
        better: Some(Better::Higher),
        empty: EMPTY_SHARE,
        source: "Dice, Ecology 26, 1945, doi:10.2307/1932409",
    },
    MeasureInfo {
        key: "sensitivity",
        name: "Sensitivity (recall)",
        short_name: "Sensitivity",
        definition: "TP / (TP + FN)",
        quantity: Quantity::Share,
        range: "0 to 1",
        better: Some(Better::Higher),
        empty: EMPTY_SHARE,
        source: "in common use",
    },
    MeasureInfo {
        key: "specificity",
        name: "Specificity",
        short_name: "Specificity",
        definition: "TN / (TN + FP)",
        quantity: Quantity::Share,
        range: "0 to 1",
        better: Some(Better::Higher),
        empty: "as defined; undefined where the reference covers the whole image",
        source: "in common use",
    },
    MeasureInfo {
        key: "precision",
        name: "Precision",
        short_name: "Precision",
        definition: "TP / (TP + FP)",
        quantity: Quantity::Share,
        range: "0 to 1",
        better: Some(Better::Higher),
        empty: EMPTY_SHARE,
        source: "in common use",
    },
    MeasureInfo {
        key: "masd",
        name: "Mean absolute surface distance",
        short_name: "MASD",
        definition: "mean of the two directed mean boundary distances",
        quantity: Quantity::Distance,
        range: "0 up",
        better: Some(Better::Lower),
        empty: EMPTY_DISTANCE,
        source: "the mean distance between contours of van Ginneken, Stegmann and Loog, Medical Image Analysis 10, 2006, doi:10.1016/j.media.2005.02.002, as far as it is known",
    },
    MeasureInfo {
        key: "assd",
        name: "Average symmetric surface distance",
        short_name: "ASSD",
        definition: "mean of both directions' boundary distances together",
        quantity: Quantity::Distance,
        range: "0 up",
        better: Some(Better::Lower),
        empty: EMPTY_DISTANCE,
        source: "in common use",
    },
    MeasureInfo {
        key: "hausdorff",
        name: "Hausdorff distance",
        short_name: "HD",
        definition: "largest boundary distance of both directions",
        quantity: Quantity::Distance,
        range: "0 up",
        better: Some(Better::Lower),
        empty: EMPTY_DISTANCE,
        source: "Huttenlocher, Klanderman and Rucklidge, IEEE TPAMI 15, 1993, doi:10.1109/34.232073",
    },
    MeasureInfo {
        key: "hausdorff_95",
        name: "95th percentile Hausdorff distance",
        short_name: "HD95",
        definition: "larger of the two directed 95th percentiles, by linear interpolation",
        quantity: Quantity::Distance,
        range: "0 up",
        better: Some(Better::Lower),
        empty: EMPTY_DISTANCE,
        source: "after Huttenlocher, Klanderman and Rucklidge, IEEE TPAMI 15, 1993, doi:10.1109/34.232073",
    },
    MeasureInfo {
        key: "nsd",
        name: "Normalised surface distance",
        short_name: "NSD",
        definition: "share of both boundaries' pixels at most the tolerance from the other boundary",
        quantity: Quantity::Share,
        range: "0 to 1",
        better: Some(Better::Higher),
        empty: EMPTY_SHARE,
        source: "Nikolov et al., Journal of Medical Internet Research 23(7):e26151, 2021, doi:10.2196/26151",
    },
    MeasureInfo {
        key: "boundary_iou",
        name: "Boundary IoU",
        short_name: "Boundary IoU",
        definition: "IoU of the two bands of a mask's pixels nearer than the width (strictly) to its own boundary",
        quantity: Quantity::Share,
        range: "0 to 1",
        better: Some(Better::Higher),
        empty: EMPTY_SHARE,
        source: "Cheng, Girshick, Dollar, Berg and Kirillov, CVPR 2021, arXiv:2103.16562",
    },
];

/// Variants, in the order of a key.
pub const VARIANTS: [Variant; 6] = [
    Variant {
        key: "pooled",
        definition: "the percentile of both directions' distances together",
        purpose: "medpy's and panoptica's 95th percentile; with .i8o that of seg-metrics",
    },
    Variant {
        key: "floor",
        definition: "the sorted distance at the whole part of (n - 1) 0.95, the larger of both directions",
        purpose: "that of evalutils and grand-challenge-metrics",
    },
    Variant {
        key: "i8",
        definition: "a boundary pixel has one of 8 neighbours outside the mask",
        purpose: "connectivity 2 of medpy, panoptica, evalutils and grand-challenge-metrics",
    },
    Variant {
        key: "i4o",
        definition: "outside the image counts as set: no boundary where the image's border cuts a mask",
        purpose: "distances between label contours of ITK that are not fully connected",
    },
    Variant {
        key: "i8o",
        definition: "8 neighbours, and outside the image counts as set",
        purpose: "distances between fully connected label contours of ITK; seg-metrics",
    },
    Variant {
        key: "corners",
        definition: "corners between pixels, weighted by the length of the outline at each",
        purpose: "DeepMind's surface-distance; MONAI's surface dice with use_subvoxels",
    },
];

/// Measures of a whole image, not of an object.
pub const IMAGE_MEASURES: [MeasureInfo; 4] = [
    MeasureInfo {
        key: "pixel_error",
        name: "Pixel error",
        short_name: "Pixel error",
        definition: "share of an image's pixels in which any structure's label disagrees with the reference",
        quantity: Quantity::Share,
        range: "0 to 1",
        better: Some(Better::Lower),
        empty: "as defined",
        source: "the overview of results on the SCR database's site",
    },
    MeasureInfo {
        key: "ctr",
        name: "Cardiothoracic ratio",
        short_name: "CTR",
        definition: "greatest transverse width of the heart over that of the lung fields, of the prediction",
        quantity: Quantity::Share,
        range: "0 up",
        better: None,
        empty: "undefined where heart or lungs are empty",
        source: "the application on the SCR database's site",
    },
    MeasureInfo {
        key: "ctr_reference",
        name: "Cardiothoracic ratio of the reference",
        short_name: "CTR, reference",
        definition: "the same of the reference",
        quantity: Quantity::Share,
        range: "0 up",
        better: None,
        empty: "undefined where heart or lungs are empty",
        source: "the application on the SCR database's site",
    },
    MeasureInfo {
        key: "ctr_difference",
        name: "Difference of the cardiothoracic ratio",
        short_name: "CTR difference",
        definition: "the prediction's minus the reference's; 0 is best",
        quantity: Quantity::Share,
        range: "any",
        better: None,
        empty: "undefined where either is",
        source: "Bland and Altman, The Lancet 327, 1986, doi:10.1016/S0140-6736(86)90837-8",
    },
];

impl Kind {
    /// All, in the order in which tables show them.
    pub const ALL: [Self; 11] = [
        Self::Overlap,
        Self::Dice,
        Self::Sensitivity,
        Self::Specificity,
        Self::Precision,
        Self::Masd,
        Self::Assd,
        Self::Hausdorff,
        Self::Hausdorff95,
        Self::Nsd,
        Self::BoundaryIou,
    ];

    /// Description.
    #[must_use]
    pub const fn info(self) -> &'static MeasureInfo {
        &INFO[self as usize]
    }

    /// True when the key ends in a tolerance or a width.
    #[must_use]
    pub const fn needs_length(self) -> bool {
        matches!(self, Self::Nsd | Self::BoundaryIou)
    }

    /// True when the kind has this variant.
    #[must_use]
    pub fn allows(self, boundary: BoundaryChoice, percentile: Percentile) -> bool {
        let is_default = boundary == BoundaryChoice::DEFAULT;
        match self {
            Self::Overlap
            | Self::Dice
            | Self::Sensitivity
            | Self::Specificity
            | Self::Precision => is_default && percentile == Percentile::Directed,
            Self::Masd | Self::Assd | Self::Hausdorff | Self::Nsd => {
                percentile == Percentile::Directed
            }
            Self::Hausdorff95 => {
                boundary != BoundaryChoice::Corners || percentile == Percentile::Directed
            }
            Self::BoundaryIou => {
                boundary != BoundaryChoice::Corners && percentile == Percentile::Directed
            }
        }
    }

    /// Keys of the variants, in the order of a key.
    #[must_use]
    pub fn variant_keys(self) -> Vec<&'static str> {
        let percentiles = Percentile::ALL[1..]
            .iter()
            .filter(|p| self.allows(BoundaryChoice::DEFAULT, **p))
            .map(|p| p.key());
        let boundaries = BoundaryChoice::ALL[1..]
            .iter()
            .filter(|b| self.allows(**b, Percentile::Directed))
            .map(|b| b.key());
        percentiles.chain(boundaries).collect()
    }

    /// Keys of the variants, in words.
    #[must_use]
    pub fn variants(self) -> String {
        let keys = self.variant_keys();
        if keys.is_empty() {
            return format!("{} has no variants", self.info().key);
        }
        format!("variants of {}: .{}", self.info().key, keys.join(", ."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_own_line() {
        let keys: std::collections::BTreeSet<&str> =
            Kind::ALL.iter().map(|kind| kind.info().key).collect();
        assert_eq!(keys.len(), Kind::ALL.len());
        assert_eq!(Kind::Masd.info().key, "masd");
        assert_eq!(Kind::BoundaryIou.info().key, "boundary_iou");
    }

    #[test]
    fn the_description_of_a_kind_agrees_with_its_quantity() {
        for info in Kind::ALL.map(Kind::info) {
            let (better, range) = match info.quantity {
                Quantity::Share => (Better::Higher, "0 to 1"),
                Quantity::Distance => (Better::Lower, "0 up"),
            };
            assert_eq!((info.better, info.range), (Some(better), range), "{}", info.key);
        }
    }

    #[test]
    fn every_variant_is_written_down() {
        let written: Vec<&str> = VARIANTS.iter().map(|variant| variant.key).collect();
        let percentiles = Percentile::ALL[1..].iter().map(|p| p.key());
        let boundaries = BoundaryChoice::ALL[1..].iter().map(|b| b.key());
        assert_eq!(written, percentiles.chain(boundaries).collect::<Vec<_>>());
    }
}
