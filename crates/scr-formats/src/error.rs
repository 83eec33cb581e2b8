//! Errors of image formats.
//!
//! Each variant gives the expected and the found state and a hint separately, for a
//! table of problems.

use std::fmt;

use scr_image::Size;

use crate::{MAX_AREA_PX, MaskValue};

/// Error of an image format.
#[derive(Debug, Clone, PartialEq)]
pub enum FormatError {
    /// The file's name has no supported extension.
    Extension {
        /// Supported extensions.
        allowed: &'static [&'static str],
        /// Extension found, in lower case; empty when there is none.
        found: String,
    },
    /// The bytes do not begin as a file of this format does.
    NotThisFormat {
        /// The format's name.
        expected: &'static str,
        /// Apparent format of the bytes, in words.
        found: &'static str,
    },
    /// The file ends early or contradicts itself.
    Damaged {
        /// The format's name.
        format: &'static str,
        /// Damage, in words.
        reason: String,
    },
    /// The image has no pixels.
    NoPixels {
        /// Width in pixels.
        width: u64,
        /// Height in pixels.
        height: u64,
    },
    /// The image has more than [`MAX_AREA_PX`] pixels.
    TooLarge {
        /// Width in pixels.
        width: u64,
        /// Height in pixels.
        height: u64,
    },
    /// The image has another size than the image it belongs to.
    OtherSize {
        /// Expected size.
        expected: Size,
        /// Stated size.
        found: Size,
    },
    /// A file of a format with fixed size has another size.
    ByteCount {
        /// Bytes expected.
        expected: u64,
        /// Bytes found.
        found: u64,
    },
    /// A value is greater than the format allows.
    ValueRange {
        /// The greatest value allowed.
        max_value: u32,
        /// The value found.
        found: u32,
        /// Column of the value.
        col: usize,
        /// Row of the value.
        row: usize,
    },
    /// More than one channel, or colours in place of grey.
    Channels {
        /// The channels found, in words.
        found: String,
    },
    /// A mask in a format that changes values.
    Lossy {
        /// The format's name.
        found: &'static str,
    },
    /// Several independent reasons.
    Several(Vec<FormatError>),
    /// Parts of a mask are transparent, so that its values depend on the viewer.
    Transparent,
    /// More than one frame, page or slice.
    Frames {
        /// Number of frames.
        found: u64,
    },
    /// The only frame does not cover the image.
    PartialFrame {
        /// The image's size.
        image: Size,
        /// The frame's size.
        frame: Size,
    },
    /// A mask has two values, neither of which is 0.
    NoBackground {
        /// The two values, ascending.
        values: [MaskValue; 2],
    },
    /// A mask has more than two values.
    ManyValues {
        /// Number of values, as far as they were counted.
        count: usize,
        /// True when there are more values than were counted.
        is_at_least: bool,
        /// The first few, ascending.
        first: Vec<MaskValue>,
    },
    /// A label map has more values than layers are made of.
    ManyLayers {
        /// Number of values, as far as they were counted.
        count: usize,
        /// True when there are more values than were counted.
        is_at_least: bool,
        /// Maximum number of values.
        at_most: usize,
    },
    /// A radiograph holds a value that is negative or too large for a grey value.
    GreyRange {
        /// The greatest value allowed.
        most: u16,
        /// The value found.
        found: i64,
        /// Column of the value.
        col: usize,
        /// Row of the value.
        row: usize,
    },
    /// An image of floating point numbers holds a number that is not whole.
    NotWhole {
        /// The number found.
        found: f64,
    },
    /// A property of the file, or of the image to write, is not supported.
    Unsupported {
        /// Supported property.
        expected: String,
        /// Property found.
        found: String,
        /// Hint.
        hint: &'static str,
    },
    /// A line of a text file cannot be parsed.
    Line {
        /// Line number, from 1.
        line: usize,
        /// Expected content.
        expected: &'static str,
        /// Content found.
        found: String,
    },
}

const RE_EXPORT: &str = "copy or export the file again";
const NO_SMOOTHING: &str = "export the mask without smoothing, resampling or JPEG, or threshold it yourself: no threshold is chosen here";
const ONE_FRAME: &str =
    "masks are compared pixel by pixel: export at the reference's size, nothing is resized here";
const LOSSY: &str = "export the masks again from their source, as PNG: a conversion would keep the smeared values, and no threshold is chosen here";
const ONE_CHANNEL: &str = "save it as one grey channel without alpha";

impl FormatError {
    pub(crate) fn damaged(format: &'static str, reason: impl fmt::Display) -> Self {
        Self::Damaged { format, reason: reason.to_string() }
    }

    pub(crate) fn unsupported(
        expected: impl Into<String>,
        found: impl Into<String>,
        hint: &'static str,
    ) -> Self {
        Self::Unsupported { expected: expected.into(), found: found.into(), hint }
    }

