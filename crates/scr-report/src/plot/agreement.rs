//! Bland-Altman plots: differences against means, with the limits of agreement.

use super::scale::Scale;
use super::{escaped, push, rounded};

/// What a plot of agreement shows.
#[derive(Debug, Clone, PartialEq)]
pub struct AgreementPlot<'a> {
    /// What screen readers speak.
    pub title: &'a str,
    /// What is measured, for the axes.
    pub quantity: &'a str,
    /// Image, reference and measured value; finite.
    pub points: &'a [(String, f64, f64)],
    /// Mean difference.
    pub bias: f64,
    /// Limits of agreement, lower and upper.
    pub limits: [f64; 2],
}

const LEFT: f64 = 80.0;
const WIDTH: f64 = 560.0;
const RIGHT: f64 = 150.0;
const TOP: f64 = 14.0;
const HEIGHT: f64 = 300.0;
const BOTTOM: f64 = 52.0;

/// Measured minus reference against the mean of both, one point an image; the bias
/// is a solid line, the limits are dashed, and zero is dotted.
#[must_use]
pub fn agreement_plot(plot: &AgreementPlot<'_>) -> String {
    let means = plot.points.iter().map(|(_, r, m)| f64::midpoint(*r, *m));
    let differences = plot.points.iter().map(|(_, r, m)| m - r);
    let shown = differences.chain(plot.limits).chain([0.0, plot.bias]);
    let (across, up) = (covering(means), covering(shown));
    let x = |value: f64| LEFT + WIDTH * across.share(value);
    let y = |value: f64| TOP + HEIGHT * (1.0 - up.share(value));
    let (full_width, full_height) = (LEFT + WIDTH + RIGHT, TOP + HEIGHT + BOTTOM);
    let mut svg = format!(
        "<svg class=\"agreement-plot\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {full_width} {full_height}\" \
         role=\"img\" font-size=\"14\" fill=\"none\" stroke=\"currentColor\"><title>{}</title>",
        escaped(plot.title)
    );
    let text = |svg: &mut String, x: f64, y: f64, anchor: &str, text: &str| {
        push(
            svg,
            format_args!(
                "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"currentColor\" stroke=\"none\">{}</text>",
                escaped(text)
            ),
        );
    };
    for tick in across.ticks() {
        let (x, bottom) = (x(tick), TOP + HEIGHT);
        push(
            &mut svg,
            format_args!(
                "<path class=\"grid\" d=\"M{x:.1} {TOP}V{bottom}\" stroke-opacity=\"0.15\"/>"
            ),
        );
        text(&mut svg, x, bottom + 17.0, "middle", &across.label(tick));
    }
    for tick in up.ticks() {
        let (y, right) = (y(tick), LEFT + WIDTH);
        push(
            &mut svg,
            format_args!(
                "<path class=\"grid\" d=\"M{LEFT} {y:.1}H{right}\" stroke-opacity=\"0.15\"/>"
            ),
        );
        text(&mut svg, LEFT - 8.0, y + 5.0, "end", &up.label(tick));
    }
    let lines = [
        (0.0, "1 5", 1.0, None),
        (plot.bias, "none", 2.0, Some("bias")),
        (plot.limits[0], "7 4", 1.5, Some("lower limit")),
        (plot.limits[1], "7 4", 1.5, Some("upper limit")),
    ];
    for (value, dashes, stroke, name) in lines {
        let (y, right) = (y(value), LEFT + WIDTH);
        push(
            &mut svg,
            format_args!(
                "<path class=\"limit\" d=\"M{LEFT} {y:.1}H{right}\" stroke-width=\"{stroke}\" stroke-dasharray=\"{dashes}\"/>"
            ),
        );
        if let Some(name) = name {
            text(&mut svg, right + 8.0, y + 5.0, "start", &format!("{name} {value:+.3}"));
        }
    }
    for (image, reference, measured) in plot.points {
        let (x, y) = (x(f64::midpoint(*reference, *measured)), y(measured - reference));
        push(
            &mut svg,
            format_args!(
                "<circle class=\"point\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\" fill=\"currentColor\" fill-opacity=\"0.35\">\
                 <title>{}: reference {}, measured {}</title></circle>",
                escaped(image),
                rounded(*reference),
                rounded(*measured)
            ),
        );
    }
    let quantity = plot.quantity;
    text(
        &mut svg,
        LEFT + WIDTH / 2.0,
        TOP + HEIGHT + 40.0,
        "middle",
        &format!("mean {quantity} of both"),
    );
    push(
        &mut svg,
        format_args!(
            "<text transform=\"translate(20 {:.1}) rotate(-90)\" text-anchor=\"middle\" fill=\"currentColor\" stroke=\"none\">measured minus reference</text>",
            TOP + HEIGHT / 2.0
        ),
    );
    svg + "</svg>"
}

fn covering(values: impl Iterator<Item = f64>) -> Scale {
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    Scale::around(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_image_is_a_point_and_nothing_is_not_a_number() {
        let points = [("a<b".to_owned(), 0.45, 0.47), ("b".to_owned(), 0.5, 0.46)];
        let plot = AgreementPlot {
            title: "t",
            quantity: "ratio",
            points: &points,
            bias: -0.01,
            limits: [-0.09, 0.07],
        };
        let svg = agreement_plot(&plot);
        assert_eq!(svg.matches("<circle").count(), 2);
        assert!(svg.contains("a&lt;b") && !svg.contains("NaN") && svg.ends_with("</svg>"));
        let none = AgreementPlot { points: &[], limits: [0.0; 2], bias: 0.0, ..plot };
        assert!(!agreement_plot(&none).contains("NaN"));
    }
}
