//! Durable files: what was written is there after a power failure, whole or not at all.
//!
//! The one place in the workspace that creates, renames and copies files; `clippy.toml`
//! keeps all others from it. A file reaches the disk first, then the folder that names
//! it, then every folder above that was made for it.
//!
//! Files are as open as the umask lets them be: `scr` sets it to 077 where it works in a
//! data folder. Knows no format and no benchmark.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rayon::prelude::*;
use tempfile::{NamedTempFile, TempPath};

/// How the name of a file begins while it is written. No key and no pattern of a
/// benchmark matches it.
const UNFINISHED: &str = ".writing-";

/// Age of a temporary file beyond which its writer is dead. The longest write, one
/// blob, takes seconds.
pub const STALE_AGE: Duration = Duration::from_secs(3600);

/// Writes a file under a temporary name beside it, then renames it. Missing folders are
/// made.
///
/// # Errors
/// What the system says; the file is as it was then.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = parent(path);
    create_folders(folder)?;
    let mut file = temporary(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    put_in_place(file.into_temp_path(), path)?;
    sync_folder(folder)
}

/// As [`write`](fn@write), but lasting only once [`settle`] was called on a folder above: for
/// folders that count only when they are whole.
///
/// # Errors
/// As [`write`](fn@write).
pub fn write_unsettled(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = parent(path);
    make_folders(folder)?;
    let mut file = temporary(folder)?;
    file.write_all(bytes)?;
    put_in_place(file.into_temp_path(), path)
}

/// Copies a file that is open; lasting once [`settle`] was called on a folder above.
/// Returns its size in bytes.
///
/// # Errors
/// What the system says.
pub fn copy_unsettled(from: &mut impl Read, to: &Path) -> io::Result<u64> {
    let folder = parent(to);
    make_folders(folder)?;
    let mut file = temporary(folder)?;
    let bytes = io::copy(from, &mut file)?;
    put_in_place(file.into_temp_path(), to)?;
    Ok(bytes)
}

/// Gives a file or folder, which has reached the disk, another name.
///
/// # Errors
/// What the system says.
#[expect(clippy::disallowed_methods, reason = "the one place that renames")]
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::rename(from, to)?;
    sync_folder(parent(to))?;
    if parent(from) == parent(to) { Ok(()) } else { sync_folder(parent(from)) }
}

/// Gives a file that has reached the disk its name, unless there is one. Returns whether
/// the name was free.
///
/// # Errors
/// What the system says.
#[expect(clippy::disallowed_methods, reason = "the one place that renames")]
pub fn persist_new(file: TempPath, path: &Path) -> io::Result<bool> {
    match file.persist_noclobber(path) {
        Ok(()) => sync_folder(parent(path)).map(|()| true),
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error.error),
    }
}

/// Makes a folder and all that are missing above it.
///
/// # Errors
/// What the system says.
pub fn create_folders(folder: &Path) -> io::Result<()> {
    let is_missing = |above: &&Path| !above.as_os_str().is_empty() && !above.exists();
    let missing: Vec<&Path> = folder.ancestors().take_while(is_missing).collect();
    make_folders(folder)?;
    missing.into_iter().try_for_each(|made| sync_folder(parent(made)))
}

/// Makes a folder that its owner alone may enter, and all that are missing above it.
///
/// # Errors
/// What the system says.
pub fn create_private_folder(folder: &Path) -> io::Result<()> {
    create_folders(parent(folder))?;
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    // Of two processes one is first.
    builder.recursive(true).create(folder)?;
    sync_folder(parent(folder))
}

/// Takes all rights to a file or folder from everyone but its owner. Nothing where files
/// have no modes.
///
/// # Errors
/// What the system says.
pub fn make_private(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = if path.is_dir() { 0o700 } else { 0o600 };
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Waits until a folder and everything below it has reached the disk. Links are not
/// followed.
///
/// # Errors
/// What the system says.
pub fn settle(folder: &Path) -> io::Result<()> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    let mut next = 0;
    while let Some(folder) = folders.get(next).cloned() {
        next += 1;
        for entry in folder.read_dir()? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                files.push(entry.path());
            }
        }
    }
    // The system writes what waits together: many at once cost little more than one.
    files.par_iter().try_for_each(|file| File::open(file)?.sync_all())?;
    folders.par_iter().try_for_each(|folder| sync_folder(folder))
}

