//! Number formats: names, units and rounded values of measures, for pages and tables.
//!
//! Names, units and directions come from the registry of measures. Rounds for reading;
//! orders and ranks use full precision ([`standings`](crate::standings)).

use scr_documents::ResultDocument;
use scr_measures::registry::IMAGE_MEASURES;
use scr_measures::{Better, Measure};

/// Text of a page in place of an undefined value.
pub const NO_VALUE: &str = "–";
/// Text of a table in place of an undefined value.
pub const TABLE_NO_VALUE: &str = "-";

/// Key of the pixel error, the one measure of whole images with a better end.
const PIXEL_ERROR: &str = "pixel_error";

/// Format of a measure's values.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasureFormat {
    /// Name within a sentence.
    pub name: String,
    /// Short name, for the head of a column.
    pub short_name: String,
    /// Unit: `mm`, `px` or empty.
    pub unit: &'static str,
    /// Direction of improvement; none for numbers of one set of masks.
    pub better: Option<Better>,
    decimals: usize,
    no_value: &'static str,
    to: &'static str,
}

impl MeasureFormat {
    /// Format for pages of a key in results, such as `masd_mm`: shares with 3 decimals,
    /// measures of whole images with 4, distances with 2.
    ///
    /// A key that the registry does not know is its own name and has no better end.
    #[must_use]
    pub fn page(key: &str) -> Self {
        let mut format = Self::table(key);
        format.decimals = match (is_image_measure(key), format.unit) {
            (true, _) => 4,
            (false, "") => 3,
            (false, _) => 2,
        };
        format.no_value = NO_VALUE;
        format.to = " to ";
        format
    }

    /// Format for pages of the values of a result: no more decimals than a site gives.
    #[must_use]
    pub fn of(result: &ResultDocument, key: &str) -> Self {
        let mut format = Self::page(key);
        if let Some(given) = result.rounded_to {
            let given = if format.unit.is_empty() { given.shares } else { given.distances };
            format.decimals = format.decimals.min(usize::from(given));
        }
        format
    }

    /// Format for tables as text, Markdown or LaTeX: shares with 4 decimals, distances
    /// with 3.
    #[must_use]
    pub fn table(key: &str) -> Self {
        let (name, short_name, unit, better) = match Measure::from_result_key(key) {
            Ok((measure, unit)) => {
                (measure.name(), measure.short_name(), unit, Some(measure.better()))
            }
            Err(_) => {
                let info = IMAGE_MEASURES.iter().find(|info| info.key == key);
                let (name, short) = info.map_or((key, key), |info| (info.name, info.short_name));
                let better = (key == PIXEL_ERROR).then_some(Better::Lower);
                (name.to_owned(), short.to_owned(), "", better)
            }
        };
        let name = in_a_sentence(&name);
        let decimals = if unit.is_empty() { 4 } else { 3 };
        Self { name, short_name, unit, better, decimals, no_value: TABLE_NO_VALUE, to: ".." }
    }

    /// Name with a capital first letter, and unit.
    #[must_use]
    pub fn title(&self) -> String {
        let name = capitalised(&self.name);
        if self.unit.is_empty() { name } else { format!("{name} ({})", self.unit) }
    }

    /// Short name with unit and direction, the head of a column.
    pub fn head(&self) -> String {
        let unit = if self.unit.is_empty() { String::new() } else { format!(" ({})", self.unit) };
        format!("{}{unit}{}", self.short_name, self.arrow())
    }

