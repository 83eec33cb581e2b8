//! Order and ranks of results, and the formats of their numbers.
//!
//! One rule for tables of the command, for pages and for the queries of the store. Reads and writes no
//! file.
//!
//! - [`standings`]: order by a statistic on full precision, and shared ranks.
//! - [`numbers`]: decimals, units and directions of measures.

pub mod numbers;
pub mod standings;
