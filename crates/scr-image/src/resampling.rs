//! Weights of resampling along one axis.

/// Rule by which a value on a new grid is formed from the old values around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resampling {
    /// Mean of the area that the new pixel covers; enlarges by repetition. `INTER_AREA` of OpenCV.
    Area,
    /// Interpolation between the two nearest pixel centres, also when it shrinks. `INTER_LINEAR`
    /// of OpenCV, `interpolate(align_corners=False)` of PyTorch.
    Linear,
    /// Triangle filter that widens as the image shrinks. `BILINEAR` of Pillow,
    /// `interpolate(antialias=True)` of PyTorch.
    Antialiased,
}

/// Weights of source pixels for each target pixel along one axis.
pub(crate) struct Cover {
    pub(crate) parts: Vec<Part>,
}

/// Weights of one target pixel; they add up to 1.
pub(crate) struct Part {
    first: usize,
    weights: Vec<f32>,
}

impl Part {
    pub(crate) fn mean(&self, value: impl Fn(usize) -> f32) -> f32 {
        self.weights.iter().enumerate().map(|(k, weight)| weight * value(self.first + k)).sum()
    }
}

impl Cover {
    pub(crate) fn new(resampling: Resampling, from: usize, to: usize) -> Self {
        let step = from as f64 / to as f64;
        let part = |index: usize| match resampling {
            Resampling::Area => area(from, index as f64 * step, (index + 1) as f64 * step),
            Resampling::Linear => triangle(from, (index as f64 + 0.5) * step, 1.0),
            Resampling::Antialiased => triangle(from, (index as f64 + 0.5) * step, step.max(1.0)),
        };
        Self { parts: (0..to).map(part).collect() }
    }
}

/// Shares of the span from `start` to `end` that each pixel covers.
fn area(from: usize, start: f64, end: f64) -> Part {
    let first = (start as usize).min(from - 1);
    let last = ((end.ceil() as usize).max(first + 1)).min(from);
    let covered = |pixel: usize| ((pixel + 1) as f64).min(end) - (pixel as f64).max(start);
    let weights: Vec<f64> = (first..last).map(|pixel| covered(pixel).max(0.0)).collect();
    normalised(first, &weights)
}

/// Triangle of half width `reach` around `centre`. Pixels outside of the image have no weight,
/// so that the value at an edge is that of the edge.
fn triangle(from: usize, centre: f64, reach: f64) -> Part {
    let first = (centre - reach).floor().max(0.0) as usize;
    let last = ((centre + reach).ceil() as usize).min(from);
    let weight = |pixel: usize| 1.0 - (pixel as f64 + 0.5 - centre).abs() / reach;
    let weights: Vec<f64> = (first..last).map(|pixel| weight(pixel).max(0.0)).collect();
    normalised(first, &weights)
}

fn normalised(first: usize, weights: &[f64]) -> Part {
    let total: f64 = weights.iter().sum();
    Part { first, weights: weights.iter().map(|w| (w / total) as f32).collect() }
}

/// Position of a pixel centre between two pixel centres of another grid, along one axis.
pub(crate) struct Between {
    pub(crate) first: usize,
    pub(crate) second: usize,
    /// Position from the first (0) to the second (1).
    pub(crate) share: f32,
}

impl Between {
    /// Position of pixel `index` of `length` pixels, which cover the part of the other grid
    /// that begins at `start` and is `covered` of its `of` pixels long.
    pub(crate) fn new(
        start: f64,
        covered: f64,
        (index, length): (usize, usize),
        of: usize,
    ) -> Self {
        let place = start + (index as f64 + 0.5) / length as f64 * covered - 0.5;
        // No value from beyond the part: there may be padding.
        let (low, high) = (start.max(0.0), (start + covered).min(of as f64) - 1.0);
        let place = place.clamp(low.min((of - 1) as f64), high.max(low).min((of - 1) as f64));
        let first = place as usize;
        Self { first, second: (first + 1).min(of - 1), share: (place - first as f64) as f32 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{GreyImage, Size};

    fn row(resampling: Resampling, values: &[f32], width: usize) -> Vec<f32> {
        let image = GreyImage::new(Size::new(values.len(), 1), values.to_vec());
        image.resampled_by(resampling, Size::new(width, 1)).values().to_vec()
    }

    /// Values of `torch.nn.functional.interpolate(mode="bilinear", align_corners=False)` and of
    /// the same with `antialias=True`, PyTorch 2.
    #[test]
    fn triangles_are_those_of_other_packages() {
        let values = [0.0, 8.0, 2.0, 4.0, 6.0, 10.0];
        assert_eq!(row(Resampling::Linear, &values, 3), [4.0, 3.0, 8.0]);
        assert_eq!(row(Resampling::Linear, &values[..2], 4), [0.0, 2.0, 6.0, 8.0]);
        let antialiased = row(Resampling::Antialiased, &values, 3);
        let expected = [26.0 / 7.0, 4.0, 52.0 / 7.0];
        for (found, expected) in antialiased.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-5, "{antialiased:?}");
        }
    }
}
