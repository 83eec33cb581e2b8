//! Import of the JSRT radiographs with the SCR annotations.
//!
//! Radiographs are downsampled to the masks' 1024 x 1024 (each pixel the mean of four) and
//! stretched from 12 to 16 bits, which keeps all values apart. Masks are unchanged,
//! overlaps included. Neither the block of the `.pfs` files that holds the corresponding
//! landmarks nor its frame is documented: the import decides both from the data, once for
//! all images; see [`LandmarkChoice`].
//!
//! Neither database comes with this program, and neither may be redistributed: the terms
//! of the written benchmark say so.

mod clinical;
mod definition;
mod landmarks;
mod originals;
mod sources;

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use scr_image::Mask;

use crate::progress::Progress;
use originals::{MASK_SIZE, STRUCTURES};
use scr_data::digest::{file_digest, hex};
use scr_data::{BENCHMARK_FILE, DataError, Problem, Problems, Staging, files, formats};
use sources::{ImageFiles, Sources};

pub use definition::PUBLISHED_RESULTS;
pub use landmarks::{Block, LandmarkChoice, Origin};
pub use originals::{PHANTOM_MARKER, ScrImport};

/// Version of the import; raised whenever the same originals give other files, so that an
/// interrupted import of an older version is not resumed.
const IMPORT_VERSION: u32 = 1;

/// Report of an import: counts and decisions.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportReport {
    /// Number of images.
    pub n_images: usize,
    /// Choice of the landmarks; none without points.
    pub landmarks: Option<LandmarkChoice>,
    /// Notices for the user, in words, with the choice of landmarks.
    pub notices: Vec<String>,
}

impl ScrImport {
    /// Imports into [`out`](Self::out); resumes an interrupted import.
    ///
    /// # Errors
    /// [`DataError::Problems`] with every missing, misplaced, unknown or damaged
    /// file, before anything is written (the values of radiographs are the
    /// exception: the conversion reads them), and when no reading of the points agrees with
    /// the masks; [`DataError::Occupied`] when `out` holds something else;
    /// [`DataError::Write`].
    pub fn run(&self, progress: Progress<'_>) -> Result<ImportReport, DataError> {
        let sources = Sources::find(self)?;
        let mut notices = sources.notices.clone();
        let clinical_data = clinical::read(&sources.texts, &mut notices)?;
        let choice = self.check(&sources, progress)?;
        match &choice {
            Some(choice) => notices.push(format!("landmarks are {choice}")),
            None => notices.push(
                "no points (.pfs) were found: the benchmark has no landmarks, and methods \
                 that learn from them cannot be trained on it"
                    .to_owned(),
            ),
        }

        let staging = Staging::begin(&self.out, &plan(&sources, choice.as_ref()))?;
        each_image("converting", &sources, progress, |image| {
            write_image(&staging, image, choice.as_ref())
        })?;
        let table = clinical::table(&sources, &clinical_data);
        staging.write("images.csv", table.as_bytes())?;
        staging.write("literature.csv", PUBLISHED_RESULTS.as_bytes())?;
        let file = definition::benchmark_file(
            sources.images.len(),
            choice.is_some(),
            self.second_observer.is_some(),
        );
        let file = if sources.is_phantom { definition::of_phantoms(file) } else { file };
        staging.write(BENCHMARK_FILE, file.to_toml().as_bytes())?;
        staging.finish()?;
        Ok(ImportReport { n_images: sources.images.len(), landmarks: choice, notices })
    }

    /// Reads all masks and points, and chooses the landmarks.
    fn check(
        &self,
        sources: &Sources,
        progress: Progress<'_>,
    ) -> Result<Option<LandmarkChoice>, DataError> {
        let fits = each_image("checking", sources, progress, |image| {
            let mut problems = Problems::default();
            let masks: Vec<Option<Mask>> =
                image.masks.iter().map(|path| problems.keep(read_mask(path))).collect();
            for path in image.second_masks.iter().flatten() {
                problems.keep(read_mask(path));
            }
            let fit = match &image.points {
                Some(path) => {
                    let objects = problems.keep(landmarks::read_points(path));
                    let masks: Option<Vec<Mask>> = masks.into_iter().collect();
                    objects.zip(masks).map(|(objects, masks)| landmarks::fit(&objects, &masks))
                }
                None => None,
            };
            problems.or(fit)
        })?;
        let fits: Vec<landmarks::ImageFit> = fits.into_iter().flatten().collect();
        if fits.is_empty() {
            return Ok(None);
        }
        landmarks::choose(&fits).map(Some).map_err(|found| {
            Problem::new(
                self.scr.display().to_string(),
                landmarks::EXPECTED,
                found,
                "are masks and points of the same release? without the points' folders the \
                 import makes a benchmark without landmarks",
            )
            .into()
        })
    }
}

