//! Shared file: clones share one open file, each with its own cursor, for reads from many
//! threads.
//!
//! The length is fixed at opening; nothing beyond it is read.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

/// Cursor in a shared file.
#[derive(Debug, Clone)]
pub(super) struct SharedFile {
    file: Arc<Positional>,
    length: u64,
    at: u64,
}

impl SharedFile {
    /// A cursor at the beginning of `file`.
    pub(super) fn new(file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        Ok(Self { file: Arc::new(Positional::new(file)), length, at: 0 })
    }

    /// Length in bytes.
    pub(super) const fn length(&self) -> u64 {
        self.length
    }

    /// `length` bytes from `start`, fewer where the file ends, without moving the cursor.
    pub(super) fn part(&self, start: u64, length: usize) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let cursor = Self { at: start, ..self.clone() };
        cursor.take(length as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

impl Read for SharedFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.length.saturating_sub(self.at);
        let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        if wanted == 0 {
            // Beyond the end, perhaps beyond the system's largest offset.
            return Ok(0);
        }
        let count = self.file.read_at(&mut buffer[..wanted], self.at)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for SharedFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(offset) => self.length.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.at.checked_add_signed(offset),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

/// Positional reads, which do not move the system's cursor.
#[cfg(unix)]
#[derive(Debug)]
struct Positional(File);

#[cfg(unix)]
impl Positional {
    fn new(file: File) -> Self {
        Self(file)
    }

    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(&self.0, buffer, at)
    }
}

/// Positional reads under a lock, with the system's cursor.
#[cfg(not(unix))]
#[derive(Debug)]
struct Positional(std::sync::Mutex<File>);

#[cfg(not(unix))]
impl Positional {
    fn new(file: File) -> Self {
        Self(std::sync::Mutex::new(file))
    }

    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        // A panic leaves only a moved cursor, which is set anew.
        let mut file = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        file.seek(SeekFrom::Start(at))?;
        file.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn shared(bytes: &[u8]) -> SharedFile {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        SharedFile::new(file).unwrap()
    }

    #[test]
    fn every_clone_has_a_cursor_of_its_own() {
        let mut first = shared(b"abcdef");
        let mut second = first.clone();
        assert_eq!(first.seek(SeekFrom::End(-2)).unwrap(), 4);
        let mut text = String::new();
        second.read_to_string(&mut text).unwrap();
        first.read_to_string(&mut text).unwrap();
        assert_eq!(text, "abcdefef");
        assert_eq!(first.part(1, 3).unwrap(), b"bcd");
        assert_eq!(first.part(4, 9).unwrap(), b"ef");
        assert_eq!(first.part(9, 1).unwrap(), b"");
    }

    #[test]
    fn a_cursor_never_leaves_the_numbers_that_there_are() {
        let mut file = shared(b"abc");
        assert!(file.seek(SeekFrom::Current(-1)).is_err());
        assert_eq!(file.seek(SeekFrom::Start(u64::MAX)).unwrap(), u64::MAX);
        assert!(file.seek(SeekFrom::Current(1)).is_err());
        assert_eq!(file.read(&mut [0; 4]).unwrap(), 0);
    }

    #[test]
    fn many_threads_read_the_same_file_at_once() {
        let bytes: Vec<u8> = (0..100_000_u32).map(|index| (index % 251) as u8).collect();
        let file = shared(&bytes);
        std::thread::scope(|scope| {
            for start in 0..8_u64 {
                let file = file.clone();
                let bytes = &bytes;
                scope.spawn(move || {
                    for round in 0..200 {
                        let at = start * 11_000 + round * 37;
                        let read = file.part(at, 997).unwrap();
                        assert_eq!(read, bytes[at as usize..at as usize + 997]);
                    }
                });
            }
        });
    }
}
