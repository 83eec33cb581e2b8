//! Bland-Altman plots: differences against means, with the limits of agreement.

use super::scale::Scale;
use super::svg::{escaped, push, rounded};

/// Bland-Altman plot.
#[derive(Debug, Clone, PartialEq)]
pub struct AgreementPlot<'a> {
    /// Title, for screen readers.
    pub title: &'a str,
    /// Quantity, for the axes.
    pub quantity: &'a str,
    /// Points, one an image.
    pub points: &'a [AgreementPoint],
    /// Mean difference.
    pub bias: f64,
    /// Limits of agreement, lower and upper.
    pub limits: [f64; 2],
}

/// Point of a Bland-Altman plot; its values are finite.
#[derive(Debug, Clone, PartialEq)]
pub struct AgreementPoint {
    /// Identifier of the image.
    pub image: String,
    /// Value of the reference.
    pub reference: f64,
    /// Value of the method.
    pub measured: f64,
    /// Target of the point's link.
    pub href: Option<String>,
}

impl AgreementPoint {
    fn mean(&self) -> f64 {
        f64::midpoint(self.reference, self.measured)
    }

    fn difference(&self) -> f64 {
        self.measured - self.reference
    }
}

const LEFT: f64 = 80.0;
const WIDTH: f64 = 560.0;
const RIGHT: f64 = 150.0;
const TOP: f64 = 14.0;
const HEIGHT: f64 = 300.0;
const BOTTOM: f64 = 52.0;

/// Draws measured minus reference against the mean of both, one point an image, with a
/// solid line for the bias, dashed lines for the limits and a dotted one for zero.
#[must_use]
pub fn agreement_plot(plot: &AgreementPlot<'_>) -> String {
    let means = plot.points.iter().map(AgreementPoint::mean);
    let differences = plot.points.iter().map(AgreementPoint::difference);
    let shown = differences.chain(plot.limits).chain([0.0, plot.bias]);
    let across = covering(means);
    let up = covering(shown);
    let x = |value: f64| LEFT + WIDTH * across.share(value);
    let y = |value: f64| TOP + HEIGHT * (1.0 - up.share(value));
    let has_links = plot.points.iter().any(|point| point.href.is_some());
    let role = if has_links { "group" } else { "img" };
    let full_width = LEFT + WIDTH + RIGHT;
    let full_height = TOP + HEIGHT + BOTTOM;
    let mut svg = format!(
        "<svg class=\"agreement-plot\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {full_width} {full_height}\" \
         role=\"{role}\" aria-label=\"{0}\" font-size=\"14\" fill=\"none\" stroke=\"currentColor\"><title>{0}</title>",
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
        let x = x(tick);
        let bottom = TOP + HEIGHT;
        push(
            &mut svg,
            format_args!(
                "<path class=\"grid\" d=\"M{x:.1} {TOP}V{bottom}\" stroke-opacity=\"0.15\"/>"
            ),
        );
        text(&mut svg, x, bottom + 17.0, "middle", &across.label(tick));
    }
    for tick in up.ticks() {
        let y = y(tick);
        let right = LEFT + WIDTH;
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
        let y = y(value);
        let right = LEFT + WIDTH;
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
    for point in plot.points {
        let x = x(point.mean());
        let y = y(point.difference());
        if let Some(href) = &point.href {
            // The table of images has the same links for the keyboard.
            push(&mut svg, format_args!("<a href=\"{}\" tabindex=\"-1\">", escaped(href)));
        }
        push(
            &mut svg,
            format_args!(
                "<circle class=\"point\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\" fill=\"currentColor\" fill-opacity=\"0.35\">\
                 <title>{}: reference {}, measured {}</title></circle>",
                escaped(&point.image),
                rounded(point.reference),
                rounded(point.measured)
            ),
        );
        if point.href.is_some() {
            svg += "</a>";
        }
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
        let points = [
            AgreementPoint { image: "a<b".to_owned(), reference: 0.45, measured: 0.47, href: None },
            AgreementPoint { image: "b".to_owned(), reference: 0.5, measured: 0.46, href: None },
        ];
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
