//! Text of an SVG.

use std::fmt::Write;

/// Appends to an SVG.
pub(crate) fn push(svg: &mut String, text: std::fmt::Arguments<'_>) {
    svg.write_fmt(text).expect("writing to a string does not fail");
}

/// A coordinate with four digits.
pub(super) fn rounded(value: f64) -> String {
    format!("{value:.4}")
}

/// Truncates a label to fit beside its box; the row's title has the full label.
pub(super) fn shortened(label: &str) -> String {
    if label.chars().count() <= 30 {
        return escaped(label);
    }
    escaped(&label.chars().take(29).chain(['…']).collect::<String>())
}

/// Escapes text for SVG and HTML.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
