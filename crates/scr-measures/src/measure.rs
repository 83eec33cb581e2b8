//! Measure and its key: kind, boundary, percentile, and tolerance or width.
//!
//! [`registry`](crate::registry) defines the keys.

use std::fmt;
use std::str::FromStr;

use crate::registry::{Better, BoundaryChoice, Kind, Percentile, Quantity};

/// Measure of one object in one image.
///
/// The key is a kind, its variants and its length: `dice`, `masd.i8`,
/// `hausdorff_95.pooled.i4o`, `nsd@2px`, `boundary_iou@3mm`.
///
/// ```
/// use scr_measures::Measure;
/// let measure: Measure = "hausdorff_95.pooled".parse()?;
/// assert_eq!(measure.result_key(false), "hausdorff_95.pooled_px");
/// assert!("nsd".parse::<Measure>().unwrap_err().to_string().contains("nsd@2px"));
/// # Ok::<(), scr_measures::UnknownMeasure>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measure {
    kind: Kind,
    boundary: BoundaryChoice,
    percentile: Percentile,
    length: Option<Length>,
}

/// Tolerance or width, with its unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Length {
    /// Value in `unit`; finite, 0 or more.
    pub value: f64,
    /// Unit of `value`.
    pub unit: LengthUnit,
}

/// Unit of a length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LengthUnit {
    /// Pixels, independent of the spacing.
    Px,
    /// Millimetres; needs a known spacing.
    Mm,
}

impl LengthUnit {
    const fn key(self) -> &'static str {
        match self {
            Self::Px => "px",
            Self::Mm => "mm",
        }
    }
}

impl Measure {
    /// Default measures, in the order of tables.
    pub const DEFAULT: [Self; 9] = [
        Self::plain(Kind::Overlap),
        Self::plain(Kind::Dice),
        Self::plain(Kind::Sensitivity),
        Self::plain(Kind::Specificity),
        Self::plain(Kind::Precision),
        Self::plain(Kind::Masd),
        Self::plain(Kind::Assd),
        Self::plain(Kind::Hausdorff),
        Self::plain(Kind::Hausdorff95),
    ];

    /// The measure of a kind that needs no length, in its default variant.
    ///
    /// # Panics
    /// When the kind needs a length: parse such a measure from its key.
    #[must_use]
    pub const fn plain(kind: Kind) -> Self {
        assert!(!kind.needs_length(), "this kind needs a length");
        Self {
            kind,
            boundary: BoundaryChoice::DEFAULT,
            percentile: Percentile::Directed,
            length: None,
        }
    }

    /// Kind of the measure.
    #[must_use]
    pub const fn kind(self) -> Kind {
        self.kind
    }

    /// Boundary of the measure.
    #[must_use]
    pub const fn boundary(self) -> BoundaryChoice {
        self.boundary
    }

    /// Definition of the percentile.
    #[must_use]
    pub const fn percentile(self) -> Percentile {
        self.percentile
    }

    /// The tolerance or width, for kinds that have one.
    #[must_use]
    pub const fn length(self) -> Option<Length> {
        self.length
    }

    /// True when the measure needs a known spacing.
    #[must_use]
    pub const fn needs_spacing(self) -> bool {
        matches!(self.length, Some(Length { unit: LengthUnit::Mm, .. }))
    }

    /// Key of the measure in results; the key of a distance ends in its unit.
    #[must_use]
    pub fn result_key(self, spacing_is_known: bool) -> String {
        match (self.quantity(), spacing_is_known) {
            (Quantity::Share, _) => self.to_string(),
            (Quantity::Distance, true) => format!("{self}_mm"),
            (Quantity::Distance, false) => format!("{self}_px"),
        }
    }

    /// Parses a key of results into the measure and the unit of its values: `mm`,
    /// `px`, or empty for shares.
    ///
    /// # Errors
    /// [`UnknownMeasure`] when the key names no measure.
    pub fn from_result_key(key: &str) -> Result<(Self, &'static str), UnknownMeasure> {
        for unit in ["mm", "px"] {
            let plain = key.strip_suffix(unit).and_then(|key| key.strip_suffix('_'));
            if let Some(measure) = plain.and_then(|plain| plain.parse::<Self>().ok())
                && measure.quantity() == Quantity::Distance
            {
                return Ok((measure, unit));
            }
        }
        key.parse().map(|measure| (measure, ""))
    }

    /// Full name of the measure, with its variant and length.
    #[must_use]
    pub fn name(self) -> String {
        self.with_variant(self.kind.info().name)
    }

    /// Short name of the measure, with its variant and length.
    #[must_use]
    pub fn short_name(self) -> String {
        self.with_variant(self.kind.info().short_name)
    }

    /// A name of the kind, followed by variant and length.
    fn with_variant(self, name: &str) -> String {
        let mut name = name.to_owned();
        let mut notes = Vec::new();
        match self.percentile {
            Percentile::Directed => {}
            Percentile::Pooled => notes.push("pooled".to_owned()),
            Percentile::Floor => notes.push("floor".to_owned()),
        }
        if self.boundary != BoundaryChoice::DEFAULT {
            notes.push(format!("boundary {}", self.boundary.key()));
        }
        if !notes.is_empty() {
            name += &format!(" ({})", notes.join(", "));
        }
        match self.length {
            Some(length) => format!("{name} at {} {}", length.value, length.unit.key()),
            None => name,
        }
    }

    /// Quantity of the values.
    #[must_use]
    pub const fn quantity(self) -> Quantity {
        self.kind.info().quantity
    }

    /// Direction of improvement.
    #[must_use]
    pub const fn better(self) -> Better {
        match self.quantity() {
            Quantity::Share => Better::Higher,
            Quantity::Distance => Better::Lower,
        }
    }
}

