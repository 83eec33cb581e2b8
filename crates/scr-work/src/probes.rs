//! Probes: mostly empty sets of masks, which would reveal scores of single images against a
//! hidden reference.
//!
//! Examines the submitted masks only, and refuses them before scoring: a mean over many images
//! that depends on one of them is that image's score.

use scr_data::Problem;
use scr_eval::CheckReport;

/// For each structure, at least one of this number of images must have a non-empty mask.
const ONE_IN: usize = 2;

/// Problems of structures whose masks are mostly empty.
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
