//! Bounded reads and atomic writes of whole files.

use std::fs::{File, FileType};
use std::io::Read;
use std::path::Path;

use crate::{DataError, Problem, durable};

/// Maximum size of a file of a benchmark or a set of masks, in bytes: an uncompressed
/// 16-bit image of the largest area allowed, and room for a header.
pub const MAX_FILE_BYTES: u64 = 2 * crate::formats::MAX_AREA_PX as u64 + (1 << 20);

/// Checks that [`read_file`] would read a file, without opening it: opening a named pipe
/// waits for a writer, possibly for ever.
///
/// # Errors
/// A [`Problem`] when the file is missing, too large, or no file.
pub fn check_file(path: &Path) -> Result<(), Problem> {
    let data = std::fs::metadata(path).map_err(|error| Problem::unreadable(path, &error))?;
    if !data.is_file() {
        let found = kind(data.file_type());
        return Err(Problem::new(path.display().to_string(), "a file", found, ""));
    }
    if data.len() > MAX_FILE_BYTES {
        return Err(too_large(&path.display().to_string(), data.len()));
    }
    Ok(())
}

/// Reads a file of at most [`MAX_FILE_BYTES`].
///
/// # Errors
/// A [`Problem`] when the file is missing, unreadable, too large, or no file.
pub fn read_file(path: &Path) -> Result<Vec<u8>, Problem> {
    check_file(path)?;
    let unreadable = |error: std::io::Error| Problem::unreadable(path, &error);
    let file = File::open(path).map_err(unreadable)?;
    let length = file.metadata().map_err(unreadable)?.len();
    let mut bytes = Vec::with_capacity(length.min(MAX_FILE_BYTES) as usize);
    // It may grow while it is read.
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(too_large(&path.display().to_string(), bytes.len() as u64));
    }
    Ok(bytes)
}

/// Problem of a file of more than [`MAX_FILE_BYTES`].
pub(crate) fn too_large(place: &str, found_bytes: u64) -> Problem {
    Problem::new(
        place,
        format!("at most {MAX_FILE_BYTES} bytes"),
        format!("{found_bytes} bytes"),
        "no image of the sizes allowed is that large: is it the right file?",
    )
}

/// Kind of a file system entry that is no regular file, in words.
pub(crate) fn kind(found: FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if found.is_fifo() {
            return "a named pipe";
        } else if found.is_socket() {
            return "a socket";
        } else if found.is_block_device() || found.is_char_device() {
            return "a device";
        }
    }
    if found.is_dir() { "a folder" } else { "something else" }
}

/// Writes a file atomically and durably. Creates missing folders.
///
/// # Errors
/// [`DataError::Write`].
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), DataError> {
    durable::write(path, bytes).map_err(DataError::write(path))
}
