//! Architecture of the network: sizes, layers, and the place of each layer's parameters.

use serde::{Deserialize, Serialize};

use crate::UnetError;
use crate::convolution::{BLOCK, TAPS};
use crate::planes::Planes;
use crate::resolution::FOLD;

/// Channels of each resolution, in multiples of the width.
pub(crate) const CHANNELS: [usize; 5] = [1, 2, 4, 6, 6];

/// Number of resolutions.
pub(crate) const LEVELS: usize = CHANNELS.len();

/// Architecture of a U-Net.
///
/// Each 2 x 2 pixels of the input are four channels. Five resolutions, each half the one before,
/// have two convolutions on the way down and two on the way up, each with instance normalisation
/// and a leaky rectifier. The last convolution gives four channels a structure: the logits of
/// 2 x 2 pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Architecture {
    /// Height and width of the input in pixels: a multiple of [`STEP`](Self::STEP).
    pub side: usize,
    /// Channels of the first resolution: a multiple of 4.
    pub width: usize,
    /// Number of structures.
    pub n_structures: usize,
}

/// Convolution with the place of its parameters: weights, scales, then offsets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layer {
    pub(crate) n_in: usize,
    pub(crate) n_out: usize,
    /// First parameter.
    pub(crate) start: usize,
    /// Normalisation follows; the last layer has offsets alone.
    pub(crate) is_normalised: bool,
}

impl Layer {
    pub(crate) const fn n_weights(&self) -> usize {
        self.n_in * self.n_out * TAPS
    }

    pub(crate) const fn n_parameters(&self) -> usize {
        let per_channel = if self.is_normalised { 2 } else { 1 };
        self.n_weights() + per_channel * self.n_out
    }

    /// Weights of the layer, by output channel, input channel, then tap.
    pub(crate) fn weights<'a>(&self, parameters: &'a [f32]) -> &'a [f32] {
        &parameters[self.start..][..self.n_weights()]
    }

    /// Scales of the normalisation.
    pub(crate) fn scales<'a>(&self, parameters: &'a [f32]) -> &'a [f32] {
        &parameters[self.start + self.n_weights()..][..self.n_out]
    }

    /// Offsets: the last parameters.
    pub(crate) fn offsets<'a>(&self, parameters: &'a [f32]) -> &'a [f32] {
        &parameters[self.start + self.n_parameters() - self.n_out..][..self.n_out]
    }
}

impl Architecture {
    /// Factor of the side: the input is halved five times.
    pub const STEP: usize = FOLD << (LEVELS - 1);
    /// Largest side in pixels.
    pub const MAX_SIDE: usize = 1024;
    /// Largest width.
    pub const MAX_WIDTH: usize = 128;
    /// Largest number of structures.
    pub const MAX_STRUCTURES: usize = 1024;

    /// Checks the ranges of all sizes.
    ///
    /// # Errors
    /// [`UnetError::Architecture`] with the first size out of range.
    pub fn check(&self) -> Result<(), UnetError> {
        let fault = |field, expected: String, found| {
            Err(UnetError::Architecture { field, expected, found })
        };
        let Self { side, width, n_structures } = *self;
        if side == 0 || side > Self::MAX_SIDE || !side.is_multiple_of(Self::STEP) {
            let expected = format!("a multiple of {} up to {}", Self::STEP, Self::MAX_SIDE);
            return fault("side", expected, side);
        }
        if width == 0 || width > Self::MAX_WIDTH || !width.is_multiple_of(BLOCK) {
            let expected = format!("a multiple of {BLOCK} up to {}", Self::MAX_WIDTH);
            return fault("width", expected, width);
        }
        if n_structures == 0 || n_structures > Self::MAX_STRUCTURES {
            return fault("structures", format!("1 to {}", Self::MAX_STRUCTURES), n_structures);
        }
        Ok(())
    }

    /// Layers in the order in which they run: two a resolution down, two a resolution up, the
    /// last.
    pub(crate) fn layers(&self) -> Vec<Layer> {
        let channels = CHANNELS.map(|multiple| multiple * self.width);
        let down = (0..LEVELS).map(|level| match level {
            0 => (FOLD * FOLD, channels[0]),
            _ => (channels[level - 1], channels[level]),
        });
        let up = (0..LEVELS - 1).rev();
        let up = up.map(|level| (channels[level] + channels[level + 1], channels[level]));
        let mut layers = Vec::new();
        let mut start = 0;
        let mut push = |n_in, n_out, is_normalised| {
            let layer = Layer { n_in, n_out, start, is_normalised };
            start += layer.n_parameters();
            layers.push(layer);
        };
        for (n_in, n_out) in down.chain(up) {
            push(n_in, n_out, true);
            push(n_out, n_out, true);
        }
        push(channels[0], self.n_structures * FOLD * FOLD, false);
        layers
    }

    /// Number of parameters.
    #[must_use]
    pub fn n_parameters(&self) -> usize {
        self.layers().iter().map(Layer::n_parameters).sum()
    }

    /// Memory of a training in bytes, estimated from above: that of `n_samples` images, of the
    /// optimiser, of the gradients of a batch, and of the values of `n_at_once` images.
    #[must_use]
    pub fn training_bytes(&self, batch: usize, n_at_once: usize, n_samples: usize) -> u64 {
        let area = (self.side * self.side) as u64;
        let sample = area * (1 + self.n_structures as u64);
        let parameters = self.n_parameters() as u64;
        // Parameters, their average, two moments, the kernels of both directions.
        let optimiser = 6 * parameters;
        // The image, its change, its logits and their gradient.
        let image = self.tape_values() + 3 * sample;
        let values = n_samples as u64 * sample
            + optimiser
            + batch as u64 * parameters
            + n_at_once as u64 * image;
        values * size_of::<f32>() as u64
    }

    /// Values that a run of one image with its gradient holds at once, from above: those of the
    /// tape, and those of the largest layer with their gradients.
    fn tape_values(&self) -> u64 {
        let layers = self.layers();
        let sizes = layers.iter().enumerate().map(|(number, layer)| {
            // Two layers a resolution, down and up again; the last layer has the first resolution.
            let level = (number / 2).min((layers.len() - 1).saturating_sub(number + 1) / 2);
            let side = (self.side / FOLD) >> level;
            let plane = Planes::stride_of(side, side) as u64;
            (plane * layer.n_in as u64, plane * layer.n_out as u64)
        });
        let inputs_and_outputs: u64 = sizes.clone().map(|(input, output)| input + output).sum();
        // Outputs on the way down are kept for the way up.
        let skips: u64 =
            sizes.clone().take(2 * LEVELS).skip(1).step_by(2).map(|(_, out)| out).sum();
        let largest = sizes.map(|(input, output)| 2 * (input + output)).max();
        inputs_and_outputs + skips + largest.unwrap_or(0)
    }
}
