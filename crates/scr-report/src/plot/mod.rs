//! Plots as SVG text, styled by the embedding page.
//!
//! Colours are CSS classes (`box`, `median`, `whisker`, `grid`, `reference`), so that a page
//! can follow light and dark; without a style `currentColor` applies. Every plot has a title
//! for screen readers and distinguishes marks by shape, never by colour alone.

mod agreement;
mod box_plot;
mod ranks;
pub(crate) mod scale;
mod svg;

pub use agreement::{AgreementPlot, AgreementPoint, agreement_plot};
pub use box_plot::{BoxPlotRow, box_plot};
pub use ranks::{RankRow, rank_plot};

pub(crate) use svg::{escaped, push};
