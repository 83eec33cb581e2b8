//! Bar charts with numbers.

use super::place::{Place, text};
use super::strokes::stroke;
use crate::plot::push;

/// Height of a bar and the gap below it.
const PITCH: f64 = 24.0;
/// Share of the width for labels.
const LABELS: f64 = 0.38;
/// Room for the numbers right of the longest bar.
const NUMBERS: f64 = 120.0;

/// Bar of a chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// Label.
    pub label: String,
    /// Amount, from 0.
    pub value: f64,
    /// The amount in words, with its unit.
    pub words: String,
}

/// Bar chart: amounts from 0 on one scale.
#[derive(Debug, Clone, PartialEq)]
pub struct Bars {
    /// Caption, with the unit.
    pub caption: String,
    /// Bars from the top.
    pub bars: Vec<Bar>,
}

impl Bars {
    pub(super) fn height(&self) -> f64 {
        PITCH * self.bars.len() as f64
    }

    pub(super) fn draw(&self, svg: &mut String, place: Place) {
        let most = self.bars.iter().map(|bar| bar.value).fold(0.0, f64::max).max(1e-9);
        let left = place.x + LABELS * place.width;
        let full = (place.width * (1.0 - LABELS) - NUMBERS).max(10.0);
        for (index, bar) in self.bars.iter().enumerate() {
            let y = place.y + PITCH * index as f64;
            let width = full * bar.value / most;
            text(svg, (left - 8.0, y + 14.0), "end", 12.0, &bar.label);
            push(
                svg,
                format_args!(
                    "<rect x=\"{left:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"16\" \
                     fill=\"{}\"/>",
                    y + 2.0,
                    stroke(0).0
                ),
            );
            text(svg, (left + width + 6.0, y + 14.0), "start", 12.0, &bar.words);
        }
    }
}
