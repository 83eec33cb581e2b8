//! `scr segment`: segments images with a trained model.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Args;
use scr_data::{Benchmark, Fold, Problem, Problems, Staging, files, formats};
use scr_image::Radiograph;
use scr_methods::{Model, segment_fold};

use super::parse_fold;
use crate::progress::Bar;

#[derive(Args)]
pub(crate) struct Segment {
    /// Model file written by `scr train`
    model: PathBuf,
    /// Radiographs to segment: PNG, TIFF, DICOM or JSRT's IMG
    #[arg(required_unless_present = "benchmark", conflicts_with = "benchmark")]
    images: Vec<PathBuf>,
    /// Folder of a benchmark to segment a fold of
    #[arg(long, requires = "fold")]
    benchmark: Option<PathBuf>,
    /// Fold to segment
    #[arg(long, value_parser = parse_fold, requires = "benchmark")]
    fold: Option<Fold>,
    /// Folder of masks to write, STRUCTURE/IMAGE.png
    #[arg(long)]
    out: PathBuf,
    /// Segment images that the model was trained on as well
    #[arg(long)]
    allow_seen: bool,
}

impl Segment {
    pub(crate) fn run(self) -> Result<()> {
        let model = Model::open(&self.model)?;
        let bar = Bar::new();
        let show = |what: &str, done, total| bar.show(what, done, total);
        let digest = scr_data::digest::file_digest(&model.to_bytes());
        let plan = format!(
            "{} {:?}",
            scr_data::digest::hex(&digest),
            (&self.benchmark, self.fold, &self.images)
        );
        match (&self.benchmark, self.fold) {
            (Some(benchmark), Some(fold)) => {
                let benchmark = Benchmark::open(benchmark)?;
                let staging = Staging::begin(&self.out, &plan)?;
                segment_fold(&model, &benchmark, fold, self.allow_seen, &staging, &show)?;
                staging.finish()?;
            }
            _ => {
                let radiographs = read_all(&model, &self.images, self.allow_seen)?;
                let staging = Staging::begin(&self.out, &plan)?;
                for (index, (name, radiograph)) in radiographs.iter().enumerate() {
                    let masks = model.segmenter().segment(radiograph)?;
                    for (structure, mask) in model.header().structures.iter().zip(&masks) {
                        let path = format!("{structure}/{name}.png");
                        staging.write(&path, &formats::png::write_mask(mask))?;
                    }
                    show("segmenting", index + 1, radiographs.len());
                }
                staging.finish()?;
            }
        }
        drop(bar);
        eprintln!("masks written to {}", self.out.display());
        Ok(())
    }
}

/// Reads every radiograph, by the name that its masks will have, before any is segmented.
fn read_all(
    model: &Model,
    paths: &[PathBuf],
    allow_seen: bool,
) -> Result<Vec<(String, Radiograph)>> {
    let mut problems = Problems::default();
    let mut radiographs: Vec<(String, Radiograph)> = Vec::new();
    for path in paths {
        let Some((name, radiograph, bytes)) = problems.keep(read(path)) else { continue };
        if !allow_seen && model.has_seen(None, &name, Some(&bytes)) {
            problems.push(Problem::new(
                path.display().to_string(),
                format!(
                    "an image that the model was not trained on (fold {})",
                    model.header().fold
                ),
                "one that it has seen",
                "say --allow-seen where that is meant",
            ));
        }
        if radiographs.iter().any(|(other, _)| *other == name) {
            problems.push(Problem::new(
                path.display().to_string(),
                "each name once: masks are named after their images",
                format!("`{name}` a second time"),
                "segment them into different folders",
            ));
        }
        radiographs.push((name, radiograph));
    }
    problems.or(())?;
    if radiographs.is_empty() {
        bail!("no image to segment");
    }
    Ok(radiographs)
}

fn read(path: &Path) -> Result<(String, Radiograph, Vec<u8>), Problem> {
    let place = path.display().to_string();
    let bytes = files::read_file(path)?;
    let radiograph = formats::read_radiograph(&place, &bytes)
        .map_err(|error| Problem::format(&place, &error))?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok((name, radiograph, bytes))
}
