//! From files to records, image by image, on all cores.

use rayon::prelude::*;
use scr_data::digest::Manifest;
use scr_data::{Benchmark, DataError, Image, MaskSet, Object, Observer, Problem, Problems};
use scr_image::Mask;
use scr_measures::{Measure, measure_object, pixel_error};

use crate::{CaseRecord, EVALUATOR_VERSION, Evaluation, ScoredObject};

/// What to score, and how.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The observer whose masks are the reference.
    pub observer: String,
    /// The measures, in the order in which results show them.
    pub measures: Vec<Measure>,
    /// Resamples behind each bootstrap interval.
    pub bootstrap_resamples: usize,
    /// Seed of the bootstrap intervals.
    pub bootstrap_seed: u64,
}

impl Default for Settings {
    /// All measures against the `reference` observer; 2000 resamples, seed 1.
    fn default() -> Self {
        Self {
            observer: "reference".into(),
            measures: Measure::ALL.to_vec(),
            bootstrap_resamples: 2000,
            bootstrap_seed: 1,
        }
    }
}

/// Scores `masks` against `benchmark`.
///
/// Every image that the set covers is scored, for every object of which it holds
/// all structures; an object's masks are the unions of its structures' masks.
/// `on_image` is called after each image, from any thread.
///
/// # Errors
/// [`DataError::Problems`] with every file that is missing, damaged, no binary
/// mask or of the wrong size, in the set and in the benchmark.
pub fn evaluate(
    benchmark: &Benchmark,
    masks: &MaskSet,
    settings: &Settings,
    on_image: &(dyn Fn() + Sync),
) -> Result<Evaluation, DataError> {
    let observer = benchmark.observer(&settings.observer)?;
    let case = Case { benchmark, masks, observer, measures: &settings.measures };
    let objects: Vec<&Object> = benchmark
        .objects
        .iter()
        .filter(|object| object.structures.iter().all(|s| masks.structures().contains(s)))
        .collect();
    let cases: Vec<Result<Measured, Vec<Problem>>> = masks
        .images()
        .into_par_iter()
        .map(|image| {
            let measured = case.measure(image, &objects);
            on_image();
            measured
        })
        .collect();

    let mut problems = Problems::default();
    let mut reference_files = benchmark.manifest();
    let mut mask_files = Manifest::default();
    let mut records = Vec::with_capacity(cases.len());
    for case in cases {
        match case {
            Ok(measured) => {
                reference_files.extend(measured.reference_files);
                mask_files.extend(measured.mask_files);
                records.push(measured.record);
            }
            Err(list) => problems.extend(list),
        }
    }
    // The digest names the benchmark whole, also where a set covers one fold only.
    let uncovered = (0..benchmark.images.len()).filter(|index| !masks.images().contains(index));
    for index in uncovered {
        for structure in &benchmark.structures {
            let image = &benchmark.images[index];
            problems.keep(benchmark.note_mask(observer, structure, image, &mut reference_files));
        }
    }
    problems.or(())?;
    Ok(Evaluation {
        benchmark: benchmark.id.clone(),
        benchmark_digest: reference_files.digest(),
        masks_digest: mask_files.digest(),
        evaluator_version: EVALUATOR_VERSION,
        observer: observer.id.clone(),
        spacing_mm: benchmark.spacing.map(scr_image::Spacing::x_mm),
        objects: objects
            .iter()
            .map(|object| ScoredObject { id: object.id.clone(), name: object.name.clone() })
            .collect(),
        measures: settings.measures.clone(),
        has_pixel_error: masks.structures().len() == benchmark.structures.len(),
        records,
        bootstrap_seed: settings.bootstrap_seed,
        bootstrap_resamples: settings.bootstrap_resamples,
    })
}

/// One image's record and the files that it rests on.
struct Measured {
    record: CaseRecord,
    reference_files: Manifest,
    mask_files: Manifest,
}

/// What is the same for every image.
struct Case<'a> {
    benchmark: &'a Benchmark,
    masks: &'a MaskSet,
    observer: &'a Observer,
    measures: &'a [Measure],
}

impl Case<'_> {
    fn measure(&self, index: usize, objects: &[&Object]) -> Result<Measured, Vec<Problem>> {
        let image = &self.benchmark.images[index];
        let mut reference_files = Manifest::default();
        let references = self.benchmark.read_masks(self.observer, image, &mut reference_files);
        let mut mask_files = Manifest::default();
        let predictions = self.read_predictions(index, references.as_deref().ok(), &mut mask_files);
        let (references, predictions) = match (references, predictions) {
            (Ok(references), Ok(predictions)) => (references, predictions),
            (references, predictions) => {
                let mut problems = references.err().unwrap_or_default();
                problems.extend(predictions.err().unwrap_or_default());
                return Err(problems);
            }
        };
        let record = self.record(image, objects, &references, &predictions);
        Ok(Measured { record, reference_files, mask_files })
    }

    /// The set's masks, `None` for structures that it does not cover. Also read
    /// when the reference cannot be, to find everything that is wrong at once.
    fn read_predictions(
        &self,
        image: usize,
        references: Option<&[Mask]>,
        manifest: &mut Manifest,
    ) -> Result<Vec<Option<Mask>>, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut predictions = vec![None; self.benchmark.structures.len()];
        for &structure in self.masks.structures() {
            let size = references.map(|masks| masks[structure].size());
            match self.masks.read_mask(self.benchmark, structure, image, size, manifest) {
                Ok(mask) => predictions[structure] = Some(mask),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok(predictions) } else { Err(problems) }
    }

    fn record(
        &self,
        image: &Image,
        objects: &[&Object],
        references: &[Mask],
        predictions: &[Option<Mask>],
    ) -> CaseRecord {
        let prediction = |structure: usize| {
            predictions[structure].as_ref().expect("objects are scored when they are covered")
        };
        let values = objects
            .iter()
            .map(|object| {
                let reference = union(object.structures.iter().map(|&s| &references[s]));
                let prediction = union(object.structures.iter().map(|&s| prediction(s)));
                measure_object(&reference, &prediction, self.benchmark.spacing, self.measures)
            })
            .collect();
        let pairs: Option<Vec<(&Mask, &Mask)>> =
            references.iter().zip(predictions).map(|(r, p)| Some((r, p.as_ref()?))).collect();
        CaseRecord {
            image: image.id.clone(),
            fold: image.fold,
            objects: values,
            pixel_error: pairs.and_then(|pairs| pixel_error(&pairs)),
        }
    }
}

fn union<'a>(mut masks: impl Iterator<Item = &'a Mask>) -> Mask {
    let first = masks.next().expect("an object has at least one structure").clone();
    masks.fold(first, |all, mask| &all | mask)
}
