//! Run of a submitted model: its row.

use scr_documents::{MaskDifferencesDocument, ModelAccess, VerifiedRunDocument};
use serde::{Deserialize, Serialize};

use crate::storage_error::StorageError;

/// Run of a submitted model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelRun {
    /// The verified run, as its entry will show it.
    pub verified: VerifiedRunDocument,
    /// The masks that the model made.
    pub masks: RunMasks,
    /// Differences from masks that were submitted beside the model, for curators; none where
    /// there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub differences: Option<MaskDifferencesDocument>,
}

/// Zip file of the masks that a model made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunMasks {
    /// Size in bytes.
    pub size_bytes: u64,
    /// SHA-256 in hexadecimal digits.
    pub sha256: String,
}

/// Access that a word in the database names.
pub(super) fn access_of_word(word: &str) -> Result<ModelAccess, StorageError> {
    ModelAccess::of_word(word).ok_or_else(|| StorageError::Word {
        what: "access to a model",
        expected: "public or private",
        found: word.into(),
    })
}
