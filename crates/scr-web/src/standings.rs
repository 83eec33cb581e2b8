//! Sort key of a table of results, as part of an address.

use scr_report::standings::Statistic;

/// Sort key: measure and statistic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SortKey {
    /// Key of the measure.
    pub(crate) measure: String,
    /// Statistic of its summary.
    pub(crate) statistic: Statistic,
}

impl SortKey {
    /// Parses a key of an address: `overlap.median`, or `overlap` for the mean. A measure's
    /// own key may hold dots.
    pub(crate) fn parsed(text: &str) -> Self {
        let split = text.rsplit_once('.').and_then(|(measure, word)| {
            let statistic = Statistic::ALL.into_iter().find(|statistic| statistic.key() == word)?;
            Some(Self { measure: measure.to_owned(), statistic })
        });
        split.unwrap_or_else(|| Self { measure: text.to_owned(), statistic: Statistic::Mean })
    }

    /// The key in an address.
    pub(crate) fn written(&self) -> String {
        format!("{}.{}", self.measure, self.statistic.key())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sort_key_reads_back_and_a_measure_may_hold_dots() {
        let key = SortKey::parsed("hausdorff_95.pooled_px.median");
        assert_eq!(
            (key.measure.as_str(), key.statistic),
            ("hausdorff_95.pooled_px", Statistic::Median)
        );
        assert_eq!(SortKey::parsed(&key.written()), key);
        let key = SortKey::parsed("hausdorff_95.pooled_px");
        assert_eq!(
            (key.measure.as_str(), key.statistic),
            ("hausdorff_95.pooled_px", Statistic::Mean)
        );
    }
}
