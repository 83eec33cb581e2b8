//! Plots as SVG text, styled by whoever shows them.
//!
//! Colours are named classes (`box`, `median`, `whisker`, `grid`, `reference`),
//! so that a page can follow light and dark; `currentColor` serves without any
//! style. Every plot has a title that screen readers speak, and tells things apart
//! by shape, never by colour alone.

mod agreement;
mod box_plot;
mod ranks;
pub(crate) mod scale;

use std::fmt::Write;

pub use agreement::{AgreementPlot, agreement_plot};
pub use box_plot::{BoxPlotRow, box_plot};
pub use ranks::{RankRow, rank_plot};

/// Writes at the end of an SVG.
pub(crate) fn push(svg: &mut String, text: std::fmt::Arguments<'_>) {
    svg.write_fmt(text).expect("writing to a string does not fail");
}

fn rounded(value: f64) -> String {
    format!("{value:.4}")
}

/// A label that fits beside its box; its row's title holds it whole.
fn shortened(label: &str) -> String {
    if label.chars().count() <= 30 {
        return escaped(label);
    }
    escaped(&label.chars().take(29).chain(['…']).collect::<String>())
}

/// Text made safe inside SVG and HTML.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
