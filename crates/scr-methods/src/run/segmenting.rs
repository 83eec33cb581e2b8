//! Segmentation of the images of a fold, by one model or by several at once.
//!
//! Images are processed in groups: those of a group are read once, classified once for all
//! models with equal classifiers, and then segmented by one model after the other. So memory
//! does not grow with the fold, and the time of each model can be measured.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rayon::prelude::*;
use scr_data::{Benchmark, Fold, Image, Staging, files, formats};

use crate::error::all_or_problems;
use crate::{MethodError, Model, Progress, Subject, memory};

/// Number of images of a group for each thread.
const IMAGES_A_THREAD: usize = 4;

/// Model with the folders to write to.
pub(super) struct Task<'a> {
    pub(super) model: &'a Model,
    /// Folder of masks, unless it is complete.
    pub(super) masks: Option<&'a Staging>,
    /// Folder of posteriors, if requested.
    pub(super) posteriors: Option<&'a Staging>,
    pub(super) cost: SegmentingCost,
    /// Error of the model, which ends its segmenting.
    pub(super) failure: Option<MethodError>,
}

/// Cost of segmenting.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct SegmentingCost {
    /// Elapsed time on all threads together, without reading and writing, as if the model had
    /// been the only one.
    pub(super) time: Duration,
    pub(super) n_images: usize,
    pub(super) peak_bytes: Option<u64>,
}

/// Permission to segment images that the model was trained on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeenImages {
    /// Training images are an error.
    Refused,
    /// Training images are segmented like others.
    Allowed,
}

/// Segments the images of one fold into the first of two folders, as `STRUCTURE/IMAGE.png`, and
/// writes posteriors to the second in the format of
/// [`Posterior::to_pngs`](crate::Posterior::to_pngs). Existing files are not written again.
///
/// # Errors
/// [`MethodError::SeenImages`] when the model was trained on some of them and
/// `seen` is [`SeenImages::Refused`]; [`MethodError::Structures`] when it segments others
/// than the benchmark's; every radiograph that cannot be read.
pub fn segment_fold(
    model: &Model,
    benchmark: &Benchmark,
    fold: Fold,
    seen: SeenImages,
    (masks, posteriors): (&Staging, Option<&Staging>),
    progress: Progress<'_>,
) -> Result<(), MethodError> {
    let structures: Vec<&str> = benchmark.structures.iter().map(|s| s.id.as_str()).collect();
    if model.header().structures != structures {
        return Err(MethodError::Structures {
            found: model.header().structures.join(", "),
            expected: structures.join(", "),
        });
    }
    let images: Vec<&Image> = benchmark.fold(fold).collect();
    if seen == SeenImages::Refused {
        refuse_seen(model, benchmark, &images)?;
    }
    let mut task = Task::new(model, Some(masks), posteriors);
    segment(std::slice::from_mut(&mut task), benchmark, fold, progress)?;
    task.failure.map_or(Ok(()), Err)
}

