//! Files of a submission with a model: `model.onnx`, perhaps `model-fold-2.onnx`, and
//! `model.toml`, at the root of its zip file. Masks in folders beside them are to be compared with
//! those of the run.

use std::path::Path;

use scr_data::{CARD, DataError, Problem, Problems, RUN_RECORD, ZipFiles};
use scr_documents::ModelLimits;
use scr_onnx::{ModelFile, ModelFiles};
use scr_store::ModelFileName;

/// Ending of models' names.
const MODEL_ENDING: &str = ".onnx";
/// Size limit of a model card in bytes.
const MAX_CARD_BYTES: u64 = 64 << 10;

/// Submitted model with its card.
#[derive(Debug)]
pub(crate) struct SubmittedModel {
    pub(crate) models: ModelFiles,
    pub(crate) card: String,
    /// True where the zip file has folders, of masks, beside the model.
    pub(crate) has_masks: bool,
}

/// Content of an upload.
#[derive(Debug)]
pub(crate) enum Upload {
    /// Masks, as far as names tell.
    Masks,
    /// A model.
    Model(SubmittedModel),
}

impl Upload {
    /// Reads a zip file: it has a model where a file at its root is one by its name, or where
    /// `expects_model` says so. Masks are not read.
    ///
    /// # Errors
    /// [`DataError::Problems`] for a model where the benchmark takes none, for files that are
    /// missing, unknown or too large, and for a card that is not UTF-8.
    pub(crate) fn read(
        path: &Path,
        expects_model: bool,
        limits: Option<ModelLimits>,
    ) -> Result<Self, DataError> {
        let zip = match ZipFiles::open(path) {
            Ok(zip) => zip,
            // The check of masks finds the same problems.
            Err(_) if !expects_model => return Ok(Self::Masks),
            Err(error) => return Err(error),
        };
        let is_model = |name: &&String| {
            ModelFileName::of_name(name).is_some()
                || (!name.contains('/') && name.ends_with(MODEL_ENDING))
        };
        if !expects_model && !zip.names().iter().any(|name| is_model(&name)) {
            return Ok(Self::Masks);
        }
        let Some(limits) = limits else {
            let found = "a model";
            let hint = "submit the masks that it makes: `scr run onnx` makes them";
            let problem = Problem::new(
                "the submission",
                "masks: this benchmark takes no models",
                found,
                hint,
            );
            return Err(problem.into());
        };
        Self::read_model(&zip, limits).map(Self::Model)
    }

    fn read_model(zip: &ZipFiles, limits: ModelLimits) -> Result<SubmittedModel, DataError> {
        let mut problems = Problems::default();
        let known = "model.onnx, perhaps model-fold-2.onnx, and model.toml, and perhaps masks, \
                     STRUCTURE/IMAGE.png";
        let is_in_folder = |name: &String| name.contains('/');
        let is_known = |name: &str| {
            ModelFileName::of_name(name).is_some() || [CARD, RUN_RECORD].contains(&name)
        };
        let at_root = zip.names().iter().filter(|name| !is_in_folder(name));
        for name in at_root.filter(|name| !is_known(name)) {
            problems.push(Problem::new(name, known, "another file", "take it out of the zip file"));
        }
        let mut file = |file: ModelFileName, is_needed: bool| {
            let place = file.as_str().to_owned();
            if !zip.names().contains(&place) {
                if is_needed {
                    problems.push(Problem::new(&place, known, "no such file", ""));
                }
                return None;
            }
            let bytes = problems.keep(zip.read(&place))?;
            let most = match file {
                ModelFileName::Card => MAX_CARD_BYTES,
                _ => limits.size_bytes(),
            };
            if bytes.len() as u64 > most {
                let expected = format!("at most {most} bytes");
                problems.push(Problem::new(&place, expected, format!("{} bytes", bytes.len()), ""));
            }
            Some(ModelFile { place, bytes })
        };
        let model = file(ModelFileName::Model, true);
        let fold_2 = file(ModelFileName::ModelFold2, false);
        let card = file(ModelFileName::Card, true);
        let text = card.and_then(|card| {
            let expected = "a model card in UTF-8";
            let text = String::from_utf8(card.bytes);
            problems.keep(text.map_err(|_| Problem::new(card.place, expected, "other bytes", "")))
        });
        let read = model.zip(text);
        let read = problems.or(read)?;
        let Some((model, card)) = read else {
            return Err(Problem::new("the submission", known, "something else", "").into());
        };
        let has_masks = zip.names().iter().any(is_in_folder);
        Ok(SubmittedModel { models: ModelFiles { model, fold_2 }, card, has_masks })
    }
}
