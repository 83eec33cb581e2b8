//! Reading whole files with a bound, and writing them whole or not at all.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use crate::{DataError, Problem};

/// No single file of a benchmark or a set of masks may be larger, in bytes:
/// an uncompressed 16-bit image of the largest area allowed, and room for a header.
pub const MAX_FILE_BYTES: u64 = 2 * crate::formats::MAX_AREA_PX as u64 + (1 << 20);

/// Reads a file of at most [`MAX_FILE_BYTES`].
///
/// # Errors
/// A [`Problem`] when it is missing, unreadable, no file or too large.
pub fn read_file(path: &Path) -> Result<Vec<u8>, Problem> {
    let unreadable = |error: std::io::Error| Problem::unreadable(path, &error);
    let file = File::open(path).map_err(unreadable)?;
    let length = file.metadata().map_err(unreadable)?.len();
    let mut bytes = Vec::with_capacity(length.min(MAX_FILE_BYTES) as usize);
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(Problem::new(
            path.display().to_string(),
            format!("at most {MAX_FILE_BYTES} bytes"),
            format!("{length} bytes"),
            "no image of the sizes allowed is that large: is it the right file?",
        ));
    }
    Ok(bytes)
}

/// Writes a file so that it is either there whole or not at all: under a
/// temporary name in the same folder first, then renamed. Missing folders are made.
///
/// # Errors
/// [`DataError::Write`].
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), DataError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let write = || -> std::io::Result<()> {
        std::fs::create_dir_all(folder)?;
        let mut file = tempfile::Builder::new().prefix(".writing-").tempfile_in(folder)?;
        file.write_all(bytes)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            file.as_file().set_permissions(std::fs::Permissions::from_mode(0o644))?;
        }
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(DataError::write(path))
}
