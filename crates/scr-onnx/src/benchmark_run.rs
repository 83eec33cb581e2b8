//! Runs of models over the images of a benchmark.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use scr_data::digest::{digest_text, file_digest};
use scr_data::{
    Benchmark, DataError, Fold, Image, Problem, Problems, Protocol, RUN_RECORD, Staging, formats,
};
use scr_image::{GreyImage, Radiograph};
use serde::{Deserialize, Serialize};

use crate::{
    InProcess, Limits, ModelCard, ModelError, Network, OnnxSegmenter, Runner, RunnerProgram,
    Segmentation,
};

/// Model file.
#[derive(Debug, Clone)]
pub struct ModelFile {
    /// Name of the file in problems.
    pub place: String,
    /// Bytes of the file.
    pub bytes: Vec<u8>,
}

/// Models of a run: one for all images, or one for each fold.
#[derive(Debug, Clone)]
pub struct ModelFiles {
    /// The model; with a second one, the one trained on fold 1, which segments fold 2.
    pub model: ModelFile,
    /// Model trained on fold 2, which segments fold 1.
    pub fold_2: Option<ModelFile>,
}

impl ModelFiles {
    /// Digest of the models: of the file, or of the two digests as lines of text.
    #[must_use]
    pub fn digest(&self) -> String {
        let digest = |file: &ModelFile| digest_text(&file_digest(&file.bytes));
        match &self.fold_2 {
            None => digest(&self.model),
            Some(second) => {
                let lines = format!("{}\n{}\n", digest(&self.model), digest(second));
                digest_text(&file_digest(lines.as_bytes()))
            }
        }
    }

    /// Each model with the images that it segments.
    ///
    /// # Errors
    /// [`DataError::Problems`] for a second model where the protocol has no two folds.
    fn parts<'a>(
        &self,
        benchmark: &'a Benchmark,
    ) -> Result<Vec<(&ModelFile, Vec<&'a Image>)>, DataError> {
        let Some(second) = &self.fold_2 else {
            let images = benchmark.folds().into_iter().flat_map(|fold| benchmark.fold(fold));
            return Ok(vec![(&self.model, images.collect())]);
        };
        if benchmark.protocol != Protocol::TwoFold {
            return Err(one_problem(Problem::new(
                &second.place,
                format!("one model: {} is not two-fold", benchmark.id),
                "a second model",
                "",
            )));
        }
        let fold = |number: u8| benchmark.fold(Fold::Number(number)).collect();
        Ok(vec![(&self.model, fold(2)), (second, fold(1))])
    }
}

/// Record of a run: the content of the file [`RUN_RECORD`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OnnxRunRecord {
    /// Digest of the models; see [`ModelFiles::digest`].
    pub model_digest: String,
    /// Digest of the model card's text.
    pub card_digest: String,
    /// Runtime with its version.
    pub runtime: String,
    /// Identifier of the benchmark.
    pub benchmark: String,
    /// Measures in force in the processes of the models.
    pub confinement: String,
    /// Number of images that this run segmented.
    pub n_images: usize,
    /// Mean time of an image in seconds, with preparation; null where none was segmented.
    pub image_s: Option<f64>,
    /// Peak memory of the models' processes in bytes; null where the system does not report it.
    pub peak_bytes: Option<u64>,
}

impl OnnxRunRecord {
    /// The record as JSON, with a line end.
    ///
    /// # Panics
    /// Never: a record is always valid JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a record is always valid JSON") + "\n"
    }
}

/// Process in which models run.
#[derive(Debug, Clone, Copy)]
pub enum ModelProcess<'a> {
    /// A process for each model, of a program that serves [`RUNNER_COMMAND`](crate::RUNNER_COMMAND).
    Confined(&'a RunnerProgram),
    /// This process, without its limits: for models that are trusted.
    Own,
}

/// Run of models over a benchmark.
pub struct OnnxRun<'a> {
    /// Benchmark to segment.
    pub benchmark: &'a Benchmark,
    /// Models to run.
    pub models: &'a ModelFiles,
    /// Text of the model card, with its place in problems.
    pub card: (&'a str, &'a str),
    /// Process of the models.
    pub process: ModelProcess<'a>,
    /// Limits of the models.
    pub limits: Limits,
    /// Stops the run before the next image once it is true.
    pub stop: &'a AtomicBool,
}

