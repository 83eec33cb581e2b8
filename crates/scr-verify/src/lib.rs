//! Verification of a site's record, for whoever does not want to believe it.
//!
//! Reads a data folder, a copy that `scr export` wrote, or a site, recomputes all that it
//! can reach and lists everything that does not hold. Changes nothing. `docs/record.md`
//! says what a record proves.
//!
//! - [`Source`]: where the record and its evidence are read.
//! - [`verify`]: the checks, in order: chain, benchmarks, entries, scores.
//! - [`Report`]: everything that does not hold, and what was not reached.

mod chain;
mod entries;
mod folder;
mod source;
mod summaries;

use scr_data::{Problem, Problems};

pub use source::{Source, VerifyError};

use chain::Record;

/// A head of the record that someone noted earlier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotedHead {
    /// Digest of the line: `sha256:` and 64 hexadecimal digits.
    pub digest: String,
    /// Number of the line, counted from 1.
    pub number: u64,
}

/// Outcome of a verification.
#[derive(Debug, Default)]
pub struct Report {
    /// Everything that does not hold.
    pub problems: Problems,
    /// What could not be checked, and why.
    pub unreached: Vec<String>,
    /// Number of checks done.
    pub counts: Counts,
}

/// Number of things that were checked.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Lines of the record.
    pub lines: usize,
    /// Entries.
    pub entries: usize,
    /// Results, all versions.
    pub results: usize,
    /// Files.
    pub files: usize,
    /// Results whose scores were computed anew from masks and reference.
    pub scored: usize,
}

impl Report {
    pub(crate) fn problem(
        &mut self,
        place: impl Into<String>,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) {
        self.problems.push(Problem::new(place.into(), expected.into(), found.into(), ""));
    }

    /// Notes a digest that is not the expected one.
    pub(crate) fn compare(&mut self, place: impl Into<String>, expected: &str, found: &str) {
        if expected != found {
            self.problem(place, expected, found);
        }
    }
}

/// Checks the record of a source and all that it commits to. With `scores`, every score
/// that is within reach is computed anew. `progress` is told how many entries are done
/// and of how many.
///
/// # Errors
/// [`VerifyError`] when the source cannot be read at all. What does not hold is in the
/// [`Report`].
pub async fn verify(
    source: &Source,
    scores: bool,
    noted: Option<&NotedHead>,
    progress: &mut (dyn FnMut(usize, usize) + Send),
) -> Result<Report, VerifyError> {
    let mut report = Report::default();
    let head = source.head().await?;
    let lines = source.lines().await?;
    let record = Record::read(&lines, &head, noted, &mut report);
    folder::check_benchmarks(source, &record, &mut report).await?;
    folder::check_rows(source, &record, &mut report).await?;
    let total = record.entries.len();
    for (done, entry) in record.entries.values().enumerate() {
        progress(done, total);
        entries::check(source, entry, scores, &mut report).await?;
    }
    progress(total, total);
    Ok(report)
}
