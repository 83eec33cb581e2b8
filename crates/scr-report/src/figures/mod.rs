//! Figures that stand alone: panels with outlines, charts and bars, as one SVG file.
//!
//! For readers of a page or a slide, so unlike a [`plot`](crate::plot) a figure
//! brings everything with it: white ground, colours, pictures as `data:` addresses,
//! a title and a description in words. Structures are told apart by colour (Okabe
//! and Ito's) and by dashes, never by colour alone.
//!
//! Computes nothing and does not know what it shows: whoever makes a [`Figure`]
//! says it in captions.
//!
//! - [`Figure`]: rows of [`Cell`]s under captions, a legend, notes.
//! - [`Panel`]: outlines on paper or over a [`Picture`].
//! - [`Chart`] and [`Bars`]: numbers.

mod bars;
mod chart;
mod frame;
mod panel;
mod picture;
mod strokes;

pub use bars::{Bar, Bars};
pub use chart::{Chart, Series};
pub use panel::{Drawn, Line, Panel, View};
pub use picture::{GreyRange, Picture};

use frame::Frame;

/// What is drawn in one cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Outlines.
    Panel(Panel),
    /// Lines over an axis.
    Chart(Chart),
    /// Amounts side by side.
    Bars(Bars),
}

/// Cells beside each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// What they have in common, written above them; empty for nothing.
    pub label: String,
    /// From the left.
    pub cells: Vec<Cell>,
}

/// A figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// What it shows, in one line; also the SVG's title.
    pub title: String,
    /// What can be seen, in words, for who cannot see it.
    pub description: String,
    /// Names of the structures, for the legend.
    pub structures: Vec<String>,
    /// Pictures that panels name by number; each is in the file once.
    pub pictures: Vec<Picture>,
    /// What black and white mean in them, where they show no radiograph.
    pub greys: Option<GreyRange>,
    /// Width of a cell, in units of the SVG, of which text is 13 high.
    pub cell_width: f64,
    /// From the top.
    pub rows: Vec<Row>,
    /// What to know, under everything.
    pub notes: Vec<String>,
}

impl Figure {
    /// The SVG, a whole file.
    ///
    /// # Panics
    /// When a panel names a picture or a structure that is not there.
    #[must_use]
    pub fn svg(&self) -> String {
        let n_columns = self.rows.iter().map(|row| row.cells.len()).max().unwrap_or(1);
        let mut frame = Frame::new(n_columns, self.cell_width);
        frame.heading(&self.title);
        for row in &self.rows {
            frame.row(row, self);
        }
        frame.legend(&self.structures, self.greys.as_ref());
        frame.notes(&self.notes);
        frame.finished(&self.title, &self.description, &self.pictures)
    }
}

#[cfg(test)]
mod tests;
