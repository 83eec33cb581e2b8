//! Checkpoint: a file to which an interrupted command has added lines, and from which it resumes.
//!
//! A line that its writer could not finish is cut off when the file is opened again. The file is
//! locked while it is open. Survives the end of its writer at any moment; after a power failure
//! the last lines may be missing. Knows no content.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::{DataError, Problem, files};

/// Maximum length of a line in bytes.
const MAX_LINE_BYTES: u64 = 4 << 20;

/// Checkpoint of lines, open and locked.
#[derive(Debug)]
pub struct CheckpointFile {
    path: PathBuf,
    file: Mutex<File>,
}

impl CheckpointFile {
    /// Opens the checkpoint at `path`, or begins one. Calls `on_line` with each finished line.
    ///
    /// # Errors
    /// [`DataError::Write`]; a [`Problem`] when another process has the checkpoint open, when the path
    /// is no file, for a line of over 4 MiB or no UTF-8, and those of `on_line`: the file is
    /// unchanged then.
    pub fn open(
        path: &Path,
        mut on_line: impl FnMut(&str) -> Result<(), DataError>,
    ) -> Result<Self, DataError> {
        let failed = |source| DataError::Write { path: path.to_owned(), source };
        let place = path.display().to_string();
        // Opening a named pipe waits for its reader.
        if let Ok(data) = std::fs::metadata(path)
            && !data.is_file()
        {
            let found = files::kind(data.file_type());
            return Err(Problem::new(place, "a checkpoint, or no file", found, "remove it").into());
        }
        let mut options = OpenOptions::new();
        let file = options.read(true).append(true).create(true).open(path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let hint = "wait for it, or give another file";
                let found = "another process that writes it";
                return Err(
                    Problem::new(place, "a checkpoint of no other process", found, hint).into()
                );
            }
            // Some network file systems have no locks.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        let whole_bytes = read_lines(path, &mut BufReader::new(&file), &mut on_line)?;
        file.set_len(whole_bytes).map_err(failed)?;
        (&file).seek(SeekFrom::End(0)).map_err(failed)?;
        Ok(Self { path: path.to_owned(), file: Mutex::new(file) })
    }

    /// Adds a line, which has no line end. Called from any thread.
    ///
    /// # Errors
    /// [`DataError::Write`]; a line may be unfinished then.
    pub fn add(&self, line: &str) -> Result<(), DataError> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(format!("{line}\n").as_bytes()).map_err(DataError::write(&self.path))
    }

    /// Deletes the checkpoint, as its work is done.
    ///
    /// # Errors
    /// [`DataError::Write`].
    pub fn delete(self) -> Result<(), DataError> {
        std::fs::remove_file(&self.path).map_err(DataError::write(&self.path))
    }
}

/// Reads the finished lines of a checkpoint, and calls `on_line` with each. Returns their length in
/// bytes; what follows is a line that its writer could not finish. `path` is for messages.
///
/// # Errors
/// [`DataError::Write`]; a [`Problem`] for a line of over 4 MiB or no UTF-8, and those of `on_line`.
pub fn read_lines(
    path: &Path,
    reader: &mut impl BufRead,
    on_line: &mut impl FnMut(&str) -> Result<(), DataError>,
) -> Result<u64, DataError> {
    let place = path.display().to_string();
    let (mut line, mut whole_bytes) = (Vec::new(), 0);
    loop {
        line.clear();
        let mut limited = reader.take(MAX_LINE_BYTES + 1);
        let n_bytes = limited.read_until(b'\n', &mut line).map_err(DataError::write(path))? as u64;
        if n_bytes > MAX_LINE_BYTES {
            let expected = format!("lines of at most {MAX_LINE_BYTES} bytes");
            return Err(Problem::new(place, expected, "a longer one", DELETE_IT).into());
        }
        if line.pop() != Some(b'\n') {
            return Ok(whole_bytes);
        }
        let text = std::str::from_utf8(&line).map_err(|error| {
            Problem::new(&place, "a checkpoint in UTF-8", error.to_string(), DELETE_IT)
        })?;
        on_line(text)?;
        whole_bytes += n_bytes;
    }
}

/// Advice on a checkpoint that is damaged.
const DELETE_IT: &str = "delete it to begin again";

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &Path) -> Result<Vec<String>, DataError> {
        let mut lines = Vec::new();
        CheckpointFile::open(path, |line| {
            lines.push(line.to_owned());
            Ok(())
        })?;
        Ok(lines)
    }

    #[test]
    fn a_line_that_was_cut_off_is_dropped_and_the_others_stay() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("checkpoint");
        let checkpoint = CheckpointFile::open(&path, |_| Ok(())).unwrap();
        checkpoint.add("one").unwrap();
        checkpoint.add("two").unwrap();
        let open = lines(&path).unwrap_err().to_string();
        assert!(open.contains("another process"), "{open}");
        drop(checkpoint);
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"thr").unwrap();
        assert_eq!(lines(&path).unwrap(), ["one", "two"]);
        let checkpoint = CheckpointFile::open(&path, |_| Ok(())).unwrap();
        checkpoint.add("three").unwrap();
        drop(checkpoint);
        assert_eq!(lines(&path).unwrap(), ["one", "two", "three"]);
        CheckpointFile::open(&path, |_| Ok(())).unwrap().delete().unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn what_is_no_checkpoint_is_refused_and_stays_as_it_is() {
        let temp = tempfile::tempdir().unwrap();
        let error = lines(temp.path()).unwrap_err().to_string();
        assert!(error.contains("a folder"), "{error}");
        let path = temp.path().join("checkpoint");
        for bytes in [&b"a\n\xff\n"[..], &vec![b'x'; MAX_LINE_BYTES as usize + 2]] {
            files::write_file(&path, bytes).unwrap();
            let error = lines(&path).unwrap_err().to_string();
            assert!(error.contains("delete it"), "{error}");
            assert_eq!(std::fs::read(&path).unwrap(), bytes);
        }
    }
}
