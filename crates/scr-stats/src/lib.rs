//! What a column of numbers says: summaries and how far to trust them.
//!
//! Numbers only: knows no image and no measure, reads no clock; whatever is
//! random takes its seed as an argument. Undefined values (`None`) are counted,
//! never dropped in silence.
//!
//! ```
//! use scr_stats::Summary;
//! let summary = Summary::of(&[Some(0.9), None, Some(0.7)]);
//! assert_eq!((summary.n, summary.n_undefined), (2, 1));
//! assert_eq!(summary.mean, Some(0.8));
//! ```

mod bootstrap;
mod summary;

pub use bootstrap::Bootstrap;
pub use summary::{Summary, quantile};
