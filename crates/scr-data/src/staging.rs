//! Atomic write of a folder: an incomplete one never passes for complete.
//!
//! Writes files into `OUT.partial` beside OUT, each atomically, and renames the folder when
//! all files are complete and synced. An interrupted run of the same plan resumes from the
//! files it finds. Another plan starts over, and so does a run after a reboot, as files may
//! be truncated then. Files that are added to an existing folder are moved there together, when
//! all of them are complete.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::durable::{self, sibling};
use crate::{DataError, files};

const PLAN: &str = ".plan";
/// Name of the file with the boot during which the files were written.
const BOOT: &str = ".boot";

/// Staged folder.
#[derive(Debug)]
pub struct Staging {
    out: PathBuf,
    partial: PathBuf,
    target: Target,
}

/// Folder that the files go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    /// A folder of its own.
    New,
    /// A folder that may hold other files.
    Shared,
}

impl Staging {
    /// Begins or resumes the folder `out`.
    ///
    /// `plan` is any text that identifies the content: files of a run with another plan are
    /// deleted first.
    ///
    /// # Errors
    /// [`DataError::Occupied`] when `out` exists and is not an empty folder,
    /// [`DataError::Write`] for an error of the system.
    pub fn begin(out: &Path, plan: &str) -> Result<Self, DataError> {
        if out.is_symlink() && !out.exists() {
            let holds = "is a link to nothing; choose another or delete it first".into();
            return Err(DataError::Occupied { path: out.to_owned(), holds });
        }
        if out.exists() {
            let is_empty = out.read_dir().is_ok_and(|mut entries| entries.next().is_none());
            if !is_empty {
                return Err(DataError::Occupied {
                    path: out.to_owned(),
                    holds: "is not an empty folder; choose another or delete it first".into(),
                });
            }
        }
        let out = &absolute(out)?;
        Self::begin_in(out, sibling(out, ".partial"), plan, Target::New)
    }

    /// Begins or resumes files that are added to the folder `out`, which may hold others.
    /// `name` keeps them apart from files that are being added at the same time; `files` are
    /// the files to come, relative to `out`.
    ///
    /// # Errors
    /// [`DataError::Occupied`] when `out` holds one of `files`, and no earlier run of the same
    /// plan put it there; [`DataError::Write`] for an error of the system.
    pub fn begin_adding(
        out: &Path,
        name: &str,
        plan: &str,
        files: impl IntoIterator<Item = String>,
    ) -> Result<Self, DataError> {
        let out = &absolute(out)?;
        let partial = sibling(out, &format!(".{name}.partial"));
        let resumes = is_of_plan(&partial, plan);
        let held = files.into_iter().map(|file| out.join(file)).find(|file| file.exists());
        if let Some(path) = held.filter(|_| !resumes) {
            let holds = "is not written again; choose another folder, or delete it first".into();
            return Err(DataError::Occupied { path, holds });
        }
        Self::begin_in(out, partial, plan, Target::Shared)
    }

    fn begin_in(
        out: &Path,
        partial: PathBuf,
        plan: &str,
        target: Target,
    ) -> Result<Self, DataError> {
        let boot = boot();
        if partial.exists() && !is_of_plan(&partial, plan) {
            std::fs::remove_dir_all(&partial).map_err(DataError::write(&partial))?;
        }
        if partial.exists() {
            durable::delete_temporaries(&partial, Duration::ZERO)
                .map_err(DataError::write(&partial))?;
        }
        files::write_file(&partial.join(BOOT), boot.as_bytes())?;
        files::write_file(&partial.join(PLAN), plan.as_bytes())?;
        Ok(Self { out: out.to_owned(), partial, target })
    }

    /// Folder of the files until the write is complete.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.partial
    }

    /// True when an earlier run of the same plan has written this file.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.partial.join(path).is_file()
    }

    /// Writes a file; `path` is relative to the folder, with `/` between folders.
    ///
    /// # Errors
    /// [`DataError::Write`].
    pub fn write(&self, path: &str, bytes: &[u8]) -> Result<(), DataError> {
        let path = self.partial.join(path);
        durable::write_unsynced(&path, bytes).map_err(DataError::write(&path))
    }

    /// Syncs all files and renames the folder to its final name, or moves the files to the
    /// folder that they are added to.
    ///
    /// # Errors
    /// [`DataError::Write`]; [`DataError::Occupied`] when that folder holds other bytes under
    /// the name of a file.
    pub fn finish(self) -> Result<(), DataError> {
        for name in [PLAN, BOOT] {
            let file = self.partial.join(name);
            std::fs::remove_file(&file).map_err(DataError::write(&file))?;
        }
        durable::sync_tree(&self.partial).map_err(DataError::write(&self.partial))?;
        if self.target == Target::Shared {
            return self.add();
        }
        if self.out.exists() {
            std::fs::remove_dir(&self.out).map_err(DataError::write(&self.out))?;
        }
        durable::rename(&self.partial, &self.out).map_err(DataError::write(&self.out))
    }

    /// Moves the files, which are synced, to the folder that holds others. A file with the same
    /// bytes, of a run that was interrupted here, is replaced.
    fn add(self) -> Result<(), DataError> {
        let files = files_within(&self.partial).map_err(DataError::write(&self.partial))?;
        for file in &files {
            let (from, to) = (self.partial.join(file), self.out.join(file));
            let bytes = |path| std::fs::read(path).ok();
            if to.exists() && bytes(&from) != bytes(&to) {
                let holds = "holds other bytes; delete it first".into();
                return Err(DataError::Occupied { path: to, holds });
            }
        }
        for file in &files {
            let to = self.out.join(file);
            let folder = to.parent().unwrap_or(&self.out);
            durable::create_folders(folder).map_err(DataError::write(folder))?;
            durable::rename(&self.partial.join(file), &to).map_err(DataError::write(&to))?;
        }
        std::fs::remove_dir_all(&self.partial).map_err(DataError::write(&self.partial))
    }
}

