//! Entry: its role in a table of results and its card.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// What an entry is in a table of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryRole {
    /// A human observer: a reference row.
    Observer,
    /// A method that this project brings, run two-fold: a reference row.
    Baseline,
    /// A participant's method.
    Method,
}

/// The card of an entry: what made the masks.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct CardDocument {
    /// Name in tables.
    pub name: String,
    /// Who made it.
    pub authors: Vec<String>,
    /// What it does, in Markdown.
    pub description: String,
    /// Paper or address that describes it.
    pub reference: String,
    /// Where its code is.
    pub code: String,
    /// How it was trained and on what.
    pub training: String,
    /// Version of the method.
    pub version: String,
    /// Parameters, as text.
    pub parameters: IndexMap<String, String>,
    /// What of the method is verified at its source, and what is not.
    #[serde(default)]
    pub verified: String,
    /// What training and segmenting took, in words.
    #[serde(default)]
    pub cost: String,
    /// Identifier of the earlier entry that it corrects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<String>,
}