    /// Direction in words, `higher is better` or `lower is better`; empty without one.
    #[must_use]
    pub const fn better_words(&self) -> &'static str {
        match self.better {
            Some(Better::Higher) => "higher is better",
            Some(Better::Lower) => "lower is better",
            None => "",
        }
    }

    /// Direction as an arrow after a space; empty without one.
    pub const fn arrow(&self) -> &'static str {
        match self.better {
            Some(Better::Higher) => " ↑",
            Some(Better::Lower) => " ↓",
            None => "",
        }
    }

    /// Number of decimals.
    #[must_use]
    pub const fn decimals(&self) -> usize {
        self.decimals
    }

    /// Formats a value.
    #[must_use]
    pub fn value(&self, value: Option<f64>) -> String {
        value.map_or_else(|| self.no_value.to_owned(), |value| format!("{value:.*}", self.decimals))
    }

    /// Formats a difference, with its sign.
    #[must_use]
    pub fn difference(&self, value: Option<f64>) -> String {
        match value {
            // A rounded zero has no sign.
            Some(value) if value.abs() < 0.5 * 10f64.powi(-(self.decimals as i32)) => {
                format!("{:.*}", self.decimals, 0.0)
            }
            Some(value) => format!("{value:+.*}", self.decimals),
            None => self.no_value.to_owned(),
        }
    }

    /// Formats an interval of a difference, both ends with their signs.
    #[must_use]
    pub fn difference_interval(&self, interval: Option<[f64; 2]>) -> String {
        interval.map_or_else(
            || self.no_value.to_owned(),
            |[low, high]| {
                format!("{}{}{}", self.difference(Some(low)), self.to, self.difference(Some(high)))
            },
        )
    }

    /// Formats a mean and a standard deviation: `mean (sd)`.
    #[must_use]
    pub fn mean_sd(&self, mean: Option<f64>, sd: Option<f64>) -> String {
        match (mean, sd) {
            (Some(_), Some(_)) => format!("{} ({})", self.value(mean), self.value(sd)),
            _ => self.value(mean),
        }
    }

    /// Formats a mean and a standard deviation as papers do: `mean ± sd`.
    pub fn mean_plus_minus_sd(&self, mean: Option<f64>, sd: Option<f64>) -> String {
        match (mean, sd) {
            (Some(_), Some(_)) => format!("{} ± {}", self.value(mean), self.value(sd)),
            _ => self.value(mean),
        }
    }

    /// Formats an interval.
    #[must_use]
    pub fn interval(&self, interval: Option<[f64; 2]>) -> String {
        interval.map_or_else(
            || self.no_value.to_owned(),
            |[low, high]| format!("{}{}{}", self.value(Some(low)), self.to, self.value(Some(high))),
        )
    }
}

fn is_image_measure(key: &str) -> bool {
    IMAGE_MEASURES.iter().any(|info| info.key == key)
}

/// A name within a sentence: `Hausdorff` keeps its capital.
fn in_a_sentence(name: &str) -> String {
    let is_a_persons = ["Hausdorff", "Dice"].iter().any(|person| name.starts_with(person));
    let mut letters = name.chars();
    match letters.next() {
        Some(first) if !is_a_persons => first.to_lowercase().chain(letters).collect(),
        _ => name.to_owned(),
    }
}

/// Capitalises the first letter.
#[must_use]
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Formats a probability with four decimals.
#[must_use]
pub fn probability(p: Option<f64>, no_value: &str) -> String {
    match p {
        None => no_value.to_owned(),
        Some(p) if p < 0.0001 => "< 0.0001".to_owned(),
        Some(p) => format!("{p:.4}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distance_shows_its_unit_and_improves_downwards() {
        let format = MeasureFormat::page("masd_px");
        assert_eq!((format.unit, format.better_words()), ("px", "lower is better"));
        assert!(format.title().ends_with("(px)"), "{}", format.title());
        assert_eq!(format.mean_sd(Some(1.638), Some(0.694)), "1.64 (0.69)");
        assert_eq!(format.mean_plus_minus_sd(Some(1.638), Some(0.694)), "1.64 ± 0.69");
        assert_eq!(format.head(), "MASD (px) ↓");
        assert_eq!(MeasureFormat::table("masd_px").mean_sd(Some(1.638), None), "1.638");
        assert_eq!(format.difference(Some(0.25)), "+0.25");
        assert_eq!(format.difference_interval(Some([-0.004, 0.5])), "0.00 to +0.50");
    }

    #[test]
    fn an_unknown_key_is_its_own_name() {
        let format = MeasureFormat::page("novel.variant_mm");
        assert_eq!((format.name.as_str(), format.better_words()), ("novel.variant_mm", ""));
        assert_eq!((format.value(Some(0.5)), format.arrow()), ("0.500".to_owned(), ""));
    }

    #[test]
    fn an_undefined_value_is_a_dash() {
        let format = MeasureFormat::page("overlap");
        assert_eq!(format.value(None), NO_VALUE);
        assert_eq!(format.mean_sd(None, None), NO_VALUE);
        assert_eq!(format.interval(Some([0.94, 0.95])), "0.940 to 0.950");
        let format = MeasureFormat::table("overlap");
        assert_eq!((format.value(None).as_str(), format.arrow()), ("-", " ↑"));
        assert_eq!(format.interval(Some([0.94, 0.95])), "0.9400..0.9500");
    }

    #[test]
    fn measures_of_whole_images_have_four_decimals() {
        assert_eq!(MeasureFormat::page("pixel_error").value(Some(0.05)), "0.0500");
        assert_eq!(MeasureFormat::page("ctr").value(Some(0.5)), "0.5000");
        assert_eq!(MeasureFormat::page("ctr").better_words(), "");
    }
}
