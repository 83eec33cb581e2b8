//! Training on one fold, segmenting the other, and both ways round.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use scr_data::{Benchmark, DataError, Fold, Image, Problems, Staging, files, formats};

use crate::{Method, MethodError, Model, Parameters, Progress, TrainingSet, model};

/// Trains a method on one fold of a benchmark.
///
/// # Errors
/// [`MethodError::NoImages`] when the fold is empty, else what the method says.
pub fn train(
    method: &dyn Method,
    benchmark: &Benchmark,
    fold: Fold,
    parameters: &Parameters,
    seed: u64,
    progress: Progress<'_>,
) -> Result<Model, MethodError> {
    let set = TrainingSet::new(benchmark, fold);
    if set.images().is_empty() {
        return Err(MethodError::NoImages {
            benchmark: benchmark.id.clone(),
            fold: fold.number(),
            method: method.id(),
        });
    }
    let header = model::header(method, parameters, seed, benchmark, fold)?;
    let segmenter = method.train(&set, parameters, seed, progress)?;
    Ok(Model::new(header, segmenter))
}

/// Segments the images of one fold into `out`, `STRUCTURE/IMAGE.png`.
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
    out: &Staging,
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
    let done = AtomicUsize::new(0);
    let results: Vec<Result<(), MethodError>> = images
        .par_iter()
        .map(|image| {
            segment_image(model, benchmark, image, out)?;
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            progress(&format!("segmenting fold {}", fold.number()), done, images.len());
            Ok(())
        })
        .collect();
    all_problems(results)
}

/// All problems with files as one; any other error as it is.
fn all_problems(results: Vec<Result<(), MethodError>>) -> Result<(), MethodError> {
    let mut problems = Problems::default();
    for result in results {
        match result {
            Err(MethodError::Data(DataError::Problems(list))) => {
                problems.extend(list.list().iter().cloned());
            }
            other => other?,
        }
    }
    Ok(problems.or(())?)
}

fn refuse_seen(model: &Model, benchmark: &Benchmark, images: &[&Image]) -> Result<(), MethodError> {
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

fn segment_image(
    model: &Model,
    benchmark: &Benchmark,
    image: &Image,
    out: &Staging,
) -> Result<(), MethodError> {
    let paths: Vec<String> =
        benchmark.structures.iter().map(|s| format!("{}/{}.png", s.id, image.id)).collect();
    if paths.iter().all(|path| out.has(path)) {
        return Ok(());
    }
    let radiograph = benchmark.read_radiograph(image)?;
    let masks = model.segmenter().segment(&radiograph)?;
    for (path, mask) in paths.iter().zip(&masks) {
        out.write(path, &formats::png::write_mask(mask))?;
    }
    Ok(())
}

/// Runs a method two-fold: trained on fold 1 it segments fold 2, and the reverse.
/// The masks of all images are written to the folder `out`, which appears whole;
/// an interrupted run goes on from the masks that it finds.
///
/// # Errors
/// As [`train`] and [`segment_fold`].
pub fn run_two_fold(
    method: &dyn Method,
    benchmark: &Benchmark,
    parameters: &Parameters,
    seed: u64,
    out: &Path,
    progress: Progress<'_>,
) -> Result<(), MethodError> {
    let plan = format!(
        "{} {} {:?} seed {seed} on {}",
        method.id(),
        method.version(),
        parameters,
        benchmark.digest(benchmark.reference())?
    );
    let train_on = |fold| train(method, benchmark, fold, parameters, seed, progress);
    let models = [(Fold::Two, train_on(Fold::One)?), (Fold::One, train_on(Fold::Two)?)];
    let staging = Staging::begin(out, &plan)?;
    for (fold, model) in &models {
        segment_fold(model, benchmark, *fold, false, &staging, progress)?;
    }
    Ok(staging.finish()?)
}
