//! `scr model`: explains what an ONNX model is given and what it returns, and writes one.

use std::fmt::Write;
use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Subcommand};
use scr_data::Output;
use scr_data::terminal::TerminalText;
use scr_image::{GreyImage, Radiograph};
use scr_onnx::{
    Fit, GreyScaling, Layout, ModelCard, ModelDescription, Network, OnnxSegmenter, OutputKind,
    Runner, Segmentation,
};
use scr_phantom::Population;
use scr_report::figures::{Cell, Figure, GreyRange, Line, LineShape, Panel, Picture, Row, View};
use scr_report::layout::wrapped;

use super::arguments::output;
use super::model_arguments::{ProcessOptions, read_card, read_model};
use super::model_export::Export;
use super::segment::read;
use crate::stdout::print;
use crate::tell::tell;

#[derive(Args)]
pub(crate) struct Model {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Explain what a model is given and what it returns, and run it on one image
    Check(Check),
    /// Write the network of a trained model as ONNX, with its model card
    Export(Export),
}

#[derive(Args)]
struct Check {
    /// Model to check
    #[arg(value_name = "MODEL.onnx")]
    model: PathBuf,
    /// Model card; by default that of the model's metadata
    #[arg(long)]
    card: Option<PathBuf>,
    /// Radiograph to run it on; by default a phantom of 512 px
    #[arg(long)]
    image: Option<PathBuf>,
    /// SVG file with the model's input and the masks
    #[arg(long, value_parser = output())]
    out: Option<Output>,
    #[command(flatten)]
    process: ProcessOptions,
}

impl Model {
    pub(crate) fn run(self) -> Result<()> {
        match self.action {
            Action::Check(check) => check.run(),
            Action::Export(export) => export.run(),
        }
    }
}

impl Check {
    fn run(self) -> Result<()> {
        let limits = self.process.limits();
        let file = read_model(&self.model, &limits)?;
        let description = ModelDescription::read(&file.place, &file.bytes)?;
        let (place, text) = read_card(self.card.as_deref(), &file)?;
        let card = ModelCard::parse(&place, &text)?;
        let name = card.output.name.as_deref();
        let program = self.process.program()?;
        let runner = Runner::start(&program, &file.place, file.bytes.clone(), name, limits)?;
        let process = format!("{}; {}", runner.runtime(), runner.confinement());
        let mut segmenter = OnnxSegmenter::new(card, runner, &place)?;
        let (image_name, radiograph) = self.radiograph()?;
        let begin = std::time::Instant::now();
        let structures: Vec<String> =
            segmenter.card().structures().into_iter().map(ToOwned::to_owned).collect();
        let wanted: Vec<&str> = structures.iter().map(String::as_str).collect();
        let result = segmenter.segment(&radiograph, &wanted, false)?;
        let took = begin.elapsed();
        let mut text = explanation(&description, &segmenter);
        line(&mut text, "process", &process);
        let found: Vec<String> = wanted
            .iter()
            .zip(&result.masks)
            .map(|(name, mask)| {
                let share = mask.count() as f64 / radiograph.size().area() as f64 * 100.0;
                format!("{name} {share:.1} %")
            })
            .collect();
        let memory = segmenter.network().peak_bytes();
        let memory = memory.map_or(String::new(), |b| format!(", {:.0} MB", b as f64 / 1e6));
        line(
            &mut text,
            "on one image",
            &format!(
                "{image_name}: {:.0} ms{memory}; {}",
                took.as_secs_f64() * 1e3,
                found.join(", ")
            ),
        );
        print(None, &text)?;
        if let Some(out) = &self.out {
            let title = format!("{} on {image_name}", self.model.display());
            let svg = figure(&title, &structures, &radiograph, &result).svg();
            out.write(svg.as_bytes())?;
            let place =
                out.file().map_or("standard output".into(), |path| path.display().to_string());
            tell!("picture written to {place}");
        }
        Ok(())
    }

    fn radiograph(&self) -> Result<(String, Radiograph)> {
        match &self.image {
            Some(path) => {
                let mut problems = scr_data::Problems::default();
                let found = problems.keep(read(path)).map(|(name, image, _)| (name, image));
                Ok(problems.or(found)?.expect("without an image there is a problem"))
            }
            None => {
                let phantom = Population::new(1, 1).phantom(0);
                Ok(("a phantom".into(), phantom.radiograph(512)))
            }
        }
    }
}

fn line(text: &mut String, label: &str, value: &str) {
    // Names come from the model's file.
    let value =
        wrapped(&TerminalText(value).to_string(), 84).replace('\n', &format!("\n{:14}", ""));
    let _ = writeln!(text, "{label:<13} {value}");
}

/// What the model is, what it is given and what it returns.
fn explanation(description: &ModelDescription, segmenter: &OnnxSegmenter<Runner>) -> String {
    let mut text = String::new();
    let operators: Vec<String> =
        description.operators.iter().map(|(name, n)| format!("{name} {n}")).collect();
    let producer = match description.producer.as_str() {
        "" => "an unknown program",
        producer => producer,
    };
    line(
        &mut text,
        "model",
        &format!(
            "{} parameters, opset {}, written by {producer}",
            description.n_parameters, description.opset
        ),
    );
    line(&mut text, "operators", &operators.join(", "));
    line(&mut text, "input", &input_text(description, segmenter));
    line(&mut text, "output", &output_text(description, segmenter.card()));
    text
}

