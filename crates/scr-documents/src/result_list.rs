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

/// Writer of a result list in parts, for lists that are too long for memory: the texts of
/// [`begin`](Self::begin), [`rows`](Self::rows) and [`end`](Self::end) together are those of
/// [`ResultListDocument::to_json`].
#[derive(Debug, Clone, Default)]
pub struct ResultListWriter {
    has_rows: bool,
}

/// List without rows in [`to_json_text`].
const NO_ROWS: &str = "[]\n}\n";

impl ResultListWriter {
    /// Beginning of the text; the rows of `list` are left out.
    #[must_use]
    pub fn begin(&self, list: ResultListDocument) -> String {
        let text = ResultListDocument { rows: Vec::new(), ..list }.to_json();
        text.strip_suffix(NO_ROWS).unwrap_or(&text).to_owned() + "["
    }

    /// Next rows.
    pub fn rows(&mut self, rows: &[ResultRowDocument]) -> String {
        let mut text = String::new();
        for row in rows {
            text += if self.has_rows { ",\n    " } else { "\n    " };
            text += &to_json_text(row).trim_end().replace('\n', "\n    ");
            self.has_rows = true;
        }
        text
    }

    /// End of the text.
    #[must_use]
    pub const fn end(self) -> &'static str {
        if self.has_rows { "\n  ]\n}\n" } else { "]\n}\n" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(entry: &str) -> ResultRowDocument {
        let text = format!(
            r#"{{"entry":"{entry}","name":"A\nB","role":"method","published_at":"t",
            "evaluator_version":"1","fold":"all","object":"heart","measure":"dice","rank":1,
            "rank_among_submissions":null,"undefined_as":null,"mean":0.5,"sd":null,"min":0.1,
            "q1":0.2,"median":0.3,"q3":0.4,"max":0.9,"n":3,"n_undefined":0,"ci95":[0.1,0.2]}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn a_list_in_parts_has_the_bytes_of_the_whole() {
        for rows in [vec![], vec![row("a")], vec![row("a"), row("b"), row("c")]] {
            let list = ResultListDocument {
                benchmark: "b".into(),
                benchmark_digest: "d".into(),
                ranked_by: "mean".into(),
                rows,
            };
            let mut writer = ResultListWriter::default();
            let mut text = writer.begin(list.clone());
            for rows in list.rows.chunks(2) {
                text += &writer.rows(rows);
            }
            text += writer.end();
            assert_eq!(text, list.to_json());
        }
    }
}
