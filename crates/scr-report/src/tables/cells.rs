//! Text of table cells.

use crate::numbers::{MeasureFormat, TABLE_NO_VALUE};

/// Room for the columns of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// 100 columns of a terminal: the figures that decide.
    Terminal,
    /// A page or a file: all figures.
    Page,
}

/// Arrow towards the better end of a measure; empty without one.
pub(super) fn arrow(key: &str) -> &'static str {
    MeasureFormat::table(key).arrow()
}

/// Formats a value of a measure.
pub(super) fn number(key: &str, value: Option<f64>) -> String {
    MeasureFormat::table(key).value(value)
}

/// Formats a count of images; a dash when a site hides it.
pub(super) fn count(n: Option<usize>) -> String {
    n.map_or(TABLE_NO_VALUE.to_owned(), |n| n.to_string())
}

/// Formats an interval of a measure.
pub(super) fn interval(key: &str, interval: Option<[f64; 2]>) -> String {
    MeasureFormat::table(key).interval(interval)
}

/// Formats a mean and a standard deviation of a measure.
pub(super) fn mean_sd(key: &str, mean: Option<f64>, sd: Option<f64>) -> String {
    MeasureFormat::table(key).mean_sd(mean, sd)
}

/// Formats a probability.
pub(super) fn probability(p: Option<f64>) -> String {
    match p {
        None => TABLE_NO_VALUE.to_owned(),
        Some(p) if p < 0.0001 => "< 0.0001".to_owned(),
        Some(p) => format!("{p:.4}"),
    }
}
