//! `scr segment`: segments images with a trained model.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Args;
use scr_data::{Benchmark, Fold, Problem, Problems, Staging, Structure, files, formats};
use scr_image::Radiograph;
use scr_methods::{Model, SeenImages, Subject, find_method, segment_fold};

use super::arguments::{parse_fold, refuse_posteriors};
use super::model_arguments::ProcessOptions;
use super::segment_onnx;
use crate::progress::Bar;
use crate::tell::tell;

#[derive(Args)]
pub(crate) struct Segment {
    /// Model file written by `scr train`, or an ONNX model
    model: PathBuf,
    /// Radiographs to segment: PNG, TIFF, DICOM or JSRT's IMG
    #[arg(required_unless_present = "benchmark", conflicts_with = "benchmark")]
    images: Vec<PathBuf>,
    /// Folder of a benchmark, of which one fold is segmented
    #[arg(long)]
    benchmark: Option<PathBuf>,
    /// Fold to segment; by default the test set, or all images of a benchmark for evaluation
    /// only
    #[arg(long, value_parser = parse_fold, requires = "benchmark")]
    fold: Option<Fold>,
    /// Folder of masks to write, STRUCTURE/IMAGE.png
    #[arg(long)]
    out: PathBuf,
    /// Add to the masks of other folds in OUT, so that one set of masks has all of them
    #[arg(long, requires = "benchmark")]
    add: bool,
    /// Folder of posteriors to write as 16-bit PNGs, for methods that have them
    #[arg(long)]
    soft: Option<PathBuf>,
    /// Segment images of the training set as well
    #[arg(long)]
    allow_seen: bool,
    /// Card of an ONNX model; by default that of the model's metadata
    #[arg(long, value_name = "model.toml", conflicts_with = "benchmark")]
    card: Option<PathBuf>,
    #[command(flatten)]
    process: ProcessOptions,
}

impl Segment {
    pub(crate) fn run(self) -> Result<()> {
        if self.model.extension().is_some_and(|extension| extension == "onnx") {
            return self.run_onnx();
        }
        if self.card.is_some() {
            bail!("--card: expected an ONNX model, MODEL.onnx, found {}", self.model.display());
        }
        let model = Model::open(&self.model)?;
        if self.soft.is_some() {
            refuse_posteriors(&[find_method(&model.header().method)?])?;
        }
        let bar = Bar::new();
        let show = |what: &str, done, total| bar.show(what, done, total);
        let digest = scr_data::digest::file_digest(&model.to_bytes());
        let benchmark = self.benchmark.as_deref().map(Benchmark::open).transpose()?;
        let fold = benchmark.as_ref().map(|benchmark| self.fold_of(benchmark)).transpose()?;
        let plan = format!(
            "{} {:?}",
            scr_data::digest::hex(&digest),
            (&self.benchmark, fold, &self.images)
        );
        let radiographs = match fold {
            Some(_) => Vec::new(),
            None => {
                let may_not = |name: &str, bytes: &[u8]| {
                    let is_seen = !self.allow_seen && model.has_seen(None, name, Some(bytes));
                    is_seen.then(|| model.header().fold.to_string())
                };
                read_all(&self.images, &may_not)?
            }
        };
        let begin = |out: &Path| match (&benchmark, fold) {
            (Some(benchmark), Some(fold)) if self.add => {
                let files = files_of(benchmark, fold);
                Staging::begin_adding(out, &fold.folder(), &plan, files)
            }
            _ => Staging::begin(out, &plan),
        };
        let masks = begin(&self.out)?;
        let posteriors = self.soft.as_deref().map(begin).transpose()?;
        if let (Some(benchmark), Some(fold)) = (&benchmark, fold) {
            let out = (&masks, posteriors.as_ref());
            let seen = if self.allow_seen { SeenImages::Allowed } else { SeenImages::Refused };
            segment_fold(&model, benchmark, fold, seen, out, &show)?;
        }
        for (index, (name, radiograph)) in radiographs.iter().enumerate() {
            segment_one(&model, name, radiograph, &masks, posteriors.as_ref())?;
            show("segmenting", index + 1, radiographs.len());
        }
        masks.finish()?;
        posteriors.map(Staging::finish).transpose()?;
        drop(bar);
        tell!("masks written to {}", self.out.display());
        Ok(())
    }
}

