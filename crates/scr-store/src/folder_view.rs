//! View of folders as a store: a benchmark and sets of masks whose files stay where they are.
//!
//! For looking at one's own files on pages of a site. Rows are in a database as on a site;
//! radiographs, thumbnails and outlines are made when a page asks for them; outlines are kept
//! for two seconds. Nothing is published: masks may be partial and without scores.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use rayon::prelude::*;
use scr_data::digest::Manifest;
use scr_data::{Benchmark, DataError, MaskSet, Problem, Problems, formats};
use scr_documents::{CardDocument, EntryRole, Permission, ResultDocument};
use scr_image::Size;

use crate::benchmarks;
use crate::blobs::{BlobKey, FileSource};
use crate::blocking::run_blocking;
use crate::database::{Doing, begin_writing};
use crate::entries::EntryRow;
use crate::error::StoreError;
use crate::file_claims::FileClaim;
use crate::outlines::OutlinesDocument;
use crate::publish::benchmark::{
    ImageFacts, document, read_png, shows_pixels, thumbnail, write_png,
};
use crate::publish::entry::{EntryFiles, insert, slug};
use crate::recent::RecentFiles;
use crate::storage_error::StorageError;
use crate::store::Store;
use crate::time::now;

/// Set of masks to look at.
#[derive(Debug, Clone)]
pub struct ViewedMasks {
    /// Role in tables.
    pub role: EntryRole,
    /// Card; its name is the name in tables.
    pub card: CardDocument,
    /// The masks, which may be partial.
    pub masks: MaskSet,
    /// Their scores; none where they are not scored, or not yet.
    pub result: Option<ResultDocument>,
}

impl Store {
    /// Store of folders, with its database in the new or empty folder `folder`. Pages may show
    /// everything, whatever the benchmark's terms say: who has the files may see them.
    /// Returns the store and the identifiers of the sets, in their order; they depend on the
    /// names alone.
    ///
    /// # Errors
    /// [`StorageError::Data`] with every reference mask that cannot be read;
    /// failures of the database.
    pub async fn of_folders(
        folder: &Path,
        benchmark: &Benchmark,
        sets: Vec<ViewedMasks>,
    ) -> Result<(Self, Vec<String>), StoreError> {
        let mut benchmark = benchmark.clone();
        benchmark.terms.display = Permission::Allowed;
        benchmark.terms.download = Permission::Allowed;
        let benchmark = Arc::new(benchmark);
        let source = Arc::clone(&benchmark);
        let read = move || -> Result<_, StorageError> {
            Ok((source.digest(source.reference())?, image_facts(&source)?))
        };
        let (digest, facts) = run_blocking(read).await?;
        let ids = ids(&sets);
        let files = FolderFiles::new(Arc::clone(&benchmark), &facts, &sets, &ids)?;
        let store = Self::open(folder).await?.with_source(Arc::new(files));
        let document = document(&benchmark, digest.clone(), &facts);
        let claim = FileClaim::begin(&store.pool, BlobKey::of_benchmark(&document.id)?).await?;
        benchmarks::put(&store.pool, &document, &Manifest::default(), claim).await?;
        let mut transaction = begin_writing(&store.pool).await?;
        for (set, id) in sets.into_iter().zip(&ids) {
            let result = set.result.unwrap_or_else(|| unscored(&benchmark, &digest));
            let row = EntryRow {
                id: id.clone(),
                benchmark_id: benchmark.id.clone(),
                role: set.role,
                card: set.card,
                result,
                posteriors: Vec::new(),
                verified_run: None,
                published_at: now(),
                withdrawn: None,
            };
            insert(&mut transaction, &row, &EntryFiles::default()).await?;
        }
        transaction.commit().await.doing("list sets of masks")?;
        Ok((store, ids))
    }
}

/// Identifiers of sets: their names as slugs, equal ones numbered.
fn ids(sets: &[ViewedMasks]) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let id = |set: &ViewedMasks| {
        let slug = slug(&set.card.name);
        let numbered = (2..).map(|number| format!("{slug}-{number}"));
        let mut ids = std::iter::once(slug.clone()).chain(numbered);
        ids.find(|id| taken.insert(id.clone())).expect("numbers have no end")
    };
    sets.iter().map(id).collect()
}

/// Result of a set that is not scored.
fn unscored(benchmark: &Benchmark, digest: &str) -> ResultDocument {
    ResultDocument {
        benchmark: benchmark.id.clone(),
        benchmark_digest: digest.to_owned(),
        masks_digest: String::new(),
        evaluator_version: String::new(),
        observer: benchmark.reference().id.clone(),
        spacing_mm: None,
        undefined_as: None,
        rounded_to: None,
        bootstrap_seed: 0,
        bootstrap_resamples: 0,
        objects: [].into(),
        image_measures: [].into(),
        folds: [].into(),
        images: Some(Vec::new()),
    }
}

