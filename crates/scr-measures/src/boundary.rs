//! Boundary pixels of a mask, by one of four rules.
//!
//! Tools disagree on distances because they disagree here: on the neighbourhood
//! and on the outside of the image. [`distances`](crate::distances) measures
//! between boundaries; [`corners`](crate::corners) has boundaries between pixels.

use scr_image::Mask;

/// Boundary rule: neighbourhood, and value outside the image.
///
/// A boundary pixel is a set pixel that has a neighbour that is not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct BoundaryRule {
    /// True when the four diagonal neighbours count as well.
    pub with_diagonals: bool,
    /// True when everything outside the image counts as set, so that a mask cut by
    /// the border has no boundary there.
    pub outside_is_set: bool,
}

/// Boundary pixels of `mask` by `rule`.
///
/// ```
/// use scr_image::Mask;
/// use scr_measures::boundary::{BoundaryRule, boundary};
/// let mask = Mask::from_text("##### ##### ##### .....");
/// let found = boundary(&mask, BoundaryRule::default());
/// assert_eq!(found, Mask::from_text("##### #...# ##### ....."));
/// let found = boundary(&mask, BoundaryRule { outside_is_set: true, ..Default::default() });
/// assert_eq!(found, Mask::from_text("..... ..... ##### ....."));
/// ```
#[must_use]
pub fn boundary(mask: &Mask, rule: BoundaryRule) -> Mask {
    let size = mask.size();
    let mut boundary = Mask::empty(size);
    let outside = if rule.outside_is_set { !0u64 } else { 0 };
    let beyond = vec![outside; mask.words_per_row()];
    let Some(area) = mask.bounding_box() else { return boundary };
    let words = area.left / 64..area.right.div_ceil(64);
    for row in area.top..area.bottom {
        let above = if row > 0 { mask.row(row - 1) } else { &beyond };
        let below = if row + 1 < size.height { mask.row(row + 1) } else { &beyond };
        let lines = [above, mask.row(row), below].map(|words| Line { words, size, outside });
        boundary.write_row(row, |edge| {
            for index in words.clone() {
                let [above, line, below] = lines.map(|line| line.at(index));
                let [up, here, down] = [above.here, line.here, below.here];
                let mut inner = line.left & line.right & up & down;
                if rule.with_diagonals {
                    inner &= above.left & above.right & below.left & below.right;
                }
                edge[index] = here & !inner;
            }
        });
    }
    boundary
}

/// Row of a mask, padded left and right of the image.
#[derive(Clone, Copy)]
struct Line<'a> {
    words: &'a [u64],
    size: scr_image::Size,
    outside: u64,
}

/// The 64 pixels of a word, and those one to the left and one to the right of each.
struct Neighbours {
    left: u64,
    here: u64,
    right: u64,
}

impl Line<'_> {
    /// Word of the row; columns beyond the last are outside the image.
    fn word(self, index: usize) -> u64 {
        let Some(&word) = self.words.get(index) else { return self.outside };
        let used = self.size.width - index * 64;
        if used < 64 { word | self.outside & (!0 << used) } else { word }
    }

    fn at(self, index: usize) -> Neighbours {
        let here = self.word(index);
        let before = index.checked_sub(1).map_or(self.outside, |before| self.words[before]);
        Neighbours {
            left: here << 1 | before >> 63,
            here,
            right: here >> 1 | self.word(index + 1) << 63,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use scr_image::Size;

    #[test]
    fn the_image_border_is_a_boundary_unless_the_outside_is_set() {
        let full = !&Mask::empty(Size::new(70, 3));
        assert_eq!(boundary(&full, BoundaryRule::default()).count(), 2 * 70 + 2);
        let open = BoundaryRule { outside_is_set: true, with_diagonals: true };
        assert!(boundary(&full, open).is_empty());
    }

    #[test]
    fn a_hole_touched_by_a_corner_counts_with_diagonals_only() {
        let mask = Mask::from_text("##### ##### ##.## ##### #####");
        let rule = BoundaryRule { outside_is_set: true, with_diagonals: false };
        assert_eq!(boundary(&mask, rule), Mask::from_text("..... ..#.. .#.#. ..#.. ....."));
        let rule = BoundaryRule { with_diagonals: true, ..rule };
        assert_eq!(boundary(&mask, rule), Mask::from_text("..... .###. .#.#. .###. ....."));
    }

    proptest! {
        #[test]
        fn every_rule_agrees_with_a_test_of_each_neighbour(
            width in 1usize..140, height in 1usize..6, density in 1u64..64, seed: u64,
            with_diagonals: bool, outside_is_set: bool,
        ) {
            let bit = |c: usize, r: usize| {
                (seed ^ (c * 131 + r * 17) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 58 < density
            };
            let mask = Mask::from_fn(Size::new(width, height), bit);
            let is_set = |c: i64, r: i64| {
                let inside = (0..width as i64).contains(&c) && (0..height as i64).contains(&r);
                if inside { mask.get(c as usize, r as usize) } else { outside_is_set }
            };
            let found = boundary(&mask, BoundaryRule { with_diagonals, outside_is_set });
            for r in 0..height as i64 {
                for c in 0..width as i64 {
                    let inner = (-1..=1).all(|dr| (-1..=1).all(|dc: i64| {
                        (!with_diagonals && dr != 0 && dc != 0) || is_set(c + dc, r + dr)
                    }));
                    prop_assert_eq!(found.get(c as usize, r as usize), is_set(c, r) && !inner);
                }
            }
        }
    }
}
