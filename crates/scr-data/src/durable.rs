//! Durable, atomic writes: a file survives a power failure whole or not at all.
//!
//! The only place in the workspace that creates, renames and copies files; `clippy.toml`
//! forbids it elsewhere. Syncs the file first, then its folder, then every new folder
//! above.
//!
//! The umask sets the permissions of files: `scr` sets it to 077 for a data folder. Knows
//! no format and no benchmark.

use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rayon::prelude::*;
use tempfile::{NamedTempFile, TempPath};

/// Prefix of temporary files. No key and no pattern of a benchmark matches it.
const UNFINISHED: &str = ".writing-";

/// Age at which a temporary file is stale: its writer is dead. The longest write, of
/// one blob, takes seconds.
pub const STALE_AGE: Duration = Duration::from_secs(3600);

/// Writes a file under a temporary name beside it, then renames it. Creates missing
/// folders.
///
/// # Errors
/// Errors of the system; the file is unchanged then.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_with(path, |file| file.write_all(bytes))
}

/// Writes a file as [`write`](fn@write) does, piece by piece.
///
/// # Errors
/// As [`write`](fn@write), and those of `write`.
pub fn write_with(
    path: &Path,
    write: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>,
) -> io::Result<()> {
    let folder = parent(path);
    create_folders(folder)?;
    let mut file = temporary(folder)?;
    let mut buffered = BufWriter::new(&mut file);
    write(&mut buffered)?;
    buffered.flush()?;
    drop(buffered);
    file.as_file().sync_all()?;
    put_in_place(file.into_temp_path(), path)?;
    sync_folder(folder)
}

/// Writes as [`write`](fn@write) does, but without syncing: durable only after a call of
/// [`sync_tree`] on a folder above. For folders that count only when they are complete.
///
/// # Errors
/// As [`write`](fn@write).
pub fn write_unsynced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = parent(path);
    make_folders(folder)?;
    let mut file = temporary(folder)?;
    file.write_all(bytes)?;
    put_in_place(file.into_temp_path(), path)
}

/// Copies an open file without syncing: durable only after a call of [`sync_tree`] on a
/// folder above. Returns its size in bytes.
///
/// # Errors
/// Errors of the system.
pub fn copy_unsynced(from: &mut impl Read, to: &Path) -> io::Result<u64> {
    let folder = parent(to);
    make_folders(folder)?;
    let mut file = temporary(folder)?;
    let bytes = io::copy(from, &mut file)?;
    put_in_place(file.into_temp_path(), to)?;
    Ok(bytes)
}

/// Links a file: hard, or where the system cannot, as a symbolic link to its absolute path.
/// Durable only after a call of [`sync_tree`] on a folder above.
///
/// # Errors
/// Errors of the system.
#[expect(clippy::disallowed_methods, reason = "the one place that links")]
pub fn link_unsynced(from: &Path, to: &Path) -> io::Result<()> {
    make_folders(parent(to))?;
    let from = from.canonicalize()?;
    match std::fs::hard_link(&from, to) {
        Ok(()) => Ok(()),
        Err(error) => symbolic_link(&from, to).map_err(|_| error),
    }
}

#[cfg(unix)]
fn symbolic_link(from: &Path, to: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(from, to)
}

#[cfg(not(unix))]
fn symbolic_link(_: &Path, _: &Path) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

/// Renames a synced file or folder.
///
/// # Errors
/// Errors of the system.
#[expect(clippy::disallowed_methods, reason = "the one place that renames")]
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::rename(from, to)?;
    sync_folder(parent(to))?;
    if parent(from) == parent(to) { Ok(()) } else { sync_folder(parent(from)) }
}

/// Gives a synced temporary file its name, unless the name is taken. Returns whether the
/// name was free.
///
/// # Errors
/// Errors of the system.
#[expect(clippy::disallowed_methods, reason = "the one place that renames")]
pub fn persist_new(file: TempPath, path: &Path) -> io::Result<bool> {
    match file.persist_noclobber(path) {
        Ok(()) => sync_folder(parent(path)).map(|()| true),
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error.error),
    }
}

/// Creates a folder and all missing folders above it.
///
/// # Errors
/// Errors of the system.
pub fn create_folders(folder: &Path) -> io::Result<()> {
    let is_missing = |above: &&Path| !above.as_os_str().is_empty() && !above.exists();
    let missing: Vec<&Path> = folder.ancestors().take_while(is_missing).collect();
    make_folders(folder)?;
    missing.into_iter().try_for_each(|made| sync_folder(parent(made)))
}

/// Creates a folder that only its owner may enter, and all missing folders above it.
///
/// # Errors
/// Errors of the system.
pub fn create_private_folder(folder: &Path) -> io::Result<()> {
    create_folders(parent(folder))?;
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    // Another process may have created it meanwhile.
    builder.recursive(true).create(folder)?;
    sync_folder(parent(folder))
}

/// Restricts the permissions of a file or folder to its owner. Does nothing on systems
/// without modes.
///
/// # Errors
/// Errors of the system.
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

/// Syncs a folder and everything below it. Does not follow links.
///
/// # Errors
/// Errors of the system.
pub fn sync_tree(folder: &Path) -> io::Result<()> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
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
    // The system writes pending files together: many at once cost little more than one.
    files.par_iter().try_for_each(|file| File::open(file)?.sync_all())?;
    folders.par_iter().try_for_each(|folder| sync_folder(folder))
}

/// Syncs the names in a folder. Does nothing when the system cannot open folders, or the
/// file system does not sync them.
///
/// # Errors
/// Errors of the system.
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

/// True for the name of a temporary file: ours, or `NAME#N` as versions before December
/// 2026 wrote blobs.
#[must_use]
pub fn is_temporary(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_number = |end: &str| !end.is_empty() && end.bytes().all(|byte| byte.is_ascii_digit());
    name.starts_with(UNFINISHED) || name.rsplit_once('#').is_some_and(|(_, end)| is_number(end))
}

/// Deletes temporary files older than `age` in `folder` and below it: younger ones may
/// belong to another process. Returns their number.
///
/// # Errors
/// Errors of the system. A file that vanishes meanwhile is no error.
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

/// True when a file was last modified longer ago than `age`. A file from the future, after
/// a change of the clock, is young.
fn is_older(metadata: &std::fs::Metadata, age: Duration) -> bool {
    metadata
        .modified()
        .is_ok_and(|at| SystemTime::now().duration_since(at).is_ok_and(|is| is >= age))
}

fn unless_gone<T>(found: io::Result<T>) -> io::Result<Option<T>> {
    match found {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        found => found.map(Some),
    }
}

/// Temporary file with the permissions of a created file.
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

/// Folder of a file; the current one for a bare name.
fn parent(path: &Path) -> &Path {
    path.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Path of a folder beside a path: its name with `ending`.
#[must_use]
pub fn sibling(path: &Path, ending: &str) -> PathBuf {
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
        sync_tree(temp.path()).unwrap();
        assert_eq!(copy_unsynced(&mut &b"copy"[..], &temp.path().join("e/f")).unwrap(), 4);
        link_unsynced(&temp.path().join("e/f"), &temp.path().join("g/h")).unwrap();
        assert_eq!(std::fs::read(temp.path().join("g/h")).unwrap(), b"copy");
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
