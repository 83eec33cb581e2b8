//! Plots as SVG text, styled by the embedding page.
//!
//! Colours are CSS classes (`box`, `median`, `whisker`, `grid`, `reference`), so that a page
//! can follow light and dark; without a style `currentColor` applies. Every plot has a title
//! for screen readers and distinguishes marks by shape, never by colour alone.

mod agreement;
mod box_plot;
mod ranks;
pub(crate) mod scale;

use std::fmt::Write;

pub use agreement::{AgreementPlot, AgreementPoint, agreement_plot};
pub use box_plot::{BoxPlotRow, box_plot};
pub use ranks::{RankRow, rank_plot};

/// Appends to an SVG.
pub(crate) fn push(svg: &mut String, text: std::fmt::Arguments<'_>) {
    svg.write_fmt(text).expect("writing to a string does not fail");
}

fn rounded(value: f64) -> String {
    format!("{value:.4}")
}

/// Truncates a label to fit beside its box; the row's title has the full label.
fn shortened(label: &str) -> String {
    if label.chars().count() <= 30 {
        return escaped(label);
    }
    escaped(&label.chars().take(29).chain(['…']).collect::<String>())
}

/// Escapes text for SVG and HTML.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
