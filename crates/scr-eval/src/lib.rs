//! Scores a set of masks against a benchmark: reference + masks -> records -> summaries.
//!
//! Does not know who made the masks, trains nothing, writes nothing. The same
//! benchmark and masks give the same numbers for any number of threads.
//!
//! - [`evaluate`] reads and measures image by image into [`ImageRecord`]s.
//! - [`Evaluation`] holds the records with digests, versions and unit.
//! - [`Evaluation::summaries`] summarises the records.
//! - [`evaluate_shard`] scores a part of the images, and [`merge`] puts parts together.
//! - [`ShardEvaluation`] does so with a [`Checkpoint`], from which an interrupted evaluation resumes.
//! - [`compare`] compares several methods by significance tests.
//! - [`check`] finds suspicions about a set of masks before it is scored.
//! - [`check_benchmark`] finds the problems of a benchmark's files, and suspicions about them.

mod benchmark_check;
mod check;
mod compare;
mod evaluate;
mod evaluation;
mod image_scorer;
mod reading;
mod shard;
mod turn;

pub use benchmark_check::{BenchmarkReport, check_benchmark};
pub use check::{CheckReport, Rule, Warning, check};
pub use compare::{
    CompareSettings, ComparedMeasure, ComparedPair, Comparison, MethodValues, ValueColumn, compare,
};
pub use evaluate::{
    Checkpoint, EVALUATOR_VERSION, Settings, ShardEvaluation, evaluate, evaluate_shard,
};
pub use evaluation::{
    Evaluation, ImageMeasure, ImageRecord, ScoredObject, Summaries, SummaryWithInterval,
    UndefinedPolicy,
};
pub use image_scorer::ScoredImage;
pub use shard::{EvaluationPart, InvalidShard, MAX_SHARDS, Shard, differences, merge};
