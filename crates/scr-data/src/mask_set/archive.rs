//! Source of a set of masks in a zip file.
//!
//! Nothing is unpacked: the directory is read once, and an entry's bytes on demand, from
//! any thread. Every field is untrusted: numbers are bounded before allocation
//! ([`end_records`]), an entry must have exactly its declared length, and no two entries
//! may share bytes, so that a few kilobytes cannot become a thousand masks.
//!
//! Archives within archives are not opened.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use zip::read::{ArchiveOffset, Config, ZipFileEntry};
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use super::end_records;
use super::shared_file::SharedFile;
use super::source::{EXPECTED, Listing, Source, escaped, is_system_file, place};
use crate::Problem;
use crate::files::{MAX_FILE_BYTES, too_large};
use crate::formats::magic;

const ZIP_AGAIN: &str = "zip the masks again, or give their folder";

/// Zip file with its directory.
#[derive(Debug)]
pub(super) struct Archive {
    root: PathBuf,
    file: SharedFile,
    zip: ZipArchive<SharedFile>,
}

impl Archive {
    /// Reads the directory of the zip file `root`, which is a file.
    pub(super) fn open(root: &Path) -> Result<Self, Problem> {
        let unreadable = |error: io::Error| Problem::unreadable(root, &error);
        let file = File::open(root).and_then(SharedFile::new).map_err(unreadable)?;
        let beginning = file.part(0, 512).map_err(unreadable)?;
        if let Some(found) = end_records::excess(&file).map_err(unreadable)? {
            let place = root.display().to_string();
            let expected = "a zip archive of no more files than a set of masks has";
            return Err(Problem::new(place, expected, found, ZIP_AGAIN));
        }
        // No bytes precede the first entry, and the crate does not search for it.
        let config = Config { archive_offset: ArchiveOffset::Known(0) };
        let zip = ZipArchive::with_config(config, file.clone())
            .map_err(|error| not_an_archive(root, &beginning, &error))?;
        Ok(Self { root: root.to_owned(), file, zip })
    }

    fn place(&self, path: &str) -> String {
        place(&self.root, path)
    }

    /// Reports duplicate names in the directory; the crate keeps only the last of each.
    fn list_doubled_names(&self, listing: &mut Listing) {
        if !self.zip.has_duplicate_names() {
            return;
        }
        let found = "a duplicate name";
        let mut push = |place: String| {
            listing.problems.push(Problem::new(place, "each name once", found, ZIP_AGAIN));
        };
        let doubled = doubled_names(self.file.clone(), self.zip.central_directory_start());
        let doubled = doubled.unwrap_or_default();
        if doubled.is_empty() {
            // Names that become equal through an extra field.
            push(self.root.display().to_string());
        }
        for name in doubled {
            let is_folder = name.ends_with(b"/");
            if !is_folder && !name.split(|&byte| byte == b'/').any(is_system_file) {
                push(self.place(&escaped(&name)));
            }
        }
    }

    /// Reports entries that share bytes with others.
    fn list_shared_bytes(&self, listing: &mut Listing) {
        let mut zip = self.zip.clone();
        let mut ranges = Vec::new();
        for index in 0..zip.len() {
            let Ok(entry) = zip.by_index_raw(index) else {
                // Its position is damaged: reading it reports that.
                continue;
            };
            let end =
                entry.data_start().unwrap_or_default().saturating_add(entry.compressed_size());
            ranges.push((entry.header_start(), end, index));
        }
        ranges.sort_unstable();
        let mut last = (0, None);
        for (start, end, index) in ranges {
            let other = (start < last.0).then_some(last.1).flatten();
            let found = match other {
                Some(other) => format!("bytes shared with {}", self.shown_name(other)),
                None if end > self.zip.central_directory_start() => {
                    "bytes that run into the archive's directory".to_owned()
                }
                None => String::new(),
            };
            if !found.is_empty() {
                let place = self.place(&self.shown_name(index));
                let expected = "an entry with bytes of its own";
                listing.problems.push(Problem::new(place, expected, found, ZIP_AGAIN));
            }
            if end > last.0 {
                last = (end, Some(index));
            }
        }
    }

    fn shown_name(&self, index: usize) -> String {
        self.zip.by_index_data(index).map_or(String::new(), |entry| escaped(entry.name_raw()))
    }
}

impl Source for Archive {
    fn list(&self, listing: &mut Listing) {
        for index in 0..self.zip.len() {
            let Ok(entry) = self.zip.by_index_data(index) else { continue };
            if !listing.has_room() {
                break;
            }
            let Ok(path) = str::from_utf8(entry.name_raw()) else {
                listing.refuse_name(entry.name_raw(), "a name that is not UTF-8");
                continue;
            };
            if let Some(folder) = path.strip_suffix('/') {
                listing.admits(folder, true);
            } else if listing.admits(path, false) {
                if let Some(problem) = special_file(&self.place(path), &entry) {
                    listing.problems.push(problem);
                }
                listing.add(path.to_owned());
            }
        }
        self.list_doubled_names(listing);
        self.list_shared_bytes(listing);
    }

