//! Check of a benchmark folder: all problems of its files, and suspicions about its data.
//!
//! [`Benchmark::open`] finds the problems of `benchmark.toml` and its tables; this check reads
//! every file that they name. Problems prevent scoring or the use of an image; suspicions do
//! not. Reading keeps some hundred bytes a mask; each rule is a function from the facts
//! of all images to warnings, in a file with its thresholds and their reasons:
//!
//! | rule | file |
//! |---|---|
//! | [`PatientInTwoFolds`](Rule::PatientInTwoFolds) | `patients.rs` |
//! | [`MissingRadiograph`](Rule::MissingRadiograph), [`IdenticalRadiographs`](Rule::IdenticalRadiographs) | `radiographs.rs` |
//! | [`Orientation`](Rule::Orientation), [`BesideAnatomy`](Rule::BesideAnatomy) | `anatomy/` |
//! | [`LeftRightSwap`](Rule::LeftRightSwap), [`Outlier`](Rule::Outlier) | `places.rs` |
//! | [`Inverted`](Rule::Inverted), [`Empty`](Rule::Empty), [`EqualsReference`](Rule::EqualsReference), [`IdenticalStructures`](Rule::IdenticalStructures), [`IdenticalMasks`](Rule::IdenticalMasks) | `masks.rs` |
//!
//! Masks are compared with the anatomy on at most [`MAX_COMPARED`] images of the reference.

mod anatomy;
mod facts;
mod findings;
mod inspection;
mod masks;
mod patients;
mod places;
mod radiographs;

use rayon::prelude::*;
use scr_data::{Benchmark, DataError, Problems};

use self::anatomy::{LEAST_IMAGES, Misplacement, MisplacementKind, Sketch, misplacements};
use self::facts::ImageFacts;
use self::findings::BenchmarkFacts;
use self::inspection::inspect;
use crate::check::{Rule, Warning};

/// Largest number of images on which masks are compared with the anatomy, evenly chosen.
const MAX_COMPARED: usize = 64;

/// Report of a check of a benchmark.
#[derive(Debug, Clone, PartialEq)]
pub struct BenchmarkReport {
    /// Number of images.
    pub n_images: usize,
    /// Number of images with a readable radiograph.
    pub n_radiographs: usize,
    /// Number of images on which masks were compared with the anatomy.
    pub n_compared: usize,
    /// Digest of the benchmark; `None` when a mask of the reference cannot be read.
    pub digest: Option<String>,
    /// Errors, sorted by place.
    pub problems: Problems,
    /// Identifiers of the images with errors, in the benchmark's order.
    pub images_with_problems: Vec<String>,
    /// Suspicions, in the order of [`Rule`]. With errors they rest on the files that could be
    /// read.
    pub warnings: Vec<Warning>,
    /// Remarks that are no suspicions, in words.
    pub notices: Vec<String>,
}

/// Checks all files of a benchmark.
///
/// Calls `on_image` after each image, from any thread. The same files give the same report
/// for any number of threads.
pub fn check_benchmark(benchmark: &Benchmark, on_image: &(dyn Fn() + Sync)) -> BenchmarkReport {
    let n_images = benchmark.images.len();
    let n_compared = n_images.min(MAX_COMPARED);
    let mut is_compared = vec![false; n_images];
    (0..n_compared).for_each(|index| is_compared[index * n_images / n_compared] = true);
    let inspections: Vec<_> = is_compared
        .into_par_iter()
        .enumerate()
        .map(|(index, is_compared)| {
            let inspection = inspect(benchmark, index, is_compared);
            on_image();
            inspection
        })
        .collect();
    let mut problems = Problems::default();
    let mut files = benchmark.manifest();
    let mut images = Vec::with_capacity(n_images);
    let mut images_with_problems = Vec::new();
    for inspection in inspections {
        if !inspection.problems.is_empty() {
            let image = &benchmark.images[inspection.facts.image];
            images_with_problems.push(image.id.clone());
        }
        files.extend(inspection.reference_files);
        problems.extend(inspection.problems);
        images.push(inspection.facts);
    }
    let problems = match problems.or(()) {
        Err(DataError::Problems(sorted)) => sorted,
        _ => Problems::default(),
    };
    let facts = BenchmarkFacts { benchmark, images: &images };
    let is_read = |image: &&ImageFacts| matches!(image.radiograph, facts::RadiographFacts::Read(_));
    let is_whole = images.iter().all(|image| image.masks[0].is_some());
    BenchmarkReport {
        n_images,
        n_radiographs: images.iter().filter(is_read).count(),
        n_compared: images.iter().filter(|image| image.sketch.is_some()).count(),
        digest: is_whole.then(|| files.digest()),
        problems,
        images_with_problems,
        warnings: facts.warnings(),
        notices: facts.notices(),
    }
}

impl BenchmarkFacts<'_> {
    /// Applies every rule.
    fn warnings(&self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        warnings.extend(patients::warnings(self));
        warnings.extend(radiographs::warnings(self));
        let misplaced = self.misplaced();
        let is_turned = misplaced.iter().any(|warning| warning.rule == Rule::Orientation);
        warnings.extend(misplaced);
        for observer in 0..self.benchmark.observers.len() {
            let mut of_observer = masks::warnings(self, observer);
            if observer > 0 || !is_turned {
                of_observer.extend(places::exchanged_sides(self, observer));
            }
            let outliers = places::outliers(self, observer, &of_observer);
            warnings.extend(of_observer);
            warnings.extend(outliers);
        }
        warnings.sort_by_key(|warning| warning.rule);
        warnings
    }

    fn notices(&self) -> Vec<String> {
        let observers = 0..self.benchmark.observers.len();
        let often_empty = observers.flat_map(|observer| masks::notices(self, observer));
        let n_sketches = self.images.iter().filter(|image| image.sketch.is_some()).count();
        let few = (1..LEAST_IMAGES).contains(&n_sketches).then(|| {
            format!(
                "masks are compared with the anatomy on {LEAST_IMAGES} images or more, here are \
                 {n_sketches}"
            )
        });
        radiographs::notice(self).into_iter().chain(few).chain(often_empty).collect()
    }

    /// Warnings about the placement of the reference's masks.
    fn misplaced(&self) -> Vec<Warning> {
        let (images, sketches): (Vec<usize>, Vec<&Sketch>) =
            self.images.iter().filter_map(|i| Some((i.image, i.sketch.as_ref()?))).unzip();
        let warning = |Misplacement { structures, kind, n_better }: Misplacement| {
            let better = format!("better on {n_better} of {} compared images", images.len());
            let (rule, message, hint) = match kind {
                MisplacementKind::Turned(words, undo) => {
                    let message = format!(
                        "masks look {words}: with that undone they follow the radiographs' \
                         borders, {better}"
                    );
                    let hint = format!("look at a mask over its radiograph; if it is so, {undo}");
                    (Rule::Orientation, message, hint)
                }
                MisplacementKind::Placed(change) => {
                    let message = format!("masks fit better when {change}, {better}");
                    let hint = "were masks made on cropped, padded or resized images? bring them \
                                into the frame of the radiographs; `--sheet` shows both";
                    (Rule::BesideAnatomy, message, hint.to_owned())
                }
            };
            self.warning(rule, &structures, &images, message, &hint)
        };
        misplacements(&sketches).into_iter().map(warning).collect()
    }
}
