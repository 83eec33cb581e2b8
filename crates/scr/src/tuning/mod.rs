//! Tuning of a method's parameters: coordinate search, scored by cross-validation inside
//! one training fold.
//!
//! The other fold is never read, so that results on it may be reported. Cross-validation
//! deals the images of the fold into parts and segments each part with a method trained on
//! the others. The search is no grid: it starts from the defaults, tries the values of one
//! parameter while the others keep their best values, and goes through the parameters
//! again until a round changes nothing.
//!
//! It stands here and in no library crate since it needs both methods and measures, which
//! do not depend on each other. The main type is [`Tuning`].

mod table;

use anyhow::Result;
use scr_data::{Benchmark, Fold};
use scr_image::Mask;
use scr_measures::overlap::overlap;
use scr_measures::{Counts, pixel_error};
use scr_methods::{Method, MethodError, Parameters, Subject, TrainingSet};

pub(crate) use table::Table;

/// Rounds at most; a round that changes nothing is the last.
pub(crate) const MAX_ROUNDS: usize = 5;

/// A search for the best parameters of a method.
pub(crate) struct Tuning<'a> {
    pub(crate) method: &'static dyn Method,
    pub(crate) benchmark: &'a Benchmark,
    pub(crate) fold: Fold,
    /// Parts that the fold is dealt into.
    pub(crate) n_parts: usize,
    pub(crate) seed: u64,
    /// Parameters in the order of the search, each with the values to try.
    pub(crate) tries: Vec<(String, Vec<String>)>,
}

/// One split of the cross-validation: the images of a part, and those of all others.
struct Split<'a> {
    training: TrainingSet<'a>,
    validation: TrainingSet<'a>,
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

/// A setting and its score.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub(crate) struct Tried {
    pub(crate) parameters: Parameters,
    #[serde(flatten)]
    pub(crate) score: Score,
}

/// Result of a search.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Tuned {
    /// The method's defaults.
    pub(crate) default: Tried,
    /// The best setting, the first of equals.
    pub(crate) best: Tried,
    /// Number of settings tried.
    pub(crate) n_tried: usize,
    /// The last round changed nothing, so that another would not either.
    #[serde(rename = "has_settled")]
    pub(crate) has_converged: bool,
}

impl Tuning<'_> {
    /// Number of settings in the full grid.
    pub(crate) fn n_grid(&self) -> usize {
        self.tries
            .iter()
            .fold(1, |product: usize, (_, values)| product.saturating_mul(values.len()))
    }

    /// Runs the search. Settings that `table` holds are not scored again; others are added.
    pub(crate) fn run(
        &self,
        table: &mut Table,
        progress: scr_methods::Progress<'_>,
    ) -> Result<Tuned> {
        let n_values = self.tries.iter().map(|(_, values)| values.len()).sum();
        let defaults = Parameters::new(self.method, &[])?;
        let default = self.tried(&defaults, &self.splits(), table)?;
        let (mut best, mut has_converged) = (default.clone(), false);
        for round in 1..=MAX_ROUNDS {
            let (before, mut done) = (best.parameters.clone(), 0);
            for (key, values) in &self.tries {
                // Decoded images are kept while one parameter varies, and no longer.
                let splits = self.splits();
                for value in values {
                    progress(&format!("round {round}, {key}={value}"), done, n_values);
                    let parameters = best.parameters.with(self.method, key, value)?;
                    let tried = self.tried(&parameters, &splits, table)?;
                    if tried.score.mean_overlap > best.score.mean_overlap {
                        best = tried;
                    }
                    done += 1;
                }
            }
            has_converged = best.parameters == before;
            if has_converged {
                break;
            }
        }
        Ok(Tuned { default, best, n_tried: table.len(), has_converged })
    }

    fn tried(
        &self,
        parameters: &Parameters,
        splits: &[Split<'_>],
        table: &mut Table,
    ) -> Result<Tried> {
        if let Some(tried) = table.find(parameters) {
            return Ok(tried.clone());
        }
        let tried =
            Tried { parameters: parameters.clone(), score: self.score(parameters, splits)? };
        table.add(tried.clone())?;
        Ok(tried)
    }

    fn splits(&self) -> Vec<Split<'_>> {
        let images = |part: usize, is_in: bool| -> TrainingSet<'_> {
            let numbered = self.benchmark.fold(self.fold).enumerate();
            let of_part = numbered.filter(|(number, _)| (number % self.n_parts == part) == is_in);
            let images = of_part.map(|(_, image)| image).collect();
            TrainingSet::of(self.benchmark, self.fold, images)
        };
        let split = |part| Split { training: images(part, false), validation: images(part, true) };
        (0..self.n_parts).map(split).collect()
    }

    /// Cross-validated score: every image is segmented by a model of the other parts.
    fn score(&self, parameters: &Parameters, splits: &[Split<'_>]) -> Result<Score, MethodError> {
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
