//! Axis scale with round numbers.

/// Scale of an axis: a range of round numbers.
pub(crate) struct Scale {
    pub(crate) low: f64,
    step: f64,
    n_steps: usize,
}

impl Scale {
    /// A scale that covers the values, starting at 0 when they are near it.
    pub(crate) fn around(lowest: f64, highest: f64) -> Self {
        let (lowest, highest) = if lowest <= highest { (lowest, highest) } else { (0.0, 1.0) };
        let near_zero = lowest >= 0.0 && lowest < 0.5 * highest;
        let lowest = if near_zero { 0.0 } else { lowest };
        let span = (highest - lowest).max(1e-9);
        let rough = span / 6.0;
        let power = 10f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0]
            .map(|factor| factor * power)
            .into_iter()
            .find(|&step| step >= rough)
            .unwrap_or(10.0 * power);
        let low = (lowest / step).floor() * step;
        let n_steps = (((highest - low) / step).ceil() as usize).max(1);
        Self { low, step, n_steps }
    }

    pub(crate) fn ticks(&self) -> impl Iterator<Item = f64> + '_ {
        (0..=self.n_steps).map(|index| self.low + self.step * index as f64)
    }

    /// Position of a value on the axis, 0 at its lower end and 1 at its upper.
    pub(crate) fn share(&self, value: f64) -> f64 {
        (value - self.low) / (self.step * self.n_steps as f64)
    }

    pub(crate) fn label(&self, tick: f64) -> String {
        let places = (-self.step.log10().floor()).clamp(0.0, 6.0) as usize;
        format!("{tick:.places$}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_starts_at_zero_near_it_and_covers_all_values() {
        let scale = Scale::around(0.012, 0.31);
        assert_eq!(scale.low, 0.0);
        assert!(scale.ticks().last().unwrap() >= 0.31);
        let scale = Scale::around(0.91, 0.98);
        assert!(scale.low > 0.5 && scale.low <= 0.91);
        let scale = Scale::around(-0.05, 0.02);
        assert!(scale.low <= -0.05 && scale.share(0.02) <= 1.0);
    }
}
