//! Scores a set of masks against a benchmark: reference + masks -> records -> summaries.
//!
//! Does not know who made the masks, trains nothing, writes nothing. The same
//! benchmark and masks give the same numbers whatever the number of threads.
//!
//! - [`evaluate`] reads and measures image by image into [`CaseRecord`]s.
//! - [`Evaluation`] holds them with all that names them: digests, versions, unit.
//! - [`Evaluation::summaries`] says what they come to.

mod evaluate;
mod evaluation;

pub use evaluate::{Settings, evaluate};
pub use evaluation::{
    CaseRecord, Evaluation, ImageMeasure, ScoredObject, Summaries, SummaryWithInterval, UndefinedAs,
};

/// Version of the scoring rules: it changes whenever a score can.
pub const EVALUATOR_VERSION: &str = "1.1.0";
