//! Choosing a method's parameters by cross-validation inside one training fold.
//!
//! The other fold is never read: what is chosen here may be reported there. The
//! images of the fold are dealt into parts; each part is segmented by a method
//! trained on the others. From the defaults on, one parameter after the other is set
//! to the value that scores best with all others as they are, round by round, until
//! a round changes nothing.
//!
//! Not in a library crate because it needs both methods and measures, and those know
//! nothing of each other.

mod table;

use anyhow::Result;
use scr_data::{Benchmark, Fold};
use scr_image::Mask;
use scr_measures::overlap::overlap;
use scr_measures::{Counts, pixel_error};
use scr_methods::{Method, MethodError, Parameters, Subject, TrainingSet};

pub(crate) use table::Table;

/// Rounds at most; a round that changes nothing is the last.
const MAX_ROUNDS: usize = 5;

/// What is tuned, on what.
pub(crate) struct Tuning<'a> {
    pub(crate) method: &'static dyn Method,
    pub(crate) benchmark: &'a Benchmark,
    pub(crate) fold: Fold,
    /// Parts that the fold is dealt into.
    pub(crate) n_parts: usize,
    pub(crate) seed: u64,
    /// Parameters in the order in which they are varied, with the values to try.
    pub(crate) tries: Vec<(String, Vec<String>)>,
}

/// Images that are segmented by what was trained on all others of the fold.
struct Part<'a> {
    learnt_from: TrainingSet<'a>,
    tested: TrainingSet<'a>,
}

/// How well one setting did.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub(crate) struct Score {
    /// What settings are compared by: the mean of `overlaps`, every object alike.
    pub(crate) mean_overlap: f64,
    /// Mean overlap over images, by object in the benchmark's order.
    pub(crate) overlaps: Vec<f64>,
    /// Mean pixel error over images.
    pub(crate) pixel_error: f64,
}

/// A setting and how well it did.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub(crate) struct Tried {
    pub(crate) parameters: Parameters,
    #[serde(flatten)]
    pub(crate) score: Score,
}

/// What tuning found.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Tuned {
    /// The method's defaults.
    pub(crate) default: Tried,
    /// The best of all, the first of equals.
    pub(crate) best: Tried,
    /// How many settings were tried.
    pub(crate) n_tried: usize,
    /// Whether the last round changed nothing, so that more would not either.
    pub(crate) has_settled: bool,
}

impl Tuning<'_> {
    /// Tries settings, taking those that `table` holds from there and adding the others.
    pub(crate) fn run(
        &self,
        table: &mut Table,
        progress: scr_methods::Progress<'_>,
    ) -> Result<Tuned> {
        let n_values = self.tries.iter().map(|(_, values)| values.len()).sum();
        let defaults = Parameters::new(self.method, &[])?;
        let default = self.tried(&defaults, &self.parts(), table)?;
        let (mut best, mut has_settled) = (default.clone(), false);
        for round in 1..=MAX_ROUNDS {
            let (before, mut done) = (best.parameters.clone(), 0);
            for (key, values) in &self.tries {
                // What was read is kept while one parameter varies, and no longer.
                let parts = self.parts();
                for value in values {
                    progress(&format!("round {round}, {key}={value}"), done, n_values);
                    let parameters = best.parameters.with(self.method, key, value)?;
                    let tried = self.tried(&parameters, &parts, table)?;
                    if tried.score.mean_overlap > best.score.mean_overlap {
                        best = tried;
                    }
                    done += 1;
                }
            }
            has_settled = best.parameters == before;
            if has_settled {
                break;
            }
        }
        Ok(Tuned { default, best, n_tried: table.len(), has_settled })
    }

    fn tried(
        &self,
        parameters: &Parameters,
        parts: &[Part<'_>],
        table: &mut Table,
    ) -> Result<Tried> {
        if let Some(tried) = table.find(parameters) {
            return Ok(tried.clone());
        }
        let tried = Tried { parameters: parameters.clone(), score: self.score(parameters, parts)? };
        table.add(tried.clone())?;
        Ok(tried)
    }

    fn parts(&self) -> Vec<Part<'_>> {
        let images = |part: usize, is_in: bool| -> TrainingSet<'_> {
            let numbered = self.benchmark.fold(self.fold).enumerate();
            let of_part = numbered.filter(|(number, _)| (number % self.n_parts == part) == is_in);
            let images = of_part.map(|(_, image)| image).collect();
            TrainingSet::of(self.benchmark, self.fold, images)
        };
        let part = |part| Part { learnt_from: images(part, false), tested: images(part, true) };
        (0..self.n_parts).map(part).collect()
    }

    /// Every image of the fold segmented by what was trained on the other parts.
    fn score(&self, parameters: &Parameters, parts: &[Part<'_>]) -> Result<Score, MethodError> {
        let mut images: Vec<(Vec<f64>, f64)> = Vec::new();
        for Part { learnt_from, tested } in parts {
            let silent = |_: &str, _, _| ();
            let trained = self.method.train(learnt_from, parameters, self.seed, &silent)?;
            images.extend(tested.each_image("", &silent, |_, image| {
                let radiograph = tested.radiograph(image)?;
                let found = trained.segment(&Subject::new(&radiograph))?;
                Ok(self.image_score(&tested.masks(image)?, &found))
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

    /// Overlap by object, and pixel error.
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
