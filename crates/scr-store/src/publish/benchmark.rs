//! Publishing a benchmark: radiographs, thumbnails, masks and outlines of all observers, then
//! its row.
//!
//! Radiographs that the terms do not let pages show stay out of the store. Files that are not
//! PNG become PNG.

use scr_documents::{
    BenchmarkDocument, ImageEntryDocument, NamedDocument, ObjectDocument, ObserverDocument,
    SpacingDocument,
};
use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexMap;
use scr_data::digest::Manifest;
use scr_data::formats::FormatError;
use scr_data::{Benchmark, Image, Problem, Problems, files, formats};
use scr_image::{Radiograph, Size};

use super::batch::{PreparedImage, PublishProgress, batches, write_batch};
use super::error::PublishError;
use crate::aggregates::fill::fill;
use crate::benchmarks::{self, Benchmarks};
use crate::blobs::BlobKey;
use crate::blocking::run_blocking;
use crate::disk::delete_temporaries;
use crate::entries::PublishOutcome;
use crate::file_claims::FileClaim;
use crate::outlines::OutlinesDocument;
use crate::record::files::committed;
use crate::storage_error::StorageError;

/// Longest side of a thumbnail, in pixels.
pub const THUMBNAIL_SIDE_PX: usize = 192;

/// Longest side of a display copy, in pixels. A display copy is also at most half as wide and
/// high as its radiograph.
const DISPLAY_SIDE_PX: usize = 512;

/// Facts about an image that come from its files.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ImageFacts {
    pub(crate) size: Size,
    pub(crate) has_pixels: bool,
}

impl Benchmarks<'_> {
    /// Publishes a benchmark with all files that pages show.
    ///
    /// A benchmark that is published already, with an equal digest and description, is left
    /// as it is. The digest covers the reference masks, `benchmark.toml`
    /// and the table; where only radiographs or another observer's masks were
    /// exchanged, that change goes unnoticed. Where the digest is equal and the description
    /// differs, as when radiographs or literature were added, all files are written anew and
    /// the row follows.
    ///
    /// Calls `progress` after every few images, on the task that awaits.
    ///
    /// # Errors
    /// [`PublishError::OtherBenchmark`] when a benchmark with this identifier and
    /// another digest is published, [`PublishError::BeingPublished`] when one is
    /// being published right now; [`PublishError::Changed`] when files changed meanwhile;
    /// [`StorageError::Data`] when files are at fault; and failures of database
    /// and disk. No row is written then.
    pub async fn publish(
        &self,
        benchmark: &Benchmark,
        progress: &mut (dyn FnMut(PublishProgress) + Send),
    ) -> Result<PublishOutcome, PublishError> {
        delete_temporaries(self.folder).await?;
        let benchmark = Arc::new(benchmark.clone());
        let id = benchmark.id.clone();
        let digest = digest(&benchmark).await?;
        let mut published = PublishOutcome::New;
        if let Some(row) = self.get(&id).await? {
            if row.document.digest != digest {
                let published = row.document.digest;
                return Err(PublishError::OtherBenchmark { id, published, found: digest });
            }
            let known = Arc::clone(&benchmark);
            let old = row.document;
            let is_same =
                run_blocking(move || Ok::<_, StorageError>(is_same(&known, &old))).await?;
            if is_same {
                return Ok(PublishOutcome::Unchanged);
            }
            published = PublishOutcome::Updated;
        }
        benchmarks::claim(self.pool, &id, &digest).await?;
        let claim = FileClaim::begin(self.pool, BlobKey::of_benchmark(&id)?).await?;
        let (facts, files) = self.write_files(&benchmark, (&digest, &claim), progress).await?;
        let found = self::digest(&benchmark).await?;
        if found != digest {
            return Err(PublishError::Changed { id, expected: digest, found });
        }
        benchmarks::put(self.pool, &document(&benchmark, digest, &facts), &files, claim).await?;
        fill(self.pool, &id).await?;
        tracing::info!(benchmark = id, ?published, "published a benchmark");
        Ok(published)
    }

    async fn write_files(
        &self,
        benchmark: &Arc<Benchmark>,
        (digest, claim): (&str, &FileClaim),
        progress: &mut (dyn FnMut(PublishProgress) + Send),
    ) -> Result<(Vec<ImageFacts>, Manifest), PublishError> {
        let images_total = benchmark.images.len();
        let source = Arc::clone(benchmark);
        let prepare = Arc::new(move |index: usize| prepare(&source, &source.images[index]));
        let mut facts = Vec::with_capacity(images_total);
        let mut files = Manifest::default();
        for batch in batches(images_total) {
            benchmarks::claim(self.pool, &benchmark.id, digest).await?;
            claim.renew(self.pool).await?;
            let (found, written) = write_batch(self.blobs, batch, prepare.clone()).await?;
            facts.extend(found);
            files.extend(committed(&written, &BlobKey::of_benchmark(&benchmark.id)?));
            progress(PublishProgress { images_done: facts.len(), images_total });
        }
        Ok((facts, files))
    }
}

