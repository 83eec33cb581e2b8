//! Stamp of files: detects changed files by size and time of change, without reading them.

use std::fs::Metadata;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// Maximum depth of folders that are searched.
const MAX_DEPTH: usize = 12;
/// Maximum number of files and folders that are looked at.
const MAX_FILES: usize = 1_000_000;

/// Stamp of all files in some folders. Within one run of a program, equal stamps mean equal
/// files, as far as their names, sizes and times of change tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    sum: u64,
    n_files: usize,
}

impl Stamp {
    /// Stamp of files, and of all files below folders; links are followed. What is missing or
    /// unreadable counts as absent, and hidden files do not count.
    #[must_use]
    pub fn of(paths: &[PathBuf]) -> Self {
        let mut stamp = Self { sum: 0, n_files: 0 };
        for path in paths {
            stamp.add(path, 0);
        }
        stamp
    }

    fn add(&mut self, path: &Path, depth: usize) {
        let Ok(data) = std::fs::metadata(path) else { return };
        if !data.is_dir() {
            self.add_file(path, &data);
            return;
        }
        if depth == MAX_DEPTH {
            return;
        }
        for entry in path.read_dir().into_iter().flatten().flatten() {
            if self.n_files == MAX_FILES {
                return;
            }
            if !entry.file_name().as_encoded_bytes().starts_with(b".") {
                self.add(&entry.path(), depth + 1);
            }
        }
    }

    /// Adds a file; the order of files does not matter, as folders list them in any.
    fn add_file(&mut self, path: &Path, data: &Metadata) {
        let mut hasher = DefaultHasher::new();
        (path, data.len(), data.modified().ok()).hash(&mut hasher);
        self.sum = self.sum.wrapping_add(hasher.finish());
        self.n_files += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files;

    #[test]
    fn every_change_of_a_file_changes_the_stamp() {
        let folder = tempfile::tempdir().unwrap();
        let paths = [folder.path().to_owned()];
        let write = |name: &str, text: &str| {
            files::write_file(&folder.path().join(name), text.as_bytes()).unwrap();
            Stamp::of(&paths)
        };
        let first = write("a/b/x.png", "1");
        assert_eq!(first, Stamp::of(&paths));
        let larger = write("a/b/x.png", "12");
        let more = write("y", "");
        let hidden = write("a/.hidden", "");
        assert!(first != larger && larger != more && more == hidden);
        std::fs::remove_file(folder.path().join("y")).unwrap();
        assert_eq!(Stamp::of(&paths), larger);
        assert_eq!(Stamp::of(&[folder.path().join("absent")]), Stamp::of(&[]));
    }
}
