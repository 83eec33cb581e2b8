//! Detection of file formats by their first bytes, for error messages.

use crate::FormatError;

/// Name of the zip format.
pub const ZIP: &str = "a zip archive";

/// Apparent format of the bytes, in words.
pub fn looks_like(bytes: &[u8]) -> &'static str {
    const BEGINNINGS: &[(&[u8], &str)] = &[
        (b"\x89PNG\r\n\x1a\n", "a PNG image"),
        (b"GIF8", "a GIF image"),
        (b"II*\0", "a TIFF image"),
        (b"MM\0*", "a TIFF image"),
        (b"II+\0", "a BigTIFF image"),
        (b"MM\0+", "a BigTIFF image"),
        (b"\xff\xd8\xff", "a JPEG image"),
        (b"\0\0\0\x0cjP", "a JPEG 2000 image"),
        (b"BM", "a BMP image"),
        (b"PK\x03\x04", ZIP),
        (b"PK\x05\x06", ZIP),
        (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
        (b"Rar!\x1a\x07", "a RAR archive"),
        (b"\x1f\x8b", "a gzip file"),
        (b"%PDF", "a PDF document"),
        (b"P2", "a PGM image"),
        (b"P5", "a PGM image"),
        (b"P1", "a PBM image"),
        (b"P4", "a PBM image"),
        (b"P3", "a PPM image"),
        (b"P6", "a PPM image"),
        (b"NRRD000", "an NRRD file"),
        (b"\x93NUMPY", "a NumPy array"),
        (b"\0\0\0\x0cJXL", "a JPEG XL image"),
    ];
    if bytes.is_empty() {
        return "an empty file";
    }
    if bytes.get(128..132) == Some(b"DICM") {
        return "a DICOM file";
    }
    if bytes.get(257..262) == Some(b"ustar") {
        return "a tar archive";
    }
    if matches!(bytes.get(344..348), Some(b"n+1\0" | b"ni1\0"))
        || matches!(bytes.get(4..8), Some(b"n+2\0" | b"ni2\0"))
    {
        return "a NIfTI file";
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return "a WebP image";
    }
    if is_meta_image(bytes) {
        return "a MetaImage file";
    }
    if let Some((_, name)) = BEGINNINGS.iter().find(|(begin, _)| bytes.starts_with(begin)) {
        return name;
    }
    let is_text = |&byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~');
    if bytes.iter().take(512).all(is_text) { "text" } else { "bytes of an unknown format" }
}

/// True for a header of `Key = Value` lines that states the size of an array.
fn is_meta_image(bytes: &[u8]) -> bool {
    let beginning = &bytes[..bytes.len().min(4096)];
    let has = |word: &[u8]| beginning.windows(word.len()).any(|window| window == word);
    let is_letter = |byte: &u8| byte.is_ascii_alphabetic();
    beginning.first().is_some_and(is_letter) && has(b"DimSize") && has(b"=")
}

/// Refuses bytes that do not look like `looks`, files of `format`.
pub(crate) fn expect(
    format: &'static str,
    looks: &'static str,
    bytes: &[u8],
) -> Result<(), FormatError> {
    match looks_like(bytes) {
        found if found == looks => Ok(()),
        found => Err(FormatError::NotThisFormat { expected: format, found }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_named_by_how_they_begin() {
        assert_eq!(looks_like(b""), "an empty file");
        assert_eq!(looks_like(b"<!doctype html>"), "text");
        assert_eq!(looks_like(b"\xff\xd8\xff\xe0 JFIF"), "a JPEG image");
        assert_eq!(looks_like(&[0; 600]), "bytes of an unknown format");
    }
}
