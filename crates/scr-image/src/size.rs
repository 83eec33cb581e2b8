//! Image size in pixels.

use std::fmt;

/// Width and height of an image, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Size {
    /// Number of columns.
    pub width: usize,
    /// Number of rows.
    pub height: usize,
}

impl Size {
    /// A size of `width` columns and `height` rows.
    #[must_use]
    pub const fn new(width: usize, height: usize) -> Self {
        Self { width, height }
    }

    /// A square of `side` x `side` pixels.
    #[must_use]
    pub const fn square(side: usize) -> Self {
        Self::new(side, side)
    }

    /// Number of pixels.
    #[must_use]
    pub const fn area(self) -> usize {
        self.width * self.height
    }
}

impl fmt::Display for Size {
    /// Width first, as radiologists and file headers do: `2048x1024`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}
