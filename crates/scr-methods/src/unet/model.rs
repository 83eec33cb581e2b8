//! Trained U-Net with the model card under which it runs.

use std::sync::{Mutex, PoisonError};

use scr_image::{Mask, Resampling};
use scr_onnx::{
    Fit, GreyScaling, InProcess, InputCard, Layout, ModelCard, ModelDescription, ModelError,
    OnnxSegmenter, OutputCard, OutputKind, Segmentation,
};
use scr_unet::Unet;
use serde::{Deserialize, Serialize};

use super::settings::UnetSettings;
use crate::stored::{count, equal, numbers};
use crate::{ModelFault, OnnxExport, Posterior, Subject};

/// Probability from which a pixel belongs to a structure.
const THRESHOLD: f32 = 0.5;

/// Trained U-Net in a model file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct UnetFile {
    pub(super) unet: Unet,
    /// Names of the structures, in the order of channels.
    pub(super) structures: Vec<String>,
    /// Probabilities are averaged with those of the mirror image.
    pub(super) mirror: bool,
    /// Each structure is in one piece.
    pub(super) largest_component: bool,
    /// Loss by training step, of each member.
    pub(super) losses: Vec<Vec<f32>>,
}

/// Trained U-Net that segments, by the ONNX file that it exports.
pub(crate) struct UnetModel {
    file: UnetFile,
    onnx: Vec<u8>,
    /// Loaded networks that no thread uses at the moment.
    idle: Mutex<Vec<OnnxSegmenter<InProcess>>>,
}

impl UnetFile {
    /// Checks a file's content against the header of its model.
    pub(crate) fn checked(
        self,
        settings: UnetSettings,
        n_structures: usize,
    ) -> Result<UnetModel, ModelFault> {
        let wrong = |error: scr_unet::UnetError| ModelFault::new("network", "a U-Net", error);
        self.unet.check().map_err(wrong)?;
        equal("architecture", &self.unet.architecture(), &settings.architecture(n_structures))?;
        count("members", self.unet.n_members(), settings.n_members)?;
        count("structures", self.structures.len(), n_structures)?;
        count("losses", self.losses.len(), settings.n_members)?;
        for losses in &self.losses {
            count("losses of a member", losses.len(), settings.n_steps)?;
            numbers("losses of a member", losses.iter().copied(), 0.0..=1e6)?;
        }
        let model = UnetModel::new(self);
        let loaded = model.load().map_err(|error| {
            ModelFault::new("network", "a network that the runtime loads", error)
        })?;
        model.keep(loaded);
        Ok(model)
    }
}

impl UnetModel {
    pub(super) fn new(file: UnetFile) -> Self {
        let onnx = file.unet.to_onnx(&[]);
        Self { file, onnx, idle: Mutex::default() }
    }

    pub(crate) const fn file(&self) -> &UnetFile {
        &self.file
    }

    /// Masks of a radiograph, one a structure, at its size.
    pub(crate) fn masks(&self, subject: &Subject<'_>) -> Result<Vec<Mask>, ModelError> {
        Ok(self.run(subject, false)?.masks)
    }

    /// Probability of each structure at each pixel of a radiograph.
    pub(crate) fn posterior(&self, subject: &Subject<'_>) -> Result<Posterior, ModelError> {
        let maps = self.run(subject, true)?.posteriors.unwrap_or_default();
        Ok(Posterior::new(subject.radiograph().size(), maps))
    }

    /// Runs an idle network, or loads another one: each thread has its own.
    fn run(&self, subject: &Subject<'_>, with_maps: bool) -> Result<Segmentation, ModelError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut network = idle.map_or_else(|| self.load(), Ok)?;
        let names: Vec<&str> = self.file.structures.iter().map(String::as_str).collect();
        let result = network.segment(subject.radiograph(), &names, with_maps);
        self.keep(network);
        result
    }