/// Waits until the names in a folder have reached the disk. Nothing where folders cannot
/// be opened, or their file system has nothing to wait for.
///
/// # Errors
/// What the system says.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    match File::open(folder)?.sync_all() {
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => {
            Ok(())
        }
        other => other,
    }
}

/// Whether a file is a temporary one, by its name: ours, or `NAME#N` as versions before
/// December 2026 wrote blobs.
#[must_use]
pub fn is_temporary(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_number = |end: &str| !end.is_empty() && end.bytes().all(|byte| byte.is_ascii_digit());
    name.starts_with(UNFINISHED) || name.rsplit_once('#').is_some_and(|(_, end)| is_number(end))
}

/// Deletes temporary files in `folder` and all folders below it that are older than `age`:
/// younger ones may be another process's. Returns how many.
///
/// # Errors
/// What the system says. What vanishes meanwhile is no error.
pub fn delete_temporaries(folder: &Path, age: Duration) -> io::Result<usize> {
    let mut n_deleted = 0;
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        let Some(entries) = unless_gone(folder.read_dir())? else { continue };
        for entry in entries {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                open.push(entry.path());
            } else if is_temporary(&entry.path())
                && unless_gone(entry.metadata())?.is_some_and(|about| is_older(&about, age))
                && unless_gone(std::fs::remove_file(entry.path()))?.is_some()
            {
                n_deleted += 1;
            }
        }
    }
    Ok(n_deleted)
}

/// Whether a file was last written to longer ago than `age`. A clock that was set back
/// makes files of the future, which are young.
fn is_older(about: &std::fs::Metadata, age: Duration) -> bool {
    about.modified().is_ok_and(|at| SystemTime::now().duration_since(at).is_ok_and(|is| is >= age))
}

fn unless_gone<T>(found: io::Result<T>) -> io::Result<Option<T>> {
    match found {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        found => found.map(Some),
    }
}

/// A temporary file as open as one that is simply created.
fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(UNFINISHED);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

#[expect(clippy::disallowed_methods, reason = "the one place that renames")]
fn put_in_place(file: TempPath, path: &Path) -> io::Result<()> {
    file.persist(path).map_err(|error| error.error)
}

#[expect(clippy::disallowed_methods, reason = "the one place that makes folders")]
fn make_folders(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)
}

/// The folder of a file; a bare name lies in the current one.
fn parent(path: &Path) -> &Path {
    path.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A folder beside a path, named after it.
#[must_use]
pub fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_whole_into_folders_that_are_made_for_it() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("a/b/c.txt");
        write(&path, b"first").unwrap();
        write(&path, b"2nd").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"2nd");
        assert_eq!(path.parent().unwrap().read_dir().unwrap().count(), 1);
        rename(&path, &temp.path().join("d")).unwrap();
        settle(temp.path()).unwrap();
        assert_eq!(copy_unsettled(&mut &b"copy"[..], &temp.path().join("e/f")).unwrap(), 4);
        assert!(create_folders(&temp.path().join("d")).is_err(), "a file is there");
    }

    #[test]
    fn temporaries_of_the_dead_are_deleted_and_those_of_the_living_are_not() {
        let temp = tempfile::tempdir().unwrap();
        let folder = temp.path().join("masks");
        let names = ["x.png", ".writing-a1", "x.png#1", ".writing-b2", "x.png#2", "a#b.png"];
        for (index, name) in names.into_iter().enumerate() {
            write(&folder.join(name), b"x").unwrap();
            if index < 3 {
                let long_ago = SystemTime::now() - 2 * STALE_AGE;
                File::open(folder.join(name)).unwrap().set_modified(long_ago).unwrap();
            }
        }
        assert_eq!(delete_temporaries(temp.path(), STALE_AGE).unwrap(), 2);
        let mut left: Vec<_> =
            folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, [".writing-b2", "a#b.png", "x.png", "x.png#2"]);
        assert_eq!(delete_temporaries(temp.path(), Duration::ZERO).unwrap(), 2);
        assert_eq!(delete_temporaries(&temp.path().join("none"), STALE_AGE).unwrap(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn files_are_as_open_as_those_of_any_program() {
        use std::os::unix::fs::PermissionsExt;
        let temp = tempfile::tempdir().unwrap();
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode();
        write(&temp.path().join("ours"), b"x").unwrap();
        File::create(temp.path().join("plain")).unwrap();
        assert_eq!(mode(&temp.path().join("ours")), mode(&temp.path().join("plain")));
    }
}
