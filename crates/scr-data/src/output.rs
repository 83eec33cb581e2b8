//! Output file of a command, as given with `--out`.
//!
//! Replaces a regular file atomically, also behind a link. Writes into a pipe or a
//! character device. Refuses everything else.

use std::fmt;
use std::fs::OpenOptions;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::terminal::TerminalText;
use crate::{DataError, durable, files};

/// Maximum number of links to follow, as on Linux.
const MAX_LINKS: usize = 40;

/// Output file. Created before the work begins, to find an unusable name before an hour of
/// work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Path given by the user.
    path: PathBuf,
    destination: Destination,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Destination {
    /// Replace this regular file, which may not exist yet.
    Replace(PathBuf),
    /// Append to a pipe or device.
    Append,
}

impl Output {
    /// An output at `path`; opens and writes nothing.
    ///
    /// # Errors
    /// [`DataError::Occupied`] for a folder, a socket, a block device or a dangling link,
    /// [`DataError::Write`] for an error of the system.
    pub fn at(path: &Path) -> Result<Self, DataError> {
        let output = |destination| Ok(Self { path: path.to_owned(), destination });
        let refuse = |holds: &str| {
            let holds = format!("{holds}; choose another name");
            Err(DataError::Occupied { path: path.to_owned(), holds })
        };
        let metadata = match path.metadata() {
            Ok(metadata) => metadata,
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(DataError::write(path)(error));
            }
            Err(_) if path.is_symlink() => return refuse("is a link to nothing"),
            Err(_) => return output(Destination::Replace(path.to_owned())),
        };
        if metadata.is_file() {
            return match file_of(path).map_err(DataError::write(path))? {
                Some(file) => output(Destination::Replace(file)),
                None => output(Destination::Append),
            };
        }
        if is_stream(&metadata) {
            return output(Destination::Append);
        }
        refuse(&format!("is {}", files::kind(metadata.file_type())))
    }

    /// The regular file, which may not exist yet; none for a pipe or device.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        match &self.destination {
            Destination::Replace(file) => Some(file),
            Destination::Append => None,
        }
    }

    /// Writes the whole output. Waits for the reader of a pipe.
    ///
    /// # Errors
    /// [`DataError::Write`]; a regular file is unchanged then.
    pub fn write(&self, bytes: &[u8]) -> Result<(), DataError> {
        self.write_with(|file| file.write_all(bytes))
    }

    /// Writes the output piece by piece. Waits for the reader of a pipe.
    ///
    /// # Errors
    /// [`DataError::Write`], also of `write`; a regular file is unchanged then.
    pub fn write_with(
        &self,
        write: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>,
    ) -> Result<(), DataError> {
        let written = match &self.destination {
            Destination::Replace(file) => durable::write_with(file, write),
            // Do not truncate a file reached through a file descriptor: it has other writers.
            Destination::Append => {
                OpenOptions::new().append(true).open(&self.path).and_then(|file| {
                    let mut file = BufWriter::new(file);
                    write(&mut file)?;
                    file.flush()
                })
            }
        };
        written.map_err(DataError::write(&self.path))
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        TerminalText(&self.path.display().to_string()).fmt(f)
    }
}

/// Regular file behind a path's links. None for an open file of a process, such as
/// `/dev/stdout`: replacing it would not write to the open file.
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

/// True for a pipe or a character device.
fn is_stream(metadata: &std::fs::Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        let kind = metadata.file_type();
        kind.is_fifo() || kind.is_char_device()
    }
    #[cfg(not(unix))]
    {
        let _ = metadata;
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
    fn a_device_is_stream_and_stays_a_device() {
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
