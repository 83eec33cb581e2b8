//! Downloads: the files of a benchmark's folder.

use serde::{Deserialize, Serialize};

/// A file of a benchmark's folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OfferedFile {
    /// Path in the folder, `/` between folders.
    pub path: String,
    /// SHA-256 in hexadecimal digits.
    pub sha256: String,
    /// Size in bytes.
    pub size_bytes: u64,
}

/// The files of a benchmark's folder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DownloadManifest {
    /// Identifier of the benchmark.
    pub benchmark: String,
    /// The digest that `scr evaluate` finds of a whole copy.
    pub digest: String,
    /// The version of the terms, to be sent along as `Accept-Terms` when a file is asked for.
    pub terms_version: String,
    /// Size of all files together, in bytes.
    pub total_bytes: u64,
    /// All files, by path.
    pub files: Vec<OfferedFile>,
}
