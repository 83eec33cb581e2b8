//! A replaced result of an entry.

use scr_documents::ResultDocument;

/// A result that a later version has replaced.
#[derive(Debug, Clone, PartialEq)]
pub struct PastResult {
    /// Version of the scoring rules.
    pub evaluator_version: String,
    /// Time of scoring, RFC 3339 in UTC.
    pub scored_at: String,
    /// Time of its replacement, RFC 3339 in UTC.
    pub replaced_at: String,
    /// The result, with every image's values.
    pub result: ResultDocument,
}
