//! Writer of a planned benchmark: radiographs copied or linked, masks copied or drawn, whole
//! or not at all.

use std::fmt::Write;
use std::fs::File;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use scr_data::digest::{file_digest, hex};
use scr_data::{
    BENCHMARK_FILE, Benchmark, DataError, Problem, Problems, Staging, durable, files, formats,
};

use crate::drawn::{Layers, draw_side};
use crate::images::PlannedImage;
use crate::plan::{self, Plan};
use crate::progress::Progress;
use crate::structures::{MaskSource, PlannedStructure};
use crate::words::Side;

/// Version of the writer; raised whenever the same plan gives other files, so that an
/// interrupted run of an older version is not resumed.
const VERSION: u32 = 1;
/// Folder of radiographs without masks.
const WITHOUT_MASKS: &str = "images-without-masks";
/// Head of `benchmark.toml`.
const HEAD: &str = "\
# Written by `scr init`. Title, description, definition and terms are yours to complete;
# docs/reference/benchmark-file.md explains every key.

";

impl Plan {
    /// Writes the benchmark; resumes an interrupted run of the same plan.
    ///
    /// # Errors
    /// [`DataError::Problems`] of files that changed since they were planned,
    /// [`DataError::Occupied`] when the folder holds something else, [`DataError::Write`].
    pub fn write(&self, progress: Progress<'_>) -> Result<(), DataError> {
        let staging = Staging::begin(&self.out, &self.identity())?;
        let masks_extension = self.mask_extension();
        let done = AtomicUsize::new(0);
        let total = self.images.len() + self.without_masks.len();
        let step = |result| {
            progress("writing", done.fetch_add(1, Ordering::Relaxed) + 1, total);
            result
        };
        let with = self
            .images
            .par_iter()
            .enumerate()
            .map(|(at, image)| step(self.image(&staging, at, image, masks_extension)));
        let without = self
            .without_masks
            .par_iter()
            .map(|image| step(self.radiograph(&staging, WITHOUT_MASKS, image)));
        let results: Vec<Result<(), DataError>> = with.chain(without).collect();
        let mut problems = Problems::default();
        for result in results {
            problems.gather(result)?;
        }
        problems.or(())?;
        staging.write("images.csv", &table(&self.table_rows()))?;
        let file = HEAD.to_owned() + &self.benchmark_file().to_toml();
        staging.write(BENCHMARK_FILE, file.as_bytes())?;
        Benchmark::open(staging.folder())?;
        staging.finish()
    }

    /// Text that changes with every source file and decision.
    fn identity(&self) -> String {
        let mut text = String::new();
        let masks = self.files.iter();
        let images = self.images.iter().chain(&self.without_masks).map(|image| &image.file);
        for file in images.chain(masks) {
            let stamp = file.path.metadata().map(|data| (data.len(), data.modified().ok())).ok();
            let _ = writeln!(text, "{} {stamp:?}", file.path.display());
        }
        for (structure, side) in &self.structures {
            let _ = writeln!(text, "{} {side:?}", structure.id);
            for (image, source) in &structure.masks {
                let source = hex(&file_digest(format!("{source:?}").as_bytes()));
                let _ = writeln!(text, "{image} {source}");
            }
        }
        let _ = write!(text, "{:?} {}", self.table_rows(), self.benchmark_file().to_toml());
        format!("scr init {VERSION}, link {}, {}", self.link, hex(&file_digest(text.as_bytes())))
    }

    fn image(
        &self,
        staging: &Staging,
        at: usize,
        image: &PlannedImage,
        extension: &str,
    ) -> Result<(), DataError> {
        self.radiograph(staging, "images", image)?;
        let mut labels = Layers::default();
        for (structure, side) in &self.structures {
            let to = format!("masks/{}/{}.{extension}", structure.id, image.id);
            if !staging.has(&to) {
                let bytes = self.mask((structure, *side), at, extension, &mut labels)?;
                staging.write(&to, &bytes)?;
            }
        }
        Ok(())
    }

    fn radiograph(
        &self,
        staging: &Staging,
        folder: &str,
        image: &PlannedImage,
    ) -> Result<(), DataError> {
        let to = format!("{folder}/{}", self.image_name(image));
        if staging.has(&to) {
            return Ok(());
        }
        let from = &image.file.path;
        let to = staging.folder().join(to);
        let failed = |source| DataError::Write { path: to.clone(), source };
        if self.link {
            return durable::link_unsynced(from, &to).map_err(failed);
        }
        let mut file = File::open(from).map_err(|error| Problem::unreadable(from, &error))?;
        durable::copy_unsynced(&mut file, &to).map(drop).map_err(failed)
    }

    /// Bytes of the mask of a structure.
    fn mask(
        &self,
        (structure, side): (&PlannedStructure, Option<Side>),
        at: usize,
        extension: &str,
        layers: &mut Layers,
    ) -> Result<Vec<u8>, DataError> {
        let size = self.sizes[at];
        let source = structure.masks.get(&at);
        if let (Some(MaskSource::File(file)), None) = (source, side) {
            let file = &self.files[*file];
            if plan::extension(file) == extension {
                return Ok(files::read_file(&file.path)?);
            }
        }
        let place = || format!("`{}` in image `{}`", structure.id, self.images[at].id);
        let mask = draw_side(source, side, size, &self.files, layers, place)?;
        Ok(formats::png::write_mask(&mask))
    }
}

fn table(rows: &[Vec<String>]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).expect("memory takes all bytes");
    }
    writer.into_inner().expect("memory takes all bytes")
}
