//! Value of a mask's pixel.

use std::fmt;

/// Value of a mask's pixel: the stored number, or the colour of a palette. Grey colours
/// are numbers: black is 0 and a GIF's white is 255 at any place in the palette.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MaskValue {
    /// A number, or a grey colour's brightness.
    Number(i64),
    /// A colour: red, green, blue.
    Colour(u8, u8, u8),
}

impl MaskValue {
    /// The value of a palette's colour.
    #[must_use]
    pub const fn colour(red: u8, green: u8, blue: u8) -> Self {
        if red == green && green == blue {
            Self::Number(red as i64)
        } else {
            Self::Colour(red, green, blue)
        }
    }

    /// True for background.
    #[must_use]
    pub const fn is_background(self) -> bool {
        matches!(self, Self::Number(0))
    }
}

impl fmt::Display for MaskValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Colour(red, green, blue) => write!(f, "colour ({red}, {green}, {blue})"),
        }
    }
}
