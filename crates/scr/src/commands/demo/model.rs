//! Run of the model that ships with the program over the phantoms of a demo.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use anyhow::{Context, Result};
use scr_data::{Benchmark, MaskSet, RUN_RECORD};
use scr_documents::CardDocument;
use scr_onnx::{
    Limits, ModelDescription, ModelFile, ModelFiles, ModelProcess, OnnxRun, OnnxRunRecord,
    RunnerProgram,
};
use scr_store::RunToPublish;
use scr_work::run_of_operator;

use crate::progress::Bar;

/// U-Net of all structures, trained on other phantoms than a demo draws; models/README.md has the
/// commands that made it.
const MODEL: &[u8] = include_bytes!("../../../models/phantom-unet.onnx");
/// Identifier of the model, and name of its folder of masks.
pub(super) const ID: &str = "phantom-unet";

/// Masks of the model with its verified run.
pub(super) struct ModelMasks {
    pub(super) set: MaskSet,
    pub(super) run: RunToPublish,
}

/// Runs the model over all images into the folder `masks`, in a confined process as a worker
/// does; an earlier run into it is used again.
pub(super) fn run(benchmark: &Benchmark, masks: &Path) -> Result<ModelMasks> {
    let models = ModelFiles {
        model: ModelFile { place: format!("{ID}.onnx"), bytes: MODEL.to_vec() },
        fold_2: None,
    };
    let description = ModelDescription::read(&models.model.place, &models.model.bytes)?;
    let card = description.card.context("the model has no card")?;
    let record = match earlier(masks)? {
        Some(record) => record,
        None => {
            let bar = Bar::new();
            let new = OnnxRun {
                benchmark,
                models: &models,
                card: (ID, &card),
                process: ModelProcess::Confined(&RunnerProgram::this()?),
                limits: Limits::default(),
                stop: &AtomicBool::new(false),
            };
            new.run(masks, None, &|done, total| bar.show("running the model", done, total))?
        }
    };
    let run = run_of_operator(models, card, &record);
    Ok(ModelMasks { set: MaskSet::open(masks, benchmark)?, run })
}

/// Record of an earlier run that came to its end.
fn earlier(masks: &Path) -> Result<Option<OnnxRunRecord>> {
    let path = masks.join(RUN_RECORD);
    if !path.exists() {
        return Ok(None);
    }
    let read = || anyhow::Ok(serde_json::from_slice(&std::fs::read(&path)?)?);
    read().map(Some).with_context(|| format!("cannot read {}", path.display()))
}

/// Card of the model's entry.
pub(super) fn card(run: &RunToPublish) -> CardDocument {
    CardDocument {
        name: "U-Net of this program".into(),
        description: "A small U-Net that ships with the program. The site ran it itself.".into(),
        verified: "The site ran the model; its digest is in the record.".into(),
        code: format!("crates/scr/models/README.md; {}", run.verified.model_digest),
        training: "160 other phantoms (seed 7); no image of this benchmark".into(),
        version: env!("CARGO_PKG_VERSION").into(),
        ..CardDocument::default()
    }
}
