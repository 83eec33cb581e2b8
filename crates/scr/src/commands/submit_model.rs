//! `scr submit --model`: a model in place of masks or beside them, checked before it is sent.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use scr_documents::ModelAccess;
use scr_onnx::{Limits, ModelCard, ModelFile, OnnxSegmenter, Runner, RunnerProgram};
use scr_phantom::Population;
use scr_store::ModelFileName;

use super::model_arguments::{read_card, read_model};
use super::submission_zip::NamedFiles;

/// Side of the phantom on which a model is checked, in pixels.
const PHANTOM_SIDE_PX: usize = 512;

/// Model to submit in place of masks, or beside them.
#[derive(Args)]
pub(super) struct ModelToSubmit {
    /// ONNX model that the site runs, where the benchmark takes models; the entry has the masks of
    /// that run. Beside --model-fold-2 the one trained on fold 1, which segments fold 2
    #[arg(long, value_name = "MODEL.onnx")]
    model: Option<PathBuf>,
    /// ONNX model trained on fold 2, which segments fold 1
    #[arg(long, value_name = "MODEL.onnx", requires = "model")]
    model_fold_2: Option<PathBuf>,
    /// Model card; by default that of the model's metadata
    #[arg(long, value_name = "model.toml", requires = "model")]
    model_card: Option<PathBuf>,
    /// Let everybody download the model once its entry is published; otherwise it stays on the site
    #[arg(long, requires = "model")]
    model_public: bool,
}

impl ModelToSubmit {
    /// Access to the model; none for masks.
    pub(super) fn access(&self) -> Option<ModelAccess> {
        let access = if self.model_public { ModelAccess::Public } else { ModelAccess::Private };
        self.model.is_some().then_some(access)
    }

    /// Files of models and card, after each model ran on a phantom; none without a model.
    pub(super) fn files(&self) -> Result<NamedFiles> {
        let Some(model) = &self.model else { return Ok(NamedFiles::new()) };
        let limits = Limits::default();
        let model = read_model(model, &limits)?;
        let (place, text) = read_card(self.model_card.as_deref(), &model)?;
        let card = ModelCard::parse(&place, &text)?;
        check(&model, &card, &place, limits)?;
        let mut files = vec![(ModelFileName::Model, model.bytes)];
        if let Some(second) = &self.model_fold_2 {
            let second = read_model(second, &limits)?;
            check(&second, &card, &place, limits)?;
            files.push((ModelFileName::ModelFold2, second.bytes));
        }
        files.push((ModelFileName::Card, text.into_bytes()));
        Ok(files)
    }
}

/// Runs a model on a phantom.
fn check(file: &ModelFile, card: &ModelCard, card_place: &str, limits: Limits) -> Result<()> {
    let name = card.output.name.as_deref();
    let program = RunnerProgram::this()?;
    let runner = Runner::start(&program, &file.place, file.bytes.clone(), name, limits)?;
    let mut segmenter = OnnxSegmenter::new(card.clone(), runner, card_place)?;
    let structures = card.structures();
    if structures.is_empty() {
        bail!("{card_place}: expected a structure in output.structures, found none");
    }
    let phantom = Population::new(1, 1).phantom(0).radiograph(PHANTOM_SIDE_PX);
    let segmented = segmenter.segment(&phantom, &structures, false);
    segmented.with_context(|| format!("{}, on a phantom", file.place))?;
    Ok(())
}
