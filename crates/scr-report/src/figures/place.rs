//! Place and text of a cell.

use crate::plot::{escaped, push};

/// Place of a cell: its upper left corner and its width.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
}

/// Text with its `anchor` at a place.
pub(super) fn text(svg: &mut String, (x, y): (f64, f64), anchor: &str, size: f64, text: &str) {
    push(
        svg,
        format_args!(
            "<text fill=\"#222\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" font-size=\"{size}\">{}</text>",
            escaped(text)
        ),
    );
}
