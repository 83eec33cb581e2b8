//! A file that somebody asks an output for, as after `--out`: written to what its name
//! stands for.
//!
//! A regular file is replaced whole. A pipe or a character device is written to, and
//! stays what it is; so is the file of a link. Whatever else has the name is refused.

use std::fmt;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::terminal::Shown;
use crate::{DataError, durable, files};

/// Links after which we no longer look for the file, as the system does.
const MAX_LINKS: usize = 40;

/// Where an output goes. Made before the work begins, so that a name that cannot be
/// written to costs nobody an hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The name that was given.
    path: PathBuf,
    goes: Goes,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Goes {
    /// A regular file, there or not, is replaced whole.
    Whole(PathBuf),
    /// What has the name takes bytes one after the other.
    Into,
}

impl Output {
    /// Looks at what has the name; opens and writes nothing.
    ///
    /// # Errors
    /// [`DataError::Occupied`] when it is a folder, a socket, a block device or a link to
    /// nothing, [`DataError::Write`] when the system does not let us look.
    pub fn at(path: &Path) -> Result<Self, DataError> {
        let output = |goes| Ok(Self { path: path.to_owned(), goes });
        let refuse = |holds: &str| {
            let holds = format!("{holds}; choose another name");
            Err(DataError::Occupied { path: path.to_owned(), holds })
        };
        let about = match path.metadata() {
            Ok(about) => about,
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(DataError::write(path)(error));
            }
            Err(_) if path.is_symlink() => return refuse("is a link to nothing"),
            Err(_) => return output(Goes::Whole(path.to_owned())),
        };
        if about.is_file() {
            return match file_of(path).map_err(DataError::write(path))? {
                Some(file) => output(Goes::Whole(file)),
                None => output(Goes::Into),
            };
        }
        if takes_bytes(&about) {
            return output(Goes::Into);
        }
        refuse(&format!("is {}", files::kind(about.file_type())))
    }

    /// The regular file, there or not; none where the output is no file that can be read
    /// back and written anew.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        match &self.goes {
            Goes::Whole(file) => Some(file),
            Goes::Into => None,
        }
    }

    /// Writes all of it. Waits where nobody reads a pipe yet.
    ///
    /// # Errors
    /// [`DataError::Write`]; a regular file is as it was then.
    pub fn write(&self, bytes: &[u8]) -> Result<(), DataError> {
        let write = || match &self.goes {
            Goes::Whole(file) => durable::write(file, bytes),
            // A file that is reached through an open one is not cut: it has other writers.
            Goes::Into => OpenOptions::new().append(true).open(&self.path)?.write_all(bytes),
        };
        write().map_err(DataError::write(&self.path))
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Shown(&self.path.display().to_string()).fmt(f)
    }
}

/// The regular file that a path leads to. None where that is an open file of a process,
/// such as `/dev/stdout`: another file in its place would not be the one that is open.
fn file_of(path: &Path) -> io::Result<Option<PathBuf>> {
    let mut at = std::path::absolute(path)?;
    for _ in 0..MAX_LINKS {
        let folder = at.parent().unwrap_or(&at).canonicalize()?;
        if cfg!(target_os = "linux") && folder.starts_with("/proc") {
            return Ok(None);
        }
        if !at.is_symlink() {
            return Ok(Some(at));
        }
        at = folder.join(at.read_link()?);
    }
    Err(io::Error::other("too many links"))
}

/// Whether what has a name takes bytes one after the other, for good.
fn takes_bytes(about: &std::fs::Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        let kind = about.file_type();
        kind.is_fifo() || kind.is_char_device()
    }
    #[cfg(not(unix))]
    {
        let _ = about;
        false
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{FileTypeExt, symlink};

    use super::*;

    fn put(path: &Path, bytes: &[u8]) -> Result<(), DataError> {
        Output::at(path)?.write(bytes)
    }

    #[test]
    fn a_link_stays_a_link_and_its_file_is_written() {
        let temp = tempfile::tempdir().unwrap();
        let at = |name: &str| temp.path().join(name);
        put(&at("a/file"), b"1").unwrap();
        symlink("a/file", at("one")).unwrap();
        symlink(at("one"), at("two")).unwrap();
        put(&at("two"), b"2").unwrap();
        assert!(at("two").is_symlink() && at("one").is_symlink());
        assert_eq!(std::fs::read(at("a/file")).unwrap(), b"2");
    }

    #[test]
    fn what_is_no_file_pipe_or_device_is_refused_by_name() {
        let temp = tempfile::tempdir().unwrap();
        let at = |name: &str| temp.path().join(name);
        std::fs::create_dir(at("folder")).unwrap();
        symlink("nothing", at("dangling")).unwrap();
        symlink("round", at("round")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
        for (name, word) in
            [("folder", "a folder"), ("dangling", "a link to nothing"), ("socket", "a socket")]
        {
            let error = put(&at(name), b"x").unwrap_err();
            assert!(error.to_string().contains(word), "{name}: {error}");
        }
        assert!(put(&at("round"), b"x").is_err());
        assert!(at("dangling").is_symlink() && !at("nothing").exists());
    }

    #[test]
    fn a_device_takes_bytes_and_stays_a_device() {
        put(Path::new("/dev/null"), b"x").unwrap();
        let full = Path::new("/dev/full");
        if full.exists() {
            let error = put(full, b"x").unwrap_err();
            let DataError::Write { source, .. } = error else { panic!("{error}") };
            assert_eq!(source.kind(), io::ErrorKind::StorageFull);
            assert!(full.metadata().unwrap().file_type().is_char_device());
        }
        assert!(Path::new("/dev/null").metadata().unwrap().file_type().is_char_device());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn an_open_file_is_written_to_where_it_is_open() {
        use std::io::{Read, Seek};
        use std::os::fd::AsRawFd;
        let mut open = tempfile::tempfile().unwrap();
        let name = format!("/proc/self/fd/{}", open.as_raw_fd());
        put(Path::new(&name), b"whole").unwrap();
        let mut found = String::new();
        open.rewind().unwrap();
        open.read_to_string(&mut found).unwrap();
        assert_eq!(found, "whole");
    }
}