/// Calls `step` for each image, on all cores, and collects all problems.
fn each_image<T: Send>(
    what: &str,
    sources: &Sources,
    progress: Progress<'_>,
    step: impl Fn(&ImageFiles) -> Result<T, DataError> + Sync,
) -> Result<Vec<T>, DataError> {
    let done = AtomicUsize::new(0);
    let total = sources.images.len();
    progress(what, 0, total);
    let results: Vec<Result<T, DataError>> = sources
        .images
        .par_iter()
        .map(|image| {
            let result = step(image);
            progress(what, done.fetch_add(1, Ordering::Relaxed) + 1, total);
            result
        })
        .collect();
    let mut problems = Problems::default();
    let mut values = Vec::with_capacity(total);
    for result in results {
        match result {
            Ok(value) => values.push(value),
            Err(DataError::Problems(of_image)) => problems.extend(of_image.list().to_vec()),
            Err(other) => return Err(other),
        }
    }
    problems.or(values)
}

fn read_mask(path: &Path) -> Result<Mask, Problem> {
    let place = path.display().to_string();
    let bytes = files::read_file(path)?;
    formats::gif::read_mask_sized(&bytes, Some(MASK_SIZE))
        .map_err(|error| Problem::format(&place, &error))
}

/// Writes those files of an image that do not exist yet.
fn write_image(
    staging: &Staging,
    image: &ImageFiles,
    choice: Option<&LandmarkChoice>,
) -> Result<(), DataError> {
    let id = &image.id;
    let path = format!("images/{id}.png");
    if !staging.has(&path) {
        staging.write(&path, &converted(image)?)?;
    }
    let observers = [("reference", Some(&image.masks)), ("second", image.second_masks.as_ref())];
    for (observer, masks) in observers {
        for (structure, source) in STRUCTURES.iter().zip(masks.into_iter().flatten()) {
            let path = format!("masks/{observer}/{structure}/{id}.png");
            if !staging.has(&path) {
                staging.write(&path, &formats::png::write_mask(&read_mask(source)?))?;
            }
        }
    }
    if let (Some(choice), Some(source)) = (choice, &image.points) {
        let path = format!("landmarks/reference/{id}.csv");
        if !staging.has(&path) {
            let objects = landmarks::read_points(source)?;
            staging.write(&path, choice.landmarks(&objects).to_csv().as_bytes())?;
        }
    }
    Ok(())
}

/// Converts a radiograph to the benchmark's form.
fn converted(image: &ImageFiles) -> Result<Vec<u8>, Problem> {
    let place = image.radiograph.display().to_string();
    let bytes = files::read_file(&image.radiograph)?;
    let radiograph =
        formats::jsrt_img::read(&bytes).map_err(|error| Problem::format(&place, &error))?;
    let half = radiograph.halved().expect("2048 is even").stretched_to_16_bits();
    Ok(formats::png::write_radiograph(&half).expect("the radiograph was stretched to 16 bits"))
}

/// Plan for [`Staging::begin`]; changes with every source file.
fn plan(sources: &Sources, choice: Option<&LandmarkChoice>) -> String {
    let mut text = format!("{choice:?}\n");
    for path in sources.images.iter().flat_map(ImageFiles::all) {
        let stamp = path.metadata().map(|data| (data.len(), data.modified().ok()));
        text += &format!("{} {:?}\n", path.display(), stamp.ok());
    }
    format!("scr import {IMPORT_VERSION}, sources {}", hex(&file_digest(text.as_bytes())))
}

#[cfg(test)]
mod tests;
