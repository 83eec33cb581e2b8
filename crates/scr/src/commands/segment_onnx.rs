//! `scr segment MODEL.onnx`: segments images with an ONNX model.

use std::path::Path;

use anyhow::Result;
use scr_data::Staging;
use scr_image::Radiograph;
use scr_onnx::{Limits, ModelCard, OnnxSegmenter, Runner, RunnerProgram, write};

use super::model_arguments::{read_card, read_model};

/// Segments radiographs, each with the name of its masks.
pub(super) fn segment(
    model: &Path,
    card: Option<&Path>,
    (program, limits): (&RunnerProgram, Limits),
    radiographs: &[(String, Radiograph)],
    (masks, posteriors): (&Staging, Option<&Staging>),
    progress: &dyn Fn(usize, usize),
) -> Result<()> {
    let file = read_model(model, &limits)?;
    let (place, text) = read_card(card, &file)?;
    let card = ModelCard::parse(&place, &text)?;
    let names: Vec<String> = card.structures().into_iter().map(ToOwned::to_owned).collect();
    let structures: Vec<&str> = names.iter().map(String::as_str).collect();
    let output = card.output.name.clone();
    let runner = Runner::start(program, &file.place, file.bytes, output.as_deref(), limits)?;
    let mut segmenter = OnnxSegmenter::new(card, runner, &place)?;
    for (index, (name, radiograph)) in radiographs.iter().enumerate() {
        let result = segmenter.segment(radiograph, &structures, posteriors.is_some())?;
        write(masks, posteriors, &structures, name, &result)?;
        progress(index + 1, radiographs.len());
    }
    Ok(())
}
