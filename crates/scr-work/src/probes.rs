//! Sets of masks that ask about few images of a hidden reference.
//!
//! Looks at the handed-in masks alone, and refuses before anything is scored: a mean over
//! many images that rests on one of them is that image's score.

use scr_data::Problem;
use scr_eval::CheckReport;

/// Of the images that a set covers, one in so many must have a mask with pixels, for each
/// structure.
const ONE_IN: usize = 2;

/// The structures that too few images have, as problems.
pub(crate) fn problems(report: &CheckReport) -> Vec<Problem> {
    let least = report.n_images.div_ceil(ONE_IN);
    let structures = report.structures.iter().zip(&report.n_filled);
    let too_few = structures.filter(|&(_, &n_filled)| n_filled < least);
    too_few
        .map(|(structure, n_filled)| {
            Problem::new(
                format!("{structure}/"),
                format!("masks with pixels in at least {least} of {} images", report.n_images),
                format!("{n_filled}"),
                "the reference of this benchmark is hidden, so that sets of mostly empty masks \
                 are not scored",
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use scr_data::Problems;

    #[test]
    fn half_of_the_images_must_have_pixels_for_each_structure() {
        let report = |n_filled: [usize; 2]| CheckReport {
            n_images: 5,
            structures: vec!["heart".into(), "left_lung".into()],
            n_filled: n_filled.to_vec(),
            benchmark_digest: None,
            masks_digest: None,
            problems: Problems::default(),
            warnings: Vec::new(),
            notices: Vec::new(),
        };
        assert!(problems(&report([3, 5])).is_empty());
        let found = problems(&report([5, 2]));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].place, "left_lung/");
        assert_eq!(found[0].expected, "masks with pixels in at least 3 of 5 images");
    }
}
