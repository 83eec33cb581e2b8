//! Rule for masks that are all of the wrong size in the same way: one step of the
//! export is at fault. The warning names it once, beside an error a file.

use std::collections::BTreeSet;

use scr_data::Benchmark;
use scr_image::Size;

use super::warning::{Rule, Warning};

/// Mask whose only problem is its size.
pub(super) struct WrongSize {
    pub(super) structure: usize,
    pub(super) image: usize,
    pub(super) expected: Size,
    pub(super) found: Size,
}

/// Warning about the common cause of all `found`, from two masks on.
pub(super) fn warnings(benchmark: &Benchmark, found: &[WrongSize]) -> Vec<Warning> {
    let Some((message, hint)) = common(found) else { return Vec::new() };
    let structures: BTreeSet<usize> = found.iter().map(|mask| mask.structure).collect();
    let images: BTreeSet<usize> = found.iter().map(|mask| mask.image).collect();
    vec![Warning {
        rule: Rule::WrongSize,
        structures: structures.iter().map(|&s| benchmark.structures[s].id.clone()).collect(),
        images: images.iter().map(|&i| benchmark.images[i].id.clone()).collect(),
        message: format!("all {} masks of the wrong size {message}", found.len()),
        hint: hint.to_owned(),
    }]
}

fn common(found: &[WrongSize]) -> Option<(String, &'static str)> {
    const ENLARGE: &str = "bring the method's output to each image's own size before it is \
        exported, probabilities first and the threshold last; nothing is resized here";
    let first = found.first().filter(|_| found.len() > 1)?;
    if found.iter().all(|mask| transposed(mask.found) == mask.expected) {
        let message = "have width and height exchanged".to_owned();
        return Some((message, "exchange rows and columns when exporting (transpose)"));
    }
    if let Some(scale) = scale(found) {
        return Some((format!("have {scale:.3} times the expected width and height"), ENLARGE));
    }
    if found.iter().all(|mask| mask.found == first.found) {
        let message = format!("have {} pixels, for images of any size", first.found);
        return Some((message, ENLARGE));
    }
    None
}

fn transposed(size: Size) -> Size {
    Size::new(size.height, size.width)
}

/// Common factor between expected and found sizes, to a pixel.
fn scale(found: &[WrongSize]) -> Option<f64> {
    let sum = |sides: fn(&WrongSize) -> Size| -> f64 {
        found.iter().map(|mask| (sides(mask).width + sides(mask).height) as f64).sum()
    };
    let scale = sum(|mask| mask.found) / sum(|mask| mask.expected);
    let agrees =
        |expected: usize, found: usize| (expected as f64 * scale - found as f64).abs() <= 1.0;
    let is_scaled = |mask: &WrongSize| {
        agrees(mask.expected.width, mask.found.width)
            && agrees(mask.expected.height, mask.found.height)
    };
    (scale.is_finite() && found.iter().all(is_scaled)).then_some(scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(sizes: &[[usize; 4]]) -> Option<String> {
        let found: Vec<WrongSize> = sizes
            .iter()
            .map(|&[width, height, found_width, found_height]| WrongSize {
                structure: 0,
                image: 0,
                expected: Size::new(width, height),
                found: Size::new(found_width, found_height),
            })
            .collect();
        common(&found).map(|(message, _)| message)
    }

    #[test]
    fn what_all_masks_of_the_wrong_size_have_in_common_is_said() {
        for (sizes, word) in [
            ([[640, 524, 524, 640], [640, 612, 612, 640]], "exchanged"),
            ([[640, 525, 320, 262], [640, 613, 320, 307]], "0.500 times"),
            ([[640, 524, 1280, 1048], [640, 612, 1280, 1224]], "2.000 times"),
            ([[640, 524, 256, 256], [640, 612, 256, 256]], "256x256"),
            ([[640, 524, 512, 512], [640, 524, 512, 512]], "512x512"),
        ] {
            let said = said(&sizes).unwrap();
            assert!(said.contains(word), "{said}");
        }
    }

    #[test]
    fn masks_that_are_wrong_in_different_ways_have_nothing_in_common() {
        assert_eq!(said(&[[640, 524, 524, 640], [640, 612, 320, 306]]), None);
        assert_eq!(said(&[[640, 524, 320, 262]]), None, "one file speaks for itself");
        assert_eq!(said(&[[640, 524, 0, 0], [640, 612, 7, 7]]), None);
    }
}
