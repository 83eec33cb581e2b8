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
    let Some(area) = mask.bounding_box() else { return boundary };
    let words = area.left / 64..area.right.div_ceil(64);
    let lines = Lines { mask, outside: if rule.outside_is_set { !0 } else { 0 }, words };
    let [mut above, mut here, mut below] = [const { Vec::new() }; 3];
    lines.read(area.top.checked_sub(1), &mut above);
    lines.read(Some(area.top), &mut here);
    for row in area.top..area.bottom {
        lines.read(Some(row + 1), &mut below);
        boundary.write_row(row, |edge| {
            let edge = &mut edge[lines.words.clone()];
            let triples = above.windows(3).zip(here.windows(3)).zip(below.windows(3));
            for (edge, ((above, here), below)) in edge.iter_mut().zip(triples) {
                let mut inner = left(here) & right(here) & above[1] & below[1];
                if rule.with_diagonals {
                    inner &= left(above) & right(above) & left(below) & right(below);
                }
                *edge = here[1] & !inner;
            }
        });
        std::mem::swap(&mut above, &mut here);
        std::mem::swap(&mut here, &mut below);
    }
    boundary
}

/// Rows of a mask with everything outside of the image.
struct Lines<'a> {
    mask: &'a Mask,
    /// Word outside of the image.
    outside: u64,
    /// Words of a row to read.
    words: std::ops::Range<usize>,
}

impl Lines<'_> {
    /// Reads the words of a row and the one on either side; no row lies above the image.
    fn read(&self, row: Option<usize>, line: &mut Vec<u64>) {
        line.clear();
        let size = self.mask.size();
        let Some(row) = row.filter(|&row| row < size.height) else {
            line.resize(self.words.len() + 2, self.outside);
            return;
        };
        let words = self.mask.row(row);
        line.push(self.words.start.checked_sub(1).map_or(self.outside, |before| words[before]));
        line.extend_from_slice(&words[self.words.clone()]);
        line.push(words.get(self.words.end).copied().unwrap_or(self.outside));
        // Columns beyond the last are outside of the image.
        let used = size.width % 64;
        if used > 0 && words.len() <= self.words.end + 1 {
            let last = words.len() - self.words.start;
            line[last] |= self.outside & (!0 << used);
        }
    }
}

/// Pixels to the left of those of the middle word.
fn left(line: &[u64]) -> u64 {
    line[1] << 1 | line[0] >> 63
}

/// Pixels to the right of those of the middle word.
fn right(line: &[u64]) -> u64 {
    line[1] >> 1 | line[2] << 63
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
