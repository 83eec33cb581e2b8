//! `scr run onnx`: runs ONNX models over the images of a benchmark.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use anyhow::Result;
use clap::Args;
use scr_data::{Benchmark, MaskSet};
use scr_eval::Settings;
use scr_onnx::{ModelFiles, ModelProcess, OnnxRun, OnnxRunRecord};
use scr_report::layout::{self, Layout};
use scr_report::tables;

use super::model_arguments::{ProcessOptions, read_card, read_model};
use super::scoring::score;
use crate::progress::Bar;
use crate::stdout::print;
use crate::tell::tell;

/// Options of `scr run onnx`.
#[derive(Args)]
pub(crate) struct OnnxOptions {
    /// ONNX model, for `onnx`; beside --model-fold-2 the one trained on fold 1, which segments
    /// fold 2
    #[arg(long, value_name = "MODEL.onnx")]
    pub(crate) model: Option<PathBuf>,
    /// ONNX model trained on fold 2, which segments fold 1
    #[arg(long, value_name = "MODEL.onnx", requires = "model")]
    model_fold_2: Option<PathBuf>,
    /// Model card; by default that of the model's metadata
    #[arg(long, value_name = "model.toml", requires = "model")]
    card: Option<PathBuf>,
    #[command(flatten)]
    process: ProcessOptions,
}

impl OnnxOptions {
    /// Runs the models, and prints a table of the scores where `evaluate` is set.
    pub(crate) fn run(
        &self,
        model: &Path,
        (benchmark, out, soft): (&Path, &Path, Option<&Path>),
        evaluate: bool,
    ) -> Result<()> {
        let limits = self.process.limits();
        let fold_2 =
            self.model_fold_2.as_deref().map(|path| read_model(path, &limits)).transpose()?;
        let models = ModelFiles { model: read_model(model, &limits)?, fold_2 };
        let (place, text) = read_card(self.card.as_deref(), &models.model)?;
        let benchmark = Benchmark::open(benchmark)?;
        let run = OnnxRun {
            benchmark: &benchmark,
            models: &models,
            card: (&place, &text),
            process: ModelProcess::Confined(&self.process.program()?),
            limits,
            stop: &AtomicBool::new(false),
        };
        let bar = Bar::new();
        let record =
            run.run(out, soft, &|done, total| bar.show("onnx: segmenting", done, total))?;
        drop(bar);
        tell!("onnx: {}; masks in {}", cost(&record), out.display());
        if !evaluate {
            return Ok(());
        }
        let result =
            score(&benchmark, &MaskSet::open(out, &benchmark)?, &Settings::default(), false)?;
        print(None, &layout::write(&[tables::methods_table(&[("onnx", &result)])], Layout::Text))
    }
}

/// Cost of a run in words.
fn cost(record: &OnnxRunRecord) -> String {
    let mut parts = vec![format!("{} images", record.n_images)];
    if let Some(image_s) = record.image_s {
        parts.push(format!("{:.0} ms each", image_s * 1e3));
    }
    if let Some(bytes) = record.peak_bytes {
        parts.push(format!("{:.0} MB of memory", bytes as f64 / 1e6));
    }
    parts.join(", ")
}
