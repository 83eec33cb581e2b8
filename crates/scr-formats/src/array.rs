//! Array of numbers, row after row: the pixels of formats for volumes.

use std::io::{ErrorKind, Read};

use scr_image::{Size, Spacing};

use crate::FormatError;
use crate::data_type::DataType;
use crate::meaning::Meaning;
use crate::stored::{PushRow, StoredImage};

/// Array with a checked header.
pub(crate) struct Array<'a> {
    /// The format's name.
    pub(crate) format: &'static str,
    pub(crate) size: Size,
    pub(crate) spacing: Option<Spacing>,
    pub(crate) data_type: DataType,
    /// Value of white, where the file or its data type tells.
    pub(crate) white: Option<u16>,
    pub(crate) is_little: bool,
    /// The array's bytes, and what follows them.
    pub(crate) bytes: Box<dyn Read + 'a>,
    /// Maximum number of bytes after the array: some programs pad to blocks.
    pub(crate) max_rest_bytes: u64,
}

impl<'a> Array<'a> {
    /// The image, whose rows are read one by one.
    pub(crate) fn stored(self) -> StoredImage<'a> {
        StoredImage {
            format: self.format,
            size: self.size,
            spacing: self.spacing,
            white: self.white,
            meaning: Meaning::NUMBER,
            rows: Box::new(|push| self.each_row(1, push)),
        }
    }

    /// Calls `push` with the numbers of each row, `in_pixel` for each pixel.
    pub(crate) fn each_row(
        mut self,
        in_pixel: usize,
        push: PushRow<'_>,
    ) -> Result<(), FormatError> {
        let in_row = self.size.width * in_pixel;
        let mut bytes = vec![0; in_row * self.data_type.bytes()];
        let mut values = Vec::with_capacity(in_row);
        let format = self.format;
        for _ in 0..self.size.height {
            self.bytes.read_exact(&mut bytes).map_err(|e| unread(format, &e))?;
            self.data_type.decode(&bytes, self.is_little, &mut values)?;
            push(&values)?;
        }
        // Reads the rest of the file also to verify the checksum of a compressed one.
        let rest =
            std::io::copy(&mut self.bytes.take(self.max_rest_bytes + 1), &mut std::io::sink());
        if rest.map_err(|e| unread(format, &e))? > self.max_rest_bytes {
            let reason = match self.max_rest_bytes {
                0 => "more bytes than pixels".to_owned(),
                most => format!("more than {most} bytes follow the array"),
            };
            return Err(FormatError::damaged(format, reason));
        }
        Ok(())
    }
}

/// Error of reading bytes in memory, plain or compressed.
pub(crate) fn unread(format: &'static str, error: &std::io::Error) -> FormatError {
    match error.kind() {
        ErrorKind::UnexpectedEof => FormatError::damaged(format, "the file ends early"),
        _ => FormatError::damaged(format, error),
    }
}
