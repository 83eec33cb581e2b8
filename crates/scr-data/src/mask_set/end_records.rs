//! Bounds on a zip archive's directory, checked before allocation.
//!
//! The directory, with the names of all entries, is at the end of an archive; the records
//! after it state its start and the number of entries. The `zip` crate trusts them: it
//! allocates that many entries and reads the whole directory. So this module first checks
//! every record that the crate might find, true or not, and leaves their validation to the
//! crate. Layout: PKWARE, APPNOTE.TXT 6.3.10, sections 4.3.12 to 4.3.16.

use std::io;

use super::shared_file::SharedFile;
use super::source::MAX_FILES;

/// Maximum size of the directory: 100 bytes of names and fields for each of
/// [`MAX_FILES`].
const MAX_DIRECTORY_BYTES: u64 = 1 << 27;
/// Length of the tail in which the end record is searched: at least the greatest comment
/// and the records, 65 536 + 98 bytes.
const TAIL_BYTES: u64 = 1 << 17;
/// Maximum number of end records: an archive has one; its comment may hold a few by
/// chance.
const MAX_END_RECORDS: usize = 16;

const END: &[u8] = b"PK\x05\x06";
const LOCATOR_64: &[u8] = b"PK\x06\x07";
const LOCATOR_64_BYTES: usize = 20;
const END_64: &[u8] = b"PK\x06\x06";
const END_64_BYTES: usize = 56;
const ENTRY: &[u8] = b"PK\x01\x02";

/// The exceeded bound in words; none when all records are within bounds.
pub(super) fn excess(file: &SharedFile) -> io::Result<Option<String>> {
    let tail = file.part(file.length().saturating_sub(TAIL_BYTES), TAIL_BYTES as usize)?;
    let ends: Vec<usize> =
        (0..tail.len()).filter(|&start| tail[start..].starts_with(END)).collect();
    if ends.len() > MAX_END_RECORDS {
        return Ok(Some(format!("{} records that say where it ends", ends.len())));
    }
    let is_far = |start: u64, begins_with: &[u8]| -> io::Result<bool> {
        let is_there = file.part(start, begins_with.len())? == begins_with;
        Ok(is_there && file.length() - start > MAX_DIRECTORY_BYTES)
    };
    let large = || Ok(Some(format!("a directory of more than {MAX_DIRECTORY_BYTES} bytes")));
    for start in ends {
        if let Some(directory) = u32_at(&tail, start + 16)
            && is_far(directory.into(), ENTRY)?
        {
            return large();
        }
        let locator = start.checked_sub(LOCATOR_64_BYTES).map(|start| &tail[start..]);
        let Some(locator) = locator.filter(|locator| locator.starts_with(LOCATOR_64)) else {
            continue;
        };
        let Some(start_64) = u64_at(locator, 8) else { continue };
        if is_far(start_64, END_64)? {
            return large();
        }
        let end_64 = file.part(start_64, END_64_BYTES)?;
        let (Some(n_entries), Some(directory)) = (u64_at(&end_64, 32), u64_at(&end_64, 48)) else {
            continue;
        };
        if n_entries > MAX_FILES as u64 {
            return Ok(Some(format!("{n_entries} entries")));
        } else if is_far(directory, ENTRY)? {
            return large();
        }
    }
    Ok(None)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().copied().map(u64::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::{Seek, SeekFrom, Write};

    use super::*;

    /// Sparse file with `parts` at their places.
    fn sparse(length: u64, parts: &[(u64, &[u8])]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.set_len(length).unwrap();
        for &(at, bytes) in parts {
            file.seek(SeekFrom::Start(at)).unwrap();
            file.write_all(bytes).unwrap();
        }
        file
    }

    fn end(directory: u32) -> Vec<u8> {
        let mut bytes = [END, &[0; 18]].concat();
        bytes[16..20].copy_from_slice(&directory.to_le_bytes());
        bytes
    }

    /// The three end records of a Zip64 archive, for the position `at`.
    fn ends_64(at: u64, n_entries: u64, directory: u64) -> Vec<u8> {
        let mut bytes = [END_64, &[0; 52], LOCATOR_64, &[0; 16], &end(u32::MAX)].concat();
        bytes[32..40].copy_from_slice(&n_entries.to_le_bytes());
        bytes[48..56].copy_from_slice(&directory.to_le_bytes());
        bytes[64..72].copy_from_slice(&at.to_le_bytes());
        bytes
    }

    fn excess_of(file: File) -> String {
        excess(&SharedFile::new(file).unwrap()).unwrap().unwrap_or_default()
    }

    #[test]
    fn a_directory_larger_than_any_is_refused_before_it_is_read() {
        let far = MAX_DIRECTORY_BYTES + 100;
        let found = excess_of(sparse(far + 22, &[(50, ENTRY), (far, &end(50))]));
        assert!(found.contains("directory"), "{found}");
        let near = excess_of(sparse(far + 22, &[(200, ENTRY), (far, &end(200))]));
        assert_eq!(near, "");
    }

    #[test]
    fn a_number_of_entries_beyond_all_sets_is_refused_before_room_is_made() {
        let at = 1 << 32;
        let found = excess_of(sparse(at + 98, &[(at, &ends_64(at, 1 << 33, at - 9))]));
        assert_eq!(found, "8589934592 entries");
        let found = excess_of(sparse(at + 98, &[(9, ENTRY), (at, &ends_64(at, 1, 9))]));
        assert!(found.contains("directory"), "{found}");
        let found = excess_of(sparse(at + 98, &[(at, &ends_64(at, 1_000_000, at - 9))]));
        assert_eq!(found, "");
    }

    #[test]
    fn a_record_of_records_far_from_the_end_is_refused() {
        let at = 1 << 32;
        let found = excess_of(sparse(at + 98, &[(7, END_64), (at, &ends_64(7, 1, 9))]));
        assert!(found.contains("directory"), "{found}");
    }

    #[test]
    fn a_comment_full_of_end_records_is_refused() {
        let found = excess_of(sparse(1 << 12, &[(0, &end(0).repeat(17))]));
        assert_eq!(found, "17 records that say where it ends");
    }

    #[test]
    fn files_too_short_for_any_record_hold_nothing_in_excess() {
        for bytes in [&b""[..], b"PK", END, b"PK\x06\x07PK\x05\x06"] {
            assert_eq!(excess_of(sparse(bytes.len() as u64, &[(0, bytes)])), "");
        }
    }
}
