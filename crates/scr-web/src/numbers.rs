//! How numbers are shown on pages: rounded for the eye, never for the order.
//!
//! Also what a measure is called: its name, unit and direction, from the
//! registry of measures. Computes no measure.

use scr_measures::{Better, Measure};

/// Stands where there is no value.
pub(crate) const NONE: &str = "–";

/// What a column of a measure is called and how its values are written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct MeasureHead {
    /// Name as it stands within a sentence.
    pub(crate) name: String,
    /// `mm`, `px` or empty.
    pub(crate) unit: &'static str,
    /// In which direction it improves.
    pub(crate) better: Better,
    decimals: usize,
}

impl MeasureHead {
    /// The head of a key as it stands in results, such as `masd_mm`.
    ///
    /// A key that the registry does not know is shown as it is; a distance
    /// improves downwards, anything else upwards.
    pub(crate) fn of(key: &str) -> Self {
        let (base, unit) = match (key.strip_suffix("_mm"), key.strip_suffix("_px")) {
            (Some(base), _) => (base, "mm"),
            (_, Some(base)) => (base, "px"),
            _ => (key, ""),
        };
        if base == "pixel_error" {
            let name = "pixel error".to_owned();
            return Self { name, unit, better: Better::Lower, decimals: 4 };
        }
        let decimals = if unit.is_empty() { 3 } else { 2 };
        match base.parse::<Measure>() {
            Ok(measure) => {
                let name = measure.name().to_owned();
                Self { name, unit, better: measure.better(), decimals }
            }
            Err(_) => {
                let better = if unit.is_empty() { Better::Higher } else { Better::Lower };
                Self { name: key.to_owned(), unit, better, decimals }
            }
        }
    }

    /// Name with a capital first letter, and unit.
    pub(crate) fn title(&self) -> String {
        let name = capitalised(&self.name);
        if self.unit.is_empty() { name } else { format!("{name} ({})", self.unit) }
    }

    /// `higher` or `lower`.
    pub(crate) fn better_word(&self) -> &'static str {
        match self.better {
            Better::Higher => "higher",
            Better::Lower => "lower",
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

/// `mean (sd)` as a source gave them: both with as many decimals as the longer one
/// has, since a number that was read has lost its trailing zeros.
pub(crate) fn as_published(mean: Option<f64>, sd: Option<f64>) -> String {
    let decimals = |value: Option<f64>| {
        let text = value.map(|value| value.to_string()).unwrap_or_default();
        text.split_once('.').map_or(0, |(_, decimals)| decimals.len())
    };
    let places = decimals(mean).max(decimals(sd));
    let shown = |value: f64| format!("{value:.places$}");
    match (mean, sd) {
        (Some(mean), Some(sd)) => format!("{} ({})", shown(mean), shown(sd)),
        (Some(mean), None) => shown(mean),
        _ => NONE.to_owned(),
    }
}

/// The date of an RFC 3339 time.
pub(crate) fn date(time: &str) -> &str {
    time.split('T').next().unwrap_or(time)
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
        assert_eq!((head.unit, head.better_word()), ("px", "lower"));
        assert!(head.title().ends_with("(px)"), "{}", head.title());
        assert_eq!(head.mean_sd(Some(1.638), Some(0.694)), "1.64 (0.69)");
    }

    #[test]
    fn an_unknown_key_is_shown_as_it_is() {
        let head = MeasureHead::of("novel.variant_mm");
        assert_eq!((head.name.as_str(), head.better_word()), ("novel.variant_mm", "lower"));
    }

    #[test]
    fn a_published_mean_and_sd_have_the_same_decimals() {
        assert_eq!(as_published(Some(0.04), Some(0.013)), "0.040 (0.013)");
        assert_eq!(as_published(Some(2.3), Some(1.03)), "2.30 (1.03)");
        assert_eq!(as_published(Some(0.95), None), "0.95");
        assert_eq!(as_published(None, None), NONE);
    }

    #[test]
    fn what_has_no_value_is_a_dash() {
        let head = MeasureHead::of("overlap");
        assert_eq!(head.shown(None), NONE);
        assert_eq!(head.mean_sd(None, None), NONE);
        assert_eq!(head.interval(Some([0.94, 0.95])), "0.940 to 0.950");
    }
}
