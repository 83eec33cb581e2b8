//! Where the files of a set of masks lie, and which of them are looked at at all.
//!
//! A [`Source`] lists relative paths and reads one of them as bounded bytes. What
//! it lists goes through one [`Listing`], so that a folder and a zip file of it
//! are held to the same rules: how many files, how deep, which names.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use super::findings::Findings;
use crate::Problem;

/// How deep folders may lie within each other.
pub(super) const MAX_DEPTH: usize = 8;
/// More files and folders than any set of masks has.
pub(super) const MAX_FILES: usize = 1_000_000;
/// No path within a set may be longer.
const MAX_PATH_BYTES: usize = 1024;
/// How much of a name that is refused is shown.
const MAX_SHOWN_CHARS: usize = 120;

/// Where files lie: listed once, then read one by one, from any thread.
pub(super) trait Source: fmt::Debug + Send + Sync {
    /// Notes every file in `listing`, and what is wrong with any name.
    fn list(&self, listing: &mut Listing);

    /// Why a file that was listed will not be read, as far as it can be told
    /// without reading it: the problem that [`read`](Self::read) would give.
    fn refusal(&self, path: &str) -> Option<Problem>;

    /// The bytes of a file that was listed, at most
    /// [`MAX_FILE_BYTES`](crate::files::MAX_FILE_BYTES).
    fn read(&self, path: &str) -> Result<Vec<u8>, Problem>;
}

/// The files of a set, by their paths with `/` between folders.
#[derive(Debug)]
pub(super) struct Listing {
    root: PathBuf,
    files: Vec<String>,
    passed_over: BTreeSet<String>,
    n_seen: usize,
    pub(super) findings: Findings,
}

impl Listing {
    /// Lists all that `source` holds.
    pub(super) fn of(root: &Path, source: &dyn Source) -> Self {
        let mut listing = Self {
            root: root.to_owned(),
            files: Vec::new(),
            passed_over: BTreeSet::new(),
            n_seen: 0,
            findings: Findings::default(),
        };
        source.list(&mut listing);
        listing
    }

    /// The paths of the files, sorted by name folder by folder, and what is wrong.
    pub(super) fn into_parts(mut self) -> (Vec<String>, Findings) {
        // As one walks: `a/z` before `a-b`.
        self.files.sort_by(|a, b| a.split('/').cmp(b.split('/')));
        (self.files, self.findings)
    }

    /// What was passed over, in words.
    pub(super) fn notices(&self) -> Vec<String> {
        self.passed_over.iter().map(|path| format!("{path} was passed over")).collect()
    }

    /// Whether one more file or folder may be looked at; says so once when not.
    pub(super) fn has_room(&mut self) -> bool {
        self.n_seen += 1;
        if self.n_seen == MAX_FILES + 1 {
            self.findings.push(Problem::new(
                self.root.display().to_string(),
                format!("at most {MAX_FILES} files"),
                "more",
                "is it the right one?",
            ));
        }
        self.n_seen <= MAX_FILES
    }

    /// Whether a file or folder belongs to the set: what operating systems leave
    /// behind is passed over, what is too deep or has no plain name is refused.
    pub(super) fn admits(&mut self, path: &str, is_folder: bool) -> bool {
        if let Some(found) = oddity(path) {
            // A folder is named once, not with every file in it.
            let name = beginning(path, |_, part| part.contains(is_odd)).unwrap_or(path);
            self.refuse_name(name.as_bytes(), found);
            return false;
        }
        if let Some(passed_over) = beginning(path, |_, part| is_left_behind(part.as_bytes())) {
            self.passed_over.insert(passed_over.to_owned());
            return false;
        }
        let folders = if is_folder { Some(path) } else { path.rsplit_once('/').map(|(f, _)| f) };
        let too_deep = folders.and_then(|folders| beginning(folders, |depth, _| depth > MAX_DEPTH));
        if let Some(folder) = too_deep {
            self.findings.push(Problem::new(
                place(&self.root, folder),
                format!("at most {MAX_DEPTH} folders deep"),
                "more",
                "is it the right one?",
            ));
        }
        too_deep.is_none()
    }

    /// Adds a file that the set [admits](Self::admits).
    pub(super) fn add(&mut self, path: String) {
        self.files.push(path);
    }

    /// Says that a name cannot be used.
    pub(super) fn refuse_name(&mut self, name: &[u8], found: impl Into<String>) {
        self.findings.push(Problem::new(
            place(&self.root, &shown(name)),
            format!("a plain name in UTF-8, `/` between folders, at most {MAX_PATH_BYTES} bytes"),
            found,
            "rename it, and where it is in a zip file zip it again",
        ));
    }
}

/// A path within `root` as the user would look for it. It is only shown, and need
/// not be a plain one.
pub(super) fn place(root: &Path, path: &str) -> String {
    // Joining nothing adds a separator where there is none.
    format!("{}{path}", root.join("").display())
}

/// Whether operating systems leave files or folders of that name behind.
pub(super) fn is_left_behind(name: &[u8]) -> bool {
    name.starts_with(b".") || name == b"__MACOSX"
}

/// A name as it is shown where it is refused: no terminal is misled by it.
pub(super) fn shown(name: &[u8]) -> String {
    String::from_utf8_lossy(name).escape_debug().take(MAX_SHOWN_CHARS).collect()
}

/// What makes a path no plain one that stays within its folder; nothing when it is one.
fn oddity(path: &str) -> Option<String> {
    let bytes = path.as_bytes();
    let is_drive = bytes.len() >= 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':';
    let found = if path.len() > MAX_PATH_BYTES {
        return Some(format!("a name of {} bytes", path.len()));
    } else if let Some(odd) = path.chars().find(|&c| is_odd(c)) {
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

/// A character that no name needs, and that some system takes for something else.
fn is_odd(character: char) -> bool {
    character == '\\' || character.is_control()
}

/// The path as far as its first part that `is_it`; parts are counted from 1.
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
            assert_eq!(oddity(path), None, "{path}");
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
            let found = oddity(path).unwrap_or_default();
            assert!(found.contains(word), "{path:?}: {found}");
        }
        assert!(oddity(&"x".repeat(MAX_PATH_BYTES)).is_none());
        assert!(oddity(&"x".repeat(MAX_PATH_BYTES + 1)).is_some());
    }

    #[test]
    fn the_beginning_of_a_path_ends_with_the_part_looked_for() {
        assert_eq!(beginning("a/.b/c", |_, part| part.starts_with('.')), Some("a/.b"));
        assert_eq!(beginning("a/b/c", |depth, _| depth > 1), Some("a/b"));
        assert_eq!(beginning("a/b", |depth, _| depth > 2), None);
    }
}
