//! Result list: all entries of a benchmark in one table, with their ranks.

use serde::{Deserialize, Serialize};

use crate::json::to_json_text;
use crate::{EntryRole, SummaryDocument, UndefinedDocument};

/// All entries of a benchmark in one table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResultListDocument {
    /// Identifier of the benchmark.
    pub benchmark: String,
    /// Digest of the benchmark.
    pub benchmark_digest: String,
    /// Basis of the ranks, in words.
    pub ranked_by: String,
    /// One row an entry, fold, object and measure.
    pub rows: Vec<ResultRowDocument>,
}

/// One measure of one entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResultRowDocument {
    /// Identifier of the entry.
    pub entry: String,
    /// Name of the entry.
    pub name: String,
    /// Role of the entry.
    pub role: EntryRole,
    /// Time of publication, RFC 3339.
    pub published_at: String,
    /// Version of the scoring rules.
    pub evaluator_version: String,
    /// Fold, or `all`.
    pub fold: String,
    /// Object, or `all` for whole images.
    pub object: String,
    /// Key of the measure.
    pub measure: String,
    /// Rank by mean among all entries; null without a value or a better end.
    pub rank: Option<usize>,
    /// Rank by mean among submissions; null for observers and baselines.
    pub rank_among_submissions: Option<usize>,
    /// Value of undefined distances in the summary, where they count at all.
    pub undefined_as: Option<UndefinedDocument>,
    /// The summary.
    #[serde(flatten)]
    pub summary: SummaryDocument,
}

impl ResultListDocument {
    /// The document as JSON text, indented, with a line end.
    #[must_use]
    pub fn to_json(&self) -> String {
        to_json_text(self)
    }
}