impl OnnxRun<'_> {
    /// Segments all images into the folder `masks`, as `STRUCTURE/IMAGE.png`, and writes
    /// probability maps to `posteriors` as 16-bit PNGs. Folders appear when they are complete;
    /// an interrupted run resumes. `progress` gets the number of images done and of all.
    ///
    /// # Errors
    /// [`ModelError::Refused`] for a card, structures or models that do not fit, and for
    /// radiographs that cannot be read; [`ModelError::Stopped`]; otherwise those of the models.
    pub fn run(
        &self,
        masks: &Path,
        posteriors: Option<&Path>,
        progress: &(dyn Fn(usize, usize) + Sync),
    ) -> Result<OnnxRunRecord, ModelError> {
        let (place, text) = self.card;
        let card = ModelCard::parse(place, text)?;
        let structures: Vec<&str> =
            self.benchmark.structures.iter().map(|structure| structure.id.as_str()).collect();
        card.check_structures(place, structures.iter().copied())?;
        let parts = self.models.parts(self.benchmark)?;
        let card_digest = digest_text(&file_digest(text.as_bytes()));
        let mut record = OnnxRunRecord {
            model_digest: self.models.digest(),
            card_digest,
            runtime: String::new(),
            benchmark: self.benchmark.id.clone(),
            confinement: String::new(),
            n_images: 0,
            image_s: None,
            peak_bytes: None,
        };
        let n_all = parts.iter().map(|(_, images)| images.len()).sum();
        let (mut n_done, mut took) = (0, Duration::ZERO);
        // All models load before anything is written.
        let mut segmenters = Vec::new();
        for (file, images) in parts {
            let network = self.load(file, card.output.name.as_deref())?;
            record.confinement = network.confinement();
            record.runtime = network.runtime();
            segmenters.push((OnnxSegmenter::new(card.clone(), network, place)?, images));
        }
        let OnnxRunRecord { runtime, model_digest, card_digest, benchmark, .. } = &record;
        let plan = format!("{runtime} {model_digest} {card_digest} {benchmark}");
        let masks = Staging::begin(masks, &plan)?;
        let posteriors = posteriors.map(|folder| Staging::begin(folder, &plan)).transpose()?;
        for (segmenter, images) in &mut segmenters {
            for image in images {
                let stagings = [Some(&masks), posteriors.as_ref()];
                if stagings.iter().flatten().all(|staging| has_all(staging, &structures, image)) {
                    n_done += 1;
                    continue;
                }
                if self.stop.load(Ordering::Relaxed) {
                    return Err(ModelError::Stopped);
                }
                let radiograph = self.benchmark.read_radiograph(image).map_err(one_problem)?;
                let begin = Instant::now();
                let result = segmenter.segment(&radiograph, &structures, posteriors.is_some())?;
                took += begin.elapsed();
                record.n_images += 1;
                write(&masks, posteriors.as_ref(), &structures, &image.id, &result)?;
                n_done += 1;
                progress(n_done, n_all);
            }
            record.peak_bytes = record.peak_bytes.max(segmenter.network().peak_bytes());
        }
        if record.n_images > 0 {
            record.image_s = Some(took.as_secs_f64() / record.n_images as f64);
        }
        for staging in [Some(masks), posteriors].into_iter().flatten() {
            staging.write(RUN_RECORD, record.to_json().as_bytes())?;
            staging.finish()?;
        }
        Ok(record)
    }

    fn load(&self, file: &ModelFile, output: Option<&str>) -> Result<Box<dyn Network>, ModelError> {
        let bytes = file.bytes.clone();
        Ok(match self.process {
            ModelProcess::Confined(program) => {
                Box::new(Runner::start(program, &file.place, bytes, output, self.limits)?)
            }
            ModelProcess::Own => {
                Box::new(InProcess::load(&file.place, bytes, output, self.limits.n_threads)?)
            }
        })
    }
}

/// Writes masks, and posteriors where there is a folder for them.
///
/// # Errors
/// [`DataError::Write`] for an error of the system.
pub fn write(
    masks: &Staging,
    posteriors: Option<&Staging>,
    structures: &[&str],
    name: &str,
    result: &Segmentation,
) -> Result<(), DataError> {
    let path = |structure: &str| format!("{structure}/{name}.png");
    for (structure, mask) in structures.iter().zip(&result.masks) {
        masks.write(&path(structure), &formats::png::write_mask(mask))?;
    }
    if let (Some(staging), Some(maps)) = (posteriors, &result.posteriors) {
        for (structure, map) in structures.iter().zip(maps) {
            staging.write(&path(structure), &posterior_png(map))?;
        }
    }
    Ok(())
}

/// Probabilities as a 16-bit PNG: 0 for 0, 65535 for 1.
fn posterior_png(map: &GreyImage) -> Vec<u8> {
    let value = |value: &f32| (value.clamp(0.0, 1.0) * 65535.0).round() as u16;
    let values = map.values().iter().map(value).collect();
    let image = Radiograph::new(map.size(), u16::MAX, values, None).expect("one value a pixel");
    formats::png::write_radiograph(&image).expect("16 bits are used whole")
}

fn has_all(staging: &Staging, structures: &[&str], image: &Image) -> bool {
    structures.iter().all(|structure| staging.has(&format!("{structure}/{}.png", image.id)))
}

fn one_problem(problem: Problem) -> DataError {
    let mut problems = Problems::default();
    problems.push(problem);
    problems.or(()).expect_err("a problem")
}
