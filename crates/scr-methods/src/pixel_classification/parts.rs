//! Largest connected components of a mask, with their holes filled.
//!
//! Components are 4-connected: pixels belong together when they share an edge. Neither a flood
//! fill nor union-find is needed: tracing gives each component one outer outline, and filling
//! the largest ones excludes all other components and fills all holes.

use scr_image::Mask;

use crate::parts::outer_outlines;

/// The `count` connected components whose outlines enclose the largest areas, holes filled; of
/// equals the first from the top; empty for an empty mask.
///
/// Holes count as area: a ring is larger than a disc that fits into it.
#[must_use]
pub fn largest_parts_filled(mask: &Mask, count: usize) -> Mask {
    let outlines = outer_outlines(mask);
    let filled = outlines.into_iter().take(count).map(|part| Mask::filled(mask.size(), &[part]));
    filled.reduce(|all, part| &all | &part).unwrap_or_else(|| Mask::empty(mask.size()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use scr_image::Size;

    /// Flood fill from `start` over edges, through pixels that `is_open` accepts.
    fn flooded(size: Size, start: (usize, usize), is_open: impl Fn(usize, usize) -> bool) -> Mask {
        let mut reached = Mask::empty(size);
        let mut open = vec![start];
        while let Some((col, row)) = open.pop() {
            if col >= size.width
                || row >= size.height
                || reached.get(col, row)
                || !is_open(col, row)
            {
                continue;
            }
            reached.set(col, row);
            open.extend([(col + 1, row), (col, row + 1)]);
            open.extend([(col.wrapping_sub(1), row), (col, row.wrapping_sub(1))]);
        }
        reached
    }

    #[test]
    fn the_largest_part_stays_and_its_hole_is_filled() {
        let mask = Mask::from_text("##..... ..####. ..#..#. ..####. .#.....");
        let tidy = Mask::from_text("....... ..####. ..####. ..####. .......");
        assert_eq!(largest_parts_filled(&mask, 1), tidy);
    }

    #[test]
    fn as_many_parts_stay_as_there_should_be() {
        let mask = Mask::from_text("##..### ##..#.# ....### #.#....");
        let two = Mask::from_text("##..### ##..### ....### .......");
        assert_eq!(largest_parts_filled(&mask, 2), two);
        assert_eq!(largest_parts_filled(&mask, 9).count(), 15);
    }

    #[test]
    fn parts_that_touch_at_a_corner_are_parted() {
        let tidy = largest_parts_filled(&Mask::from_text("##.. ##.. ..#. ...#"), 1);
        assert_eq!(tidy, Mask::from_text("##.. ##.. .... ...."));
    }

    #[test]
    fn an_empty_mask_stays_empty_and_a_full_one_full() {
        let empty = Mask::empty(Size::new(5, 4));
        assert_eq!(largest_parts_filled(&empty, 2), empty);
        assert_eq!(largest_parts_filled(&!&empty, 2), !&empty);
    }

    #[test]
    fn flooding_pixel_by_pixel_gives_the_same() {
        let size = Size::new(40, 30);
        for seed in 0..50usize {
            let noise =
                |col: usize, row: usize| (col * 7919 + row * 104_729 + seed * 31).pow(2) % 97;
            let mask = Mask::from_fn(size, |col, row| noise(col, row) < 60);
            let tidy = largest_parts_filled(&mask, 1);
            let first =
                (0..size.area()).map(|at| (at % 40, at / 40)).find(|&(c, r)| tidy.get(c, r));
            let part = flooded(size, first.unwrap(), |col, row| mask.get(col, row));
            let outside = Mask::from_fn(size, |col, row| {
                let is_edge = col == 0 || row == 0 || col == 39 || row == 29;
                is_edge && !part.get(col, row)
            });
            let mut around = Mask::empty(size);
            for row in 0..size.height {
                for col in outside.columns_in_row(row) {
                    if !around.get(col, row) {
                        around = &around | &flooded(size, (col, row), |c, r| !part.get(c, r));
                    }
                }
            }
            assert_eq!(tidy, !&around, "seed {seed}");
        }
    }
}
