//! Atomic write of a folder: an incomplete one never passes for complete.
//!
//! Writes files into `OUT.partial` beside OUT, each atomically, and renames the folder when
//! all files are complete and synced. An interrupted run of the same plan resumes from the
//! files it finds. Another plan starts over, and so does a run after a reboot, as files may
//! be truncated then.

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
        // `.` and `..` have no name to append `.partial` to.
        let out = &if out.exists() { out.canonicalize() } else { std::path::absolute(out) }
            .map_err(DataError::write(out))?;
        let partial = sibling(out, ".partial");
        let boot = boot();
        let there = |name| std::fs::read(partial.join(name)).ok();
        let is_other = there(PLAN).as_deref() != Some(plan.as_bytes())
            || there(BOOT).is_some_and(|then| then != boot.as_bytes());
        if partial.exists() && is_other {
            std::fs::remove_dir_all(&partial).map_err(DataError::write(&partial))?;
        }
        if partial.exists() {
            durable::delete_temporaries(&partial, Duration::ZERO)
                .map_err(DataError::write(&partial))?;
        }
        files::write_file(&partial.join(BOOT), boot.as_bytes())?;
        files::write_file(&partial.join(PLAN), plan.as_bytes())?;
        Ok(Self { out: out.to_owned(), partial })
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

    /// Syncs all files and renames the folder to its final name.
    ///
    /// # Errors
    /// [`DataError::Write`].
    pub fn finish(self) -> Result<(), DataError> {
        for name in [PLAN, BOOT] {
            let file = self.partial.join(name);
            std::fs::remove_file(&file).map_err(DataError::write(&file))?;
        }
        durable::sync_tree(&self.partial).map_err(DataError::write(&self.partial))?;
        if self.out.exists() {
            std::fs::remove_dir(&self.out).map_err(DataError::write(&self.out))?;
        }
        durable::rename(&self.partial, &self.out).map_err(DataError::write(&self.out))
    }
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
