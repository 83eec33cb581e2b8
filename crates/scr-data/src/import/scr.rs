//! JSRT and SCR: the original radiographs and annotations into a benchmark.
//!
//! Radiographs are halved to the masks' 1024 x 1024 (each pixel the mean of four)
//! and stretched from 12 to 16 bits, which keeps all values apart. Masks stay as
//! they are, overlaps included. In which block of the `.pfs` files the
//! corresponding landmarks are, and in which frame, is not documented: it is
//! decided from the data, once for the whole import; see [`LandmarkChoice`].
//!
//! Neither database comes with this program, and neither may be passed on: the
//! benchmark that is written says so.

mod clinical;
mod definition;
mod landmarks;
mod sources;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use scr_image::{Mask, Size};

use super::Progress;
use crate::digest::{file_digest, hex};
use crate::{BENCHMARK_FILE, DataError, Fold, Problem, Problems, Staging, files, formats};
use sources::{ImageFiles, Sources};

pub use landmarks::{Block, LandmarkChoice, Origin};

/// The structures: identifiers, as folders of the benchmark.
const STRUCTURES: [&str; 5] =
    ["right_lung", "left_lung", "heart", "right_clavicle", "left_clavicle"];
/// The size of all masks.
const MASK_SIZE: Size = Size::square(1024);
/// Raised whenever the same originals give other files, so that an interrupted
/// import by an older version is not continued.
const IMPORT_VERSION: u32 = 1;

/// An import of the JSRT radiographs with the SCR annotations.
#[derive(Debug, Clone)]
pub struct ScrImport {
    /// Folder with `JPCLN001.IMG` and so on, and the lists of cases if at hand;
    /// folders within it are looked into.
    pub jsrt: PathBuf,
    /// Folder with the first observer's `fold1` and `fold2`, or with `scratch`
    /// that holds them.
    pub scr: PathBuf,
    /// The same for the second observer; its points are not used.
    pub second_observer: Option<PathBuf>,
    /// The benchmark folder to write.
    pub out: PathBuf,
    /// Whether less than the whole database of 247 images will do.
    pub subset: bool,
}

/// A file beside the radiographs that says that the phantom drew them: the
/// benchmark made of them then says so too, and never passes for the database.
pub const PHANTOM_MARKER: &str = "PHANTOM.txt";

/// What was imported, and what was decided on the way.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportReport {
    /// Images imported.
    pub n_images: usize,
    /// Which points became landmarks; none when there were no points.
    pub landmarks: Option<LandmarkChoice>,
    /// What the user should know, in words, the choice of landmarks included.
    pub notices: Vec<String>,
}

/// The fold of an image: SCR's fold 1 has the odd-numbered images of the JSRT
/// database, fold 2 the even-numbered.
#[must_use]
fn fold(id: &str) -> Fold {
    if id.ends_with(['1', '3', '5', '7', '9']) { Fold::One } else { Fold::Two }
}

impl ScrImport {
    /// Imports into [`out`](Self::out); an interrupted import goes on.
    ///
    /// # Errors
    /// [`DataError::Problems`] with every missing, misplaced, unknown or damaged
    /// file, before anything is written (the values of radiographs are the
    /// exception: they are read when they are converted), and when no reading of
    /// the points agrees with the masks; [`DataError::Occupied`] when `out` holds
    /// something else; [`DataError::Write`].
    pub fn run(&self, progress: Progress<'_>) -> Result<ImportReport, DataError> {
        let sources = Sources::find(self)?;
        let mut notices = sources.notices.clone();
        let cases = clinical::read(&sources.texts, &mut notices)?;
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
        let table = clinical::table(&sources, &cases);
        staging.write("images.csv", table.as_bytes())?;
        staging.write("literature.csv", definition::LITERATURE.as_bytes())?;
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

    /// Reads all masks and points, and decides which points are the landmarks.
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

/// Calls `step` for each image, on all cores; all problems are gathered.
fn each_image<T: Send>(
    what: &str,
    sources: &Sources,
    progress: Progress<'_>,
    step: impl Fn(&ImageFiles) -> Result<T, DataError> + Sync,
) -> Result<Vec<T>, DataError> {
    let (done, total) = (AtomicUsize::new(0), sources.images.len());
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
    formats::gif::read_mask_of(&bytes, Some(MASK_SIZE))
        .map_err(|error| Problem::format(&place, &error))
}

/// Writes what is not there yet of an image's files.
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

/// The radiograph as the benchmark has it.
fn converted(image: &ImageFiles) -> Result<Vec<u8>, Problem> {
    let place = image.radiograph.display().to_string();
    let bytes = files::read_file(&image.radiograph)?;
    let radiograph =
        formats::jsrt_img::read(&bytes).map_err(|error| Problem::format(&place, &error))?;
    let half = radiograph.halved().expect("2048 is even").stretched_to_16_bits();
    Ok(formats::png::write_radiograph(&half).expect("the radiograph was stretched to 16 bits"))
}

/// What will be written, for [`Staging::begin`]: it changes when a source file does.
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
