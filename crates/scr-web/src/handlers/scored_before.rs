//! Past results of an entry under earlier scoring rules: a table with a line per result,
//! the current one last.

use scr_documents::{BenchmarkDocument, ResultDocument};
use scr_store::{EntryRow, PastResult};

use crate::numbers::{MeasureFormat, NO_VALUE, date};

/// Measure of the comparison.
const OVERLAP: &str = "overlap";

/// Past and current results.
pub(super) struct ScoredBefore {
    /// Names of the objects.
    pub(super) objects: Vec<String>,
    /// Results in order; empty for an entry that was scored once.
    pub(super) rows: Vec<ScoredRow>,
}

/// Past or current result.
pub(super) struct ScoredRow {
    /// The version of the scoring rules.
    pub(super) version: String,
    /// First day of the result.
    pub(super) since: String,
    /// Last day of the result; `None` for the current one.
    pub(super) until: Option<String>,
    /// The mean overlap of every object.
    pub(super) overlaps: Vec<String>,
}

impl ScoredBefore {
    pub(super) fn new(
        benchmark: &BenchmarkDocument,
        entry: &EntryRow,
        past: &[PastResult],
    ) -> Self {
        let row = |result: &ResultDocument, since: &str, until: Option<&str>| ScoredRow {
            version: result.evaluator_version.clone(),
            since: date(since).to_owned(),
            until: until.map(|until| date(until).to_owned()),
            overlaps: overlaps(benchmark, result),
        };
        let mut rows: Vec<_> = past
            .iter()
            .map(|one| row(&one.result, &one.scored_at, Some(&one.replaced_at)))
            .collect();
        rows.extend(past.last().map(|last| row(&entry.result, &last.replaced_at, None)));
        let objects = benchmark.objects.iter().map(|object| object.name.clone()).collect();
        Self { objects, rows }
    }
}

fn overlaps(benchmark: &BenchmarkDocument, result: &ResultDocument) -> Vec<String> {
    let head = MeasureFormat::page(OVERLAP);
    let objects = benchmark.objects.iter();
    objects
        .map(|object| match result.objects.get(&object.id).and_then(|all| all.get(OVERLAP)) {
            Some(summary) => head.value(summary.mean),
            None => NO_VALUE.to_owned(),
        })
        .collect()
}
