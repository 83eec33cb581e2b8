//! A set of masks that someone wants scored: a folder `STRUCTURE/IMAGE.png`, or a
//! zip file of one.
//!
//! Opening lists what is there and checks names alone, whole: what is missing, what
//! does not belong, what is there twice. Pixels are read mask by mask, later.
//!
//! Tolerated: `right lung` for `right_lung`, folders above the structures called
//! `fold1`, `fold2` or `masks` as in the original database, one enclosing folder,
//! and what operating systems leave behind (`__MACOSX`, `.DS_Store`); the last
//! two are named in a notice.
//!
//! `source.rs` is what a folder and a zip file have in common, `sorting.rs` knows
//! what belongs where. Neither learns which of the two it is about, so the same
//! masks get the same digests and the same problems either way.

mod archive;
mod end_records;
mod findings;
mod folder;
mod shared_file;
mod sorting;
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use scr_image::{Mask, Size};

use self::archive::Archive;
use self::folder::Folder;
use self::sorting::Sorting;
use self::source::{Listing, Source, place};
use crate::digest::{Manifest, file_digest};
use crate::{Benchmark, DataError, Fold, Problem, files, formats};

/// What [`MaskSet::open`] wants.
const EXPECTED: &str = "a folder of masks, STRUCTURE/IMAGE.png, or a zip file of one";

/// Name of the file that may lie beside the structures' folders and says how the
/// masks were made. Nothing in it is believed when masks are scored.
pub const RUN_RECORD: &str = "run.json";

/// A set of masks for a benchmark, complete for the structures and folds it covers.
///
/// Clones share what was listed, and the open file of a zip; masks may be read
/// from many threads at once.
#[derive(Debug, Clone)]
pub struct MaskSet {
    root: PathBuf,
    source: Arc<dyn Source>,
    /// Path relative to the root by structure and image (indices into the benchmark).
    masks: BTreeMap<(usize, usize), String>,
    structures: Vec<usize>,
    folds: Vec<Fold>,
    notices: Vec<String>,
}

impl MaskSet {
    /// Lists the masks in `root`, a folder or a zip file, and checks their names
    /// against `benchmark`.
    ///
    /// A set may cover only some objects, and only one fold, but every structure
    /// of an object and every image of a fold that it covers.
    ///
    /// A zip file may come from a stranger: nothing is unpacked, names cannot lead
    /// out of it, no more is read of an entry than a mask may have bytes, and what
    /// it says of itself is checked before anything is allocated for it.
    ///
    /// # Errors
    /// [`DataError::Problems`] with every missing, unknown, doubled or misplaced
    /// file; every mask that is there is then read as well, so that the list
    /// also holds those that are damaged or of the wrong size.
    pub fn open(root: &Path, benchmark: &Benchmark) -> Result<Self, DataError> {
        let source: Arc<dyn Source> = match std::fs::metadata(root) {
            Ok(data) if data.is_dir() => Arc::new(Folder::new(root)),
            Ok(data) if data.is_file() => Arc::new(Archive::open(root)?),
            data => {
                let found = data.map_or("nothing", |data| files::kind(data.file_type()));
                let hint = "give the folder that holds one folder for each structure";
                return Err(Problem::new(root.display().to_string(), EXPECTED, found, hint).into());
            }
        };
        let listing = Listing::of(root, &*source);
        Sorting::new(root, benchmark).sort(listing, source)
    }

    /// What was passed over, in words, for the user to know.
    #[must_use]
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// The structures that the set covers, as ascending indices into
    /// [`Benchmark::structures`].
    #[must_use]
    pub fn structures(&self) -> &[usize] {
        &self.structures
    }

    /// The images that the set covers, as ascending indices into [`Benchmark::images`].
    #[must_use]
    pub fn images(&self) -> Vec<usize> {
        let images: BTreeSet<usize> = self.masks.keys().map(|&(_, image)| image).collect();
        images.into_iter().collect()
    }

    /// The folds that the set covers, ascending: of each it has all images.
    #[must_use]
    pub fn folds(&self) -> &[Fold] {
        &self.folds
    }

    /// The masks of the set, as ascending pairs of indices into
    /// [`Benchmark::structures`] and [`Benchmark::images`].
    pub fn masks(&self) -> impl Iterator<Item = (usize, usize)> {
        self.masks.keys().copied()
    }

    /// Reads one mask, which must have the size given, if any, and notes the file in
    /// `manifest` under `STRUCTURE/IMAGE` by the benchmark's identifiers, so that
    /// the same masks have the same digest however their folders are named.
    ///
    /// # Errors
    /// A [`Problem`] when the set does not cover it, it cannot be read, is no
    /// binary mask or has another size.
    pub fn read_mask(
        &self,
        benchmark: &Benchmark,
        structure: usize,
        image: usize,
        size: Option<Size>,
        manifest: &mut Manifest,
    ) -> Result<Mask, Problem> {
        let (place, bytes) = self.file(benchmark, structure, image)?;
        manifest.add(mask_name(benchmark, structure, image), file_digest(&bytes));
        formats::read_mask_of(&place, &bytes, size).map_err(|error| Problem::format(&place, &error))
    }

    /// The size that the file of a mask states, without decoding it.
    ///
    /// # Errors
    /// A [`Problem`] when the set does not cover it, or it is no mask.
    pub fn stated_size(
        &self,
        benchmark: &Benchmark,
        structure: usize,
        image: usize,
    ) -> Result<Size, Problem> {
        let (place, bytes) = self.file(benchmark, structure, image)?;
        formats::mask_size(&place, &bytes).map_err(|error| Problem::format(&place, &error))
    }

    /// Where a mask is, and its bytes.
    fn file(
        &self,
        benchmark: &Benchmark,
        structure: usize,
        image: usize,
    ) -> Result<(String, Vec<u8>), Problem> {
        let Some(path) = self.masks.get(&(structure, image)) else {
            let name = mask_name(benchmark, structure, image);
            return Err(Problem::new(name, "a mask", "none in this set", ""));
        };
        Ok((place(&self.root, path), self.source.read(path)?))
    }
}

/// Name of a mask in a manifest, by the benchmark's identifiers.
fn mask_name(benchmark: &Benchmark, structure: usize, image: usize) -> String {
    format!("{}/{}", benchmark.structures[structure].id, benchmark.images[image].id)
}

impl MaskSet {
    /// Every mask of the set that cannot be read or has not the reference's size.
    fn unusable(&self, benchmark: &Benchmark) -> Vec<Problem> {
        self.masks
            .par_iter()
            .filter_map(|(&(structure, image), _)| {
                let mut files = Manifest::default();
                let (of, at) = (&benchmark.structures[structure], &benchmark.images[image]);
                let reference = benchmark.read_mask(benchmark.reference(), of, at, &mut files);
                let size = reference.ok().map(|mask| mask.size());
                self.read_mask(benchmark, structure, image, size, &mut files).err()
            })
            .collect()
    }
}
