//! Reading whole files with a bound, and writing them whole or not at all.

use std::fs::{File, FileType};
use std::io::Read;
use std::path::Path;

use crate::{DataError, Problem, durable};

/// No single file of a benchmark or a set of masks may be larger, in bytes:
/// an uncompressed 16-bit image of the largest area allowed, and room for a header.
pub const MAX_FILE_BYTES: u64 = 2 * crate::formats::MAX_AREA_PX as u64 + (1 << 20);

/// Whether there is a file that [`read_file`] would read, without opening it:
/// opening a named pipe waits for whoever writes to it, for ever if nobody does.
///
/// # Errors
/// A [`Problem`] when it is missing, no file or too large.
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
/// A [`Problem`] when it is missing, unreadable, no file or too large.
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

/// A file of more than [`MAX_FILE_BYTES`].
pub(crate) fn too_large(place: &str, found_bytes: u64) -> Problem {
    Problem::new(
        place,
        format!("at most {MAX_FILE_BYTES} bytes"),
        format!("{found_bytes} bytes"),
        "no image of the sizes allowed is that large: is it the right file?",
    )
}

/// What something is that was taken for a file, in words.
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

/// Writes a file so that it is whole, or as it was before, and lasts. Missing folders are
/// made.
///
/// # Errors
/// [`DataError::Write`].
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), DataError> {
    durable::write(path, bytes).map_err(DataError::write(path))
}