/// The path without `.` and `..`, which have no name to append an ending to.
fn absolute(out: &Path) -> Result<PathBuf, DataError> {
    let path = if out.exists() { out.canonicalize() } else { std::path::absolute(out) };
    path.map_err(DataError::write(out))
}

/// True when the files in `partial` are of this plan, and were written since the system began.
fn is_of_plan(partial: &Path, plan: &str) -> bool {
    let there = |name| std::fs::read(partial.join(name)).ok();
    there(PLAN).as_deref() == Some(plan.as_bytes())
        && there(BOOT).is_none_or(|then| then == boot().as_bytes())
}

/// Files in a folder and in those within it, relative to it.
fn files_within(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut open = vec![PathBuf::new()];
    while let Some(here) = open.pop() {
        for entry in std::fs::read_dir(folder.join(&here))? {
            let entry = entry?;
            let path = here.join(entry.file_name());
            if entry.file_type()?.is_dir() { open.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    Ok(files)
}

/// Identifier of the current boot on Linux; empty elsewhere.
fn boot() -> String {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_appears_only_when_it_is_whole() {
        let temp = tempfile::tempdir().unwrap();
        let out = temp.path().join("bench");
        let staging = Staging::begin(&out, "plan").unwrap();
        staging.write("a/b.txt", b"1").unwrap();
        assert!(!out.exists());
        std::fs::write(temp.path().join("bench.partial/a/.writing-x1"), b"cut").unwrap();
        drop(staging);
        let again = Staging::begin(&out, "plan").unwrap();
        assert!(again.has("a/b.txt"), "the same plan goes on");
        again.finish().unwrap();
        assert_eq!(std::fs::read(out.join("a/b.txt")).unwrap(), b"1");
        assert!(!out.join("a/.writing-x1").exists(), "what a killed run left is gone");
        assert_eq!(std::fs::read_dir(temp.path()).unwrap().count(), 1);
    }

    #[test]
    fn another_plan_starts_over() {
        let temp = tempfile::tempdir().unwrap();
        let out = temp.path().join("bench");
        Staging::begin(&out, "plan").unwrap().write("a", b"1").unwrap();
        assert!(!Staging::begin(&out, "other").unwrap().has("a"));
    }

    #[test]
    fn files_are_added_to_others_and_never_written_over_them() {
        let temp = tempfile::tempdir().unwrap();
        let out = temp.path().join("masks");
        let begin =
            |name, plan, file: &str| Staging::begin_adding(&out, name, plan, [file.to_owned()]);
        for (name, file) in [("fold1", "heart/a"), ("fold2", "heart/b")] {
            let staging = begin(name, "plan", file).unwrap();
            staging.write(file, file.as_bytes()).unwrap();
            assert!(!out.join(file).exists(), "files come together, when all are complete");
            staging.finish().unwrap();
            assert_eq!(std::fs::read(out.join(file)).unwrap(), file.as_bytes());
        }
        assert_eq!(std::fs::read_dir(temp.path()).unwrap().count(), 1);
        let error = begin("fold1", "plan", "heart/a").unwrap_err().to_string();
        assert!(error.contains("heart/a already exists"), "{error}");

        // A run that was interrupted while it moved its files goes on; another file stays.
        let staging = begin("fold3", "plan", "heart/c").unwrap();
        staging.write("heart/c", b"c").unwrap();
        std::fs::write(out.join("heart/c"), b"c").unwrap();
        begin("fold3", "plan", "heart/c").unwrap().finish().unwrap();
        let staging = begin("fold4", "plan", "heart/d").unwrap();
        staging.write("heart/d", b"d").unwrap();
        std::fs::write(out.join("heart/d"), b"mine").unwrap();
        let error = staging.finish().unwrap_err().to_string();
        assert!(error.contains("holds other bytes"), "{error}");
        assert_eq!(std::fs::read(out.join("heart/d")).unwrap(), b"mine");
    }

    #[test]
    fn a_run_after_a_reboot_starts_over() {
        let temp = tempfile::tempdir().unwrap();
        let out = temp.path().join("bench");
        Staging::begin(&out, "plan").unwrap().write("a", b"1").unwrap();
        std::fs::write(temp.path().join("bench.partial/.boot"), "another start").unwrap();
        assert!(!Staging::begin(&out, "plan").unwrap().has("a"));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_nothing_is_left_alone() {
        let temp = tempfile::tempdir().unwrap();
        let out = temp.path().join("bench");
        std::os::unix::fs::symlink("nothing", &out).unwrap();
        let error = Staging::begin(&out, "plan").unwrap_err();
        assert!(error.to_string().contains("a link to nothing"), "{error}");
    }

    #[test]
    fn a_folder_with_something_in_it_is_left_alone() {
        let temp = tempfile::tempdir().unwrap();
        std::fs::write(temp.path().join("mine"), "x").unwrap();
        let error = Staging::begin(temp.path(), "plan").unwrap_err();
        assert!(matches!(error, DataError::Occupied { .. }));
    }
}