impl Segment {
    fn run_onnx(self) -> Result<()> {
        if self.benchmark.is_some() {
            bail!("--benchmark: an ONNX model segments a benchmark with `scr run onnx`");
        }
        let radiographs = read_all(&self.images, &|_, _| None)?;
        let program = self.process.program()?;
        let files = (&self.model, &self.card, &self.images);
        let plan = format!("onnx {:?} {files:?}", program.runtime());
        let masks = Staging::begin(&self.out, &plan)?;
        let posteriors = self.soft.as_deref().map(|out| Staging::begin(out, &plan)).transpose()?;
        let bar = Bar::new();
        segment_onnx::segment(
            &self.model,
            self.card.as_deref(),
            (&program, self.process.limits()),
            &radiographs,
            (&masks, posteriors.as_ref()),
            &|done, total| bar.show("segmenting", done, total),
        )?;
        masks.finish()?;
        posteriors.map(Staging::finish).transpose()?;
        drop(bar);
        tell!("masks written to {}", self.out.display());
        Ok(())
    }

    /// Fold to segment, which the benchmark must have.
    fn fold_of(&self, benchmark: &Benchmark) -> Result<Fold> {
        let folds = benchmark.folds();
        let fold = self.fold.or(folds.first().copied().filter(|_| folds.len() == 1));
        let Some(fold) = fold else {
            let names: Vec<String> = folds.iter().map(ToString::to_string).collect();
            bail!("--fold: expected the fold to segment, one of {}", names.join(", "));
        };
        if benchmark.fold(fold).next().is_none() {
            bail!("--fold {fold}: {} has no images of {}", benchmark.id, fold.phrase());
        }
        Ok(fold)
    }
}

/// Files of the masks of a fold.
fn files_of(benchmark: &Benchmark, fold: Fold) -> impl Iterator<Item = String> {
    benchmark.fold(fold).flat_map(move |image| {
        let path = move |structure: &Structure| format!("{}/{}.png", structure.id, image.id);
        benchmark.structures.iter().map(path)
    })
}

fn segment_one(
    model: &Model,
    name: &str,
    radiograph: &Radiograph,
    masks: &Staging,
    posteriors: Option<&Staging>,
) -> Result<()> {
    let structures = &model.header().structures;
    let path = |structure: &String| format!("{structure}/{name}.png");
    let subject = Subject::new(radiograph);
    for (structure, mask) in structures.iter().zip(model.segmenter().segment(&subject)?) {
        masks.write(&path(structure), &formats::png::write_mask(&mask))?;
    }
    if let Some(staging) = posteriors
        && let Some(posterior) = model.segmenter().posterior(&subject)?
    {
        for (structure, png) in structures.iter().zip(posterior.to_pngs()) {
            staging.write(&path(structure), &png)?;
        }
    }
    Ok(())
}

/// Reads all radiographs, each with the name of its masks, before any is segmented. `seen` names
/// the training set that an image, of a name and the bytes of its file, must not be of.
fn read_all(
    paths: &[PathBuf],
    seen: &dyn Fn(&str, &[u8]) -> Option<String>,
) -> Result<Vec<(String, Radiograph)>> {
    let mut problems = Problems::default();
    let mut radiographs: Vec<(String, Radiograph)> = Vec::new();
    for path in paths {
        let Some((name, radiograph, bytes)) = problems.keep(read(path)) else { continue };
        if let Some(part) = seen(&name, &bytes) {
            problems.push(Problem::new(
                path.display().to_string(),
                format!("an image that the model was not trained on ({part})"),
                "an image of the training set",
                "segment it nevertheless with --allow-seen",
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

/// Reads a radiograph. Returns its name, its pixels and the bytes of its file.
pub(super) fn read(path: &Path) -> Result<(String, Radiograph, Vec<u8>), Problem> {
    let place = path.display().to_string();
    let bytes = files::read_file(path)?;
    let radiograph = formats::read_radiograph(&place, &bytes)
        .map_err(|error| Problem::format(&place, &error))?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok((name, radiograph, bytes))
}
