//! What an entry's results were before it was scored again by other rules: a table of a
//! line for each time, the present one last.

use scr_documents::{BenchmarkDocument, ResultDocument};
use scr_store::{EntryRow, PastResult};

use crate::numbers::{MeasureHead, NONE, date};

/// The measure that the lines are compared by.
const OVERLAP: &str = "overlap";

/// Results then and now.
pub(super) struct ScoredBefore {
    /// Names of the objects that are scored.
    pub(super) objects: Vec<String>,
    /// Empty where the entry was scored once.
    pub(super) rows: Vec<ScoredRow>,
}

/// A result that the entry had, or has.
pub(super) struct ScoredRow {
    /// The version of the scoring rules.
    pub(super) version: String,
    /// The day on which it became the entry's.
    pub(super) since: String,
    /// Until which day; none where it is the present one.
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
    let head = MeasureHead::of(OVERLAP);
    let objects = benchmark.objects.iter();
    objects
        .map(|object| match result.objects.get(&object.id).and_then(|all| all.get(OVERLAP)) {
            Some(summary) => head.shown(summary.mean),
            None => NONE.to_owned(),
        })
        .collect()
}