    /// Expected state, as the object of "expected".
    #[must_use]
    pub fn expected(&self) -> String {
        match self {
            Self::Extension { allowed, .. } => {
                format!("a file name ending in .{}", allowed.join(", ."))
            }
            Self::NotThisFormat { expected, .. } => format!("a {expected} file"),
            Self::Damaged { format, .. } => format!("a whole {format} file"),
            Self::NoPixels { .. } => "at least one pixel".into(),
            Self::TooLarge { .. } => format!("at most {MAX_AREA_PX} pixels"),
            Self::OtherSize { expected, .. } => format!("{expected} pixels"),
            Self::ByteCount { expected, .. } => format!("{expected} bytes"),
            Self::ValueRange { max_value, .. } => format!("values of at most {max_value}"),
            Self::Channels { .. } => "one grey channel".into(),
            Self::Lossy { .. } => "a mask in a format without loss, such as PNG".into(),
            Self::Several(errors) => joined(errors, Self::expected),
            Self::Transparent => "opaque pixels".into(),
            Self::Frames { .. } => "one frame".into(),
            Self::PartialFrame { image, .. } => {
                format!("a frame of {image} pixels, the whole image")
            }
            Self::NoBackground { .. } | Self::ManyValues { .. } => {
                "0 for background and one other value".into()
            }
            Self::ManyLayers { at_most, .. } => format!("a label map of at most {at_most} values"),
            Self::GreyRange { most, .. } => format!("grey values from 0 to {most}"),
            Self::NotWhole { .. } => "whole numbers of at most 2^53".into(),
            Self::Unsupported { expected, .. } => expected.clone(),
            Self::Line { line, expected, .. } => format!("{expected} in line {line}"),
        }
    }

    /// Found state, as the object of "found".
    #[must_use]
    pub fn found(&self) -> String {
        match self {
            Self::Extension { found, .. } if found.is_empty() => "no extension".into(),
            Self::Extension { found, .. } => format!(".{found}"),
            Self::NotThisFormat { found, .. } => (*found).into(),
            Self::Damaged { reason, .. } => format!("damage: {reason}"),
            Self::NoPixels { width, height } | Self::TooLarge { width, height } => {
                format!("{width}x{height}")
            }
            Self::OtherSize { found, .. } => format!("{found} pixels"),
            Self::ByteCount { found, .. } => format!("{found} bytes"),
            Self::ValueRange { found, col, row, .. } => {
                format!("{found} at column {col}, row {row}")
            }
            Self::GreyRange { found, col, row, .. } => {
                format!("{found} at column {col}, row {row}")
            }
            Self::ManyLayers { count, is_at_least, .. } => {
                let least = if *is_at_least { "at least " } else { "" };
                format!("{least}{count} values")
            }
            Self::Channels { found } => found.clone(),
            Self::Lossy { found } => format!("{found}: its compression smears the values at edges"),
            Self::Several(errors) => joined(errors, Self::found),
            Self::Transparent => "transparent pixels".into(),
            Self::Frames { found } => format!("{found}"),
            Self::PartialFrame { frame, .. } => format!("{frame} pixels or another place"),
            Self::NoBackground { values: [lower, upper] } => format!("{lower} and {upper}"),
            Self::ManyValues { count, is_at_least, first } => {
                let least = if *is_at_least { "at least " } else { "" };
                let first: Vec<String> = first.iter().map(ToString::to_string).collect();
                format!("{least}{count} values: {}, ...", first.join(", "))
            }
            Self::NotWhole { found } => found.to_string(),
            Self::Unsupported { found, .. } | Self::Line { found, .. } => found.clone(),
        }
    }

    /// Hint; empty when the other texts suffice.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Extension { .. } => "save the file in one of these formats",
            Self::NotThisFormat { .. } => {
                "give the file the extension of what it is, or export it again"
            }
            Self::Damaged { .. } | Self::NoPixels { .. } => RE_EXPORT,
            Self::TooLarge { .. } => "no radiograph is that large: is it the right file?",
            Self::OtherSize { .. } => ONE_FRAME,
            Self::ByteCount { .. } => "is it an original JSRT image, copied whole?",
            Self::ValueRange { .. } => "is it an original JSRT image, 12 bits, high byte first?",
            Self::Channels { .. } | Self::Transparent => ONE_CHANNEL,
            Self::Lossy { .. } => LOSSY,
            Self::Several(errors) => errors.first().map_or("", Self::hint),
            Self::Frames { .. } => "save each frame as a file of its own",
            Self::PartialFrame { .. } => "save the whole image as one frame",
            Self::NoBackground { .. } => {
                "which of the two is background cannot be known: make it 0"
            }
            Self::ManyValues { .. } => NO_SMOOTHING,
            Self::ManyLayers { .. } => {
                "is it a radiograph, or a mask that was smoothed, resampled or compressed with loss?"
            }
            Self::GreyRange { .. } => {
                "move and scale the grey values of all images alike into 0 to 65535"
            }
            Self::NotWhole { .. } => "save it with an integer type",
            Self::Unsupported { hint, .. } => hint,
            Self::Line { .. } => "",
        }
    }
}

/// One text of several errors.
fn joined(errors: &[FormatError], text: impl Fn(&FormatError) -> String) -> String {
    let texts: Vec<String> = errors.iter().map(text).collect();
    texts.join("; and ")
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}, found {}", self.expected(), self.found())
    }
}

impl std::error::Error for FormatError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_anti_aliased_mask_is_told_apart_with_a_hint() {
        let first = vec![MaskValue::Number(0), MaskValue::Number(3)];
        let error = FormatError::ManyValues { count: 254, is_at_least: false, first };
        assert_eq!(
            error.to_string(),
            "expected 0 for background and one other value, found 254 values: 0, 3, ..."
        );
        assert!(error.hint().contains("threshold it yourself"));
    }
}
