//! Conversion of masks in any layout into a set of masks of a benchmark.
//!
//! Masks are matched to the benchmark's images by name and sorted into its structures, as
//! `scr init` does. Every fault is listed before anything is written; no mask is resampled.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use scr_data::digest::{file_digest, hex};
use scr_data::{Benchmark, DataError, MaskSet, Problem, Problems, Staging, files, formats};
use scr_image::Size;
use serde::Serialize;

use crate::doubts::Doubt;
use crate::drawn::{Layers, draw_side};
use crate::faults::Faults;
use crate::gathering::{self, Gathered, Images, MaskSources};
use crate::images::PlannedImage;
use crate::inspection::InspectedImage;
use crate::label_names::GivenName;
use crate::layouts::{self, Names, Sources};
use crate::listing::FoundFile;
use crate::matching::Matcher;
use crate::progress::Progress;
use crate::runs::Convention;
use crate::structures::{Naming, PlannedStructure};
use crate::words::{Side, structure_id};
use crate::{division, sources};

/// Version of the conversion; raised whenever the same masks give other files.
const VERSION: u32 = 1;

/// Options of a conversion.
#[derive(Debug, Clone, Default)]
pub struct Conversion {
    /// Names of labels.
    pub labels: Vec<GivenName>,
    /// Convention of run lengths in CSV tables.
    pub runs: Option<Convention>,
    /// True to divide masks of both lungs into right and left.
    pub split_sides: bool,
}

/// Plan of a conversion.
#[derive(Debug)]
pub struct ConversionPlan {
    layout: String,
    images: Vec<PlannedImage>,
    sizes: Vec<Option<Size>>,
    files: Vec<FoundFile>,
    /// Structures by the benchmark's identifiers.
    structures: Vec<(PlannedStructure, Option<Side>)>,
    notes: Vec<String>,
}

/// Report of a conversion. Its keys are a contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConversionReport {
    /// Layout in words.
    pub layout: String,
    /// Structures with the origin of their names, by identifier.
    pub structures: BTreeMap<String, String>,
    /// Number of masks.
    pub n_masks: usize,
    /// Statements about what was assumed.
    pub notes: Vec<String>,
}

/// True for masks in a layout that [`Conversion`] reads and [`MaskSet`] does not: a folder in
/// which no folder is named after a structure, or a document.
fn is_foreign(masks: &Path, benchmark: &Benchmark) -> bool {
    if masks.is_dir() {
        return !MaskSet::has_folders_of_structures(masks, benchmark);
    }
    let extension = masks.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    masks.is_file() && ["json", "csv", "xml"].contains(&extension.as_str())
}

impl Conversion {
    /// Plans the conversion of `masks`, a folder or a document; reads every file and writes
    /// none.
    ///
    /// # Errors
    /// [`DataError::Problems`] with all faults and doubts.
    pub fn plan(
        &self,
        masks: &Path,
        benchmark: &Benchmark,
        progress: Progress<'_>,
    ) -> Result<ConversionPlan, DataError> {
        let mut faults = Faults::default();
        let found = sources::masks(masks)?;
        let mut notes = found.notes.clone();
        let list: Vec<PlannedImage> = benchmark.all_images().map(planned(benchmark)).collect();
        let files: Vec<FoundFile> = list.iter().map(|image| image.file.clone()).collect();
        let sizes = sizes(benchmark);
        let inspected =
            |size: &Option<Size>| size.map(|size| InspectedImage { size, spacing: None });
        let contents: Vec<Option<InspectedImage>> = sizes.iter().map(inspected).collect();
        let matcher = Matcher::new(&files);
        let names = Names { matcher: &matcher, size: &|image| sizes[image] };
        let recognised =
            match layouts::recognise(&Sources::new(&found.documents, self.runs, &names)) {
                Ok(recognised) => recognised,
                Err(problems) => {
                    faults.extend("annotations", &problems);
                    return Err(faults.or(()).expect_err("there are problems"));
                }
            };
        let table = found.label_names(&mut faults);
        let naming = Naming { given: &self.labels, table: table.as_ref() };
        let images = Images { list: &list, contents: &contents, matcher: &matcher };
        let mask_sources =
            MaskSources { found: &found, recognised, place: masks, is_subset: false };
        let gathered =
            gathering::gather(mask_sources, &images, &naming, progress, &mut notes, &mut faults)?;
        let Gathered { structures, files, layout, doubts, .. } = gathered;
        doubts.iter().map(Doubt::problem).for_each(|problem| faults.push("doubts", problem));
        let known: Vec<Size> = sizes.iter().map(|size| size.unwrap_or(Size::new(1, 1))).collect();
        let structures = division::sided(
            self.split_sides,
            structures,
            &list,
            &known,
            &files,
            &mut notes,
            &mut faults,
        );
        division::check_sides(&structures, &mut notes);
        let structures = of_benchmark(structures, benchmark, &mut notes, &mut faults);
        faults.or(ConversionPlan { layout, images: list, sizes, files, structures, notes })
    }
}

