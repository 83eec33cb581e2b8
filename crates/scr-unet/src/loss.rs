//! Loss: binary cross-entropy plus the soft Dice loss, for each structure by itself.
//!
//! Structures may overlap, so each has its own probability. The Dice loss is that of Milletari et
//! al. 2016 (doi:10.1109/3DV.2016.79), with 1 added to both sums for empty masks.

/// Loss of one image, and its gradient by the logits. Both lists hold a map of `area` pixels for
/// each structure; `masks` are shares of pixels from 0 to 1.
pub(crate) fn loss(logits: &[f32], masks: &[f32], area: usize) -> (f32, Vec<f32>) {
    let n_structures = (logits.len() / area) as f32;
    let mut gradient = Vec::with_capacity(logits.len());
    let mut sum = 0.0;
    for (logits, masks) in logits.chunks_exact(area).zip(masks.chunks_exact(area)) {
        let probabilities: Vec<f32> = logits.iter().map(|l| 1.0 / (1.0 + (-l).exp())).collect();
        let (mut both, mut squares, mut entropy) = (0.0f64, 0.0f64, 0.0f64);
        for ((&p, &m), &l) in probabilities.iter().zip(masks).zip(logits) {
            both += f64::from(p * m);
            squares += f64::from(p * p + m * m);
            entropy += f64::from(l.max(0.0) - l * m + (-l.abs()).exp().ln_1p());
        }
        let (numerator, denominator) = (2.0 * both + 1.0, squares + 1.0);
        sum += entropy / area as f64 + 1.0 - numerator / denominator;
        let by_mask = (2.0 / denominator) as f32;
        let by_probability = (2.0 * numerator / (denominator * denominator)) as f32;
        gradient.extend(probabilities.iter().zip(masks).map(|(p, m)| {
            let dice = (by_probability * p - by_mask * m) * p * (1.0 - p);
            ((p - m) / area as f32 + dice) / n_structures
        }));
    }
    (sum as f32 / n_structures, gradient)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loss_by_hand() {
        // Probabilities 1/2 on a mask of 1 and 0: entropy ln 2; Dice (2 * 1/2 + 1) / (1/2 + 1 + 1).
        let (value, _) = loss(&[0.0, 0.0], &[1.0, 0.0], 2);
        assert!((value - (2f32.ln() + 1.0 - 2.0 / 2.5)).abs() < 1e-6, "{value}");
        let (value, _) = loss(&[90.0, -90.0, -90.0, -90.0], &[1.0, 0.0, 0.0, 0.0], 2);
        assert!(value.abs() < 1e-6, "a perfect one, and an empty one: {value}");
    }

    #[test]
    fn the_gradient_is_that_of_finite_differences() {
        let (logits, masks) = ([0.3, -1.2, 2.0, 0.0, 0.7, -0.4], [1.0, 0.0, 0.25, 1.0, 0.0, 0.0]);
        let (_, gradient) = loss(&logits, &masks, 3);
        for at in 0..6 {
            let moved = |step: f32| {
                let mut logits = logits;
                logits[at] += step;
                loss(&logits, &masks, 3).0
            };
            let slope = (moved(0.01) - moved(-0.01)) / 0.02;
            assert!((slope - gradient[at]).abs() < 1e-4, "{at}: {slope}, {}", gradient[at]);
        }
    }
}
