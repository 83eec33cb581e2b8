//! Record of a site: its length and head.

use serde::{Deserialize, Serialize};

/// Length of the record and digest of its last line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecordAnswer {
    /// Number of lines.
    pub length: u64,
    /// `sha256:` and the SHA-256 of the last line's bytes, without its line end.
    pub head: String,
}
