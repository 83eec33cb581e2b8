//! Parallel, resumable writing of a population.

use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use scr_data::{DataError, Fold, Problem, Problems, Staging, formats::FormatError};

use crate::population::{Phantom, Population};

/// Progress callback, called after every image from any thread: task, images done, images
/// in all.
pub type Progress<'a> = &'a (dyn Fn(&str, usize, usize) + Sync);

/// Version of the drawing; raised whenever the same seed gives other images or outlines,
/// so that an interrupted run of an older version is not resumed.
const DRAWING_VERSION: u32 = 1;

/// Plan for [`Staging::begin`].
pub(super) fn plan(layout: &str, population: &Population, side: usize) -> String {
    let Population { images, seed } = population;
    format!(
        "phantom {layout}, drawing {DRAWING_VERSION}, seed {seed}, {images} images, {side} pixels"
    )
}

/// Draws and writes every phantom whose `last_file` (the last one written for an image)
/// does not exist yet.
pub(super) fn each_phantom(
    population: &Population,
    staging: &Staging,
    progress: Progress<'_>,
    last_file: impl Fn(&str) -> String + Sync,
    write: impl Fn(&Phantom) -> Result<(), DataError> + Sync,
) -> Result<(), DataError> {
    let done = AtomicUsize::new(0);
    let ids = population.ids();
    progress("drawing", 0, ids.len());
    ids.par_iter().enumerate().try_for_each(|(index, id)| {
        if !staging.has(&last_file(id)) {
            write(&population.phantom(index))?;
        }
        progress("drawing", done.fetch_add(1, Ordering::Relaxed) + 1, ids.len());
        Ok(())
    })
}

/// The fold of an image: 1 for odd numbers, 2 for even ones, as in SCR.
pub(super) fn fold(id: &str) -> Fold {
    if id.ends_with(['1', '3', '5', '7', '9']) { Fold::Number(1) } else { Fold::Number(2) }
}

/// Error of one problem.
pub(super) fn refused(problem: Problem) -> DataError {
    let mut problems = Problems::default();
    problems.push(problem);
    DataError::Problems(problems)
}

pub(super) fn unwritable(place: &str, error: &FormatError) -> DataError {
    refused(Problem::format(place, error))
}