    fn keep(&self, network: OnnxSegmenter<InProcess>) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(network);
    }

    fn load(&self) -> Result<OnnxSegmenter<InProcess>, ModelError> {
        let network = InProcess::load("U-Net", self.onnx.clone(), None, 1)?;
        Ok(OnnxSegmenter::new(self.card(), network, "model card of the U-Net")?)
    }

    /// Model card.
    fn card(&self) -> ModelCard {
        let side = self.file.unet.architecture().side;
        ModelCard {
            input: InputCard {
                fit: Fit::Stretch([side, side]),
                channels: None,
                layout: Layout::Nchw,
                resampling: Resampling::Antialiased,
                inverted: false,
                scaling: GreyScaling::ZScore,
                range: [0.0, 1.0],
                normalisation: Vec::new(),
            },
            output: OutputCard {
                name: None,
                kind: OutputKind::Sigmoid { threshold: THRESHOLD },
                structures: self.file.structures.clone(),
                logits: false,
                mirror: self.file.mirror,
                largest_component: self.file.largest_component,
            },
        }
    }

    /// ONNX file with its model card.
    pub(crate) fn export(&self) -> OnnxExport {
        let UnetFile { unet, structures, mirror, largest_component, .. } = &self.file;
        let side = unet.architecture().side;
        let names: Vec<String> = structures.iter().map(|name| format!("{name:?}")).collect();
        let names = names.join(", ");
        let card = format!(
            "[input]\nsize = [{side}, {side}]\nscaling = \"z-score\"\n\n[output]\n\
             kind = \"sigmoid\"\nthreshold = {THRESHOLD}\nstructures = [{names}]\n\
             mirror = {mirror}\nlargest_component = {largest_component}\n"
        );
        let model = unet.to_onnx(&[(ModelDescription::CARD_KEY, &card)]);
        OnnxExport { model, card }
    }
}

#[cfg(test)]
mod tests {
    use scr_image::{Radiograph, Size};
    use scr_unet::Architecture;

    use super::*;

    /// Untrained network of two lungs.
    fn model() -> UnetModel {
        let architecture = Architecture { side: 64, width: 4, n_structures: 2 };
        let numbers = |seed: usize| {
            let value = |at: usize| ((at * 7919 + seed * 104_729) % 1000) as f32 / 1000.0 - 0.45;
            (0..architecture.n_parameters()).map(value).collect()
        };
        UnetModel::new(UnetFile {
            unet: Unet::new(architecture, vec![numbers(1), numbers(2)]).unwrap(),
            structures: vec!["right_lung".into(), "left_lung".into()],
            mirror: true,
            largest_component: true,
            losses: vec![Vec::new(); 2],
        })
    }

    fn radiograph() -> Radiograph {
        let size = Size::new(90, 120);
        let pixels = (0..size.area()).map(|at| (at * at % 251) as u16 + (at / 90) as u16).collect();
        Radiograph::new(size, 500, pixels, None).unwrap()
    }

    #[test]
    fn the_exported_file_gives_the_probabilities_of_the_trainer() {
        let model = model();
        let mut network = model.load().unwrap();
        let grey = network.preparation().prepare(&radiograph()).grey;
        let tensor = network.preparation().tensor(&grey);
        let mut loaded = InProcess::load("x", model.onnx.clone(), None, 1).unwrap();
        let found = scr_onnx::Network::run(&mut loaded, tensor).unwrap();
        assert_eq!(found.shape(), [1, 2, 64, 64]);
        let expected = model.file.unet.probabilities(grey.values());
        let differences = found.values().iter().zip(&expected).map(|(a, b)| (a - b).abs());
        let largest = differences.fold(0.0, f32::max);
        assert!(largest < 1e-4, "{largest}");
        let spread = expected.iter().fold((1.0f32, 0.0f32), |(l, h), &p| (l.min(p), h.max(p)));
        assert!(spread.1 - spread.0 > 0.1, "the test image tells pixels apart: {spread:?}");
        assert!(network.segment(&radiograph(), &["right_lung"], true).is_ok());
    }

    #[test]
    fn the_exported_card_gives_the_masks_of_the_method() {
        let model = model();
        let OnnxExport { model: onnx, card } = model.export();
        assert_eq!(ModelDescription::read("x", &onnx).unwrap().card.as_deref(), Some(&*card));
        let card = ModelCard::parse("card", &card).unwrap();
        assert_eq!(card, model.card());
        let network = InProcess::load("x", onnx, None, 1).unwrap();
        let mut segmenter = OnnxSegmenter::new(card, network, "card").unwrap();
        let radiograph = radiograph();
        let names = ["right_lung", "left_lung"];
        let expected = segmenter.segment(&radiograph, &names, false).unwrap().masks;
        assert_eq!(model.masks(&Subject::new(&radiograph)).unwrap(), expected);
    }
}
