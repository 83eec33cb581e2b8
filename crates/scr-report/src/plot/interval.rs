//! Interval marks: a mean with its interval on a short axis, for cells of tables.

use super::svg::push;

/// Axis that all marks of a column share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MarkAxis {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// True draws a line at zero.
    pub has_zero: bool,
}

const WIDTH: f64 = 96.0;
const HEIGHT: f64 = 14.0;
const MARGIN: f64 = 4.0;

impl MarkAxis {
    /// Axis that covers means and intervals; none without a value.
    #[must_use]
    pub fn covering(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let ends = values.into_iter().fold(None, |ends: Option<(f64, f64)>, value| {
            let (low, high) = ends.unwrap_or((value, value));
            Some((low.min(value), high.max(value)))
        });
        ends.map(|(low, high)| Self { low, high, has_zero: false })
    }

    /// The axis about zero that covers values.
    #[must_use]
    pub fn about_zero(values: impl IntoIterator<Item = f64>) -> Self {
        let high = values.into_iter().map(f64::abs).fold(0.0, f64::max);
        Self { low: -high, high, has_zero: true }
    }

    fn x(self, value: f64) -> f64 {
        let span = self.high - self.low;
        let share = if span > 0.0 { (value - self.low) / span } else { 0.5 };
        MARGIN + (WIDTH - 2.0 * MARGIN) * share.clamp(0.0, 1.0)
    }

    /// Draws a mean and its interval; the number beside it says the same in words.
    #[must_use]
    pub fn mark(self, mean: f64, interval: Option<[f64; 2]>) -> String {
        let middle = HEIGHT / 2.0;
        let mut svg = format!(
            "<svg class=\"interval\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" aria-hidden=\"true\" fill=\"none\" stroke=\"currentColor\">"
        );
        if self.has_zero {
            push(
                &mut svg,
                format_args!("<path class=\"zero\" d=\"M{:.1} 0V{HEIGHT}\"/>", self.x(0.0)),
            );
        }
        if let Some([low, high]) = interval {
            push(
                &mut svg,
                format_args!(
                    "<path class=\"range\" d=\"M{:.1} {middle}H{:.1}\"/>",
                    self.x(low),
                    self.x(high).max(self.x(low) + 0.5)
                ),
            );
        }
        push(
            &mut svg,
            format_args!(
                "<circle class=\"mean\" cx=\"{:.1}\" cy=\"{middle}\" r=\"3\" fill=\"currentColor\"/></svg>",
                self.x(mean)
            ),
        );
        svg
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_in_the_middle_of_the_axis_is_drawn_in_the_middle() {
        let axis = MarkAxis::covering([0.5, 0.9, 0.7]).unwrap();
        assert!(axis.mark(0.7, Some([0.6, 0.8])).contains("cx=\"48.0\""));
        assert!(axis.mark(0.5, None).contains("cx=\"4.0\""));
        assert_eq!(MarkAxis::covering([]), None);
    }

    #[test]
    fn an_axis_about_zero_has_its_line_and_no_width_is_no_fault() {
        let axis = MarkAxis::about_zero([-2.0, 1.0]);
        assert!(axis.mark(-2.0, None).contains("class=\"zero\" d=\"M48.0"));
        let svg = MarkAxis::about_zero([]).mark(0.0, Some([0.0, 0.0]));
        assert!(!svg.contains("NaN"), "{svg}");
    }
}
