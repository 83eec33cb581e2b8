//! Self-contained figures: panels with outlines, charts and bars, as one SVG file.
//!
//! For pages and slides: unlike a [`plot`](crate::plot), a figure includes a white
//! background, colours, pictures as `data:` addresses, a title and a description.
//! Structures differ in colour (Okabe and Ito's) and in dashes, never in colour alone.
//!
//! Computes nothing and does not know its subject: the maker of a [`Figure`] writes the
//! captions.
//!
//! - [`Figure`]: rows of [`Cell`]s with captions, a legend and notes.
//! - [`Panel`]: outlines on white or over a [`Picture`].
//! - [`Chart`] and [`Bars`]: charts of numbers.

mod bars;
mod cell;
mod chart;
mod frame;
mod panel;
mod picture;
mod place;
mod strokes;

pub use bars::{Bar, Bars};
pub use cell::{Cell, Row};
pub use chart::{Chart, Series};
pub use panel::{Line, LineShape, Panel, View};
pub use picture::{GreyRange, Picture};

use frame::Frame;

/// Figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Title in one line; also the SVG's title.
    pub title: String,
    /// Text alternative for readers who cannot see the figure.
    pub description: String,
    /// Names of the structures, for the legend.
    pub structures: Vec<String>,
    /// Pictures, which panels refer to by index; each is in the file once.
    pub pictures: Vec<Picture>,
    /// Scale of the pictures' greys, when they show no radiograph.
    pub greys: Option<GreyRange>,
    /// Width of a cell, in units of the SVG; text is 13 units high.
    pub cell_width: f64,
    /// Rows from the top.
    pub rows: Vec<Row>,
    /// Notes at the bottom.
    pub notes: Vec<String>,
}

impl Figure {
    /// The figure as an SVG file.
    ///
    /// # Panics
    /// When a panel refers to a missing picture or structure.
    #[must_use]
    pub fn svg(&self) -> String {
        let n_columns = self.rows.iter().map(|row| row.cells.len()).max().unwrap_or(1);
        let mut frame = Frame::new(n_columns, self.cell_width);
        frame.heading(&self.title);
        for row in &self.rows {
            frame.row(row, self.pictures.len());
        }
        frame.legend(&self.structures, self.greys.as_ref());
        frame.notes(&self.notes);
        frame.finished(&self.title, &self.description, &self.pictures)
    }
}

#[cfg(test)]
mod tests;