/// Image of the benchmark as the matching of names needs it.
fn planned(benchmark: &Benchmark) -> impl Fn(&scr_data::Image) -> PlannedImage {
    |image| PlannedImage {
        file: FoundFile {
            path: benchmark.radiograph_path(image),
            folders: Vec::new(),
            stem: image.id.clone(),
            extension: String::new(),
        },
        id: image.id.clone(),
        folder: String::new(),
    }
}

/// Sizes of the reference's masks in the order of the images; none for images that are not
/// scored, or whose mask cannot be read.
fn sizes(benchmark: &Benchmark) -> Vec<Option<Size>> {
    let images: Vec<&scr_data::Image> = benchmark.all_images().collect();
    let size = |image: &&scr_data::Image| {
        let path = benchmark.mask_path(benchmark.reference(), &benchmark.structures[0], image);
        let bytes = files::read_file(&path).ok()?;
        formats::mask_size(&path.display().to_string(), &bytes).ok()
    };
    images.par_iter().map(size).collect()
}

/// Gives structures the identifiers of the benchmark; a structure that it lacks is a fault.
fn of_benchmark(
    structures: Vec<(PlannedStructure, Option<Side>)>,
    benchmark: &Benchmark,
    notes: &mut Vec<String>,
    faults: &mut Faults,
) -> Vec<(PlannedStructure, Option<Side>)> {
    let ids: Vec<&str> = benchmark.structures.iter().map(|known| known.id.as_str()).collect();
    let is_only = structures.len() == 1 && ids.len() == 1;
    let mut named: Vec<(PlannedStructure, Option<Side>)> = Vec::new();
    for (mut structure, side) in structures {
        let is_same = |id: &&&str| structure_id(id).as_deref() == Some(structure.id.as_str());
        let place = format!("`{}`, {}", structure.id, structure.origin);
        let id = match ids.iter().find(is_same) {
            Some(id) => (*id).to_owned(),
            None if is_only => {
                notes.push(format!(
                    "`{}` is taken for `{}`, the only structure",
                    structure.id, ids[0]
                ));
                ids[0].to_owned()
            }
            None => {
                let expected = format!("a structure of the benchmark: {}", ids.join(", "));
                let hint = format!(
                    "name it with --labels LABEL={}, or leave it out with --labels LABEL=",
                    ids[0]
                );
                faults.push("structures", Problem::new(place, expected, "another", hint));
                continue;
            }
        };
        if named.iter().any(|(other, _)| other.id == id) {
            let expected = format!("one source of masks of `{id}`");
            faults.push("structures", Problem::new(place, expected, "a second one", ""));
            continue;
        }
        structure.id = id;
        named.push((structure, side));
    }
    named
}

impl ConversionPlan {
    /// Report of the plan.
    #[must_use]
    pub fn report(&self) -> ConversionReport {
        let structures = self.structures.iter();
        ConversionReport {
            layout: self.layout.clone(),
            structures: structures
                .map(|(structure, _)| (structure.id.clone(), structure.origin.clone()))
                .collect(),
            n_masks: self.structures.iter().map(|(structure, _)| structure.masks.len()).sum(),
            notes: self.notes.clone(),
        }
    }

    /// Writes the masks as `out/STRUCTURE/IMAGE.png`, 1 bit a pixel; resumes an interrupted
    /// run of the same plan.
    ///
    /// # Errors
    /// [`DataError::Problems`] of files that changed since they were planned,
    /// [`DataError::Occupied`] when the folder holds something else, [`DataError::Write`].
    pub fn write(&self, out: &Path, progress: Progress<'_>) -> Result<(), DataError> {
        let staging = Staging::begin(out, &self.identity())?;
        let (done, total) = (AtomicUsize::new(0), self.images.len());
        let write = |at: usize| {
            let result = self.write_image(&staging, at);
            progress("writing", done.fetch_add(1, Ordering::Relaxed) + 1, total);
            result
        };
        let results: Vec<Result<(), DataError>> =
            (0..self.images.len()).into_par_iter().map(write).collect();
        let mut problems = Problems::default();
        for result in results {
            problems.gather(result)?;
        }
        problems.or(())?;
        staging.finish()
    }

