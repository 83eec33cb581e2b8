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
    shortened_to(label, 30)
}

/// Truncates a label to so many letters.
pub(super) fn shortened_to(label: &str, n_letters: usize) -> String {
    if label.chars().count() <= n_letters {
        return escaped(label);
    }
    escaped(&label.chars().take(n_letters - 1).chain(['…']).collect::<String>())
}

/// Escapes text for SVG and HTML.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