fn input_text(description: &ModelDescription, segmenter: &OnnxSegmenter<Runner>) -> String {
    let card = &segmenter.card().input;
    let grid = match card.fit {
        Fit::Stretch([height, width]) => format!("stretched to {width} x {height} px"),
        Fit::Pad([height, width]) => {
            format!("fitted into {width} x {height} px, centred, padded with 0")
        }
        Fit::Multiple { multiple, max_side } => format!(
            "longer side at most {max_side} px, centred, padded with 0 to multiples of {multiple} px"
        ),
    };
    let resampling = match card.resampling {
        scr_image::Resampling::Antialiased => "antialias",
        scr_image::Resampling::Linear => "linear",
        scr_image::Resampling::Area => "area",
    };
    let [low, high] = card.range;
    let scaling = match card.scaling {
        GreyScaling::None => format!("black {low}, white {high}"),
        GreyScaling::MinMax => format!("darkest value to {low}, brightest to {high}"),
        GreyScaling::ZScore => "mean 0, standard deviation 1".into(),
        GreyScaling::Percentiles([a, b]) => {
            format!("percentiles {a} and {b} to {low} and {high}, clipped")
        }
        GreyScaling::Window([a, b]) => format!("greys {a} to {b} to {low} to {high}, clipped"),
    };
    let inverted = if card.inverted { ", black and white exchanged" } else { "" };
    let normalisation = match card.normalisation.as_slice() {
        [] => String::new(),
        channels => {
            let each: Vec<String> =
                channels.iter().map(|(mean, std)| format!("(v - {mean}) / {std}")).collect();
            format!(", then {}", each.join(", "))
        }
    };
    let layout = match card.layout {
        Layout::Nchw => "batch, channels, height, width",
        Layout::Nhwc => "batch, height, width, channels",
    };
    let (name, shape) = (&description.input.name, description.input.shape_text());
    let channels = match segmenter.preparation().channels() {
        1 => "1 channel".to_owned(),
        n => format!("{n} equal channels"),
    };
    format!(
        "`{name}` of {shape} ({layout}): the radiograph{inverted}, {grid} ({resampling}); {scaling}\
         {normalisation}; {channels}"
    )
}

fn output_text(description: &ModelDescription, card: &ModelCard) -> String {
    let output = &card.output;
    let wanted = |name: &str| output.name.as_deref().is_none_or(|wanted| wanted == name);
    let found = description.outputs.iter().find(|found| wanted(&found.name));
    let (name, shape) = found
        .map_or((String::new(), String::new()), |found| (found.name.clone(), found.shape_text()));
    let logits = if output.logits { "logits of " } else { "" };
    let kind = match &output.kind {
        OutputKind::Sigmoid { threshold } => {
            format!("{logits}a probability a structure, from {threshold}")
        }
        OutputKind::Softmax { threshold: None } => format!("{logits}classes, the most probable"),
        OutputKind::Softmax { threshold: Some(t) } => {
            format!("{logits}probabilities of classes, from {t}")
        }
        OutputKind::Labels => "a class a pixel".into(),
        OutputKind::Landmarks { points, are_shares } => {
            let unit =
                if *are_shares { "shares of the input's sides" } else { "pixels of the input" };
            format!("{} points in {unit}", points.iter().sum::<usize>())
        }
    };
    let mut text =
        format!("`{name}` of {shape}: {kind}; in order {}", output.structures.join(", "));
    if output.mirror {
        text += "; averaged with the mirror image";
    }
    if output.largest_component {
        text += "; largest component of each";
    }
    text
}

/// Input of the model, and the masks on the radiograph.
fn figure(
    title: &str,
    structures: &[String],
    radiograph: &Radiograph,
    result: &Segmentation,
) -> Figure {
    let grey: &GreyImage = &result.prepared.grey;
    let lowest = grey.values().iter().copied().fold(f32::INFINITY, f32::min);
    let highest = grey.values().iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let range =
        GreyRange { ends: [lowest, highest].map(f64::from), quantity: "value of the input".into() };
    let lines = |(structure, mask): (usize, &scr_image::Mask)| Line {
        structure: Some(structure),
        shape: LineShape::Mask(mask.clone()),
    };
    let panel = |caption: String, size, picture, lines| {
        Cell::Panel(Panel {
            caption,
            view: View::of(size),
            picture: Some(picture),
            lines,
            marks: Vec::new(),
            is_edged: true,
            ruler_px: None,
        })
    };
    let size = grey.size();
    let cells = vec![
        panel(format!("input, {} x {} px", size.width, size.height), size, 0, Vec::new()),
        panel(
            "masks".into(),
            radiograph.size(),
            1,
            result.masks.iter().enumerate().map(lines).collect(),
        ),
    ];
    Figure {
        title: title.to_owned(),
        description: "The image as the model is given it, and the outlines of its masks.".into(),
        structures: structures.to_vec(),
        pictures: vec![
            Picture::of_values(size, grey.values(), &range),
            Picture::of_radiograph(radiograph),
        ],
        greys: Some(range),
        cell_width: 420.0,
        rows: vec![Row { label: String::new(), cells }],
        notes: Vec::new(),
    }
}
