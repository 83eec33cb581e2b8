//! Benchmark: images, structures, objects, observers and folds.
//!
//! Opening reads and checks `benchmark.toml` and the table of images, but no image.
//! Masks, radiographs and landmarks are read one by one on demand, so a benchmark
//! without its image folder still serves for scoring.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use scr_documents::{Fold, LiteratureDocument, Protocol, TermsDocument, UndefinedDocument};
use scr_image::{Mask, Radiograph, Size};

use crate::benchmark_check;
use crate::benchmark_file::{BenchmarkFile, SpacingSource};
use crate::benchmark_keys::KeyLines;
use crate::benchmark_parts::{BenchmarkParts, EXTENSION, EXTENSION_HOLE};
use crate::definition::{Image, Object, Observer, Structure};
use crate::digest::{Manifest, file_digest};
use crate::{DataError, Landmarks, Problem, Problems, files, formats};

/// Name of the file that defines a benchmark.
pub const BENCHMARK_FILE: &str = "benchmark.toml";

/// Example of the file that defines a benchmark, with every key explained.
pub const BENCHMARK_EXAMPLE: &str = include_str!("benchmark-example.toml");

/// Name of the first observer, whatever its identifier.
const REFERENCE: &str = "reference";

/// Benchmark on disk, with its definition read and checked.
#[derive(Debug, Clone)]
pub struct Benchmark {
    root: PathBuf,
    /// Identifier.
    pub id: String,
    /// Name for people.
    pub title: String,
    /// Description of the images.
    pub description: String,
    /// Definition of the structures.
    pub definition: String,
    /// True when the images are phantoms, not of patients.
    pub is_phantom: bool,
    /// Images that the protocol scores, in the order of the table.
    pub images: Vec<Image>,
    /// Images for training and tuning only, in the order of the table. They need no masks to
    /// score others.
    pub not_scored: Vec<Image>,
    /// All structures.
    pub structures: Vec<Structure>,
    /// All objects.
    pub objects: Vec<Object>,
    /// All observers; the first is the reference.
    pub observers: Vec<Observer>,
    /// Protocol: the use of the images for training and testing.
    pub protocol: Protocol,
    /// Value of undefined distances in means; none where they are counted beside.
    pub undefined_as: Option<UndefinedDocument>,
    /// Terms of use of the data.
    pub terms: TermsDocument,
    /// Published results of others.
    pub literature: Vec<LiteratureDocument>,
    /// Data on which those rows were measured.
    pub literature_note: String,
    /// True when the table of images says the spacing of each.
    pub(crate) has_spacing_column: bool,
    image_folder: String,
    image_pattern: String,
    /// Tables that `benchmark.toml` names.
    pub(crate) tables: Vec<String>,
}

impl Benchmark {
    /// Opens the benchmark in folder `root`.
    ///
    /// # Errors
    /// [`DataError::Problems`] with all problems of `benchmark.toml` and its tables.
    pub fn open(root: &Path) -> Result<Self, DataError> {
        let path = root.join(BENCHMARK_FILE);
        let bytes = files::read_file(&path)?;
        let place = path.display().to_string();
        let text = std::str::from_utf8(&bytes).map_err(|error| {
            Problem::new(&place, "UTF-8 text", error.to_string(), "save the file as UTF-8")
        })?;
        let lines = crate::benchmark_keys::check(&place, text).or_else(|list| {
            let mut problems = Problems::default();
            problems.extend(list);
            problems.or(KeyLines::default())
        })?;
        let file: BenchmarkFile = toml::from_str(text).map_err(|error| {
            let expected = "a benchmark as docs/reference/benchmark-file.md describes it";
            Problem::new(&place, expected, error.to_string().trim_end(), "")
        })?;
        let parts = benchmark_check::parts(root, &place, &lines, file)?;
        Ok(Self::from_parts(root, parts))
    }

    /// The benchmark's folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The reference: the first observer.
    #[must_use]
    pub fn reference(&self) -> &Observer {
        &self.observers[0]
    }

    /// The observer with this identifier. `reference` also names the first observer, unless
    /// another has that identifier.
    ///
    /// # Errors
    /// A [`Problem`] that lists the observers.
    pub fn observer(&self, id: &str) -> Result<&Observer, Problem> {
        let first = (id == REFERENCE).then(|| self.reference());
        self.observers.iter().find(|observer| observer.id == id).or(first).ok_or_else(|| {
            let ids: Vec<&str> = self.observers.iter().map(|o| o.id.as_str()).collect();
            Problem::new(
                format!("observer `{id}`"),
                format!("one of {}", ids.join(", ")),
                "no such observer",
                "leave --observer out to take the first",
            )
        })
    }