async fn digest(benchmark: &Arc<Benchmark>) -> Result<String, StorageError> {
    let benchmark = Arc::clone(benchmark);
    run_blocking(move || Ok(benchmark.digest(benchmark.reference())?)).await
}

/// Reads the files of one image and encodes them as the store keeps them.
fn prepare(
    benchmark: &Benchmark,
    image: &Image,
) -> Result<PreparedImage<ImageFacts>, StorageError> {
    let mut files = Vec::new();
    let mut problems = Problems::default();
    let mut frame: Option<Size> = None;
    for observer in &benchmark.observers {
        let masks = match benchmark.read_masks(observer, image, &mut Manifest::default()) {
            Ok(masks) => masks,
            Err(found) => {
                problems.extend(found);
                continue;
            }
        };
        let first = benchmark.structures.iter().zip(&masks).next();
        let (structure, mask) = first.expect("a benchmark has at least one structure");
        let size = *frame.get_or_insert(mask.size());
        if mask.size() != size {
            let place = benchmark.mask_path(observer, structure, image).display().to_string();
            problems.push(other_frame(&place, size, mask.size()));
            continue;
        }
        let mut outlines = OutlinesDocument::new(size);
        for (structure, mask) in benchmark.structures.iter().zip(&masks) {
            let key = BlobKey::mask(&benchmark.id, &observer.id, &structure.id, &image.id)?;
            files.push((key, formats::png::write_mask(mask).into()));
            outlines.add(&structure.id, mask);
        }
        let key = BlobKey::outlines(&benchmark.id, &observer.id, &image.id)?;
        files.push((key, outlines.to_json().into()));
    }
    let has_pixels = shows_pixels(benchmark, image);
    if has_pixels && let Some((png, radiograph)) = problems.keep(read_png(benchmark, image, frame))
    {
        let thumbnail = write_png(&thumbnail(&radiograph));
        files.push((BlobKey::image(&benchmark.id, &image.id)?, png.into()));
        files.push((BlobKey::thumbnail(&benchmark.id, &image.id)?, thumbnail.into()));
        let display = write_png(&radiograph.thumbnail(display_side(radiograph.size())));
        files.push((BlobKey::display(&benchmark.id, &image.id)?, display.into()));
    }
    let frame = problems.or(frame)?;
    let size = frame.expect("without a problem the reference has given the size");
    Ok(PreparedImage { files, facts: ImageFacts { size, has_pixels } })
}

/// Thumbnail in the grey window that the viewer chooses: a picture of 12 bits in a file of 16 is
/// not black.
pub(crate) fn thumbnail(radiograph: &Radiograph) -> Radiograph {
    radiograph.windowed(radiograph.auto_window()).thumbnail(THUMBNAIL_SIDE_PX)
}

/// The longest side of a display copy.
fn display_side(size: Size) -> usize {
    size.width.max(size.height).div_ceil(2).min(DISPLAY_SIDE_PX)
}

fn other_frame(place: &str, expected: Size, found: Size) -> Problem {
    let expected = format!("{expected} pixels, as the reference masks");
    let hint = "outlines are drawn over radiographs pixel by pixel, nothing is resized here";
    Problem::new(place, expected, format!("{found} pixels"), hint)
}

/// True if the radiograph exists and pages may show it.
pub(crate) fn shows_pixels(benchmark: &Benchmark, image: &Image) -> bool {
    benchmark.terms.display.is_allowed() && benchmark.radiograph_path(image).is_file()
}

