//! `scr model export`: writes the network of a trained model as ONNX.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use scr_data::Staging;
use scr_onnx::ModelCard;

use crate::tell::tell;

/// Name of the ONNX file in the folder.
const ONNX_FILE: &str = "model.onnx";

#[derive(Args)]
pub(crate) struct Export {
    /// Model file of `scr train unet`
    model: PathBuf,
    /// Folder to write, with model.onnx and its card model.toml
    #[arg(long)]
    out: PathBuf,
}

impl Export {
    pub(crate) fn run(self) -> Result<()> {
        let model = scr_methods::Model::open(&self.model)?;
        let Some(export) = model.segmenter().onnx() else {
            bail!(
                "{}: expected the model of a network, such as one of `scr train unet`, found one \
                 of {}, which is no network",
                self.model.display(),
                model.header().method
            );
        };
        let header = serde_json::to_string(model.header())?;
        let folder = Staging::begin(&self.out, &format!("onnx of {header}"))?;
        folder.write(ONNX_FILE, &export.model)?;
        folder.write(ModelCard::FILE, export.card.as_bytes())?;
        folder.finish()?;
        tell!(
            "{ONNX_FILE} ({:.1} MB) and {} written to {}",
            export.model.len() as f64 / 1e6,
            ModelCard::FILE,
            self.out.display()
        );
        Ok(())
    }
}