/// Size of every image by its first reference mask, and the presence of its radiograph.
fn image_facts(benchmark: &Benchmark) -> Result<Vec<ImageFacts>, DataError> {
    let (observer, structure) = (benchmark.reference(), &benchmark.structures[0]);
    let size = |image: &scr_data::Image| -> Result<Size, Problem> {
        let bytes = benchmark.note_mask(observer, structure, image, &mut Manifest::default())?;
        let place = benchmark.mask_path(observer, structure, image).display().to_string();
        formats::mask_size(&place, &bytes).map_err(|error| Problem::format(&place, &error))
    };
    let sizes: Vec<_> = benchmark.images.par_iter().map(size).collect();
    let mut problems = Problems::default();
    let facts = sizes.into_iter().zip(&benchmark.images).filter_map(|(size, image)| {
        let size = problems.keep(size)?;
        Some(ImageFacts { size, has_pixels: shows_pixels(benchmark, image) })
    });
    let facts = facts.collect();
    problems.or(facts)
}

/// A file that is made when it is asked for; numbers are indices.
#[derive(Debug, Clone, Copy)]
enum MadeFile {
    Radiograph { image: usize },
    Thumbnail { image: usize },
    ObserverOutlines { observer: usize, image: usize },
    SetOutlines { set: usize, image: usize },
}

/// Files of pages over the folders.
#[derive(Debug)]
struct FolderFiles {
    benchmark: Arc<Benchmark>,
    sizes: Vec<Size>,
    sets: Vec<MaskSet>,
    files: HashMap<BlobKey, MadeFile>,
    recent: RecentFiles,
}

impl FolderFiles {
    fn new(
        benchmark: Arc<Benchmark>,
        facts: &[ImageFacts],
        sets: &[ViewedMasks],
        ids: &[String],
    ) -> Result<Self, StorageError> {
        let mut files = HashMap::new();
        for (image, row) in benchmark.images.iter().enumerate() {
            if facts[image].has_pixels {
                let key = BlobKey::image(&benchmark.id, &row.id)?;
                files.insert(key, MadeFile::Radiograph { image });
                let key = BlobKey::thumbnail(&benchmark.id, &row.id)?;
                files.insert(key, MadeFile::Thumbnail { image });
            }
            for (observer, who) in benchmark.observers.iter().enumerate() {
                let key = BlobKey::outlines(&benchmark.id, &who.id, &row.id)?;
                files.insert(key, MadeFile::ObserverOutlines { observer, image });
            }
            for (set, id) in ids.iter().enumerate() {
                let key = BlobKey::entry_outlines(id, &row.id)?;
                files.insert(key, MadeFile::SetOutlines { set, image });
            }
        }
        let sizes = facts.iter().map(|facts| facts.size).collect();
        let sets = sets.iter().map(|set| set.masks.clone()).collect();
        Ok(Self { benchmark, sizes, sets, files, recent: RecentFiles::default() })
    }

    /// Outlines of an observer; a structure that it did not draw has none.
    fn observer_outlines(&self, observer: usize, image: usize) -> Result<Vec<u8>, DataError> {
        let (benchmark, observer) = (&self.benchmark, &self.benchmark.observers[observer]);
        let mut outlines = OutlinesDocument::new(self.sizes[image]);
        for structure in &benchmark.structures {
            let row = &benchmark.images[image];
            if benchmark.mask_path(observer, structure, row).exists() {
                let mask =
                    benchmark.read_mask(observer, structure, row, &mut Manifest::default())?;
                outlines.add(&structure.id, &mask);
            }
        }
        Ok(outlines.to_json())
    }

    /// Outlines of a set of masks; a structure without a mask has none.
    fn set_outlines(&self, set: usize, image: usize) -> Result<Vec<u8>, DataError> {
        let (benchmark, set) = (&self.benchmark, &self.sets[set]);
        let size = self.sizes[image];
        let mut outlines = OutlinesDocument::new(size);
        for &structure in set.structures() {
            if set.has_mask(structure, image) {
                let file = &mut Manifest::default();
                let mask = set.read_mask(benchmark, structure, image, Some(size), file)?;
                outlines.add(&benchmark.structures[structure].id, &mask);
            }
        }
        Ok(outlines.to_json())
    }

    fn make(&self, file: MadeFile) -> Result<Vec<u8>, DataError> {
        let radiograph = |image: usize| {
            read_png(&self.benchmark, &self.benchmark.images[image], Some(self.sizes[image]))
        };
        Ok(match file {
            MadeFile::Radiograph { image } => radiograph(image)?.0,
            MadeFile::Thumbnail { image } => write_png(&thumbnail(&radiograph(image)?.1)),
            MadeFile::ObserverOutlines { observer, image } => {
                self.observer_outlines(observer, image)?
            }
            MadeFile::SetOutlines { set, image } => self.set_outlines(set, image)?,
        })
    }
}

impl FileSource for FolderFiles {
    fn file(&self, key: &BlobKey) -> Result<Option<Bytes>, StorageError> {
        let Some(&file) = self.files.get(key) else { return Ok(None) };
        if let Some(bytes) = self.recent.get(key) {
            return Ok(Some(bytes));
        }
        let bytes: Bytes = self.make(file)?.into();
        if matches!(file, MadeFile::ObserverOutlines { .. } | MadeFile::SetOutlines { .. }) {
            self.recent.keep(key, &bytes);
        }
        Ok(Some(bytes))
    }
}