/// Radiograph of the size `frame`, if that is known, and its PNG: the unchanged file if it is a
/// PNG.
pub(crate) fn read_png(
    benchmark: &Benchmark,
    image: &Image,
    frame: Option<Size>,
) -> Result<(Vec<u8>, Radiograph), Problem> {
    let path = benchmark.radiograph_path(image);
    let place = path.display().to_string();
    let bytes = files::read_file(&path)?;
    let radiograph =
        formats::read_radiograph_sized(&place, &bytes, frame).map_err(|error| match error {
            FormatError::OtherSize { expected, found } => other_frame(&place, expected, found),
            error => Problem::format(&place, &error),
        })?;
    let is_png = path.extension().is_some_and(|found| found.eq_ignore_ascii_case("png"));
    let png = if is_png { bytes } else { write_png(&radiograph) };
    Ok((png, radiograph))
}

/// A PNG of 8 bits where white is 255, else of 16 bits with white at 65535.
pub(crate) fn write_png(radiograph: &Radiograph) -> Vec<u8> {
    let written = match radiograph.max_value() {
        255 => formats::png::write_radiograph(radiograph),
        _ => formats::png::write_radiograph(&radiograph.clone().stretched_to_16_bits()),
    };
    written.expect("a radiograph of 8 or 16 bits can always be written")
}

/// True if `old` describes the benchmark as it is now. Sizes are not compared:
/// they follow from masks, which the digest covers.
fn is_same(benchmark: &Benchmark, old: &BenchmarkDocument) -> bool {
    let sizes: HashMap<&str, Size> = old
        .images
        .iter()
        .map(|image| (image.id.as_str(), Size::new(image.width, image.height)))
        .collect();
    let facts: Option<Vec<ImageFacts>> = benchmark
        .images
        .iter()
        .map(|image| {
            let size = *sizes.get(image.id.as_str())?;
            Some(ImageFacts { size, has_pixels: shows_pixels(benchmark, image) })
        })
        .collect();
    let new = facts.map(|facts| document(benchmark, old.digest.clone(), &facts));
    // As text: NaN is stored as null and would never be equal.
    new.is_some_and(|new| serde_json::to_string(&new).ok() == serde_json::to_string(old).ok())
}

/// The written form of a benchmark; `facts` are in the order of its images.
pub(crate) fn document(
    benchmark: &Benchmark,
    digest: String,
    facts: &[ImageFacts],
) -> BenchmarkDocument {
    let spacing = |image: &Image| {
        image.spacing.map(|spacing| SpacingDocument::new(spacing.x_mm(), spacing.y_mm()))
    };
    let spacing_mm = SpacingDocument::of_images(benchmark.images.iter().map(spacing));
    let is_common = spacing_mm.is_some_and(|spacing| !spacing.is_range());
    let mut not_scored = IndexMap::new();
    for image in &benchmark.not_scored {
        *not_scored.entry(image.fold.to_string()).or_default() += 1;
    }
    not_scored.sort_unstable_keys();
    BenchmarkDocument {
        id: benchmark.id.clone(),
        title: benchmark.title.clone(),
        description: benchmark.description.clone(),
        definition: benchmark.definition.clone(),
        digest,
        spacing_mm,
        phantom: benchmark.is_phantom,
        structures: benchmark
            .structures
            .iter()
            .map(|structure| NamedDocument {
                id: structure.id.clone(),
                name: structure.name.clone(),
            })
            .collect(),
        objects: benchmark
            .objects
            .iter()
            .map(|object| ObjectDocument {
                id: object.id.clone(),
                name: object.name.clone(),
                structures: object
                    .structures
                    .iter()
                    .map(|&index| benchmark.structures[index].id.clone())
                    .collect(),
            })
            .collect(),
        observers: benchmark
            .observers
            .iter()
            .map(|observer| ObserverDocument {
                id: observer.id.clone(),
                name: observer.name.clone(),
                landmarks: observer.has_landmarks(),
            })
            .collect(),
        reference_hidden: false,
        ladder: None,
        undefined_as: benchmark.undefined_as,
        ended_at: None,
        models: None,
        protocol: benchmark.protocol.name().to_owned(),
        not_scored,
        images: benchmark
            .images
            .iter()
            .zip(facts)
            .map(|(image, facts)| ImageEntryDocument {
                id: image.id.clone(),
                fold: image.fold,
                spacing_mm: spacing(image).filter(|_| !is_common),
                width: facts.size.width,
                height: facts.size.height,
                has_pixels: facts.has_pixels,
                attributes: image.attributes.iter().cloned().collect(),
            })
            .collect(),
        terms: benchmark.terms.clone(),
        literature: benchmark.literature.clone(),
        literature_note: benchmark.literature_note.clone(),
    }
}