/// Segments the images of a fold by each of the models. When one fails, the others go on.
pub(super) fn segment(
    tasks: &mut [Task<'_>],
    benchmark: &Benchmark,
    fold: Fold,
    progress: Progress<'_>,
) -> Result<(), MethodError> {
    let images: Vec<&Image> = benchmark.fold(fold).collect();
    let (what, total) = (format!("segmenting {}", fold.phrase()), images.len() * tasks.len());
    let done = AtomicUsize::new(0);
    let step = || progress(&what, done.fetch_add(1, Ordering::Relaxed) + 1, total);
    let mut results = Vec::new();
    for group in images.chunks(IMAGES_A_THREAD * rayon::current_num_threads()) {
        results.push(segment_group(tasks, benchmark, group, &step));
        if matches!(results.last(), Some(Err(error)) if !error.is_about_files()) {
            break;
        }
    }
    all_or_problems(results).map(drop)
}

fn segment_group(
    tasks: &mut [Task<'_>],
    benchmark: &Benchmark,
    images: &[&Image],
    step: &(dyn Fn() + Sync),
) -> Result<(), MethodError> {
    let is_open = |image: &&&Image| tasks.iter().any(|task| !task.is_done(benchmark, image));
    let open: Vec<&Image> = images.iter().filter(is_open).copied().collect();
    let read = |image: &&Image| Ok(Subject::of(benchmark.read_radiograph(image)?));
    let subjects = all_or_problems(open.par_iter().map(read).collect())?;
    let mut classified: Vec<(String, Duration)> = Vec::new();
    for task in tasks.iter_mut().filter(|task| task.failure.is_none()) {
        let begin = Instant::now();
        memory::reset_peak();
        let segmenter = task.model.segmenter();
        if let Some(classifier) = segmenter.classifier() {
            let known = classified.iter().find(|(of, _)| of == classifier.fingerprint());
            if let Some((_, took)) = known {
                task.cost.time += *took;
            } else {
                subjects.par_iter().for_each(|subject| drop(subject.posterior(classifier)));
                classified.push((classifier.fingerprint().to_owned(), begin.elapsed()));
            }
        }
        let pairs = open.iter().zip(&subjects);
        let todo: Vec<(&&Image, &Subject<'_>)> =
            pairs.filter(|(image, _)| !task.is_done(benchmark, image)).collect();
        let segment = |(_, subject): &(&&Image, &Subject<'_>)| {
            let masks = segmenter.segment(subject);
            step();
            masks
        };
        let masks = match all_or_problems(todo.par_iter().map(segment).collect()) {
            Ok(masks) => masks,
            Err(error) if error.is_about_files() => return Err(error),
            Err(error) => {
                task.failure = Some(error);
                continue;
            }
        };
        task.cost.time += begin.elapsed();
        task.cost.n_images += todo.len();
        task.cost.peak_bytes = task.cost.peak_bytes.max(memory::peak_bytes());
        for _ in todo.len()..images.len() {
            step();
        }
        let write = |((image, subject), masks): (&(&&Image, &Subject<'_>), &Vec<_>)| {
            task.write(benchmark, image, subject, masks)
        };
        all_or_problems(todo.par_iter().zip(&masks).map(write).collect())?;
    }
    Ok(())
}

impl<'a> Task<'a> {
    pub(super) fn new(
        model: &'a Model,
        masks: Option<&'a Staging>,
        posteriors: Option<&'a Staging>,
    ) -> Self {
        Self { model, masks, posteriors, cost: SegmentingCost::default(), failure: None }
    }

    fn is_done(&self, benchmark: &Benchmark, image: &Image) -> bool {
        let stagings = [self.masks, self.posteriors];
        stagings.iter().flatten().all(|staging| has_all(staging, benchmark, image))
    }

    fn write(
        &self,
        benchmark: &Benchmark,
        image: &Image,
        subject: &Subject<'_>,
        masks: &[scr_image::Mask],
    ) -> Result<(), MethodError> {
        if let Some(staging) = self.masks {
            let bytes = masks.iter().map(formats::png::write_mask);
            write_all(staging, benchmark, image, bytes)?;
        }
        if let Some(staging) = self.posteriors
            && let Some(posterior) = self.model.segmenter().posterior(subject)?
        {
            write_all(staging, benchmark, image, posterior.to_pngs())?;
        }
        Ok(())
    }
}

/// Test whether a folder holds a file of each structure for an image.
pub(super) fn has_all(staging: &Staging, benchmark: &Benchmark, image: &Image) -> bool {
    benchmark.structures.iter().all(|s| staging.has(&format!("{}/{}.png", s.id, image.id)))
}

fn write_all(
    staging: &Staging,
    benchmark: &Benchmark,
    image: &Image,
    files: impl IntoIterator<Item = Vec<u8>>,
) -> Result<(), MethodError> {
    for (structure, bytes) in benchmark.structures.iter().zip(files) {
        staging.write(&format!("{}/{}.png", structure.id, image.id), &bytes)?;
    }
    Ok(())
}

/// Refuses training images of the model, by identifier or by the bytes of their file.
pub(super) fn refuse_seen(
    model: &Model,
    benchmark: &Benchmark,
    images: &[&Image],
) -> Result<(), MethodError> {
    let digest = benchmark.digest(benchmark.reference())?;
    let seen: Vec<String> = images
        .iter()
        .filter(|image| {
            let file = files::read_file(&benchmark.radiograph_path(image)).ok();
            model.has_seen(Some(&digest), &image.id, file.as_deref())
        })
        .map(|image| image.id.clone())
        .collect();
    if seen.is_empty() {
        return Ok(());
    }
    let header = model.header();
    Err(MethodError::SeenImages {
        benchmark: header.benchmark.clone(),
        part: header.fold,
        images: seen,
    })
}
