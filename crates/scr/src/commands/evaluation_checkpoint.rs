//! Checkpoint of `scr evaluate`, `FILE.partial` beside its output: the images that are scored already.
//!
//! The first line is the outline of the evaluation, and each other line a scored image with the
//! digests of its files. An evaluation of the same outline resumes from it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};
use scr_data::{CheckpointFile, DataError, Problem, Problems};
use scr_documents::{CheckpointImage, ShardDocument};
use scr_eval::{Checkpoint, EvaluationPart, ScoredImage, differences};
use scr_report::{checkpoint_image, read_checkpoint_image, read_shard, shard_document};

use crate::tell::tell;

/// Advice on a checkpoint of another evaluation.
const HINT: &str = "finish it with the same arguments and version, or delete it to begin again";

/// Checkpoint of one evaluation.
pub(crate) struct EvaluationCheckpoint {
    lines: CheckpointFile,
    path: PathBuf,
    /// Images that were found in the checkpoint, by place.
    found: Mutex<BTreeMap<usize, ScoredImage>>,
    /// Number of images in the checkpoint.
    n_images: AtomicUsize,
}

impl EvaluationCheckpoint {
    /// Opens the checkpoint beside the output file `out`, or begins one.
    ///
    /// # Errors
    /// As [`CheckpointFile::open`]; the problems of a checkpoint of another evaluation.
    pub(crate) fn open(out: &Path, outline: &EvaluationPart) -> Result<Self> {
        let mut path = out.as_os_str().to_owned();
        path.push(".partial");
        let path = PathBuf::from(path);
        let place = path.display().to_string();
        let mut found = BTreeMap::new();
        let mut is_new = true;
        let lines = CheckpointFile::open(&path, |line| {
            if std::mem::take(&mut is_new) {
                return check_outline(&place, line, outline);
            }
            let image = parsed(&place, line)
                .and_then(|image: CheckpointImage| read_checkpoint_image(&place, image, outline))?;
            found.insert(image.place, image);
            Ok(())
        })?;
        if is_new {
            let outline = serde_json::to_string(&shard_document(outline));
            lines.add(&outline.context("cannot write the checkpoint")?)?;
        }
        let n_images = found.len();
        if n_images > 0 {
            tell!(
                "note: {n_images} images are in {place} already; they are scored again only where a file has changed"
            );
        }
        Ok(Self { lines, path, found: Mutex::new(found), n_images: n_images.into() })
    }

    /// The error of an evaluation, after a note about the checkpoint, which stays if it has images.
    pub(crate) fn after(&self, error: anyhow::Error) -> anyhow::Error {
        let n_images = self.n_images.load(Ordering::Relaxed);
        if n_images > 0 {
            let path = self.path.display();
            tell!("note: {path} keeps {n_images} scored images; the same command resumes from it");
        } else if let Err(other) = std::fs::remove_file(&self.path) {
            tell!("note: cannot delete {}: {other}", self.path.display());
        }
        error
    }

    /// Deletes the checkpoint, as the output is written.
    pub(crate) fn delete(self) -> Result<(), DataError> {
        self.lines.delete()
    }
}

impl Checkpoint for EvaluationCheckpoint {
    fn take(&self, place: usize) -> Option<ScoredImage> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).remove(&place)
    }

    fn add(&self, image: &ScoredImage) -> Result<(), DataError> {
        let line = serde_json::to_string(&checkpoint_image(image))
            .map_err(|error| DataError::Write { path: self.path.clone(), source: error.into() })?;
        self.lines.add(&line)?;
        self.n_images.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

fn parsed<T: serde::de::DeserializeOwned>(place: &str, line: &str) -> Result<T, Problem> {
    let expected = "a checkpoint of `scr evaluate`";
    serde_json::from_str(line)
        .map_err(|error| Problem::new(place, expected, error.to_string(), HINT))
}

/// Checks the first line of a checkpoint against the outline of this evaluation.
fn check_outline(place: &str, line: &str, outline: &EvaluationPart) -> Result<(), DataError> {
    let document: ShardDocument = parsed(place, line)?;
    let part = read_shard(place, document)?;
    let this = "this evaluation";
    let mut problems = Problems::default();
    let differ = differences(place, &part, this, outline);
    problems.extend(differ.into_iter().map(|problem| Problem { hint: HINT.to_owned(), ..problem }));
    if part.shard != outline.shard {
        let expected = format!("shard {}, as {this}", outline.shard);
        problems.push(Problem::new(place, expected, part.shard.to_string(), HINT));
    }
    if part.reference_files != outline.reference_files {
        let expected = format!("the benchmark of {this}");
        problems.push(Problem::new(place, expected, "another definition or table of it", HINT));
    }
    problems.or(())
}
