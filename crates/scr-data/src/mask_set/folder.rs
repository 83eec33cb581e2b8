//! Source of a set of masks in a folder.
//!
//! Follows links, as people link data into place. A link to an enclosing folder is a
//! problem, and the number of entries visited is bounded. Only files and folders are
//! opened.

use std::fs::DirEntry;
use std::io;
use std::path::{Path, PathBuf};

use super::source::{Listing, Source};
use crate::{Problem, files, validator};

/// Folder of a set of masks.
#[derive(Debug)]
pub(super) struct Folder {
    root: PathBuf,
}

impl Folder {
    /// The folder `root`.
    pub(super) fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// Lists the folder at `prefix`; `around` are the enclosing folders.
    fn walk(&self, prefix: &str, around: &mut Vec<PathBuf>, listing: &mut Listing) {
        // Joining an empty path would add a separator.
        let folder = if prefix.is_empty() { self.root.clone() } else { self.root.join(prefix) };
        let Some((here, entries)) = listing.problems.keep(open(&folder)) else { return };
        if around.contains(&here) {
            listing.problems.push(Problem::new(
                folder.display().to_string(),
                "folders within each other",
                format!("a link back to {}", here.display()),
                "remove the link",
            ));
            return;
        }
        around.push(here);
        for entry in entries {
            if !listing.has_room() {
                break;
            }
            self.visit(prefix, &entry, around, listing);
        }
        around.pop();
    }

    fn visit(
        &self,
        prefix: &str,
        entry: &DirEntry,
        around: &mut Vec<PathBuf>,
        listing: &mut Listing,
    ) {
        let path = match entry.file_name().into_string() {
            Ok(name) if prefix.is_empty() => name,
            Ok(name) => format!("{prefix}/{name}"),
            Err(name) => {
                let path = Path::new(prefix).join(name);
                listing
                    .refuse_name(path.as_os_str().as_encoded_bytes(), "a name that is not UTF-8");
                return;
            }
        };
        // Metadata of a link's target.
        let is_folder = entry.path().is_dir();
        if !listing.admits(&path, is_folder) {
            return;
        }
        if is_folder {
            self.walk(&path, around, listing);
        } else {
            listing.add(path);
        }
    }
}

/// A folder's canonical path, and its entries, sorted by name.
fn open(folder: &Path) -> Result<(PathBuf, Vec<DirEntry>), Problem> {
    let open = || -> io::Result<_> {
        let here = folder.canonicalize()?;
        let mut entries = folder
            .read_dir()?
            .take(super::source::MAX_FILES + 1)
            .collect::<io::Result<Vec<_>>>()?;
        entries.sort_by_key(DirEntry::file_name);
        Ok((here, entries))
    };
    open().map_err(|error| Problem::unreadable(folder, &error))
}

impl Source for Folder {
    fn list(&self, listing: &mut Listing) {
        self.walk("", &mut Vec::new(), listing);
    }

    fn refusal(&self, path: &str) -> Option<Problem> {
        files::check_file(&self.root.join(path)).err()
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, Problem> {
        files::read_file(&self.root.join(path))
    }

    fn validator(&self, path: &str) -> Option<String> {
        validator::of_file(&self.root.join(path))
    }
}
