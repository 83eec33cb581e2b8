//! Transfer syntaxes (PS3.6, table A-1): encoding of elements, compression of pixels.

use super::walk::Encoding;
use crate::FormatError;

/// Transfer syntax.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Syntax {
    pub(super) encoding: Encoding,
    pub(super) compression: Compression,
}

/// Compression of a transfer syntax: the compressed part and its method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compression {
    /// Nothing.
    None,
    /// The whole data set.
    Deflate,
    /// The pixels.
    Pixels(Codec),
}

/// Compression method of pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Codec {
    /// JPEG with loss.
    Jpeg,
    /// JPEG without loss.
    JpegLossless,
    JpegLs,
    Jpeg2000,
    Rle,
}

impl Syntax {
    pub(super) const fn plain(encoding: Encoding) -> Self {
        Self { encoding, compression: Compression::None }
    }

    /// Syntax of a unique identifier.
    ///
    /// # Errors
    /// The name of a syntax that is not supported.
    pub(super) fn of(uid: &str) -> Result<Self, FormatError> {
        let pixels =
            |codec| Self { encoding: Encoding::EXPLICIT, compression: Compression::Pixels(codec) };
        Ok(match uid {
            "1.2.840.10008.1.2" => Self::plain(Encoding::IMPLICIT),
            "1.2.840.10008.1.2.1" => Self::plain(Encoding::EXPLICIT),
            "1.2.840.10008.1.2.2" => Self::plain(Encoding::BIG_ENDIAN),
            "1.2.840.10008.1.2.1.99" => {
                Self { encoding: Encoding::EXPLICIT, compression: Compression::Deflate }
            }
            "1.2.840.10008.1.2.4.50" | "1.2.840.10008.1.2.4.51" => pixels(Codec::Jpeg),
            "1.2.840.10008.1.2.4.57" | "1.2.840.10008.1.2.4.70" => pixels(Codec::JpegLossless),
            "1.2.840.10008.1.2.4.80" | "1.2.840.10008.1.2.4.81" => pixels(Codec::JpegLs),
            "1.2.840.10008.1.2.4.90" | "1.2.840.10008.1.2.4.91" => pixels(Codec::Jpeg2000),
            "1.2.840.10008.1.2.5" => pixels(Codec::Rle),
            other => return Err(unsupported(name(other))),
        })
    }
}

/// Name of a syntax that is not supported.
fn name(uid: &str) -> &str {
    match uid.strip_prefix("1.2.840.10008.1.2.") {
        Some("1.98") => "encapsulated uncompressed pixels",
        Some("4.92" | "4.93") => "JPEG 2000 with several components (part 2)",
        Some("4.94" | "4.95" | "4.204" | "4.205") => "pixels on a JPIP server",
        Some("4.110" | "4.111" | "4.112") => "JPEG XL",
        Some("4.201" | "4.202" | "4.203") => "high-throughput JPEG 2000",
        Some(video) if video.starts_with("4.10") => "MPEG video",
        Some(jpeg) if jpeg.starts_with("4.5") || jpeg.starts_with("4.6") => {
            "progressive or hierarchical JPEG"
        }
        Some("6.2" | "7.1" | "7.2" | "7.3" | "8.1") => "a syntax without pixels",
        _ => uid,
    }
}

/// Error for pixels in another syntax.
pub(super) fn unsupported(found: impl Into<String>) -> FormatError {
    let expected =
        "DICOM uncompressed, or with deflate, RLE, JPEG, JPEG-LS or JPEG 2000 compression";
    let hint = "decompress it first, for example with dcmconv, dcmdjpeg or gdcmconv --raw";
    FormatError::unsupported(expected, found, hint)
}
