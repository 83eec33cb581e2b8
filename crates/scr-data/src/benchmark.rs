//! A benchmark: images, the structures drawn in them, the objects that are
//! scored, the observers who drew and the folds.
//!
//! Opening reads `benchmark.toml` and the table of images, checks them whole and
//! touches no image: masks, radiographs and landmarks are read one by one when
//! asked for, so a benchmark without its image folder can still be scored against.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use scr_documents::{LiteratureDocument, TermsDocument};
use scr_image::{Mask, Radiograph, Size, Spacing};

use crate::benchmark_file::BenchmarkFile;
use crate::definition::{Fold, Image, Object, Observer, Structure};
use crate::digest::{Manifest, file_digest};
use crate::{DataError, Landmarks, Problem, Problems, files, formats};

/// The file that makes a folder a benchmark.
pub const BENCHMARK_FILE: &str = "benchmark.toml";

/// A benchmark on disk, its definition read and checked.
#[derive(Debug, Clone)]
pub struct Benchmark {
    root: PathBuf,
    /// Identifier.
    pub id: String,
    /// Name for people.
    pub title: String,
    /// What the images are.
    pub description: String,
    /// How the structures are defined.
    pub definition: String,
    /// Whether the images are drawn by the phantom and no patient's.
    pub is_phantom: bool,
    /// Distance between pixels of masks and images, where it is known.
    pub spacing: Option<Spacing>,
    /// All images, in the order of the table.
    pub images: Vec<Image>,
    /// All structures.
    pub structures: Vec<Structure>,
    /// All objects.
    pub objects: Vec<Object>,
    /// All observers; the first is the reference.
    pub observers: Vec<Observer>,
    /// How the folds are to be used.
    pub protocol: String,
    /// What one may do with the data.
    pub terms: TermsDocument,
    /// What others published.
    pub literature: Vec<LiteratureDocument>,
    /// On which data those rows were measured.
    pub literature_note: String,
    image_folder: String,
    image_pattern: String,
    /// Tables that `benchmark.toml` names.
    pub(crate) tables: Vec<String>,
}

impl Benchmark {
    /// Opens the benchmark in folder `root`.
    ///
    /// # Errors
    /// [`DataError::Problems`] with everything that is wrong with `benchmark.toml`
    /// and the tables it names.
    pub fn open(root: &Path) -> Result<Self, DataError> {
        let path = root.join(BENCHMARK_FILE);
        let bytes = files::read_file(&path)?;
        let place = path.display().to_string();
        let text = std::str::from_utf8(&bytes).map_err(|error| {
            Problem::new(&place, "UTF-8 text", error.to_string(), "save the file as UTF-8")
        })?;
        let file: BenchmarkFile = toml::from_str(text).map_err(|error| {
            let expected = "a benchmark as docs/benchmark-file.md describes it";
            Problem::new(&place, expected, error.to_string().trim_end(), "")
        })?;
        crate::benchmark_check::benchmark(root, &place, file)
    }

    /// The benchmark's folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The observer whose masks are the standard.
    #[must_use]
    pub fn reference(&self) -> &Observer {
        &self.observers[0]
    }

    /// The observer with this identifier.
    ///
    /// # Errors
    /// A [`Problem`] naming those there are.
    pub fn observer(&self, id: &str) -> Result<&Observer, Problem> {
        self.observers.iter().find(|observer| observer.id == id).ok_or_else(|| {
            let ids: Vec<&str> = self.observers.iter().map(|o| o.id.as_str()).collect();
            Problem::new(
                format!("observer `{id}`"),
                format!("one of {}", ids.join(", ")),
                "no such observer",
                "",
            )
        })
    }

    /// The images of one fold, in the order of the table.
    pub fn fold(&self, fold: Fold) -> impl Iterator<Item = &Image> {
        self.images.iter().filter(move |image| image.fold == fold)
    }

    /// Where an image's radiograph is, if it is there.
    #[must_use]
    pub fn radiograph_path(&self, image: &Image) -> PathBuf {
        let name = self.image_pattern.replace("{image_id}", &image.id);
        self.root.join(&self.image_folder).join(name)
    }

    /// Where an observer's mask is.
    #[must_use]
    pub fn mask_path(&self, observer: &Observer, structure: &Structure, image: &Image) -> PathBuf {
        let name =
            observer.pattern.replace("{structure}", &structure.id).replace("{image_id}", &image.id);
        self.root.join(&observer.folder).join(name)
    }

    /// The folder of an observer's masks: a set of masks of its own.
    #[must_use]
    pub fn masks_folder(&self, observer: &Observer) -> PathBuf {
        self.root.join(&observer.folder)
    }

