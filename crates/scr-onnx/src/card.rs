//! Model card: how a radiograph becomes the input of a model, and its output masks.

use scr_data::{DataError, Problem, Problems};
use scr_image::Resampling;
use serde::Deserialize;

/// Model card, `model.toml`.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelCard {
    /// From radiograph to input.
    pub input: InputCard,
    /// From output to masks.
    pub output: OutputCard,
}

/// From radiograph to input.
#[derive(Debug, Clone, PartialEq)]
pub struct InputCard {
    /// Grid of the input.
    pub fit: Fit,
    /// Number of channels; the grey values are repeated. `None`: as the model says.
    pub channels: Option<usize>,
    /// Order of dimensions.
    pub layout: Layout,
    /// Resampling to the grid.
    pub resampling: Resampling,
    /// Exchanges black and white first.
    pub inverted: bool,
    /// Scaling of grey values.
    pub scaling: GreyScaling,
    /// Range to which 0 and 1 are mapped after scaling.
    pub range: [f32; 2],
    /// Mean and standard deviation of each channel, subtracted and divided by at the end.
    pub normalisation: Vec<(f32, f32)>,
}

/// Grid of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// Height and width; the radiograph is stretched to them.
    Stretch([usize; 2]),
    /// Height and width; the radiograph keeps its proportions, is centred, and the rest is 0.
    Pad([usize; 2]),
    /// The radiograph keeps its proportions, its longer side has at most `max_side` pixels, and
    /// both sides are padded with 0 to multiples.
    Multiple {
        /// Factor of both sides.
        multiple: usize,
        /// Longest side in pixels.
        max_side: usize,
    },
}

/// Order of the dimensions of input and output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    /// Batch, channels, height, width: PyTorch.
    #[default]
    Nchw,
    /// Batch, height, width, channels: TensorFlow.
    Nhwc,
}

/// Scaling of grey values, which run from 0 (black) to 1 (white) before, on the input's grid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum GreyScaling {
    /// The values as they are.
    None,
    /// Smallest value to 0, largest to 1.
    MinMax,
    /// Mean 0, standard deviation 1.
    ZScore,
    /// Two percentiles (0 to 100) to 0 and 1, values beyond them clipped.
    Percentiles([f32; 2]),
    /// Two grey values (0 to 1) to 0 and 1, values beyond them clipped.
    Window([f32; 2]),
}

/// From output to masks.
#[derive(Debug, Clone, PartialEq)]
pub struct OutputCard {
    /// Name of the output; `None` for a model with one.
    pub name: Option<String>,
    /// Meaning of the output.
    pub kind: OutputKind,
    /// Structure of each channel, class or run of landmarks; `background` for none.
    pub structures: Vec<String>,
    /// The values are logits, before sigmoid or softmax.
    pub logits: bool,
    /// Averages over the image and its mirror image; channels of left and right are exchanged.
    pub mirror: bool,
    /// Keeps the largest component of each mask.
    pub largest_component: bool,
}

/// Meaning of the output.
#[derive(Debug, Clone, PartialEq)]
pub enum OutputKind {
    /// A probability for each structure, independent of the others.
    Sigmoid {
        /// Smallest probability of a pixel of the structure.
        threshold: f32,
    },
    /// Probabilities of classes, which add up to 1.
    Softmax {
        /// Smallest probability of a pixel; `None`: the most probable class has it.
        threshold: Option<f32>,
    },
    /// The number of a class at each pixel.
    Labels,
    /// Points along the outline of each structure.
    Landmarks {
        /// Number of points of each structure.
        points: Vec<usize>,
        /// Coordinates are shares of the input's width and height, not pixels.
        are_shares: bool,
    },
}

impl ModelCard {
    /// Name of the card's file.
    pub const FILE: &'static str = "model.toml";
    /// Entry of [`OutputCard::structures`] for a channel or class without a structure.
    pub const BACKGROUND: &'static str = "background";

    /// Structures that the card names, once each, in its order.
    #[must_use]
    pub fn structures(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for name in &self.output.structures {
            if name != Self::BACKGROUND && !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        names
    }

    /// Checks that the card names all structures of a benchmark and no others.
    ///
    /// # Errors
    /// [`DataError::Problems`] with unknown and missing structures.
    pub fn check_structures<'a>(
        &self,
        place: &str,
        known: impl Iterator<Item = &'a str>,
    ) -> Result<(), DataError> {
        let known: Vec<&str> = known.collect();
        let expected = format!("the benchmark's structures {}", known.join(", "));
        let mut problems = Problems::default();
        let place = format!("{place}, output.structures");
        for name in self.structures().iter().filter(|name| !known.contains(name)) {
            problems.push(Problem::new(&place, &expected, format!("`{name}`"), ""));
        }
        for name in known.iter().filter(|name| !self.structures().contains(name)) {
            problems.push(Problem::new(&place, &expected, format!("no `{name}`"), ""));
        }
        problems.or(())
    }
}