    fn refusal(&self, path: &str) -> Option<Problem> {
        let place = self.place(path);
        let index = self.zip.index_for_name_raw(path.as_bytes()).unwrap_or(usize::MAX);
        match self.zip.by_index_data(index) {
            Ok(entry) => refusal(&place, &entry),
            Err(error) => Some(damaged(&place, &error)),
        }
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, Problem> {
        if let Some(problem) = self.refusal(path) {
            return Err(problem);
        }
        // The clone shares directory and file, and has its own cursor.
        let mut zip = self.zip.clone();
        let index = zip.index_for_name_raw(path.as_bytes()).unwrap_or(usize::MAX);
        let read = zip.by_index(index).and_then(|entry| {
            let declared_bytes = entry.size();
            Ok(read_declared(entry, declared_bytes)?)
        });
        read.map_err(|error| damaged(&self.place(path), &error))
    }

    /// None: entries of an archive have no time of change that can be trusted.
    fn validator(&self, _: &str) -> Option<String> {
        None
    }
}

/// Problem that prevents reading an entry, by the directory.
fn refusal(place: &str, entry: &ZipFileEntry<'_>) -> Option<Problem> {
    let method = entry.compression();
    if let Some(problem) = special_file(place, entry) {
        Some(problem)
    } else if entry.encrypted() {
        let hint = "zip the masks again without a password";
        Some(Problem::new(place, "an entry that is not encrypted", "an encrypted one", hint))
    } else if !matches!(method, CompressionMethod::Stored | CompressionMethod::Deflated) {
        let found = format!("the method {method}");
        let hint = "zip the masks again by the usual method, deflate, or without compression";
        Some(Problem::new(place, "an entry stored or compressed by deflate", found, hint))
    } else if entry.size() > MAX_FILE_BYTES {
        Some(too_large(place, entry.size()))
    } else {
        None
    }
}

/// Problem of an entry that is no regular file.
fn special_file(place: &str, entry: &ZipFileEntry<'_>) -> Option<Problem> {
    // The upper half is the mode where a Unix system wrote the entry, else 0.
    let found = match (entry.external_attributes() >> 16) & 0o170_000 {
        0 | 0o100_000 => return None,
        0o120_000 => "a symbolic link",
        0o040_000 => "a folder",
        0o010_000 => "a named pipe",
        0o140_000 => "a socket",
        0o020_000 | 0o060_000 => "a device",
        _ => "something else",
    };
    Some(Problem::new(place, "a file", found, "zip the files themselves, without links"))
}

/// Reads exactly `declared_bytes`, and at most one more to detect a longer entry.
fn read_declared(entry: impl Read, declared_bytes: u64) -> io::Result<Vec<u8>> {
    // The buffer grows with the bytes read, not with the declared length.
    let mut bytes = Vec::new();
    entry.take(declared_bytes + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == declared_bytes {
        return Ok(bytes);
    }
    let amount = if bytes.len() as u64 > declared_bytes { "more" } else { "fewer" };
    let text = format!("{amount} bytes than the {declared_bytes} declared");
    Err(io::Error::new(io::ErrorKind::InvalidData, text))
}

/// Duplicate names in the directory, which begins at `start`.
fn doubled_names(file: SharedFile, start: u64) -> io::Result<BTreeSet<Vec<u8>>> {
    const HEADER_BYTES: usize = 46;
    let mut directory = BufReader::new(file);
    directory.seek(SeekFrom::Start(start))?;
    let mut seen = BTreeSet::new();
    let mut doubled = BTreeSet::new();
    let mut header = [0; HEADER_BYTES];
    while directory.read_exact(&mut header).is_ok() && header.starts_with(b"PK\x01\x02") {
        let length = |at: usize| u16::from_le_bytes([header[at], header[at + 1]]);
        let mut name = vec![0; length(28).into()];
        directory.read_exact(&mut name)?;
        directory.seek_relative(i64::from(length(30)) + i64::from(length(32)))?;
        doubled.extend(seen.replace(name));
    }
    Ok(doubled)
}

/// Problem of a file that is no zip archive, or a damaged one.
fn not_an_archive(root: &Path, beginning: &[u8], error: &ZipError) -> Problem {
    let looks = magic::looks_like(beginning);
    let (found, hint) = if looks == magic::ZIP {
        let hint = "copy or upload it again, it may be cut off; or zip the folder again";
        (format!("{looks} that cannot be read: {}", reason(error)), hint)
    } else {
        (looks.to_owned(), "give the folder that holds one folder for each structure, or zip it")
    };
    Problem::new(root.display().to_string(), EXPECTED, found, hint)
}

/// Problem of an entry that cannot be read.
fn damaged(place: &str, error: &ZipError) -> Problem {
    Problem::new(
        place,
        "an undamaged entry",
        format!("a damaged one: {}", reason(error)),
        ZIP_AGAIN,
    )
}

/// The crate's reason without its preface.
fn reason(error: &ZipError) -> String {
    match error {
        ZipError::Io(error) => error.to_string(),
        ZipError::InvalidArchive(reason) => reason.to_string(),
        ZipError::UnsupportedArchive(reason) => (*reason).to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_read_than_shows_that_there_is_more() {
        let mut n_read = 0;
        let endless = CountingZeros { n_read: &mut n_read };
        let error = read_declared(endless, 1000).unwrap_err();
        assert_eq!(error.to_string(), "more bytes than the 1000 declared");
        assert_eq!(n_read, 1001);
        let error = read_declared(&b"abc"[..], 4).unwrap_err();
        assert_eq!(error.to_string(), "fewer bytes than the 4 declared");
        assert_eq!(read_declared(&b"abc"[..], 3).unwrap(), b"abc");
        assert_eq!(read_declared(&b""[..], 0).unwrap(), b"");
    }

    struct CountingZeros<'a> {
        n_read: &'a mut usize,
    }

    impl Read for CountingZeros<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            *self.n_read += buffer.len();
            Ok(buffer.len())
        }
    }
}