    /// Reads a radiograph; its spacing is the benchmark's.
    ///
    /// # Errors
    /// A [`Problem`] when it is missing or no grey image of 8 or 16 bits.
    pub fn read_radiograph(&self, image: &Image) -> Result<Radiograph, Problem> {
        let path = self.radiograph_path(image);
        let bytes = files::read_file(&path)?;
        let place = path.display().to_string();
        let radiograph = formats::read_radiograph(&place, &bytes)
            .map_err(|error| Problem::format(&place, &error))?;
        Ok(radiograph.with_spacing(self.spacing))
    }

    /// Reads an observer's mask and notes the file in `manifest`.
    ///
    /// # Errors
    /// A [`Problem`] when it is missing or no binary mask.
    pub fn read_mask(
        &self,
        observer: &Observer,
        structure: &Structure,
        image: &Image,
        manifest: &mut Manifest,
    ) -> Result<Mask, Problem> {
        self.read_mask_of(observer, structure, image, None, manifest)
    }

    /// Reads an observer's mask, which must have the size `expected`, if any is given.
    fn read_mask_of(
        &self,
        observer: &Observer,
        structure: &Structure,
        image: &Image,
        expected: Option<Size>,
        manifest: &mut Manifest,
    ) -> Result<Mask, Problem> {
        let bytes = self.note_mask(observer, structure, image, manifest)?;
        let place = self.mask_path(observer, structure, image).display().to_string();
        formats::read_mask_of(&place, &bytes, expected)
            .map_err(|error| Problem::format(&place, &error))
    }

    /// Notes the file of an observer's mask in `manifest`, as `STRUCTURE/IMAGE`, and
    /// returns its bytes without decoding them.
    ///
    /// # Errors
    /// A [`Problem`] when it is missing or unreadable.
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
    /// [`structures`](Self::structures), and notes their files in `manifest`.
    ///
    /// # Errors
    /// Every [`Problem`]: missing, not a mask, or sizes that differ within the image.
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
            match self.read_mask_of(observer, structure, image, size, manifest) {
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

    /// What is scored, apart from the masks, as text: the part of the definition
    /// that a score depends on. Titles, terms and attributes are not in it, so
    /// that they can be mended without making another benchmark.
    ///
    /// ```text
    /// benchmark ID
    /// spacing_mm NUMBER, or X Y where they differ, or unknown
    /// structure ID
    /// object ID STRUCTURE ...
    /// image ID fold 1 or 2
    /// ```
    #[must_use]
    pub fn scoring_definition(&self) -> String {
        let spacing = match self.spacing.map(|spacing| (spacing.x_mm(), spacing.y_mm())) {
            None => "unknown".to_owned(),
            Some((x, y)) if x == y => x.to_string(),
            Some((x, y)) => format!("{x} {y}"),
        };
        let mut text = format!("benchmark {}\nspacing_mm {spacing}\n", self.id);
        for structure in &self.structures {
            text += &format!("structure {}\n", structure.id);
        }
        for object in &self.objects {
            text += &format!("object {}", object.id);
            for &structure in &object.structures {
                text += &format!(" {}", self.structures[structure].id);
            }
            text.push('\n');
        }
        for image in &self.images {
            text += &format!("image {} fold {}\n", image.id, image.fold.number());
        }
        text
    }

    /// A manifest with the [scoring definition](Self::scoring_definition) alone,
    /// under the name `definition`: masks are added to it as they are read.
    #[must_use]
    pub fn manifest(&self) -> Manifest {
        let mut manifest = Manifest::default();
        manifest.add("definition", file_digest(self.scoring_definition().as_bytes()));
        manifest
    }

    /// Names exactly what a score against `observer` rests on: the scoring
    /// definition and all of the observer's masks, no image.
    ///
    /// # Errors
    /// [`DataError::Problems`] with every mask that cannot be read.
    pub fn digest(&self, observer: &Observer) -> Result<String, DataError> {
        let mut manifest = self.manifest();
        let mut problems = Problems::default();
        for image in &self.images {
            for structure in &self.structures {
                problems.keep(self.note_mask(observer, structure, image, &mut manifest));
            }
        }
        problems.or(manifest.digest())
    }
}

/// The parts of a benchmark that [`benchmark_check`](crate::benchmark_check) has verified.
pub(crate) struct Checked {
    pub(crate) file: BenchmarkFile,
    pub(crate) images: Vec<Image>,
    pub(crate) objects: Vec<Object>,
    pub(crate) literature: Vec<LiteratureDocument>,
}

impl Benchmark {
    /// Joins parts that have been checked.
    pub(crate) fn from_checked(root: &Path, checked: Checked) -> Self {
        let Checked { file, images, objects, literature } = checked;
        let spacing = file.images.spacing_mm.spacing().ok().flatten();
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
            spacing,
            images,
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
            protocol: file.folds.protocol,
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
            image_folder: file.images.folder,
            image_pattern: file.images.pattern,
            tables,
        }
    }

    /// The names of all objects' structures that `covered` does not hold, by object,
    /// for objects of which it holds some.
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