    /// All images: those that are scored, then those for training and tuning only.
    pub fn all_images(&self) -> impl Iterator<Item = &Image> {
        self.images.iter().chain(&self.not_scored)
    }

    /// The images of one fold, in the order of the table.
    pub fn fold(&self, fold: Fold) -> impl Iterator<Item = &Image> {
        self.all_images().filter(move |image| image.fold == fold)
    }

    /// Folds that are scored, ascending: both of two-fold, also where one has no image.
    #[must_use]
    pub fn folds(&self) -> Vec<Fold> {
        match self.protocol {
            Protocol::TwoFold => vec![Fold::Number(1), Fold::Number(2)],
            Protocol::KFold => {
                let folds: BTreeSet<Fold> = self.images.iter().map(|image| image.fold).collect();
                folds.into_iter().collect()
            }
            Protocol::Split => vec![Fold::TEST],
            Protocol::EvaluationOnly => vec![Fold::ALL],
        }
    }

    /// True when the spacing of every image that is scored is known: distances are in mm.
    /// Else those in all images are in pixels, as a mean over images has one unit.
    #[must_use]
    pub fn has_spacing(&self) -> bool {
        self.images.iter().all(|image| image.spacing.is_some())
    }

    /// Notice, where the spacing of some images only is known and distances are in pixels.
    #[must_use]
    pub fn spacing_notice(&self) -> Option<String> {
        let unknown = self.images.iter().filter(|image| image.spacing.is_none()).count();
        let all = self.images.len();
        (unknown > 0 && unknown < all).then(|| {
            format!(
                "the spacing of {unknown} of {all} images is unknown: all distances are in pixels"
            )
        })
    }

    /// Path of an image's radiograph; the file may be absent.
    #[must_use]
    pub fn radiograph_path(&self, image: &Image) -> PathBuf {
        let name = self.image_pattern.replace("{image_id}", &image.id);
        let name = name.replace(EXTENSION_HOLE, image.attribute(EXTENSION).unwrap_or_default());
        self.root.join(&self.image_folder).join(name)
    }

    /// Path of an observer's mask.
    #[must_use]
    pub fn mask_path(&self, observer: &Observer, structure: &Structure, image: &Image) -> PathBuf {
        let name =
            observer.pattern.replace("{structure}", &structure.id).replace("{image_id}", &image.id);
        self.root.join(&observer.folder).join(name)
    }

    /// Folder of an observer's masks, itself a set of masks.
    #[must_use]
    pub fn masks_folder(&self, observer: &Observer) -> PathBuf {
        self.root.join(&observer.folder)
    }

    /// Reads a radiograph; its spacing is the one that the benchmark says.
    ///
    /// # Errors
    /// A [`Problem`] when the file is missing or no grey image of 8 or 16 bits.
    pub fn read_radiograph(&self, image: &Image) -> Result<Radiograph, Problem> {
        let path = self.radiograph_path(image);
        let bytes = files::read_file(&path)?;
        let place = path.display().to_string();
        let radiograph = formats::read_radiograph(&place, &bytes)
            .map_err(|error| Problem::format(&place, &error))?;
        Ok(radiograph.with_spacing(image.spacing))
    }

    /// Reads an observer's mask and adds the file to `manifest`.
    ///
    /// # Errors
    /// A [`Problem`] when the file is missing or no binary mask.
    pub fn read_mask(
        &self,
        observer: &Observer,
        structure: &Structure,
        image: &Image,
        manifest: &mut Manifest,
    ) -> Result<Mask, Problem> {
        self.read_mask_sized(observer, structure, image, None, manifest)
    }

    /// Reads an observer's mask; a size other than `expected`, if given, is a problem.
    fn read_mask_sized(
        &self,
        observer: &Observer,
        structure: &Structure,
        image: &Image,
        expected: Option<Size>,
        manifest: &mut Manifest,
    ) -> Result<Mask, Problem> {
        let bytes = self.note_mask(observer, structure, image, manifest)?;
        let place = self.mask_path(observer, structure, image).display().to_string();
        formats::read_mask_sized(&place, &bytes, expected)
            .map_err(|error| Problem::format(&place, &error))
    }

