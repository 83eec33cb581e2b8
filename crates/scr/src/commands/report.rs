//! `scr report`: writes an HTML file with tables, plots and typical images.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use indexmap::IndexMap;
use scr_data::digest::Manifest;
use scr_data::{Benchmark, Image, MaskSet, Object, Output, Problems, files};
use scr_image::Mask;
use scr_report::NamedResult;
use scr_report::html::{
    ExampleFigure, Overlay, Report as Page, choose_examples, picture, plots, report,
};

use super::arguments::output;
use super::compare::compare_results;
use super::scoring::{COMPARED_MEASURES, Scoring};
use super::sets::{InputSet, read_sets};
use crate::tell::tell;

#[derive(Args)]
pub(crate) struct Report {
    /// Folders or zips of masks, or results written by `scr evaluate --format json --per-image`
    #[arg(required = true, value_name = "MASKS|RESULT.json")]
    sets: Vec<PathBuf>,
    #[command(flatten)]
    scoring: Scoring,
    /// HTML file to write
    #[arg(long, value_name = "FILE", value_parser = output())]
    out: Output,
    /// Folder of plots to write as SVG files
    #[arg(long)]
    plots: Option<PathBuf>,
}

impl Report {
    pub(crate) fn run(self) -> Result<()> {
        let benchmark = Benchmark::open(&self.scoring.benchmark)?;
        let settings = self.scoring.settings(&COMPARED_MEASURES);
        let sets = read_sets(&self.sets, &benchmark, &self.scoring.layout, &settings, true)?;
        let observer = settings.observer.clone();
        let drawing = Drawing { benchmark: &benchmark, observer };
        let mut pictures = IndexMap::new();
        let mut examples = Vec::new();
        let mut problems = Problems::default();
        for set in &sets {
            drawing.draw(set, &mut pictures, &mut examples, &mut problems);
        }
        problems.or(())?;
        let results: Vec<NamedResult> = sets.into_iter().map(|set| set.result).collect();
        let comparison = compare_results(&results, 0.05, &settings)?;
        let page = Page {
            benchmark: &benchmark,
            results: &results,
            comparison: &comparison,
            pictures: &pictures,
            examples: &examples,
            command: &command_line(),
        };
        self.out.write(report(&page).as_bytes())?;
        if let Some(folder) = &self.plots {
            for plot in plots(&results, &comparison) {
                let path = folder.join(format!("{}.svg", plot.name));
                files::write_file(&path, plot.svg.as_bytes())?;
            }
        }
        tell!("report written to {}", self.out);
        Ok(())
    }
}

/// The command line, without the folder of the program.
fn command_line() -> String {
    let given = std::env::args().skip(1);
    std::iter::once("scr".to_owned()).chain(given).collect::<Vec<_>>().join(" ")
}

/// Draws example images from the scored files.
struct Drawing<'a> {
    benchmark: &'a Benchmark,
    observer: String,
}

impl Drawing<'_> {
    /// Draws the example images of a set; none for a result without masks.
    fn draw(
        &self,
        set: &InputSet,
        pictures: &mut IndexMap<String, String>,
        examples: &mut Vec<ExampleFigure>,
        problems: &mut Problems,
    ) {
        let Some(masks) = &set.masks else { return };
        for example in choose_examples(&set.result.result) {
            let found = |id: &str| self.benchmark.images.iter().position(|image| image.id == id);
            let object = self.benchmark.objects.iter().find(|object| object.id == example.object);
            let Some((index, object)) = found(&example.image).zip(object) else { continue };
            match self.overlay(masks, index, object) {
                Ok(overlay) => {
                    let image = &self.benchmark.images[index];
                    self.add_picture(image, pictures, problems);
                    let result = set.result.name.clone();
                    examples.push(ExampleFigure { result, example, overlay });
                }
                Err(list) => problems.extend(list),
            }
        }
    }

    /// Adds the picture of a radiograph once; none where the radiograph is missing.
    fn add_picture(
        &self,
        image: &Image,
        pictures: &mut IndexMap<String, String>,
        problems: &mut Problems,
    ) {
        let is_there = self.benchmark.radiograph_path(image).exists();
        if is_there && !pictures.contains_key(&image.id) {
            let radiograph = problems.keep(self.benchmark.read_radiograph(image));
            pictures.extend(radiograph.map(|found| (image.id.clone(), picture(&found))));
        }
    }

    fn overlay(
        &self,
        masks: &MaskSet,
        index: usize,
        object: &Object,
    ) -> Result<Overlay, Vec<scr_data::Problem>> {
        let (mut files, image) = (Manifest::default(), &self.benchmark.images[index]);
        let observer = self.benchmark.observer(&self.observer).map_err(|problem| vec![problem])?;
        let references = self.benchmark.read_masks(observer, image, &mut files)?;
        let mut predictions = Vec::new();
        for &structure in &object.structures {
            let size = Some(references[structure].size());
            let read = masks.read_mask(self.benchmark, structure, index, size, &mut files);
            predictions.push(read.map_err(|problem| vec![problem])?);
        }
        let reference = Mask::union(object.structures.iter().map(|&s| &references[s]));
        let prediction = Mask::union(predictions.iter());
        Ok(Overlay::new(&reference, &prediction))
    }
}
