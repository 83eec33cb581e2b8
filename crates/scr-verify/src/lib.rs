//! Verification of a site's record, without trust in the site.
//!
//! Reads a data folder, an exported copy or a site, recomputes everything within reach and
//! lists everything that does not hold. Changes nothing. `docs/explanation/record.md` says what a record
//! proves.
//!
//! - [`Source`]: place of the record and its evidence.
//! - [`verify`]: the checks, in order: chain, benchmarks, entries, scores.
//! - [`Report`]: everything that does not hold, and everything out of reach.

mod chain;
mod entries;
mod folder;
mod report;
mod source;
mod summaries;

pub use report::{Counts, NotedHead, Report};
pub use source::{Source, VerifyError};

use chain::Record;

/// Checks the record of a source and everything that it commits to. With `scores`, recomputes
/// every score within reach. `progress` gets the number of entries done and of all.
///
/// # Errors
/// [`VerifyError`] when the source cannot be read at all. Failed checks are in the [`Report`].
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
