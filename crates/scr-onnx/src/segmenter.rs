//! Card and network together, from radiograph to masks.

use scr_data::DataError;
use scr_image::{GreyImage, Mask, Radiograph};

use crate::output::Output;
use crate::{ModelCard, ModelError, Network, Preparation, Prepared};

/// Runtime of models with its version.
pub const RUNTIME: &str = "rten 0.27.0";

/// Model that segments radiographs.
pub struct OnnxSegmenter<N> {
    card: ModelCard,
    preparation: Preparation,
    network: N,
}

/// Result on one radiograph.
pub struct Segmentation {
    /// Input of the model.
    pub prepared: Prepared,
    /// One mask a structure, at the radiograph's size.
    pub masks: Vec<Mask>,
    /// One probability map a structure, at the radiograph's size; `None` for labels and
    /// landmarks.
    pub posteriors: Option<Vec<GreyImage>>,
}

impl<N: Network> OnnxSegmenter<N> {
    /// Joins a card and a loaded model; `place` names the card in problems.
    ///
    /// # Errors
    /// [`DataError::Problems`] where card and model disagree.
    pub fn new(card: ModelCard, network: N, place: &str) -> Result<Self, DataError> {
        let preparation = Preparation::new(&card.input, &network.description().input, place)?;
        Ok(Self { card, preparation, network })
    }

    /// Card of the model.
    pub const fn card(&self) -> &ModelCard {
        &self.card
    }

    /// Preparation of radiographs.
    pub const fn preparation(&self) -> &Preparation {
        &self.preparation
    }

    /// The loaded model.
    pub const fn network(&self) -> &N {
        &self.network
    }

    /// Segments a radiograph into `structures`, with probability maps where `with_posteriors`.
    ///
    /// # Errors
    /// [`ModelError`] where the model fails, or its output is not what the card says.
    pub fn segment(
        &mut self,
        radiograph: &Radiograph,
        structures: &[&str],
        with_posteriors: bool,
    ) -> Result<Segmentation, ModelError> {
        let prepared = self.preparation.prepare(radiograph);
        let mut output = self.output(&prepared)?;
        let card = &self.card.output;
        if card.mirror {
            let [x, y, width, height] = prepared.part;
            let right = prepared.grey.size().width as f64 - x - width;
            let mirrored =
                Prepared { grey: prepared.grey.mirrored(), part: [right, y, width, height] };
            let other = self.output(&mirrored)?;
            output = output.with_mirrored(&self.card.output, other);
        }
        let (card, full) = (&self.card.output, radiograph.size());
        let masks = output.masks(card, structures, &prepared, full);
        let posteriors =
            with_posteriors.then(|| output.posteriors(card, structures, &prepared, full)).flatten();
        Ok(Segmentation { prepared, masks, posteriors })
    }

    fn output(&mut self, prepared: &Prepared) -> Result<Output, ModelError> {
        let tensor = self.network.run(self.preparation.tensor(&prepared.grey))?;
        Output::read(&self.card.output, self.card.input.layout, &tensor, prepared)
    }
}
