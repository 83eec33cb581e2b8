//! Validation of a method: cross-validation inside its training images, or by a validation set.

use std::fmt;

use scr_data::{Benchmark, Fold};
use scr_image::Mask;
use scr_measures::overlap::overlap;
use scr_measures::{Counts, pixel_error};
use scr_methods::{
    Method, MethodError, Parameters, Subject, TrainingImages, TrainingPart, TrainingSet,
};

/// Validation of a method, on images that results on the benchmark do not rest on.
pub(crate) struct Validation<'a> {
    pub(crate) method: &'static dyn Method,
    pub(crate) benchmark: &'a Benchmark,
    /// Part of the benchmark to train on.
    pub(crate) part: TrainingPart,
    pub(crate) scheme: Scheme,
    /// Random seed of training.
    pub(crate) seed: u64,
}

/// Scheme of a validation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// Cross-validation: the training images are dealt into this many parts, and each is
    /// segmented by a model of the others.
    Parts(usize),
    /// The benchmark's validation set is segmented by a model of all training images.
    ValidationSet,
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parts(n_parts) => write!(f, "{n_parts}"),
            Self::ValidationSet => f.write_str("validation set"),
        }
    }
}

/// One split of a validation: images to train on, and others to segment.
pub(crate) struct Split<'a> {
    training: TrainingSet<'a>,
    validation: TrainingImages<'a>,
}

/// Score of one setting.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub(crate) struct Score {
    /// Mean of `overlaps`, every object alike: the criterion of the search.
    pub(crate) mean_overlap: f64,
    /// Mean overlap over images, by object in the benchmark's order.
    pub(crate) overlaps: Vec<f64>,
    /// Mean pixel error over images.
    pub(crate) pixel_error: f64,
}

impl Validation<'_> {
    /// Splits of the images. They keep decoded images while they live.
    pub(crate) fn splits(&self) -> Vec<Split<'_>> {
        let n_parts = match self.scheme {
            Scheme::Parts(n_parts) => n_parts,
            Scheme::ValidationSet => {
                let training = TrainingSet::new(self.benchmark, self.part);
                let validation = TrainingImages::new(self.benchmark, Fold::VALIDATION);
                return vec![Split { training, validation }];
            }
        };
        let images = |part: usize, is_in: bool| -> TrainingImages<'_> {
            let numbered = self.part.images(self.benchmark).into_iter().enumerate();
            let of_part = numbered.filter(|(number, _)| (number % n_parts == part) == is_in);
            let images = of_part.map(|(_, image)| image).collect();
            TrainingImages::of(self.benchmark, self.part, images)
        };
        let split = |part| Split {
            training: TrainingSet::of(images(part, false)),
            validation: images(part, true),
        };
        (0..n_parts).map(split).collect()
    }

    /// Score: every image is segmented by a model that was trained on others.
    pub(crate) fn score(
        &self,
        parameters: &Parameters,
        splits: &[Split<'_>],
    ) -> Result<Score, MethodError> {
        let mut images: Vec<(Vec<f64>, f64)> = Vec::new();
        for Split { training, validation } in splits {
            let silent = |_: &str, _, _| ();
            let trained = self.method.train(training, parameters, self.seed, &silent)?;
            images.extend(validation.each_image("", &silent, |_, image| {
                let radiograph = validation.radiograph(image)?;
                let found = trained.segment(&Subject::new(&radiograph))?;
                Ok(self.image_score(&validation.masks(image)?, &found))
            })?);
        }
        let mean =
            |values: &mut dyn Iterator<Item = f64>| values.sum::<f64>() / images.len() as f64;
        let overlaps: Vec<f64> = (0..self.benchmark.objects.len())
            .map(|object| mean(&mut images.iter().map(|(overlaps, _)| overlaps[object])))
            .collect();
        Ok(Score {
            mean_overlap: overlaps.iter().sum::<f64>() / overlaps.len() as f64,
            overlaps,
            pixel_error: mean(&mut images.iter().map(|(_, error)| *error)),
        })
    }

    /// Overlap of every object, and the pixel error, of one image.
    fn image_score(&self, reference: &[Mask], found: &[Mask]) -> (Vec<f64>, f64) {
        let union = |masks: &[Mask], structures: &[usize]| {
            Mask::union(structures.iter().map(|&s| &masks[s])).into_owned()
        };
        let overlaps = self.benchmark.objects.iter().map(|object| {
            let (reference, found) =
                (union(reference, &object.structures), union(found, &object.structures));
            overlap(Counts::of(&reference, &found))
        });
        let pairs: Vec<(&Mask, &Mask)> = reference.iter().zip(found).collect();
        (overlaps.collect(), pixel_error(&pairs).unwrap_or(1.0))
    }
}
