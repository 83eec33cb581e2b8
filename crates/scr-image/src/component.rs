//! Connected components of masks.

use crate::{Mask, Size};

impl Mask {
    /// Largest connected component: pixels that share a side are connected. Of equally large
    /// ones, the one whose first pixel comes first, row by row. An empty mask stays empty.
    #[must_use]
    pub fn largest_component(&self) -> Self {
        let Size { width, height } = self.size();
        let mut seen = Self::empty(self.size());
        let (mut largest, mut component, mut open) = (Vec::new(), Vec::new(), Vec::new());
        for row in 0..height {
            for col in self.columns_in_row(row) {
                if seen.get(col, row) {
                    continue;
                }
                component.clear();
                seen.set(col, row);
                open.push((col, row));
                while let Some((col, row)) = open.pop() {
                    component.push((col, row));
                    let left = (col > 0).then(|| (col - 1, row));
                    let right = (col + 1 < width).then_some((col + 1, row));
                    let above = (row > 0).then(|| (col, row - 1));
                    let below = (row + 1 < height).then_some((col, row + 1));
                    for (col, row) in [left, right, above, below].into_iter().flatten() {
                        if self.get(col, row) && !seen.get(col, row) {
                            seen.set(col, row);
                            open.push((col, row));
                        }
                    }
                }
                if component.len() > largest.len() {
                    std::mem::swap(&mut component, &mut largest);
                }
            }
        }
        let mut mask = Self::empty(self.size());
        for (col, row) in largest {
            mask.set(col, row);
        }
        mask
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_component_stays_alone() {
        let mask = Mask::from_text("##..# ##..# ...## ....#");
        assert_eq!(mask.largest_component(), Mask::from_text("....# ....# ...## ....#"));
        let diagonal = Mask::from_text("#. .#");
        assert_eq!(diagonal.largest_component(), Mask::from_text("#. .."));
        assert!(Mask::empty(Size::new(3, 2)).largest_component().is_empty());
    }
}
