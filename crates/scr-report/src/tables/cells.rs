//! Text of table cells.

use crate::numbers::{MeasureFormat, TABLE_NO_VALUE};

/// Room for the columns of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// 100 columns of a terminal: the figures that decide.
    Terminal,
    /// A file or a wide terminal: all figures, measures by their keys.
    Page,
    /// A report for people: all figures, measures by their names, with units.
    Report,
}

impl Width {
    /// True where there is room for all figures.
    pub(super) const fn has_all(self) -> bool {
        !matches!(self, Self::Terminal)
    }

    /// Label of a measure in a row, with its direction.
    pub(super) fn label(self, key: &str) -> String {
        let format = MeasureFormat::table(key);
        match self {
            Self::Terminal | Self::Page => format!("{key}{}", format.arrow()),
            Self::Report => format!("{}{}", format.title(), format.arrow()),
        }
    }

    /// Head of a measure's column, with its direction.
    pub(super) fn head(self, key: &str) -> String {
        match self {
            Self::Terminal | Self::Page => self.label(key),
            Self::Report => MeasureFormat::table(key).head(),
        }
    }
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
    crate::numbers::probability(p, TABLE_NO_VALUE)
}
