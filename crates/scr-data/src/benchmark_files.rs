//! Which files a benchmark consists of: what to copy so that it can be scored against
//! and looked at elsewhere. What else lies in its folder is no part of it.

use std::path::Path;

use crate::Benchmark;
use crate::benchmark::BENCHMARK_FILE;

impl Benchmark {
    /// The files that scoring needs, `/` between folders, relative to the benchmark's
    /// folder and sorted: its definition and tables, and the masks and landmarks of
    /// every observer. Whether they are there is not looked at.
    #[must_use]
    pub fn files(&self) -> Vec<String> {
        let mut files = vec![BENCHMARK_FILE.to_owned()];
        files.extend(self.tables.iter().cloned());
        for image in &self.images {
            for observer in &self.observers {
                for structure in &self.structures {
                    files.extend(self.within(&self.mask_path(observer, structure, image)));
                }
                if let Some(pattern) = &observer.landmarks {
                    files.push(pattern.replace("{image_id}", &image.id));
                }
            }
        }
        sorted(files)
    }

    /// The radiographs that are there, as [`files`](Self::files) names files.
    #[must_use]
    pub fn radiograph_files(&self) -> Vec<String> {
        let paths = self.images.iter().map(|image| self.radiograph_path(image));
        sorted(paths.filter(|path| path.is_file()).filter_map(|path| self.within(&path)).collect())
    }

    fn within(&self, path: &Path) -> Option<String> {
        let parts = path.strip_prefix(self.root()).ok()?.components();
        let parts: Option<Vec<&str>> = parts.map(|part| part.as_os_str().to_str()).collect();
        parts.map(|parts| parts.join("/"))
    }
}

/// Two observers may share a file, as one of landmarks.
fn sorted(mut files: Vec<String>) -> Vec<String> {
    files.sort();
    files.dedup();
    files
}
