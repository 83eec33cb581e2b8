//! Plots of entries over time: a point an entry, and the best value so far.

use scr_measures::Better;

use super::scale::Scale;
use super::svg::{escaped, push};

/// Plot of entries over time.
#[derive(Debug, Clone, PartialEq)]
pub struct ProgressPlot<'a> {
    /// Title, for screen readers.
    pub title: &'a str,
    /// Measure with its unit, for the axis.
    pub measure: &'a str,
    /// Direction of improvement.
    pub better: Better,
    /// Points, in any order.
    pub points: &'a [ProgressPoint],
    /// Labels of the time axis: days and their names.
    pub days: &'a [(f64, String)],
}

/// Entry at the day of its publication; numbers are finite.
#[derive(Debug, Clone, PartialEq)]
pub struct ProgressPoint {
    /// Name of the entry.
    pub name: String,
    /// Day, with a fraction, from any origin.
    pub day: f64,
    /// Mean.
    pub value: f64,
    /// The value in words.
    pub words: String,
    /// True for a reference row (observer or baseline), drawn hollow.
    pub is_reference: bool,
    /// Target of its link.
    pub href: Option<String>,
}

const LEFT: f64 = 84.0;
const WIDTH: f64 = 756.0;
const RIGHT: f64 = 40.0;
const TOP: f64 = 14.0;
const HEIGHT: f64 = 240.0;
const BOTTOM: f64 = 34.0;

/// Draws the means of entries by the day of publication, and a line of the best so far.
#[must_use]
pub fn progress_plot(plot: &ProgressPlot<'_>) -> String {
    let ends = |values: &mut dyn Iterator<Item = f64>| {
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        })
    };
    let (lowest, highest) = ends(&mut plot.points.iter().map(|point| point.value));
    let (first, last) = ends(&mut plot.points.iter().map(|point| point.day));
    let scale = Scale::around(lowest, highest);
    let span = (last - first).max(f64::MIN_POSITIVE);
    let x = |day: f64| LEFT + 12.0 + (WIDTH - 24.0) * (day - first) / span;
    let y = |value: f64| TOP + HEIGHT * (1.0 - scale.share(value));
    let (right, bottom) = (LEFT + WIDTH, TOP + HEIGHT);
    let (width, height) = (right + RIGHT, bottom + BOTTOM);
    let mut svg = format!(
        "<svg class=\"progress-plot\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         role=\"group\" aria-label=\"{0}\" font-size=\"14\" fill=\"none\" stroke=\"currentColor\"><title>{0}</title>",
        escaped(plot.title)
    );
    for tick in scale.ticks() {
        let (y, label) = (y(tick), scale.label(tick));
        push(
            &mut svg,
            format_args!(
                "<path class=\"grid\" d=\"M{LEFT} {y:.1}H{right}\" stroke-opacity=\"0.2\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"currentColor\" stroke=\"none\">{label}</text>",
                LEFT - 8.0,
                y + 5.0
            ),
        );
    }
    for (day, label) in plot.days {
        push(
            &mut svg,
            format_args!(
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"currentColor\" stroke=\"none\">{}</text>",
                x(*day),
                bottom + 22.0,
                escaped(label)
            ),
        );
    }
    push(
        &mut svg,
        format_args!(
            "<text transform=\"translate(20 {:.1}) rotate(-90)\" text-anchor=\"middle\" fill=\"currentColor\" stroke=\"none\">{}</text>",
            TOP + HEIGHT / 2.0,
            escaped(plot.measure)
        ),
    );
    let mut points: Vec<&ProgressPoint> = plot.points.iter().collect();
    points.sort_by(|one, other| one.day.total_cmp(&other.day));
    let mut best: Option<f64> = None;
    let mut line = String::new();
    for point in &points {
        let is_better = best.is_none_or(|best| match plot.better {
            Better::Higher => point.value > best,
            Better::Lower => point.value < best,
        });
        if is_better {
            let (x, y) = (x(point.day), y(point.value));
            match best {
                None => push(&mut line, format_args!("M{x:.1} {y:.1}")),
                Some(_) => push(&mut line, format_args!("H{x:.1}V{y:.1}")),
            }
            best = Some(point.value);
        }
    }
    if !line.is_empty() {
        push(
            &mut svg,
            format_args!("<path class=\"best\" d=\"{line}H{right}\" stroke-width=\"2\"/>"),
        );
    }
    for point in points {
        let (x, y) = (x(point.day), y(point.value));
        let (name, words) = (escaped(&point.name), escaped(&point.words));
        let class = if point.is_reference { "point reference" } else { "point" };
        let opacity = if point.is_reference { 0.0 } else { 0.6 };
        let dot = format!(
            "<title>{name}: {words}</title><circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"5\" fill=\"currentColor\" fill-opacity=\"{opacity}\"/>"
        );
        match &point.href {
            // The tables have the same links for the keyboard.
            Some(href) => push(
                &mut svg,
                format_args!("<a href=\"{}\" tabindex=\"-1\">{dot}</a>", escaped(href)),
            ),
            None => svg += &dot,
        }
    }
    svg + "</svg>"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_falls_at_every_better_entry_and_at_no_other() {
        let point = |name: &str, day: f64, value: f64| ProgressPoint {
            name: name.into(),
            day,
            value,
            words: value.to_string(),
            is_reference: false,
            href: Some("/e".into()),
        };
        let points = [point("c", 9.0, 0.1), point("a", 1.0, 0.4), point("<b>", 4.0, 0.5)];
        let plot = ProgressPlot {
            title: "t",
            measure: "m",
            better: Better::Lower,
            points: &points,
            days: &[(1.0, "2026-01-01".into())],
        };
        let svg = progress_plot(&plot);
        let line = svg.split("class=\"best\" d=\"").nth(1).unwrap().split('"').next().unwrap();
        assert_eq!(line.matches('V').count(), 1, "{line}");
        assert_eq!(svg.matches("<circle").count(), 3);
        assert!(svg.contains("&lt;b&gt;") && !svg.contains("NaN"));
        let none = progress_plot(&ProgressPlot { points: &[], ..plot });
        assert!(!none.contains("NaN") && none.ends_with("</svg>"), "{none}");
    }
}
