//! `scr methods show`: writes figures of a trained model.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use scr_data::digest::{file_digest, hex};
use scr_data::{Problem, Problems, Staging};
use scr_image::Radiograph;
use scr_methods::{Method, Model, Subject};

use super::figures::figures;
use super::source::{FigureSource, NamedFigure};
use crate::commands::arguments::parse_method;
use crate::commands::segment;
use crate::progress::Bar;
use crate::stdout::print;
use crate::tell::tell;

#[derive(Args)]
pub(super) struct Show {
    /// Method of the model
    #[arg(value_parser = parse_method)]
    method: &'static dyn Method,
    /// Model file written by `scr train`
    #[arg(long)]
    model: PathBuf,
    /// Folder of SVG figures to write
    #[arg(long)]
    out: PathBuf,
    /// Radiograph to segment in figures: PNG, TIFF, DICOM or JSRT's IMG; one option an image
    #[arg(long = "image", value_name = "RADIOGRAPH")]
    images: Vec<PathBuf>,
}

impl Show {
    pub(super) fn run(self) -> Result<()> {
        let model = Model::open(&self.model)?;
        let (wanted, found) = (self.method.info().id, &model.header().method);
        if wanted != found {
            bail!(
                "{}: expected a model of {wanted}, found one of {found}\n\
                 hint: say `scr methods show {found}`, or train one with `scr train {wanted}`",
                self.model.display()
            );
        }
        let radiographs = self.read_all(&model)?;
        let figures = all_figures(&model, &radiographs)?;
        if figures.is_empty() {
            bail!("{wanted} has no figures of a model alone\nhint: add --image RADIOGRAPH");
        }
        let digest = hex(&file_digest(&model.to_bytes()));
        let staging = Staging::begin(&self.out, &format!("figures of {digest} {:?}", self.images))?;
        for (name, figure) in &figures {
            staging.write(&format!("{name}.svg"), figure.svg().as_bytes())?;
        }
        staging.finish()?;
        let paths = figures.iter().map(|(name, _)| self.out.join(format!("{name}.svg")));
        let list: String = paths.map(|path| format!("{}\n", path.display())).collect();
        print(None, &list)
    }

    /// Reads all radiographs by their names. Prints a note for images of the training set.
    fn read_all(&self, model: &Model) -> Result<Vec<(String, Radiograph)>> {
        let mut problems = Problems::default();
        let mut radiographs: Vec<(String, Radiograph)> = Vec::new();
        for path in &self.images {
            let Some((name, radiograph, bytes)) = problems.keep(segment::read(path)) else {
                continue;
            };
            if model.has_seen(None, &name, Some(&bytes)) {
                tell!("note: {} is an image of the training set", path.display());
            }
            if radiographs.iter().any(|(other, _)| *other == name) {
                problems.push(Problem::new(
                    path.display().to_string(),
                    "each name once: figures are named after their images",
                    format!("`{name}` a second time"),
                    "write them into different folders",
                ));
            }
            radiographs.push((name, radiograph));
        }
        Ok(problems.or(radiographs)?)
    }
}

/// Figures of the model alone, then of each image.
fn all_figures(model: &Model, radiographs: &[(String, Radiograph)]) -> Result<Vec<NamedFigure>> {
    let mut all = figures(&FigureSource { model, image: None }, &model.segmenter().insights());
    let bar = Bar::new();
    for (index, (name, radiograph)) in radiographs.iter().enumerate() {
        bar.show("drawing figures", index, radiographs.len());
        let insights = model.segmenter().insights_on(&Subject::new(radiograph))?;
        let source = FigureSource { model, image: Some((name, radiograph)) };
        all.extend(figures(&source, &insights));
    }
    Ok(all)
}
