//! Cross-validation of a method inside one training fold.

use scr_data::{Benchmark, Fold};
use scr_image::Mask;
use scr_measures::overlap::overlap;
use scr_measures::{Counts, pixel_error};
use scr_methods::{Method, MethodError, Parameters, Subject, TrainingImages, TrainingSet};

/// Cross-validation of a method on the images of one fold.
pub(crate) struct CrossValidation<'a> {
    pub(crate) method: &'static dyn Method,
    pub(crate) benchmark: &'a Benchmark,
    pub(crate) fold: Fold,
    /// Parts that the fold is dealt into.
    pub(crate) n_parts: usize,
    /// Random seed of training.
    pub(crate) seed: u64,
}

/// One split of the cross-validation: the images of a part, and those of all others.
pub(crate) struct Split<'a> {
    training: TrainingSet<'a>,
    validation: TrainingImages<'a>,
}

/// Cross-validated score of one setting.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub(crate) struct Score {
    /// Mean of `overlaps`, every object alike: the criterion of the search.
    pub(crate) mean_overlap: f64,
    /// Mean overlap over images, by object in the benchmark's order.
    pub(crate) overlaps: Vec<f64>,
    /// Mean pixel error over images.
    pub(crate) pixel_error: f64,
}

impl CrossValidation<'_> {
    /// Splits of the fold, one a part. They keep decoded images while they live.
    pub(crate) fn splits(&self) -> Vec<Split<'_>> {
        let images = |part: usize, is_in: bool| -> TrainingImages<'_> {
            let numbered = self.benchmark.fold(self.fold).enumerate();
            let of_part = numbered.filter(|(number, _)| (number % self.n_parts == part) == is_in);
            let images = of_part.map(|(_, image)| image).collect();
            TrainingImages::of(self.benchmark, self.fold, images)
        };
        let split = |part| Split {
            training: TrainingSet::of(images(part, false)),
            validation: images(part, true),
        };
        (0..self.n_parts).map(split).collect()
    }

    /// Cross-validated score: every image is segmented by a model of the other parts.
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
