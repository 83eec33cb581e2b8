//! Scores a set of masks against a benchmark: reference + masks -> records -> summaries.
//!
//! Does not know who made the masks, trains nothing, writes nothing. The same
//! benchmark and masks give the same numbers whatever the number of threads.
//!
//! - [`evaluate`] reads and measures image by image into [`CaseRecord`]s.
//! - [`Evaluation`] holds them with all that names them: digests, versions, unit.
//! - [`Evaluation::summaries`] says what they come to.
//! - [`compare`] tells several methods apart, and says how surely.
//! - [`check`] says what is suspicious about a set of masks before it is scored.

mod check;
mod compare;
mod evaluate;
mod evaluation;
mod reading;

pub use check::{CheckReport, Rule, Warning, check};
pub use compare::{
    CompareSettings, ComparedMeasure, ComparedPair, Comparison, MethodValues, ValueColumn, compare,
};
pub use evaluate::{Settings, evaluate};
pub use evaluation::{
    CaseRecord, Evaluation, ImageMeasure, ScoredObject, Summaries, SummaryWithInterval, UndefinedAs,
};

/// Version of the scoring rules: it changes whenever a score can.
pub const EVALUATOR_VERSION: &str = "1.1.0";
