//! The measures there are: key, name, direction, range and source of each.

use std::fmt;
use std::str::FromStr;

/// A measure of one object in one image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Measure {
    /// See [`overlap`](crate::overlap::overlap).
    Overlap,
    /// See [`dice`](crate::overlap::dice).
    Dice,
    /// See [`masd`](crate::boundary::BoundaryDistances::masd).
    Masd,
}

/// What kind of number a measure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// A share from 0 to 1.
    Share,
    /// A distance from 0 up, in mm or, where the spacing is not known, in pixels.
    Distance,
}

/// In which direction a measure improves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// Higher is better.
    Higher,
    /// Lower is better.
    Lower,
}

impl Measure {
    /// All measures, in the order in which tables show them.
    pub const ALL: [Self; 3] = [Self::Overlap, Self::Dice, Self::Masd];

    /// The measure's key, without a unit.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Overlap => "overlap",
            Self::Dice => "dice",
            Self::Masd => "masd",
        }
    }

    /// The measure's key in results: a distance's ends in its unit.
    #[must_use]
    pub fn result_key(self, spacing_is_known: bool) -> String {
        match (self.quantity(), spacing_is_known) {
            (Quantity::Share, _) => self.key().to_owned(),
            (Quantity::Distance, true) => format!("{}_mm", self.key()),
            (Quantity::Distance, false) => format!("{}_px", self.key()),
        }
    }

    /// The measure's name in full.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Overlap => "overlap (Jaccard)",
            Self::Dice => "Dice coefficient",
            Self::Masd => "mean absolute surface distance",
        }
    }

    /// What kind of number it is.
    #[must_use]
    pub const fn quantity(self) -> Quantity {
        match self {
            Self::Overlap | Self::Dice => Quantity::Share,
            Self::Masd => Quantity::Distance,
        }
    }

    /// In which direction it improves.
    #[must_use]
    pub const fn better(self) -> Better {
        match self.quantity() {
            Quantity::Share => Better::Higher,
            Quantity::Distance => Better::Lower,
        }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

impl FromStr for Measure {
    type Err = UnknownMeasure;

    fn from_str(key: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|measure| measure.key() == key)
            .ok_or_else(|| UnknownMeasure { key: key.to_owned() })
    }
}

/// A key that names no measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownMeasure {
    /// The key found.
    pub key: String,
}

impl std::error::Error for UnknownMeasure {}

impl fmt::Display for UnknownMeasure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = Measure::ALL.map(Measure::key).join(", ");
        write!(f, "unknown measure `{}`, expected one of {keys}", self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_names_its_measure() {
        for measure in Measure::ALL {
            assert_eq!(measure.key().parse(), Ok(measure));
        }
        assert!("hd95".parse::<Measure>().unwrap_err().to_string().contains("overlap"));
    }

    #[test]
    fn a_distance_carries_its_unit() {
        assert_eq!(Measure::Masd.result_key(true), "masd_mm");
        assert_eq!(Measure::Masd.result_key(false), "masd_px");
        assert_eq!(Measure::Dice.result_key(true), "dice");
    }
}
