//! Changes that the record logs.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A public change.
///
/// Digests are `sha256:` and 64 hexadecimal digits. Kinds are only ever added; a
/// program reads kinds of later versions as [`Unknown`](Self::Unknown).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RecordEvent {
    /// The record begins.
    RecordBegun {
        /// Random identifier of the site, so that no two records are alike.
        site: String,
        /// Version of the program.
        program: String,
        /// Entries that were published before there was a record. The lines that
        /// follow state them as they were found then.
        entries_before: u64,
    },
    /// A benchmark is published, or its description or files change.
    BenchmarkPublished {
        /// Identifier of the benchmark.
        benchmark: String,
        /// Digest of the benchmark.
        digest: String,
        /// Digest of its description, JSON as the database keeps it.
        document_digest: String,
        /// Digest of the list of its files.
        files_digest: String,
    },
    /// The operator's settings of a benchmark change: those that affect scores, terms
    /// or visibility.
    SettingsChanged {
        /// Identifier of the benchmark.
        benchmark: String,
        /// The settings, without addresses of people; long texts as digests.
        settings: Value,
    },
    /// An entry is published.
    EntryPublished(Box<EntryCommitment>),
    /// An entry has a further result, by other scoring rules.
    EntryRescored {
        /// Identifier of the entry.
        entry: String,
        /// Version of the result, counted from 1.
        version: u64,
        /// Version of the scoring rules.
        evaluator_version: String,
        /// Commitment to the result, as in [`EntryCommitment`].
        result_digest: String,
    },
    /// An entry is withdrawn.
    EntryWithdrawn {
        /// Identifier of the entry.
        entry: String,
        /// Digest of the statement: time, who and reason, a line each.
        statement_digest: String,
    },
    /// A kind of a later version of this program.
    #[serde(other)]
    Unknown,
}

/// Commitment of the record to an entry, at its publication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryCommitment {
    /// Identifier of the entry.
    pub entry: String,
    /// Identifier of the benchmark.
    pub benchmark: String,
    /// Digest of the benchmark.
    pub benchmark_digest: String,
    /// `observer`, `baseline` or `method`.
    pub role: String,
    /// Digest of the card, JSON as the database keeps it.
    pub card_digest: String,
    /// Digest of the list of mask files as submitted.
    pub masks_digest: String,
    /// Digest of the list of masks' pixels, `STRUCTURE/IMAGE` each with its
    /// [`mask_digest`](scr_data::digest::mask_digest); the same for every file format.
    pub pixels_digest: String,
    /// Digest of the list of the files that the site keeps.
    pub files_digest: String,
    /// Commitment to the first result: SHA-256 of a random nonce, the summary and the
    /// images' values, JSON as the database keeps them, with a line feed between them.
    pub result_digest: String,
    /// Version of the scoring rules of the first result.
    pub evaluator_version: String,
    /// Entry that it corrects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<String>,
    /// Digest of the model's file, of an entry whose model the site ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_digest: Option<String>,
    /// Digest of the verified run, JSON as the database keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_digest: Option<String>,
    /// Digest of the curator's answer to flags; none where nothing was flagged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_digest: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::log::{BEFORE_FIRST, RecordLine};

    #[test]
    fn a_line_of_a_later_version_can_be_read() {
        let line = r#"{"number":3,"at":"t","previous":"p","kind":"moon_landed","who":"x"}"#;
        let line: RecordLine = serde_json::from_str(line).unwrap();
        assert_eq!((line.number, line.event), (3, RecordEvent::Unknown));
    }

    #[test]
    fn a_line_reads_back_as_it_was_written() {
        let line = RecordLine {
            number: 1,
            at: "2026-11-28T00:00:00.000Z".into(),
            previous: BEFORE_FIRST.into(),
            event: RecordEvent::EntryRescored {
                entry: "e".into(),
                version: 2,
                evaluator_version: "1.1.0".into(),
                result_digest: "sha256:00".into(),
            },
        };
        let text = serde_json::to_string(&line).unwrap();
        assert!(text.starts_with(r#"{"number":1,"at":"2026-11-28T00:00:00.000Z","previous":"#));
        assert_eq!(serde_json::from_str::<RecordLine>(&text).unwrap(), line);
    }
}
