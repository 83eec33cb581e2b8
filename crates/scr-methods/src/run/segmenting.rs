//! Segmenting the images of a fold, by one model or by several at once.
//!
//! Images pass in groups: those of a group are read once, classified once for all
//! models that start from the same classifier, and then segmented by one model after
//! the other. So memory does not grow with the fold, and what a model takes can be
//! told from what the others take.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rayon::prelude::*;
use scr_data::{Benchmark, Fold, Image, Staging, files, formats};

use super::memory;
use crate::error::all_or_problems;
use crate::{MethodError, Model, Progress, Subject};

/// Images of a group, a thread.
const IMAGES_A_THREAD: usize = 4;

/// What one model is to write.
pub(super) struct Task<'a> {
    pub(super) model: &'a Model,
    /// Where masks go, unless they are there already.
    pub(super) masks: Option<&'a Staging>,
    /// Where posteriors go, where they are wanted.
    pub(super) posteriors: Option<&'a Staging>,
    pub(super) spent: Spent,
}

/// What segmenting took.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spent {
    /// On all threads together, reading and writing excluded, as if the model had
    /// been the only one.
    pub(super) time: Duration,
    pub(super) n_images: usize,
    pub(super) peak_bytes: Option<u64>,
}

/// Segments the images of one fold into `masks`, `STRUCTURE/IMAGE.png`, and writes
/// its posterior to `posteriors` as [`Posterior::to_pngs`](crate::Posterior::to_pngs)
/// does. Files that are there already are not made again.
///
/// # Errors
/// [`MethodError::SeenImages`] when the model was trained on some of them and
/// `allow_seen` is false; [`MethodError::Structures`] when it segments others
/// than the benchmark's; every radiograph that cannot be read.
pub fn segment_fold(
    model: &Model,
    benchmark: &Benchmark,
    fold: Fold,
    allow_seen: bool,
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
    if !allow_seen {
        refuse_seen(model, benchmark, &images)?;
    }
    let task = Task { model, masks: Some(masks), posteriors, spent: Spent::default() };
    segment(&mut [task], benchmark, fold, progress)
}

/// Segments the images of a fold by each of the models.
pub(super) fn segment(
    tasks: &mut [Task<'_>],
    benchmark: &Benchmark,
    fold: Fold,
    progress: Progress<'_>,
) -> Result<(), MethodError> {
    let images: Vec<&Image> = benchmark.fold(fold).collect();
    let (what, total) = (format!("segmenting fold {}", fold.number()), images.len() * tasks.len());
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
    let is_wanted = |image: &&&Image| tasks.iter().any(|task| !task.is_done(benchmark, image));
    let wanted: Vec<&Image> = images.iter().filter(is_wanted).copied().collect();
    let read = |image: &&Image| Ok(Subject::of(benchmark.read_radiograph(image)?));
    let subjects = all_or_problems(wanted.par_iter().map(read).collect())?;
    let mut classified: Vec<(String, Duration)> = Vec::new();
    for task in tasks {
        let begin = Instant::now();
        memory::forget_peak();
        let segmenter = task.model.segmenter();
        if let Some(classifier) = segmenter.classifier() {
            let known = classified.iter().find(|(of, _)| of == classifier.fingerprint());
            if let Some((_, took)) = known {
                task.spent.time += *took;
            } else {
                subjects.par_iter().for_each(|subject| drop(subject.posterior(classifier)));
                classified.push((classifier.fingerprint().to_owned(), begin.elapsed()));
            }
        }
        let pairs = wanted.iter().zip(&subjects);
        let todo: Vec<(&&Image, &Subject<'_>)> =
            pairs.filter(|(image, _)| !task.is_done(benchmark, image)).collect();
        let segment = |(_, subject): &(&&Image, &Subject<'_>)| {
            let masks = segmenter.segment(subject);
            step();
            masks
        };
        let masks = all_or_problems(todo.par_iter().map(segment).collect())?;
        task.spent.time += begin.elapsed();
        task.spent.n_images += todo.len();
        task.spent.peak_bytes = task.spent.peak_bytes.max(memory::peak_bytes());
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

impl Task<'_> {
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

/// Whether a folder holds a file of each structure for an image.
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

/// Refuses images that the model was trained on, by name or by the bytes of their file.
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
        fold: header.fold,
        images: seen,
    })
}
