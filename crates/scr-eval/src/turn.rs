//! Turns: the eight symmetries of the square, which restore the orientation of masks.

use scr_image::Size;

/// Turn that restores the orientation of a mask.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Turn {
    /// State of the masks that the turn undoes, in words.
    pub(crate) words: &'static str,
    /// Advice that undoes the state; empty for the right orientation.
    pub(crate) undo: &'static str,
    /// True when rows and columns are exchanged, before any mirroring.
    is_transposed: bool,
    /// True when x, then y, is mirrored.
    is_mirrored: [bool; 2],
}

impl Turn {
    /// All turns; the first changes nothing.
    pub(crate) const ALL: [Self; 8] = [
        Self {
            words: "as it should be",
            undo: "",
            is_transposed: false,
            is_mirrored: [false, false],
        },
        Self {
            words: "mirrored left to right",
            undo: "mirror every mask left to right",
            is_transposed: false,
            is_mirrored: [true, false],
        },
        Self {
            words: "upside down, mirrored top to bottom",
            undo: "mirror every mask top to bottom",
            is_transposed: false,
            is_mirrored: [false, true],
        },
        Self {
            words: "rotated by 180 degrees",
            undo: "rotate every mask by 180 degrees",
            is_transposed: false,
            is_mirrored: [true, true],
        },
        Self {
            words: "transposed, rows and columns exchanged",
            undo: "exchange rows and columns of every mask",
            is_transposed: true,
            is_mirrored: [false, false],
        },
        Self {
            words: "rotated by 90 degrees clockwise",
            undo: "rotate every mask by 90 degrees anticlockwise",
            is_transposed: true,
            is_mirrored: [true, false],
        },
        Self {
            words: "rotated by 90 degrees anticlockwise",
            undo: "rotate every mask by 90 degrees clockwise",
            is_transposed: true,
            is_mirrored: [false, true],
        },
        Self {
            words: "transposed and rotated by 180 degrees",
            undo: "exchange rows and columns of every mask and rotate it by 180 degrees",
            is_transposed: true,
            is_mirrored: [true, true],
        },
    ];

    /// Cell of the given grid that comes to lie at a cell of the restored one, both of `size`.
    /// A grid that is not square is stretched when rows and columns are exchanged.
    pub(crate) fn source(self, col: usize, row: usize, size: Size) -> (usize, usize) {
        let Size { width, height } = size;
        let (col, row) = if self.is_transposed {
            ((2 * row + 1) * width / (2 * height), (2 * col + 1) * height / (2 * width))
        } else {
            (col, row)
        };
        let [mirror_x, mirror_y] = self.is_mirrored;
        (
            if mirror_x { width - 1 - col } else { col },
            if mirror_y { height - 1 - row } else { row },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_of_a_grid_comes_from_where_the_words_say() {
        let size = Size::new(8, 4);
        let sources = Turn::ALL.map(|turn| turn.source(1, 0, size));
        let expected = [(1, 0), (6, 0), (1, 3), (6, 3), (1, 0), (6, 0), (1, 3), (6, 3)];
        assert_eq!(sources, expected);
        let square = Size::square(64);
        let sources = Turn::ALL.map(|turn| turn.source(5, 20, square));
        let turned = [(20, 5), (43, 5), (20, 58), (43, 58)];
        assert_eq!(sources[4..], turned);
    }

    #[test]
    fn every_source_is_in_the_grid() {
        for size in [Size::new(1, 7), Size::new(128, 85), Size::new(3, 3)] {
            for turn in Turn::ALL {
                for at in 0..size.area() {
                    let (col, row) = turn.source(at % size.width, at / size.width, size);
                    assert!(col < size.width && row < size.height);
                }
            }
        }
    }
}
