//! Instance normalisation followed by a leaky rectifier, and their gradients.
//!
//! Each channel of each image gets mean 0 and variance 1, then a scale and an offset that are
//! learned. No statistic crosses images, so a batch of one gives what a large batch gives.

use crate::planes::Planes;

/// Added to the variance.
pub(crate) const EPSILON: f32 = 1e-5;

/// Slope of the rectifier below 0.
pub(crate) const SLOPE: f32 = 0.01;

/// Values that the gradient needs.
pub(crate) struct Normalised {
    /// Values of mean 0 and variance 1, before scale and offset.
    values: Planes,
    /// 1 / standard deviation of each channel.
    inverse_deviations: Vec<f32>,
}

/// Gradient of a layer: that of its input, scales and offsets.
pub(crate) struct NormalisationGradient {
    pub(crate) input: Planes,
    pub(crate) scales: Vec<f32>,
    pub(crate) offsets: Vec<f32>,
}

impl Normalised {
    /// Normalises each channel.
    pub(crate) fn new(mut values: Planes) -> Self {
        let n = (values.height() * values.width()) as f64;
        let mut inverse_deviations = Vec::with_capacity(values.len());
        for plane in 0..values.len() {
            let rows = 0..values.height();
            let mean = rows.clone().map(|row| sum(values.row(plane, row), |x| x)).sum::<f64>() / n;
            let mean = mean as f32;
            let squares = rows.map(|row| sum(values.row(plane, row), |x| (x - mean) * (x - mean)));
            let variance = (squares.sum::<f64>() / n) as f32;
            let inverse = 1.0 / (variance + EPSILON).sqrt();
            for row in 0..values.height() {
                values.row_mut(plane, row).iter_mut().for_each(|x| *x = (*x - mean) * inverse);
            }
            inverse_deviations.push(inverse);
        }
        Self { values, inverse_deviations }
    }

    /// Number of kept values.
    #[cfg(test)]
    pub(crate) fn n_values(&self) -> usize {
        self.values.values().len()
    }

    /// Output of the layer.
    pub(crate) fn output(&self, scales: &[f32], offsets: &[f32]) -> Planes {
        let mut output = self.values.like(self.values.len());
        for (plane, (&scale, &offset)) in scales.iter().zip(offsets).enumerate() {
            for row in 0..output.height() {
                let inputs = self.values.row(plane, row);
                for (output, input) in output.row_mut(plane, row).iter_mut().zip(inputs) {
                    let scaled = input * scale + offset;
                    *output = if scaled > 0.0 { scaled } else { scaled * SLOPE };
                }
            }
        }
        output
    }

    /// Gradients from that of the output.
    pub(crate) fn gradient(
        &self,
        mut of_output: Planes,
        scales: &[f32],
        offsets: &[f32],
    ) -> NormalisationGradient {
        let (height, n) = (of_output.height(), (of_output.height() * of_output.width()) as f32);
        let (mut of_scales, mut of_offsets) = (Vec::new(), Vec::new());
        for (plane, (&scale, &offset)) in scales.iter().zip(offsets).enumerate() {
            let (mut of_scale, mut of_offset) = (0.0, 0.0);
            for row in 0..height {
                let values = self.values.row(plane, row);
                let gradients = of_output.row_mut(plane, row);
                for (gradient, value) in gradients.iter_mut().zip(values) {
                    let slope = if value * scale + offset > 0.0 { 1.0 } else { SLOPE };
                    *gradient *= slope;
                }
                of_scale += product(gradients, values);
                of_offset += sum(gradients, |x| x);
            }
            let (of_scale, of_offset) = (of_scale as f32, of_offset as f32);
            let (by_value, by_mean) = (of_scale / n, of_offset / n);
            let factor = scale * self.inverse_deviations[plane];
            for row in 0..height {
                let values = self.values.row(plane, row);
                for (gradient, value) in of_output.row_mut(plane, row).iter_mut().zip(values) {
                    *gradient = factor * (*gradient - by_mean - value * by_value);
                }
            }
            of_scales.push(of_scale);
            of_offsets.push(of_offset);
        }
        NormalisationGradient { input: of_output, scales: of_scales, offsets: of_offsets }
    }
}

/// Partial sums of a row, in a fixed order.
const LANES: usize = 16;

/// Sum of a function of all values.
fn sum(values: &[f32], of: impl Fn(f32) -> f32) -> f64 {
    let mut lanes = [0.0f32; LANES];
    let chunks = values.chunks_exact(LANES);
    let rest: f32 = chunks.remainder().iter().map(|&value| of(value)).sum();
    for chunk in chunks {
        for (lane, &value) in lanes.iter_mut().zip(chunk) {
            *lane += of(value);
        }
    }
    f64::from(lanes.iter().sum::<f32>() + rest)
}

/// Sum of the products of two lists.
fn product(left: &[f32], right: &[f32]) -> f64 {
    let mut lanes = [0.0f32; LANES];
    let (lefts, rights) = (left.chunks_exact(LANES), right.chunks_exact(LANES));
    let rest: f32 = lefts.remainder().iter().zip(rights.remainder()).map(|(l, r)| l * r).sum();
    for (left, right) in lefts.zip(rights) {
        for (lane, (l, r)) in lanes.iter_mut().zip(left.iter().zip(right)) {
            *lane += l * r;
        }
    }
    f64::from(lanes.iter().sum::<f32>() + rest)
}
