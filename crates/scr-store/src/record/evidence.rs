//! Evidence: the texts and lists of files behind the digests of the record.
//!
//! Hidden results are left out of the evidence for strangers; their commitment stays in the
//! record.

use serde::{Deserialize, Serialize};

use super::log::text_digest;

/// Evidence of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryEvidence {
    /// Identifier of the entry.
    pub entry: String,
    /// Identifier of the benchmark.
    pub benchmark: String,
    /// `observer`, `baseline` or `method`.
    pub role: String,
    /// The card, JSON as the database keeps it.
    pub card: String,
    /// Results by version, the first first. Empty where the operator hides scores.
    pub results: Vec<ResultEvidence>,
    /// True where results are left out.
    pub results_hidden: bool,
    /// The files that the site keeps: a line `HEX  PATH` each.
    pub files: String,
    /// Withdrawal, where there is one.
    pub withdrawal: Option<WithdrawalEvidence>,
    /// The verified run, JSON as the database keeps it; none for masks that were handed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// The curator's answer to flags; none where nothing was flagged.
    #[serde(default)]
    pub answer: Option<String>,
}

/// A result with its nonce.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultEvidence {
    /// Version of the result, counted from 1.
    pub version: u64,
    /// Random text before the result.
    pub nonce: String,
    /// The result without images, JSON as the database keeps it.
    pub summary: String,
    /// The images' values, likewise.
    pub images: String,
}

impl ResultEvidence {
    /// The commitment of the record to this result.
    #[must_use]
    pub fn digest(&self) -> String {
        text_digest(&format!("{}\n{}\n{}", self.nonce, self.summary, self.images))
    }
}

/// Public statement of a withdrawal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithdrawalEvidence {
    /// Time, RFC 3339 in UTC.
    pub at: String,
    /// Person who withdrew it, in words for readers.
    pub who: String,
    /// Reason.
    pub reason: String,
}

impl WithdrawalEvidence {
    /// The digest of the statement in the record.
    #[must_use]
    pub fn digest(&self) -> String {
        text_digest(&format!("{}\n{}\n{}", self.at, self.who, self.reason))
    }
}

/// Evidence of a benchmark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BenchmarkEvidence {
    /// Identifier of the benchmark.
    pub benchmark: String,
    /// Digest of the benchmark.
    pub digest: String,
    /// The description, JSON as the database keeps it.
    pub document: String,
    /// The settings as the record states them.
    pub settings: serde_json::Value,
}
