//! Source of a set of masks: a folder or a zip file.
//!
//! A [`Source`] lists relative paths and reads single files, with bounds. Every path goes
//! through a [`Listing`], which applies the same rules to folders and zip files: number of
//! files, depth and names.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use super::bounded_problems::BoundedProblems;
use crate::Problem;

/// Expected argument of [`MaskSet::open`](crate::MaskSet::open), in words.
pub(super) const EXPECTED: &str = "a folder of masks, STRUCTURE/IMAGE.png, or a zip file of one";

/// Name of the run record, an optional file beside the structures' folders that describes
/// the origin of the masks. Scoring ignores it.
pub const RUN_RECORD: &str = "run.json";

/// Name of the card, an optional file beside the structures' folders: the TOML file that
/// `scr submit --card` takes, whose `name` names the set in tables. Scoring ignores it.
pub const CARD: &str = "card.toml";

/// Maximum depth of folders.
pub(super) const MAX_DEPTH: usize = 8;
/// Maximum number of files and folders.
pub(super) const MAX_FILES: usize = 1_000_000;
/// Maximum length of a path within a set.
const MAX_PATH_BYTES: usize = 1024;
/// Maximum length of a refused name in messages.
const MAX_SHOWN_CHARS: usize = 120;

/// Source of files: listed once, then read one by one, from any thread.
pub(super) trait Source: fmt::Debug + Send + Sync {
    /// Adds every file to `listing`, with the problems of names.
    fn list(&self, listing: &mut Listing);

    /// Problem that [`read`](Self::read) would return for a listed file, as far as it can be
    /// known without reading it.
    fn refusal(&self, path: &str) -> Option<Problem>;

    /// Bytes of a listed file, at most [`MAX_FILE_BYTES`](crate::files::MAX_FILE_BYTES).
    fn read(&self, path: &str) -> Result<Vec<u8>, Problem>;

    /// [Validator](crate::validator) of a listed file; none where a change could go unnoticed.
    fn validator(&self, path: &str) -> Option<String>;
}

/// Listing of a set's files, by their paths with `/` between folders.
#[derive(Debug)]
pub(super) struct Listing {
    root: PathBuf,
    files: Vec<String>,
    ignored: BTreeSet<String>,
    n_seen: usize,
    pub(super) problems: BoundedProblems,
}

impl Listing {
    /// Lists all files of `source`.
    pub(super) fn of(root: &Path, source: &dyn Source) -> Self {
        let mut listing = Self {
            root: root.to_owned(),
            files: Vec::new(),
            ignored: BTreeSet::new(),
            n_seen: 0,
            problems: BoundedProblems::default(),
        };
        source.list(&mut listing);
        listing
    }

    /// Paths of the files, sorted by name folder by folder, and all problems.
    pub(super) fn into_parts(mut self) -> (Vec<String>, BoundedProblems) {
        // Order of a walk: `a/z` before `a-b`.
        self.files.sort_by(|a, b| a.split('/').cmp(b.split('/')));
        (self.files, self.problems)
    }

    /// Notices about ignored files.
    pub(super) fn notices(&self) -> Vec<String> {
        self.ignored.iter().map(|path| format!("{path} was ignored")).collect()
    }

    /// True when the listing has room for one more file or folder; reports the limit once.
    pub(super) fn has_room(&mut self) -> bool {
        self.n_seen += 1;
        if self.n_seen == MAX_FILES + 1 {
            self.problems.push(Problem::new(
                self.root.display().to_string(),
                format!("at most {MAX_FILES} files"),
                "more",
                "is it the right one?",
            ));
        }
        self.n_seen <= MAX_FILES
    }

    /// True when a file or folder belongs to the set. Ignores system files; refuses folders
    /// that are too deep and names that are not plain.
    pub(super) fn admits(&mut self, path: &str, is_folder: bool) -> bool {
        if let Some(found) = path_fault(path) {
            // Report a folder once, not with every file in it.
            let name = beginning(path, |_, part| part.contains(is_special)).unwrap_or(path);
            self.refuse_name(name.as_bytes(), found);
            return false;
        }
        if let Some(ignored) = beginning(path, |_, part| is_system_file(part.as_bytes())) {
            self.ignored.insert(ignored.to_owned());
            return false;
        }
        let folders = if is_folder { Some(path) } else { path.rsplit_once('/').map(|(f, _)| f) };
        let too_deep = folders.and_then(|folders| beginning(folders, |depth, _| depth > MAX_DEPTH));
        if let Some(folder) = too_deep {
            self.problems.push(Problem::new(
                place(&self.root, folder),
                format!("at most {MAX_DEPTH} folders deep"),
                "more",
                "is it the right one?",
            ));
        }
        too_deep.is_none()
    }

