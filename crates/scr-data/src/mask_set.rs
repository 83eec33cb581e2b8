//! Set of masks: a folder `STRUCTURE/IMAGE.png`, a zip file of one, or files elsewhere.
//!
//! Opening lists the files and checks their names completely: missing, unknown and
//! duplicate files. Pixels are read later, mask by mask.
//!
//! Tolerated: `right lung` for `right_lung`, folders above the structures called `masks` or
//! after a fold (`fold1`, `test`) as in the original database, one enclosing folder, and
//! system files (`__MACOSX`, `.DS_Store`); notices name the last two. Masks of images that
//! are not scored are ignored with a notice.
//!
//! `source.rs` abstracts over folder, zip file and others (`remote.rs`), `sorting.rs` assigns files to structures
//! and images. Neither knows which of them it handles, so the same masks have the same
//! digests and problems in each.

mod archive;
mod bounded_problems;
mod end_records;
mod folder;
mod remote;
mod shared_file;
mod sorting;
mod source;
mod zip_files;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use scr_image::{Mask, Size};
use tempfile::TempDir;

use self::archive::Archive;
use self::folder::Folder;
pub use self::remote::MaskFiles;
use self::remote::Remote;
use self::sorting::{Completeness, SortedMasks, Sorting};
pub use self::source::{CARD, RUN_RECORD};
use self::source::{EXPECTED, Listing, Source, place};
pub use self::zip_files::ZipFiles;
use crate::digest::{Manifest, file_digest};
use crate::{Benchmark, DataError, Fold, Problem, files, formats};

/// Maximum size of a card or a run record in bytes.
const MAX_COMPANION_BYTES: usize = 1 << 20;

/// Set of masks for a benchmark, complete for the structures and folds it covers.
///
/// Clones share the listing and the open zip file; several threads may read masks at once.
#[derive(Debug, Clone)]
pub struct MaskSet {
    root: PathBuf,
    source: Arc<dyn Source>,
    /// Path relative to the root by structure and image (indices into the benchmark).
    masks: BTreeMap<(usize, usize), String>,
    structures: Vec<usize>,
    folds: Vec<Fold>,
    /// Paths of cards and run records, relative to the root.
    companions: Vec<String>,
    notices: Vec<String>,
    /// Folder to delete with the last clone; none for masks of the user.
    temporary: Option<Arc<TempDir>>,
}

impl MaskSet {
    /// Lists the masks in `root`, a folder or a zip file, and checks their names
    /// against `benchmark`.
    ///
    /// A set may cover some objects only and one fold only, but must hold every structure of
    /// an object and every image of a fold that it covers.
    ///
    /// A zip file is untrusted: nothing is unpacked, names cannot lead out of it, reads of an
    /// entry are bounded, and its stated sizes are checked before allocation.
    ///
    /// # Errors
    /// [`DataError::Problems`] with every missing, unknown, duplicate or misplaced file. In that
    /// case every mask is read as well, and the list also holds those that are damaged or of
    /// the wrong size.
    pub fn open(root: &Path, benchmark: &Benchmark) -> Result<Self, DataError> {
        Self::open_with(root, benchmark, Completeness::Required)
    }

    /// As [`open`](Self::open), but masks may be missing: for looking at a set, not for scoring
    /// it. A notice counts the missing ones. [`complete_images`](Self::complete_images) is the
    /// part that can be scored.
    ///
    /// # Errors
    /// As [`open`](Self::open), but for missing files.
    pub fn open_partial(root: &Path, benchmark: &Benchmark) -> Result<Self, DataError> {
        Self::open_with(root, benchmark, Completeness::Optional)
    }

    fn open_with(
        root: &Path,
        benchmark: &Benchmark,
        completeness: Completeness,
    ) -> Result<Self, DataError> {
        let source: Arc<dyn Source> = match std::fs::metadata(root) {
            Ok(data) if data.is_dir() => Arc::new(Folder::new(root)),
            Ok(data) if data.is_file() => Arc::new(Archive::open(root)?),
            data => {
                let found = data.map_or("nothing", |data| files::kind(data.file_type()));
                let hint = "give the folder that holds one folder for each structure";
                return Err(Problem::new(root.display().to_string(), EXPECTED, found, hint).into());
            }
        };
        Self::of_source(root, source, benchmark, completeness)
    }

    /// Lists the masks in `files`, such as a bucket, and checks their names against `benchmark`, as
    /// [`open`](Self::open) does. `place` stands in messages before the paths.
    ///
    /// # Errors
    /// As [`open`](Self::open), and the [`Problem`] of a list that cannot be read.
    pub fn open_files(
        place: &str,
        files: Box<dyn MaskFiles>,
        benchmark: &Benchmark,
    ) -> Result<Self, DataError> {
        let source = Arc::new(Remote::list_of(files)?);
        Self::of_source(Path::new(place), source, benchmark, Completeness::Required)
    }

    fn of_source(
        root: &Path,
        source: Arc<dyn Source>,
        benchmark: &Benchmark,
        completeness: Completeness,
    ) -> Result<Self, DataError> {
        let listing = Listing::of(root, &*source);
        let sorted = Sorting::new(root, benchmark).sort(listing, &*source, completeness);
        let SortedMasks { masks, structures, folds, companions, notices, problems } = sorted;
        let is_whole = problems.is_empty();
        let mut problems = problems.into_problems(&root.display().to_string());
        let set = Self {
            root: root.to_owned(),
            source,
            masks,
            structures,
            folds,
            companions,
            notices,
            temporary: None,
        };
        if !is_whole {
            problems.extend(set.unusable(benchmark));
        }
        problems.or(set)
    }

