//! Division of a mask of both sides into right and left, by its two large components.
//!
//! Unambiguous are exactly two large components that lie side by side. Small islands go to the
//! component whose centre is nearest along x. The patient's right is on the left of the image.

use scr_image::Mask;

use crate::words::Side;

/// Share of the largest component's area below which a component is an island.
const ISLAND_SHARE: f64 = 0.1;

/// Component of a mask: 8-connected pixels.
struct Component {
    /// Columns and rows.
    pixels: Vec<(usize, usize)>,
    /// Mean column and row.
    centre: (f64, f64),
}

/// The part of `mask` on a side of the patient.
///
/// # Errors
/// The reason why the sides cannot be told apart, in words.
pub(crate) fn part_on(mask: &Mask, side: Side) -> Result<Mask, String> {
    let mut components = components(mask);
    components.sort_by_key(|component| std::cmp::Reverse(component.pixels.len()));
    let largest = components.first().map_or(0, |component| component.pixels.len());
    let is_large =
        |component: &&Component| component.pixels.len() as f64 >= ISLAND_SHARE * largest as f64;
    let n_large = components.iter().filter(is_large).count();
    if n_large != 2 {
        return Err(format!("{n_large} large part{}", if n_large == 1 { "" } else { "s" }));
    }
    let (a, b) = (components[0].centre, components[1].centre);
    if (a.0 - b.0).abs() <= (a.1 - b.1).abs() {
        return Err("two parts, one above the other".to_owned());
    }
    let wants_lower = side == Side::Right;
    let middle = (a.0 + b.0) / 2.0;
    let mut part = Mask::empty(mask.size());
    for component in components {
        if (component.centre.0 < middle) == wants_lower {
            component.pixels.into_iter().for_each(|(col, row)| part.set(col, row));
        }
    }
    Ok(part)
}

fn components(mask: &Mask) -> Vec<Component> {
    let size = mask.size();
    let mut seen = Mask::empty(size);
    let mut found = Vec::new();
    let mut open = Vec::new();
    for row in 0..size.height {
        for col in mask.columns_in_row(row) {
            if seen.get(col, row) {
                continue;
            }
            let mut pixels = Vec::new();
            seen.set(col, row);
            open.push((col, row));
            while let Some((col, row)) = open.pop() {
                pixels.push((col, row));
                for near_row in row.saturating_sub(1)..(row + 2).min(size.height) {
                    for near_col in col.saturating_sub(1)..(col + 2).min(size.width) {
                        if mask.get(near_col, near_row) && !seen.get(near_col, near_row) {
                            seen.set(near_col, near_row);
                            open.push((near_col, near_row));
                        }
                    }
                }
            }
            let mean = |side: fn(&(usize, usize)) -> usize| {
                pixels.iter().map(|pixel| side(pixel) as f64).sum::<f64>() / pixels.len() as f64
            };
            found.push(Component { centre: (mean(|p| p.0), mean(|p| p.1)), pixels });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_patients_right_is_on_the_left_of_the_image() {
        let mask = Mask::from_text("##...##. ##...##. ##...### ........ ........");
        let right = Mask::from_text("##...... ##...... ##...... ........ ........");
        assert_eq!(part_on(&mask, Side::Right), Ok(right.clone()));
        assert_eq!(&part_on(&mask, Side::Left).unwrap() | &right, mask);
    }

    #[test]
    fn islands_go_to_the_nearer_part() {
        let rows = "#......................#";
        let mask = Mask::from_text(&format!(
            "{}{}",
            format!("{rows} ").repeat(12),
            "#.#....................."
        ));
        assert_eq!(part_on(&mask, Side::Right).unwrap().count(), 14);
        assert_eq!(part_on(&mask, Side::Left).unwrap().count(), 12);
    }

    #[test]
    fn what_is_not_two_parts_side_by_side_is_ambiguous() {
        for (text, reason) in [
            ("....", "0 large parts"),
            ("##..", "1 large part"),
            ("#.#.#", "3 large parts"),
            ("#. .. #.", "above the other"),
        ] {
            let error = part_on(&Mask::from_text(text), Side::Left).unwrap_err();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }
}