    /// Adds the file of an observer's mask to `manifest`, as `STRUCTURE/IMAGE`, and
    /// returns its bytes without decoding them.
    ///
    /// # Errors
    /// A [`Problem`] when the file is missing or unreadable.
    pub fn note_mask(
        &self,
        observer: &Observer,
        structure: &Structure,
        image: &Image,
        manifest: &mut Manifest,
    ) -> Result<Vec<u8>, Problem> {
        let bytes = files::read_file(&self.mask_path(observer, structure, image))?;
        manifest.add(format!("{}/{}", structure.id, image.id), file_digest(&bytes));
        Ok(bytes)
    }

    /// Reads all of an observer's masks of one image, in the order of
    /// [`structures`](Self::structures), and adds their files to `manifest`.
    ///
    /// # Errors
    /// Every [`Problem`]: a missing file, no mask, or sizes that differ within the image.
    pub fn read_masks(
        &self,
        observer: &Observer,
        image: &Image,
        manifest: &mut Manifest,
    ) -> Result<Vec<Mask>, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut masks: Vec<Mask> = Vec::new();
        for structure in &self.structures {
            let size = masks.first().map(Mask::size);
            match self.read_mask_sized(observer, structure, image, size, manifest) {
                Ok(mask) => masks.push(mask),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok(masks) } else { Err(problems) }
    }

    /// Reads an observer's landmarks; none when the observer has none.
    ///
    /// # Errors
    /// A [`Problem`] when the file is missing or damaged.
    pub fn read_landmarks(
        &self,
        observer: &Observer,
        image: &Image,
    ) -> Result<Option<Landmarks>, Problem> {
        let Some(pattern) = &observer.landmarks else { return Ok(None) };
        let path = self.root.join(pattern.replace("{image_id}", &image.id));
        let bytes = files::read_file(&path)?;
        Landmarks::from_csv(&path.display().to_string(), &bytes).map(Some)
    }
}

impl Benchmark {
    /// A benchmark of checked parts.
    fn from_parts(root: &Path, parts: BenchmarkParts) -> Self {
        let BenchmarkParts { file, protocol, images, objects, literature } = parts;
        let has_spacing_column =
            matches!(file.images.spacing_mm.source(), Ok(SpacingSource::Column(_)));
        let (images, not_scored) =
            images.into_iter().partition(|image| protocol.scores(image.fold));
        let undefined_as =
            file.scoring.as_ref().and_then(|scoring| scoring.undefined_as().ok().flatten());
        let download = file.terms.download().unwrap_or_default();
        let display = file.terms.display().unwrap_or_default();
        let literature_table = file.literature.as_ref().map(|literature| literature.table.clone());
        let tables = [file.images.table.clone()].into_iter().chain(literature_table).collect();
        Self {
            root: root.to_owned(),
            id: file.id,
            title: file.title,
            description: file.description,
            definition: file.definition,
            is_phantom: file.phantom,
            images,
            not_scored,
            structures: file
                .structures
                .into_iter()
                .map(|s| Structure { id: s.id, name: s.name })
                .collect(),
            objects,
            observers: file
                .observers
                .into_iter()
                .map(|o| Observer {
                    id: o.id,
                    name: o.name,
                    folder: o.folder,
                    pattern: o.pattern,
                    landmarks: o.landmarks,
                })
                .collect(),
            protocol,
            undefined_as,
            terms: TermsDocument {
                licence: file.terms.licence,
                redistribution: file.terms.redistribution,
                download,
                display,
                obtain: file.terms.obtain,
                cite: file.terms.cite,
                text: String::new(),
            },
            literature,
            literature_note: file.literature.map(|l| l.note).unwrap_or_default(),
            has_spacing_column,
            image_folder: file.images.folder,
            image_pattern: file.images.pattern,
            tables,
        }
    }

    /// Objects of which `covered` holds some structures but not all, with the missing ones.
    #[must_use]
    pub fn half_covered_objects(
        &self,
        covered: &BTreeSet<usize>,
    ) -> Vec<(&Object, Vec<&Structure>)> {
        self.objects
            .iter()
            .filter_map(|object| {
                let missing: Vec<&Structure> = object
                    .structures
                    .iter()
                    .filter(|index| !covered.contains(index))
                    .map(|&index| &self.structures[index])
                    .collect();
                let is_half = !missing.is_empty() && missing.len() < object.structures.len();
                is_half.then_some((object, missing))
            })
            .collect()
    }
}