    /// Adds an [admitted](Self::admits) file.
    pub(super) fn add(&mut self, path: String) {
        self.files.push(path);
    }

    /// Reports an unusable name.
    pub(super) fn refuse_name(&mut self, name: &[u8], found: impl Into<String>) {
        self.problems.push(Problem::new(
            place(&self.root, &escaped(name)),
            format!("a plain name in UTF-8, `/` between folders, at most {MAX_PATH_BYTES} bytes"),
            found,
            "rename it, and where it is in a zip file zip it again",
        ));
    }
}

/// Path within `root` for messages; it need not be plain.
pub(super) fn place(root: &Path, path: &str) -> String {
    // Joining an empty path would add a separator.
    format!("{}{path}", root.join("").display())
}

/// True for the names of system files: hidden files and `__MACOSX`.
pub(super) fn is_system_file(name: &[u8]) -> bool {
    name.starts_with(b".") || name == b"__MACOSX"
}

/// Refused name, escaped for messages.
pub(super) fn escaped(name: &[u8]) -> String {
    String::from_utf8_lossy(name).escape_debug().take(MAX_SHOWN_CHARS).collect()
}

/// Reason why a path is not plain, or may leave its folder; none for a plain path.
fn path_fault(path: &str) -> Option<String> {
    let bytes = path.as_bytes();
    let is_drive = bytes.len() >= 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':';
    let found = if path.len() > MAX_PATH_BYTES {
        return Some(format!("a name of {} bytes", path.len()));
    } else if let Some(odd) = path.chars().find(|&c| is_special(c)) {
        if odd == '\\' { "a backslash" } else { "a control character" }
    } else if path.starts_with('/') || is_drive {
        "a path from the root of a disk"
    } else if path.split('/').any(|part| part == "..") {
        "a path that leads out, with `..`"
    } else if path.split('/').any(|part| part.is_empty() || part == ".") {
        "a part without a name"
    } else {
        return None;
    };
    Some(found.to_owned())
}

/// True for characters that no name needs and that are special on some system.
fn is_special(character: char) -> bool {
    character == '\\' || character.is_control()
}

/// Path up to its first part that `is_it`; parts are counted from 1.
fn beginning(path: &str, is_it: impl Fn(usize, &str) -> bool) -> Option<&str> {
    let mut end = 0;
    for (index, part) in path.split('/').enumerate() {
        end += part.len() + usize::from(index > 0);
        if is_it(index + 1, part) {
            return Some(&path[..end]);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_paths_are_plain_and_no_other() {
        for path in ["A.png", "right lung/A.png", "Herz/ü.png", "fold 1:b/c..d", "...", "a/b:c"] {
            assert_eq!(path_fault(path), None, "{path}");
        }
        for (path, word) in [
            ("", "without a name"),
            ("/etc/passwd", "root"),
            ("C:/x.png", "root"),
            ("c:x.png", "root"),
            ("..", "out"),
            ("a/../../x.png", "out"),
            ("a//x.png", "without a name"),
            ("./x.png", "without a name"),
            ("a/", "without a name"),
            ("a\\x.png", "backslash"),
            ("a\0.png", "control"),
            ("a\n/x.png", "control"),
            ("a\u{9b}31m.png", "control"),
        ] {
            let found = path_fault(path).unwrap_or_default();
            assert!(found.contains(word), "{path:?}: {found}");
        }
        assert!(path_fault(&"x".repeat(MAX_PATH_BYTES)).is_none());
        assert!(path_fault(&"x".repeat(MAX_PATH_BYTES + 1)).is_some());
    }

    #[test]
    fn the_beginning_of_a_path_ends_with_the_part_looked_for() {
        assert_eq!(beginning("a/.b/c", |_, part| part.starts_with('.')), Some("a/.b"));
        assert_eq!(beginning("a/b/c", |depth, _| depth > 1), Some("a/b"));
        assert_eq!(beginning("a/b", |depth, _| depth > 2), None);
    }
}
