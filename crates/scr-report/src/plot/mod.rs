//! Plots as SVG text, styled by the embedding page.
//!
//! Colours are CSS classes (`box`, `median`, `whisker`, `grid`, `reference`), so that a page
//! can follow light and dark; without a style `currentColor` applies. Every plot has a title
//! for screen readers and distinguishes marks by shape, never by colour alone.

mod agreement;
mod box_plot;
mod interval;
mod progress;
mod ranks;
pub(crate) mod scale;
mod scatter;
mod spread;
mod standalone;
mod svg;

pub use agreement::{AgreementPlot, AgreementPoint, agreement_plot};
pub use box_plot::{BoxOutlier, BoxPlotRow, box_plot};
pub use interval::MarkAxis;
pub use progress::{ProgressPlot, ProgressPoint, progress_plot};
pub use ranks::{RankRow, rank_plot};
pub use scatter::{ScatterPlot, ScatterPoint, scatter_plot};
pub use spread::{SpreadPoint, SpreadRow, spread_plot};
pub use standalone::standalone;

pub(crate) use svg::{escaped, push};