impl fmt::Display for Measure {
    /// The key, without the unit of results.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.info().key)?;
        if self.percentile != Percentile::Directed {
            write!(f, ".{}", self.percentile.key())?;
        }
        if self.boundary != BoundaryChoice::DEFAULT {
            write!(f, ".{}", self.boundary.key())?;
        }
        match self.length {
            Some(length) => write!(f, "@{}{}", length.value, length.unit.key()),
            None => Ok(()),
        }
    }
}

impl FromStr for Measure {
    type Err = UnknownMeasure;

    fn from_str(key: &str) -> Result<Self, Self::Err> {
        let wrong = |reason: String| UnknownMeasure { key: key.to_owned(), reason };
        let (before, length) = match key.split_once('@') {
            Some((before, length)) => (before, Some(length)),
            None => (key, None),
        };
        let mut parts = before.split('.');
        let name = parts.next().unwrap_or_default();
        let kind = Kind::ALL.into_iter().find(|kind| kind.info().key == name).ok_or_else(|| {
            wrong(format!("expected one of {}", Kind::ALL.map(|kind| kind.info().key).join(", ")))
        })?;
        let length = match (length, kind.needs_length()) {
            (Some(text), true) => Some(parse_length(text, kind).map_err(&wrong)?),
            (None, true) => {
                return Err(wrong(format!("it needs a length, as in {name}@2px or {name}@3mm")));
            }
            (Some(_), false) => {
                return Err(wrong(format!("{name} has no length: leave out the @")));
            }
            (None, false) => None,
        };
        let mut measure = Self {
            kind,
            boundary: BoundaryChoice::DEFAULT,
            percentile: Percentile::Directed,
            length,
        };
        for part in parts {
            let percentile = Percentile::ALL.into_iter().find(|p| p.key() == part);
            let boundary = BoundaryChoice::ALL.into_iter().find(|b| b.key() == part);
            match (percentile, boundary) {
                (Some(percentile), _) => measure.percentile = percentile,
                (_, Some(boundary)) => measure.boundary = boundary,
                _ => return Err(wrong(format!("`{part}` is no variant; {}", kind.variants()))),
            }
        }
        if !kind.allows(measure.boundary, measure.percentile) {
            return Err(wrong(format!("that variant is not defined; {}", kind.variants())));
        }
        Ok(measure)
    }
}

fn parse_length(text: &str, kind: Kind) -> Result<Length, String> {
    let expected = "expected a length such as 2px or 3mm after the @";
    let (number, unit) = [LengthUnit::Px, LengthUnit::Mm]
        .into_iter()
        .find_map(|unit| text.strip_suffix(unit.key()).map(|number| (number, unit)))
        .ok_or(expected)?;
    let value: f64 = number.parse().map_err(|_| expected)?;
    let is_allowed = value.is_finite() && (value > 0.0 || value == 0.0 && kind == Kind::Nsd);
    is_allowed.then_some(Length { value: value.abs(), unit }).ok_or_else(|| expected.to_owned())
}

/// Error for a key that names no measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownMeasure {
    /// The key found.
    pub key: String,
    /// Expected form.
    pub reason: String,
}

impl std::error::Error for UnknownMeasure {}

impl fmt::Display for UnknownMeasure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown measure `{}`: {}; `scr measures` explains all", self.key, self.reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(key: &str) -> String {
        key.parse::<Measure>().unwrap_err().to_string()
    }

    #[test]
    fn every_key_reads_back_as_itself() {
        for key in [
            "overlap",
            "masd.i8",
            "assd.corners",
            "hausdorff.i4o",
            "hausdorff_95.pooled",
            "hausdorff_95.floor.i8o",
            "nsd@2px",
            "nsd.corners@0.5mm",
            "nsd@0px",
            "boundary_iou.i8@3mm",
        ] {
            assert_eq!(key.parse::<Measure>().unwrap().to_string(), key);
        }
        assert_eq!("nsd@2.0px".parse::<Measure>().unwrap().to_string(), "nsd@2px");
        assert_eq!("masd.i4".parse::<Measure>().unwrap().to_string(), "masd");
    }

    #[test]
    fn a_distance_carries_its_unit_after_its_variant() {
        let measure: Measure = "hausdorff_95.pooled".parse().unwrap();
        assert_eq!(measure.result_key(true), "hausdorff_95.pooled_mm");
        assert_eq!(measure.result_key(false), "hausdorff_95.pooled_px");
        assert_eq!(Measure::plain(Kind::Dice).result_key(true), "dice");
        assert_eq!("nsd@3mm".parse::<Measure>().unwrap().result_key(true), "nsd@3mm");
    }

    #[test]
    fn a_result_key_gives_the_measure_and_its_unit() {
        for key in ["dice", "masd_mm", "hausdorff_95.pooled_px", "nsd@2px", "boundary_iou.i8@3mm"] {
            let (measure, unit) = Measure::from_result_key(key).unwrap();
            assert_eq!(measure.result_key(unit == "mm"), key);
        }
        assert!(Measure::from_result_key("dice_mm").is_err());
    }

    #[test]
    fn a_key_that_names_no_measure_is_explained() {
        assert!(reason("hd95").contains("overlap, dice"));
        assert!(reason("nsd").contains("nsd@2px"));
        assert!(reason("dice@2px").contains("no length"));
        assert!(reason("dice.i8").contains("no variants"));
        assert!(reason("masd.pooled").contains("i4o"));
        assert!(reason("hausdorff_95.pooled.corners").contains("not defined"));
        for key in ["nsd@2", "nsd@px", "nsd@-1px", "nsd@infmm", "nsd@nanpx", "boundary_iou@0px"] {
            assert!(reason(key).contains("length"), "{key}");
        }
    }
}
