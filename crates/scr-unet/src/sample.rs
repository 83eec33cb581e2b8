//! Training images.

use crate::{Architecture, UnetError};

/// Training image: grey values and masks on the grid of the network.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Grey values, row by row, in any range.
    pub(crate) grey: Vec<f32>,
    /// Share of each pixel that a structure covers, from 0 to 1; one map a structure.
    pub(crate) masks: Vec<f32>,
}

impl Sample {
    /// Training image of an architecture: `grey` has `side` x `side` values, `masks` as many for
    /// each structure, one map after the other.
    ///
    /// # Errors
    /// [`UnetError::Parameters`] for other lengths, and for values that are not finite or, in
    /// masks, not from 0 to 1.
    pub fn new(
        architecture: Architecture,
        grey: Vec<f32>,
        masks: Vec<f32>,
    ) -> Result<Self, UnetError> {
        let area = architecture.side * architecture.side;
        for (what, found, expected) in [
            ("grey values", grey.len(), area),
            ("values of masks", masks.len(), area * architecture.n_structures),
        ] {
            if found != expected {
                let expected = format!("{expected} {what}");
                return Err(UnetError::Parameters { expected, found: found.to_string() });
            }
        }
        let odd = grey.iter().find(|value| !value.is_finite());
        let odd = odd.or_else(|| masks.iter().find(|value| !(0.0..=1.0).contains(*value)));
        match odd {
            Some(value) => Err(UnetError::Parameters {
                expected: "finite grey values, and masks from 0 to 1".into(),
                found: value.to_string(),
            }),
            None => Ok(Self { grey, masks }),
        }
    }
}

/// Mean 0 and variance 1; all 0 for an image of one grey value.
pub(crate) fn standardise(grey: &mut [f32]) {
    let n = grey.len() as f64;
    let mean = (grey.iter().map(|&value| f64::from(value)).sum::<f64>() / n) as f32;
    let squares = grey.iter().map(|&value| f64::from((value - mean) * (value - mean)));
    let deviation = (squares.sum::<f64>() / n).sqrt() as f32;
    let factor = if deviation > 0.0 { 1.0 / deviation } else { 0.0 };
    grey.iter_mut().for_each(|value| *value = (*value - mean) * factor);
}
