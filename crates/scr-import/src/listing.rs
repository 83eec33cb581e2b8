//! Listing of a folder's files: names alone, bounded in number and depth.
//!
//! Skips hidden files, folders of other benchmarks and what a copied archive leaves behind.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use scr_data::formats::{MASK_EXTENSIONS, RADIOGRAPH_EXTENSIONS};
use scr_data::{BENCHMARK_FILE, DataError, Problem, Problems};

/// Maximum number of files and folders below a folder.
const MAX_ENTRIES: usize = 1_000_000;
/// Maximum depth of folders.
const MAX_DEPTH: usize = 16;
/// Extensions of pictures that no reader of ours may know, to name them in messages.
const OTHER_PICTURES: &[&str] =
    &["bmp", "gif", "jp2", "jpeg", "jpg", "mhd", "npy", "npz", "pgm", "ppm", "seg", "svg", "webp"];
/// Extensions of documents with annotations or names.
const DOCUMENTS: &[&str] = &["csv", "ctbl", "json", "label", "tsv", "txt", "xml", "yaml", "yml"];

/// File found in a folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FoundFile {
    /// Path for reading.
    pub(crate) path: PathBuf,
    /// Folders between the root of the listing and the file.
    pub(crate) folders: Vec<String>,
    /// Name without the extension.
    pub(crate) stem: String,
    /// Extension in lower case, without the leading dot; `dcm` for DICOM files without one.
    pub(crate) extension: String,
}

impl FoundFile {
    /// Path below the root of the listing, `/` between folders.
    pub(crate) fn relative(&self) -> String {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        self.beside(&name)
    }

    /// Name of a file in the same folder.
    pub(crate) fn beside(&self, name: &str) -> String {
        self.folders.iter().map(|folder| format!("{folder}/")).collect::<String>() + name
    }

    /// Path as the user names it.
    pub(crate) fn place(&self) -> String {
        self.path.display().to_string()
    }

    /// Name whose extension tells the readers of images the format.
    pub(crate) fn format_name(&self) -> String {
        format!("{}.{}", self.stem, self.extension)
    }

    /// True for a picture of any format.
    pub(crate) fn is_picture(&self) -> bool {
        let extension = self.extension.as_str();
        is_readable(extension) || OTHER_PICTURES.contains(&extension)
    }

    /// True when a reader of radiographs knows the extension.
    pub(crate) fn is_radiograph(&self) -> bool {
        RADIOGRAPH_EXTENSIONS.contains(&self.extension.as_str())
    }

    /// True for a text that may hold annotations or names.
    pub(crate) fn is_document(&self) -> bool {
        DOCUMENTS.contains(&self.extension.as_str())
    }
}

/// Files below a folder, sorted by path.
#[derive(Debug, Clone, Default)]
pub(crate) struct Listing {
    /// Files.
    pub(crate) files: Vec<FoundFile>,
}

impl Listing {
    /// Lists `root` without the folders in `skipped`.
    ///
    /// # Errors
    /// [`DataError::Problems`] when the folder cannot be read or holds too much.
    pub(crate) fn of(root: &Path, skipped: &[PathBuf]) -> Result<Self, DataError> {
        let mut walk = Walk {
            skipped: skipped.iter().filter_map(|path| path.canonicalize().ok()).collect(),
            ..Walk::default()
        };
        walk.folder(root, &mut Vec::new());
        walk.problems.or(())?;
        walk.files.sort();
        Ok(Self { files: walk.files })
    }

    /// The one file `path`.
    pub(crate) fn of_file(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        Some(Self { files: vec![found_file(path.to_owned(), &[], name)] })
    }
}

#[derive(Default)]
struct Walk {
    files: Vec<FoundFile>,
    n_entries: usize,
    skipped: BTreeSet<PathBuf>,
    /// Folders behind links, each entered once.
    linked: BTreeSet<PathBuf>,
    problems: Problems,
}

impl Walk {
    fn folder(&mut self, folder: &Path, below: &mut Vec<String>) {
        let place = || folder.display().to_string();
        let entries = match folder.read_dir() {
            Ok(entries) => entries,
            Err(error) => return self.problems.push(Problem::unreadable(folder, &error)),
        };
        if below.len() > MAX_DEPTH {
            let expected = format!("folders at most {MAX_DEPTH} deep");
            return self.problems.push(Problem::new(place(), expected, "deeper ones", ""));
        }
        for entry in entries {
            self.n_entries += 1;
            if self.n_entries > MAX_ENTRIES {
                let expected = format!("at most {MAX_ENTRIES} files and folders");
                let hint = "name the folders of images and masks with --images and --masks";
                return self.problems.push(Problem::new(place(), expected, "more", hint));
            }
            let path = match entry {
                Ok(entry) => entry.path(),
                Err(error) => return self.problems.push(Problem::unreadable(folder, &error)),
            };
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
                let expected = "a file name in UTF-8";
                self.problems.push(Problem::new(
                    path.display().to_string(),
                    expected,
                    "another encoding",
                    "rename it",
                ));
                continue;
            };
            let is_left_behind = matches!(name, "__MACOSX" | "Thumbs.db" | "desktop.ini");
            if name.starts_with('.') || is_left_behind {
                continue;
            }
            let name = name.to_owned();
            if path.is_dir() {
                if self.enters(&path) {
                    below.push(name);
                    self.folder(&path, below);
                    below.pop();
                }
            } else if path.is_file() {
                self.files.push(found_file(path, below, &name));
            }
        }
    }

    /// True for a folder to list: no other benchmark, and none seen behind another link.
    fn enters(&mut self, folder: &Path) -> bool {
        if folder.join(BENCHMARK_FILE).exists() {
            return false;
        }
        let Ok(canonical) = folder.canonicalize() else { return false };
        let is_skipped = self.skipped.contains(&canonical);
        !is_skipped && (!folder.is_symlink() || self.linked.insert(canonical))
    }
}

fn is_readable(extension: &str) -> bool {
    MASK_EXTENSIONS.contains(&extension) || RADIOGRAPH_EXTENSIONS.contains(&extension)
}

fn found_file(path: PathBuf, folders: &[String], name: &str) -> FoundFile {
    let lower = name.to_ascii_lowercase();
    let known = MASK_EXTENSIONS.iter().chain(RADIOGRAPH_EXTENSIONS);
    let known = known.chain(OTHER_PICTURES).chain(DOCUMENTS);
    let ends_in = |extension: &&&str| {
        lower.strip_suffix(**extension).is_some_and(|stem| stem.ends_with('.') && stem.len() > 1)
    };
    let found = known.filter(ends_in).max_by_key(|extension| extension.len());
    let (stem, extension) = match found {
        Some(extension) => (&name[..name.len() - extension.len() - 1], (*extension).to_owned()),
        None if is_dicom(&path) => (name, "dcm".to_owned()),
        None => match name.rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() => (stem, extension.to_lowercase()),
            _ => (name, String::new()),
        },
    };
    FoundFile { stem: stem.to_owned(), extension, folders: folders.to_vec(), path }
}

/// True for a file that begins as DICOM files do: many have no extension.
fn is_dicom(path: &Path) -> bool {
    let mut head = [0; 132];
    File::open(path).is_ok_and(|mut file| file.read_exact(&mut head).is_ok())
        && head.ends_with(b"DICM")
}
