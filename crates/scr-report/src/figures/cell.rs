//! Cells of a figure.

use super::bars::Bars;
use super::chart::Chart;
use super::panel::Panel;

/// Content of a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Outlines.
    Panel(Panel),
    /// Line chart.
    Chart(Chart),
    /// Bar chart.
    Bars(Bars),
}

/// Row of cells.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Label above the cells; may be empty.
    pub label: String,
    /// Cells from the left.
    pub cells: Vec<Cell>,
}

impl Cell {
    /// Caption below the cell.
    pub(super) fn caption(&self) -> &str {
        match self {
            Self::Panel(panel) => &panel.caption,
            Self::Chart(chart) => &chart.caption,
            Self::Bars(bars) => &bars.caption,
        }
    }

    /// Height at a width.
    pub(super) fn height(&self, width: f64) -> f64 {
        match self {
            Self::Panel(panel) => panel.height(width),
            Self::Chart(_) => Chart::height(width),
            Self::Bars(bars) => bars.height(),
        }
    }
}
