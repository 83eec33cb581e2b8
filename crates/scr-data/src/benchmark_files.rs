//! Files of a benchmark: those that scoring and viewing elsewhere need. Other files in
//! the folder are no part of it.

use std::path::Path;

use crate::benchmark::BENCHMARK_FILE;
use crate::{Benchmark, Image};

impl Benchmark {
    /// Files that scoring and training need, `/` between folders, relative to the benchmark's
    /// folder and sorted: definition, tables, and the masks and landmarks of every observer.
    /// Does not check that they exist, but for images that are not scored: those may have
    /// none.
    #[must_use]
    pub fn files(&self) -> Vec<String> {
        let mut files = vec![BENCHMARK_FILE.to_owned()];
        files.extend(self.tables.iter().cloned());
        files.extend(self.images.iter().flat_map(|image| self.drawings(image)));
        let of_others = self.not_scored.iter().flat_map(|image| self.drawings(image));
        files.extend(of_others.filter(|file| self.root().join(file).is_file()));
        sorted(files)
    }

    /// Masks and landmarks of an image, of every observer.
    fn drawings(&self, image: &Image) -> Vec<String> {
        let mut files = Vec::new();
        for observer in &self.observers {
            for structure in &self.structures {
                files.extend(self.within(&self.mask_path(observer, structure, image)));
            }
            if let Some(pattern) = &observer.landmarks {
                files.push(pattern.replace("{image_id}", &image.id));
            }
        }
        files
    }

    /// Radiographs that exist, in the form of [`files`](Self::files).
    #[must_use]
    pub fn radiograph_files(&self) -> Vec<String> {
        let paths = self.all_images().map(|image| self.radiograph_path(image));
        sorted(paths.filter(|path| path.is_file()).filter_map(|path| self.within(&path)).collect())
    }

    fn within(&self, path: &Path) -> Option<String> {
        let parts = path.strip_prefix(self.root()).ok()?.components();
        let parts: Option<Vec<&str>> = parts.map(|part| part.as_os_str().to_str()).collect();
        parts.map(|parts| parts.join("/"))
    }
}

/// Sorts and deduplicates: two observers may share a file of landmarks.
fn sorted(mut files: Vec<String>) -> Vec<String> {
    files.sort();
    files.dedup();
    files
}
