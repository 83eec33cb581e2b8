//! Columns of measures and forms of dates on pages.

use scr_measures::{Kind, Measure};

use crate::options::Options;

pub(crate) use scr_report::numbers::{MeasureFormat, NO_VALUE, capitalised};

/// True when tables have a column for a key: for a few common measures, or for all with
/// `measures=all` in the address.
pub(crate) fn has_column(key: &str, options: &Options) -> bool {
    const FEW: [Kind; 4] = [Kind::Overlap, Kind::Dice, Kind::Masd, Kind::Hausdorff95];
    shows_all(options)
        || match Measure::from_result_key(key) {
            Ok((measure, _)) => FEW.map(Measure::plain).contains(&measure),
            Err(_) => key == "pixel_error",
        }
}

/// True when the address asks for every measure.
pub(crate) fn shows_all(options: &Options) -> bool {
    options.first("measures") == Some("all")
}

/// The date of an RFC 3339 time.
pub(crate) fn date(time: &str) -> &str {
    time.split('T').next().unwrap_or(time)
}

/// The date and minute of an RFC 3339 time: `2026-11-26 13:05`.
pub(crate) fn minute(time: &str) -> String {
    time.chars().take(16).collect::<String>().replace('T', " ")
}

/// A time in words: `35 ms`, or `1.2 s`.
pub(crate) fn time_words(seconds: f64) -> String {
    if seconds < 1.0 { format!("{:.0} ms", seconds * 1e3) } else { format!("{seconds} s") }
}
