//! Downloads: the files of a benchmark's folder.

use serde::{Deserialize, Serialize};

/// A file of a benchmark's folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedFile {
    /// Where it lies in the folder, `/` between folders.
    pub path: String,
    /// SHA-256 in hexadecimal digits.
    pub sha256: String,
    /// Size in bytes.
    pub size_bytes: u64,
}
