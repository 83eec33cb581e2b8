//! Shard: the scores of a part of a benchmark's images, with all that a merge needs.
//!
//! `scr evaluate --shard` writes it, `scr merge` reads it. Every number is in full precision.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Fold, UndefinedDocument, json::to_json_text};

/// Scores of the images of one shard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShardDocument {
    /// Shard, `I/N`.
    pub shard: String,
    /// Version of the scoring rules.
    pub evaluator_version: String,
    /// Identifier of the benchmark.
    pub benchmark: String,
    /// Observer whose masks are the reference.
    pub observer: String,
    /// True when distances are in mm.
    pub has_spacing: bool,
    /// True when the protocol has several folds.
    pub has_folds: bool,
    /// Objects that were scored.
    pub objects: Vec<ShardObject>,
    /// Keys of the measures of objects.
    pub measures: Vec<String>,
    /// Keys of the measures of whole images.
    pub image_measures: Vec<String>,
    /// Value of undefined distances in summaries, where they count at all.
    pub undefined_as: Option<UndefinedDocument>,
    /// Seed of the bootstrap intervals.
    pub bootstrap_seed: u64,
    /// Resamples behind each bootstrap interval.
    pub bootstrap_resamples: usize,
    /// SHA-256 in hex digits of the benchmark's files and of the reference's masks of the shard, by
    /// path.
    pub reference_files: BTreeMap<String, String>,
    /// The same of the masks that were scored.
    pub mask_files: BTreeMap<String, String>,
    /// Images of the shard.
    pub images: Vec<ShardImage>,
}

impl ShardDocument {
    /// Reads a document from JSON text.
    ///
    /// # Errors
    /// Errors of the text: no JSON, other keys, other types.
    pub fn from_json(text: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(text)
    }

    /// The document as JSON text, indented, with a line end.
    #[must_use]
    pub fn to_json(&self) -> String {
        to_json_text(self)
    }
}

/// Object that was scored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShardObject {
    /// Identifier.
    pub id: String,
    /// Name for people.
    pub name: String,
}

/// Values of one image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShardImage {
    /// Index of the image in the benchmark, from 0.
    pub place: usize,
    /// Identifier.
    pub image: String,
    /// Fold.
    pub fold: Fold,
    /// Distance between columns and between rows in mm, where distances are in mm.
    pub spacing_mm: Option<[f64; 2]>,
    /// Width and height of the masks in pixels.
    pub size: [usize; 2],
    /// Values by object, then measure; null where undefined.
    pub objects: Vec<Vec<Option<f64>>>,
    /// Values by measure of whole images; null where undefined.
    pub image_values: Vec<Option<f64>>,
}

/// Scored image in the checkpoint of an interrupted evaluation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckpointImage {
    /// Values of the image.
    pub image: ShardImage,
    /// SHA-256 in hex digits of the reference's masks, by path.
    pub reference_files: BTreeMap<String, String>,
    /// The same of the masks that were scored.
    pub mask_files: BTreeMap<String, String>,
    /// SHA-256 in hex digits of what tells a change of these files without reading them; none where a
    /// change could go unnoticed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub validator: Option<String>,
}
