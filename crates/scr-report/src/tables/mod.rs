//! What tables show: results, comparisons, what others published,
//! what a change of the scoring rules does.
//!
//! Rounds for reading and orders nothing: scripts take JSON or CSV.

mod comparison;
mod literature;
mod methods;
mod rescored;
mod result;

use scr_measures::{Better, Measure};

pub use comparison::comparison_tables;
pub use literature::{as_published, literature_tables};
pub use methods::methods_table;
pub use rescored::rescored_table;
pub use result::{image_table, overview, result_tables};

/// Stands where there is no value.
const NONE: &str = "-";

/// Points to the better end: up or down; empty where there is none.
fn arrow(key: &str) -> &'static str {
    match Measure::from_result_key(key).map(|(measure, _)| measure.better()) {
        Ok(Better::Higher) => " ↑",
        Ok(Better::Lower) => " ↓",
        Err(_) if key == "pixel_error" => " ↓",
        Err(_) => "",
    }
}

/// A value rounded for reading: shares to four places, distances to three.
fn number(key: &str, value: Option<f64>) -> String {
    let is_distance = Measure::from_result_key(key).is_ok_and(|(_, unit)| !unit.is_empty());
    let places = if is_distance { 3 } else { 4 };
    value.map_or(NONE.to_owned(), |value| format!("{value:.places$}"))
}

/// A count of images; a dash where a site hides it.
fn count(n: Option<usize>) -> String {
    n.map_or(NONE.to_owned(), |n| n.to_string())
}

/// `low..high`, rounded for reading.
fn interval(key: &str, interval: Option<[f64; 2]>) -> String {
    interval.map_or(NONE.to_owned(), |[low, high]| {
        format!("{}..{}", number(key, Some(low)), number(key, Some(high)))
    })
}

/// `mean (sd)`, rounded for reading.
fn mean_sd(key: &str, mean: Option<f64>, sd: Option<f64>) -> String {
    match (mean, sd) {
        (Some(_), Some(_)) => format!("{} ({})", number(key, mean), number(key, sd)),
        _ => number(key, mean),
    }
}

/// A probability rounded for reading.
fn probability(p: Option<f64>) -> String {
    match p {
        None => NONE.to_owned(),
        Some(p) if p < 0.0001 => "< 0.0001".to_owned(),
        Some(p) => format!("{p:.4}"),
    }
}