    fn write_image(&self, staging: &Staging, at: usize) -> Result<(), DataError> {
        let Some(size) = self.sizes[at] else { return Ok(()) };
        let id = &self.images[at].id;
        let mut layers = Layers::default();
        for (structure, side) in &self.structures {
            let (Some(source), to) =
                (structure.masks.get(&at), format!("{}/{id}.png", structure.id))
            else {
                continue;
            };
            if staging.has(&to) {
                continue;
            }
            let place = || format!("`{}` in image `{id}`", structure.id);
            let mask = draw_side(Some(source), *side, size, &self.files, &mut layers, place)?;
            staging.write(&to, &formats::png::write_mask(&mask))?;
        }
        Ok(())
    }

    /// Text that changes with every source file and decision.
    fn identity(&self) -> String {
        let stamp = |file: &FoundFile| {
            let data = file.path.metadata().ok();
            let stamp = data.map(|data| (data.len(), data.modified().ok()));
            format!("{} {stamp:?}\n", file.path.display())
        };
        let mut text: String = self.files.iter().map(stamp).collect();
        for (structure, side) in &self.structures {
            text += &format!("{} {side:?} {:?}\n", structure.id, structure.masks);
        }
        format!("scr convert {VERSION}, {}", hex(&file_digest(text.as_bytes())))
    }
}

impl fmt::Display for ConversionReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "layout      {}, {} masks", self.layout, self.n_masks)?;
        for (at, (id, origin)) in self.structures.iter().enumerate() {
            let head = if at == 0 { "structures" } else { "" };
            writeln!(f, "{head:<11} {id}: {origin}")?;
        }
        for note in &self.notes {
            writeln!(f, "note        {note}")?;
        }
        Ok(())
    }
}

impl Conversion {
    /// Opens a set of masks with `open`, such as [`MaskSet::open`]. Masks in another layout than
    /// folders of structures are converted into a temporary folder, which the set keeps; notices
    /// of the set say what was assumed.
    ///
    /// # Errors
    /// As `open`; for other layouts also as [`plan`](Self::plan) and [`ConversionPlan::write`].
    /// Places are those of `masks`.
    pub fn open(
        &self,
        masks: &Path,
        benchmark: &Benchmark,
        progress: Progress<'_>,
        open: impl Fn(&Path, &Benchmark) -> Result<MaskSet, DataError>,
    ) -> Result<MaskSet, DataError> {
        // Most masks are laid out as a set: only others are looked at again.
        match open(masks, benchmark) {
            Err(DataError::Problems(_)) if is_foreign(masks, benchmark) => {}
            opened => return opened,
        }
        let plan = self.plan(masks, benchmark, progress)?;
        let failed = |source| DataError::Write { path: std::env::temp_dir(), source };
        let folder = tempfile::tempdir().map_err(failed)?;
        let set = folder.path().join("masks");
        plan.write(&set, progress)?;
        let opened = open(&set, benchmark).map_err(|error| with_place(error, &set, masks))?;
        Ok(opened.in_temporary_folder(folder, plan.report().statements()))
    }
}

impl ConversionReport {
    /// The report as statements: layout, origin of each structure, assumptions.
    fn statements(&self) -> Vec<String> {
        let layout = format!("converted from {}", self.layout);
        let structures = self.structures.iter().map(|(id, origin)| format!("{id}: {origin}"));
        [layout].into_iter().chain(structures).chain(self.notes.clone()).collect()
    }
}

/// The error with the user's path in place of the temporary one.
fn with_place(error: DataError, temporary: &Path, masks: &Path) -> DataError {
    let DataError::Problems(problems) = error else { return error };
    let (temporary, masks) = (temporary.display().to_string(), masks.display().to_string());
    let mut renamed = Problems::default();
    renamed.extend(problems.list().iter().map(|problem| Problem {
        place: problem.place.replace(&temporary, &masks),
        ..problem.clone()
    }));
    renamed.or(()).expect_err("there are problems")
}
