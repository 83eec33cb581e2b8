//! Fit of an image's thumbnails to the reference's under each hypothesis of orientation.

use scr_image::Size;

use super::thumbnail::{SIDE, Thumbnail};
use crate::turn::Turn;

/// Fit of each hypothesis: mean overlap over the structures at the places `usable`;
/// `None` without such a structure.
pub(super) fn fit_hypotheses(
    references: &[Thumbnail],
    predictions: &[Thumbnail],
    usable: &[usize],
    sides: &[Option<usize>],
) -> Option<Vec<f64>> {
    if usable.is_empty() {
        return None;
    }
    let turned: Vec<Vec<Thumbnail>> = Turn::ALL
        .iter()
        .map(|turn| {
            let cell = |col, row| turn.source(col, row, Size::square(SIDE));
            usable.iter().map(|&place| predictions[place].turned(cell)).collect()
        })
        .collect();
    let mean = |turned: &Vec<Thumbnail>, other_side: bool| {
        let overlaps = usable.iter().zip(turned).map(|(&place, turned)| {
            let other = sides[place].filter(|_| other_side).unwrap_or(place);
            turned.overlap(&references[other])
        });
        overlaps.sum::<f64>() / usable.len() as f64
    };
    let mut means: Vec<f64> = turned.iter().map(|turned| mean(turned, false)).collect();
    if sides.iter().any(Option::is_some) {
        means.extend(turned.iter().map(|turned| mean(turned, true)));
    }
    Some(means)
}

#[cfg(test)]
mod tests {
    use scr_image::Mask;

    use super::*;

    /// Letter L, which has no symmetry.
    fn letter() -> Mask {
        Mask::from_fn(Size::new(128, 128), |col, row| {
            (20..40).contains(&col) && (10..100).contains(&row)
                || (20..70).contains(&col) && (80..100).contains(&row)
        })
    }

    #[test]
    fn every_turn_is_undone_by_its_own_name() {
        type Make = fn(usize, usize) -> (usize, usize);
        // Source of each pixel of the turned mask.
        let made: [(&str, Make); 7] = [
            ("mirrored left to right", |col, row| (127 - col, row)),
            ("upside down", |col, row| (col, 127 - row)),
            ("180 degrees", |col, row| (127 - col, 127 - row)),
            ("transposed, rows", |col, row| (row, col)),
            // The upper left corner of the letter comes to lie at the upper right.
            ("90 degrees clockwise", |col, row| (row, 127 - col)),
            ("90 degrees anticlockwise", |col, row| (127 - row, col)),
            ("transposed and rotated", |col, row| (127 - row, 127 - col)),
        ];
        let letter = letter();
        for (words, make) in made {
            let turned = Mask::from_fn(letter.size(), |col, row| {
                let (col, row) = make(col, row);
                letter.get(col, row)
            });
            let fits =
                fit_hypotheses(&[Thumbnail::of(&letter)], &[Thumbnail::of(&turned)], &[0], &[None]);
            let fitting: Vec<usize> =
                (0..8).filter(|&index| fits.as_ref().unwrap()[index] == 1.0).collect();
            assert_eq!(fitting.len(), 1, "{words}");
            assert!(
                Turn::ALL[fitting[0]].words.contains(words),
                "{words}: {}",
                Turn::ALL[fitting[0]].words
            );
        }
    }
}