    /// True if a folder below `root` is named after a structure of the benchmark and holds a
    /// file.
    #[must_use]
    pub fn has_folders_of_structures(root: &Path, benchmark: &Benchmark) -> bool {
        let sorting = Sorting::new(root, benchmark);
        let (files, _) = Listing::of(root, &Folder::new(root)).into_parts();
        let is_in_one = |path: &String| {
            let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders);
            folders.split('/').any(|folder| sorting.structure_of(folder).is_some())
        };
        files.iter().any(is_in_one)
    }

    /// The set with more notices before its own; it deletes `folder` with its last clone.
    #[must_use]
    pub fn in_temporary_folder(mut self, folder: TempDir, notices: Vec<String>) -> Self {
        self.notices.splice(0..0, notices);
        self.temporary = Some(Arc::new(folder));
        self
    }

    /// The masks of the images of which the set has every structure that it covers; none where
    /// it has no such image.
    #[must_use]
    pub fn complete_images(&self) -> Option<Self> {
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for &(_, image) in self.masks.keys() {
            *counts.entry(image).or_default() += 1;
        }
        let mut part = self.clone();
        part.masks.retain(|(_, image), _| counts[image] == self.structures.len());
        (!part.masks.is_empty()).then_some(part)
    }

    /// True if the set has a mask of the structure in the image, both as indices into the
    /// benchmark's.
    #[must_use]
    pub fn has_mask(&self, structure: usize, image: usize) -> bool {
        self.masks.contains_key(&(structure, image))
    }

    /// Notices for the user about ignored files.
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

    /// Folds that the set covers, ascending; it has all images of each.
    #[must_use]
    pub fn folds(&self) -> &[Fold] {
        &self.folds
    }

    /// The masks of the set, as ascending pairs of indices into
    /// [`Benchmark::structures`] and [`Benchmark::images`].
    pub fn masks(&self) -> impl Iterator<Item = (usize, usize)> {
        self.masks.keys().copied()
    }

    /// Place and bytes of the set's [`CARD`] or [`RUN_RECORD`]; none where it has none, or
    /// several, as sets of two folds do.
    ///
    /// # Errors
    /// A [`Problem`] when the file cannot be read or has more than 1 MiB.
    pub fn companion(&self, name: &str) -> Result<Option<(String, Vec<u8>)>, Problem> {
        let is_it = |path: &&String| path.rsplit('/').next() == Some(name);
        let mut paths = self.companions.iter().filter(is_it);
        let (Some(path), None) = (paths.next(), paths.next()) else { return Ok(None) };
        let (place, bytes) = (place(&self.root, path), self.source.read(path)?);
        if bytes.len() > MAX_COMPANION_BYTES {
            let expected = format!("at most {MAX_COMPANION_BYTES} bytes");
            return Err(Problem::new(place, expected, format!("{} bytes", bytes.len()), ""));
        }
        Ok(Some((place, bytes)))
    }

    /// Reads one mask, which must have `size`, if given, and adds the file to `manifest` under
    /// `STRUCTURE/IMAGE` by the benchmark's identifiers, so that the digest does not depend
    /// on the names of folders.
    ///
    /// # Errors
    /// A [`Problem`] when the set does not cover the mask, or it cannot be read, is no binary
    /// mask or has another size.
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
        formats::read_mask_sized(&place, &bytes, size)
            .map_err(|error| Problem::format(&place, &error))
    }

    /// Adds the file of a mask to `manifest`, as [`read_mask`](Self::read_mask) does; decodes no
    /// pixel.
    ///
    /// # Errors
    /// A [`Problem`] when the set does not cover the mask, or its file cannot be read.
    pub fn note_mask(
        &self,
        benchmark: &Benchmark,
        structure: usize,
        image: usize,
        manifest: &mut Manifest,
    ) -> Result<(), Problem> {
        let (_, bytes) = self.file(benchmark, structure, image)?;
        manifest.add(mask_name(benchmark, structure, image), file_digest(&bytes));
        Ok(())
    }

    /// [Validator](crate::validator) of a mask's file; none where a change could go unnoticed.
    #[must_use]
    pub fn mask_validator(&self, structure: usize, image: usize) -> Option<String> {
        self.source.validator(self.masks.get(&(structure, image))?)
    }

    /// Stated size of a mask's file; decodes no pixel.
    ///
    /// # Errors
    /// A [`Problem`] when the set does not cover the mask, or the file is no mask.
    pub fn stated_size(
        &self,
        benchmark: &Benchmark,
        structure: usize,
        image: usize,
    ) -> Result<Size, Problem> {
        let (place, bytes) = self.file(benchmark, structure, image)?;
        formats::mask_size(&place, &bytes).map_err(|error| Problem::format(&place, &error))
    }

    /// Place and bytes of a mask's file.
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
    /// Problems of all masks that cannot be read or differ in size from the reference.
    fn unusable(&self, benchmark: &Benchmark) -> Vec<Problem> {
        self.masks
            .par_iter()
            .filter_map(|(&(structure, image), _)| {
                let mut files = Manifest::default();
                let of = &benchmark.structures[structure];
                let at = &benchmark.images[image];
                let reference = benchmark.read_mask(benchmark.reference(), of, at, &mut files);
                let size = reference.ok().map(|mask| mask.size());
                self.read_mask(benchmark, structure, image, size, &mut files).err()
            })
            .collect()
    }
}
