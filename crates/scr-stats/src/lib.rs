//! Statistics of columns of numbers: summaries, paired tests and rankings.
//!
//! Numbers only: knows no image and no measure, reads no clock. Random functions
//! take their seed as an argument; the same input gives the same bits for any
//! number of threads. A column holds one value an image. Undefined values (`None`)
//! are counted, never dropped silently, and rank last. Defined values are finite
//! by contract.
//!
//! - [`Summary`]: mean, spread and quartiles of a column; [`Bootstrap`]: the
//!   confidence interval of its mean.
//! - [`PairedComparison`] (t test) and [`SignedRank`] (Wilcoxon): two methods on the
//!   same images. [`BlandAltman`]: agreement of two ways of measuring one quantity.
//!   [`RankSum`] (Mann-Whitney): one method on two groups of different images.
//! - [`SignificantWins`]: ranks methods by pairwise tests, corrected by [`holm`].
//!   [`significance_groups`] are those that do not differ. [`rank_by_mean`] ranks by means alone; [`RankStability`] gives the ranks'
//!   distribution over bootstrap resamples.
//!
//! ```
//! use scr_stats::{Direction, SignedRank, Summary, rank_by_mean};
//! let first = vec![Some(0.75), None, Some(0.25)];
//! let second = vec![Some(0.5), Some(0.5), Some(0.5)];
//! let summary = Summary::of(&first);
//! assert_eq!((summary.n, summary.n_undefined), (2, 1));
//! assert_eq!(summary.mean, Some(0.5));
//! // One value of three is undefined: last, though the means are equal.
//! assert_eq!(rank_by_mean(&[first.clone(), second.clone()], Direction::HigherIsBetter), [2, 1]);
//! // Three images cannot tell the two apart.
//! let tested = SignedRank::of(&first, &second, Direction::HigherIsBetter);
//! assert_eq!(tested.p, Some(0.75));
//! ```

mod agreement;
mod bootstrap;
mod direction;
mod holm;
mod letters;
mod paired;
mod rank_sum;
mod ranking;
mod signed_rank;
mod student;
mod summary;
mod table;
mod wins;

pub use agreement::BlandAltman;
pub use bootstrap::Bootstrap;
pub use direction::Direction;
pub use holm::holm;
pub use letters::significance_groups;
pub use paired::PairedComparison;
pub use rank_sum::RankSum;
pub use ranking::{RankStability, rank_by_mean, rank_stability, shared_ranks};
pub use signed_rank::SignedRank;
pub use summary::{Summary, quantile};
pub use wins::SignificantWins;
