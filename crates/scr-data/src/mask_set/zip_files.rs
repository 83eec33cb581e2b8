//! Files of a zip file other than masks, under the same bounds and rules as those of masks.

use std::path::Path;

use super::archive::Archive;
use super::source::{Listing, Source};
use crate::{DataError, Problem};

/// Files of an untrusted zip file: nothing is unpacked, and names cannot lead out of it.
#[derive(Debug)]
pub struct ZipFiles {
    archive: Archive,
    names: Vec<String>,
}

impl ZipFiles {
    /// Reads the directory of a zip file.
    ///
    /// # Errors
    /// [`DataError::Problems`] for a file that is no zip file, for names that are not plain, and
    /// for files with a name or bytes in common.
    pub fn open(path: &Path) -> Result<Self, DataError> {
        let archive = Archive::open(path)?;
        let (names, problems) = Listing::of(path, &archive).into_parts();
        let is_whole = problems.is_empty();
        let problems = problems.into_problems(&path.display().to_string());
        if is_whole { Ok(Self { archive, names }) } else { Err(DataError::Problems(problems)) }
    }

    /// Paths of the files, sorted.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Bytes of a file, at most [`MAX_FILE_BYTES`](crate::files::MAX_FILE_BYTES).
    ///
    /// # Errors
    /// The problem of a damaged, encrypted or too large file.
    pub fn read(&self, name: &str) -> Result<Vec<u8>, Problem> {
        self.archive.read(name)
    }
}
