//! Number formats of pages. They round for display, never for the order.
//!
//! Also names, units and directions of measures, from the registry of measures. Computes no
//! measure.

use scr_measures::registry::IMAGE_MEASURES;
use scr_measures::{Better, Kind, Measure};

use crate::options::Options;

/// Measure of the overview.
const PIXEL_ERROR: &str = "pixel_error";

/// Placeholder of a missing value.
pub(crate) const NONE: &str = "–";

/// Heading of a measure, and the format of its values.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct MeasureHead {
    /// Name within a sentence.
    pub(crate) name: String,
    /// `mm`, `px` or empty.
    pub(crate) unit: &'static str,
    /// Better direction; `None` for a measure without one.
    pub(crate) better: Option<Better>,
    decimals: usize,
}

impl MeasureHead {
    /// Heading of a result key such as `masd_mm`.
    ///
    /// An unknown key is its own name and has no better direction.
    pub(crate) fn of(key: &str) -> Self {
        if let Some(about) = IMAGE_MEASURES.iter().find(|about| about.key == key) {
            let better = (about.key == PIXEL_ERROR).then_some(Better::Lower);
            return Self { name: in_a_sentence(about.name), unit: "", better, decimals: 4 };
        }
        match Measure::from_result_key(key) {
            Ok((measure, unit)) => Self {
                name: in_a_sentence(&measure.name()),
                unit,
                better: Some(measure.better()),
                decimals: if unit.is_empty() { 3 } else { 2 },
            },
            Err(_) => Self { name: key.to_owned(), unit: "", better: None, decimals: 3 },
        }
    }

    /// Name with a capital first letter, and unit.
    pub(crate) fn title(&self) -> String {
        let name = capitalised(&self.name);
        if self.unit.is_empty() { name } else { format!("{name} ({})", self.unit) }
    }

    /// `higher is better` or `lower is better`; empty for what has no better end.
    pub(crate) fn better_words(&self) -> &'static str {
        match self.better {
            Some(Better::Higher) => "higher is better",
            Some(Better::Lower) => "lower is better",
            None => "",
        }
    }

    /// A value of the measure.
    pub(crate) fn shown(&self, value: Option<f64>) -> String {
        value.map_or_else(|| NONE.to_owned(), |value| format!("{value:.*}", self.decimals))
    }

    /// `mean (sd)`.
    pub(crate) fn mean_sd(&self, mean: Option<f64>, sd: Option<f64>) -> String {
        match (mean, sd) {
            (Some(_), Some(_)) => format!("{} ({})", self.shown(mean), self.shown(sd)),
            _ => self.shown(mean),
        }
    }

    /// An interval.
    pub(crate) fn interval(&self, interval: Option<[f64; 2]>) -> String {
        interval.map_or_else(
            || NONE.to_owned(),
            |[low, high]| format!("{} to {}", self.shown(Some(low)), self.shown(Some(high))),
        )
    }
}

/// True if tables show a key: a few common measures, or all with `measures=all`.
pub(crate) fn has_column(key: &str, options: &Options) -> bool {
    const FEW: [Kind; 4] = [Kind::Overlap, Kind::Dice, Kind::Masd, Kind::Hausdorff95];
    shows_all(options)
        || match Measure::from_result_key(key) {
            Ok((measure, _)) => FEW.map(Measure::plain).contains(&measure),
            Err(_) => key == PIXEL_ERROR,
        }
}

/// True if the address asks for all measures.
pub(crate) fn shows_all(options: &Options) -> bool {
    options.first("measures") == Some("all")
}

/// Name within a sentence: `Hausdorff` keeps its capital.
fn in_a_sentence(name: &str) -> String {
    let is_a_persons = ["Hausdorff", "Dice"].iter().any(|person| name.starts_with(person));
    let mut letters = name.chars();
    match letters.next() {
        Some(first) if !is_a_persons => first.to_lowercase().chain(letters).collect(),
        _ => name.to_owned(),
    }
}

/// The date of an RFC 3339 time.
pub(crate) fn date(time: &str) -> &str {
    time.split('T').next().unwrap_or(time)
}

/// The date and minute of an RFC 3339 time: `2026-11-26 13:05`.
pub(crate) fn minute(time: &str) -> String {
    time.chars().take(16).collect::<String>().replace('T', " ")
}

/// The text with a capital first letter.
pub(crate) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distance_shows_its_unit_and_improves_downwards() {
        let head = MeasureHead::of("masd_px");
        assert_eq!((head.unit, head.better_words()), ("px", "lower is better"));
        assert!(head.title().ends_with("(px)"), "{}", head.title());
        assert_eq!(head.mean_sd(Some(1.638), Some(0.694)), "1.64 (0.69)");
    }

    #[test]
    fn an_unknown_key_is_shown_as_it_is() {
        let head = MeasureHead::of("novel.variant_mm");
        assert_eq!((head.name.as_str(), head.better_words()), ("novel.variant_mm", ""));
    }

    #[test]
    fn what_has_no_value_is_a_dash() {
        let head = MeasureHead::of("overlap");
        assert_eq!(head.shown(None), NONE);
        assert_eq!(head.mean_sd(None, None), NONE);
        assert_eq!(head.interval(Some([0.94, 0.95])), "0.940 to 0.950");
    }
}
