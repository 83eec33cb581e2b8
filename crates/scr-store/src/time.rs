//! Timestamps as the database keeps them.

use jiff::Timestamp;

/// Place before all rows of a list that has the latest first: a time after all others, and no
/// identifier.
pub(crate) const LATEST: (&str, &str) = ("9999-12-31T23:59:59.999Z", "");

/// RFC 3339 in UTC with three decimals: always the same length, so that timestamps compare
/// as text.
pub(crate) fn time_text(time: Timestamp) -> String {
    format!("{time:.3}")
}

/// Current time as text.
pub(crate) fn now() -> String {
    time_text(Timestamp::now())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_equally_long_and_sort_as_text() {
        let times = [0, 1, 500, 999]
            .map(|ms| time_text(Timestamp::from_millisecond(1_700_000_000_000 + ms).unwrap()));
        assert_eq!(times[0], "2023-11-14T22:13:20.000Z");
        assert!(times.is_sorted());
        assert!(times.iter().all(|time| time.len() == times[0].len()));
    }
}
