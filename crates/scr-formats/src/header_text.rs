//! Header of text lines before an array of bytes, as MetaImage and NRRD have it.

use scr_image::Spacing;

use crate::FormatError;
use crate::data_type::whole;

/// Maximum length of a header; those in use are far shorter.
pub(crate) const MAX_HEADER_BYTES: usize = 1 << 20;

/// Lines of the beginning of a file, without their ends.
pub(crate) struct Lines<'a> {
    format: &'static str,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Lines<'a> {
    pub(crate) const fn new(format: &'static str, bytes: &'a [u8]) -> Self {
        Self { format, bytes, at: 0 }
    }

    /// The next line.
    ///
    /// # Errors
    /// When the file ends before the line does, the header is too long, or the line is
    /// no text.
    pub(crate) fn next(&mut self) -> Result<&'a str, FormatError> {
        let header = &self.bytes[..self.bytes.len().min(MAX_HEADER_BYTES)];
        let rest = &header[self.at..];
        let Some(length) = rest.iter().position(|&byte| byte == b'\n') else {
            let reason = match self.bytes.len() {
                0..=MAX_HEADER_BYTES => "the header ends early",
                _ => "a header without an end",
            };
            return Err(FormatError::damaged(self.format, reason));
        };
        self.at += length + 1;
        let line = rest[..length].strip_suffix(b"\r").unwrap_or(&rest[..length]);
        std::str::from_utf8(line)
            .map_err(|_| FormatError::damaged(self.format, "a header line that is no text"))
    }

    /// Bytes after the lines read.
    pub(crate) fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }
}

/// Numbers between white space.
///
/// # Errors
/// [`FormatError::Damaged`] names the field and the text that is no number.
pub(crate) fn numbers<T: std::str::FromStr>(
    format: &'static str,
    field: &str,
    text: &str,
) -> Result<Vec<T>, FormatError> {
    let number = |word: &str| {
        word.parse().map_err(|_| FormatError::damaged(format, format!("{field} is `{text}`")))
    };
    text.split_whitespace().map(number).collect()
}

/// Array written as text, as the bytes of 64-bit numbers, low byte first.
///
/// # Errors
/// When there are not `count` whole numbers.
pub(crate) fn text_array(
    format: &'static str,
    bytes: &[u8],
    count: usize,
) -> Result<Vec<u8>, FormatError> {
    let mut array = Vec::new();
    let mut found = 0;
    let words = bytes.split(|byte| byte.is_ascii_whitespace() || *byte == b',');
    for word in words.filter(|word| !word.is_empty()) {
        found += 1;
        if found > count {
            return Err(FormatError::damaged(format, "more numbers than pixels"));
        }
        let text = std::str::from_utf8(word).unwrap_or_default();
        let number = match (text.parse::<i64>(), text.parse::<f64>()) {
            (Ok(number), _) => number,
            (_, Ok(number)) => whole(number)?,
            _ => return Err(FormatError::damaged(format, "a pixel that is no number")),
        };
        array.extend(number.to_le_bytes());
    }
    if found < count {
        return Err(FormatError::damaged(format, "the file ends early"));
    }
    Ok(array)
}

/// Spacing of the first two axes; none unless both are positive.
pub(crate) fn spacing(mm: &[f64]) -> Option<Spacing> {
    let (&[x_mm, y_mm], _) = mm.split_first_chunk()?;
    Spacing::new(x_mm, y_mm).ok()
}
