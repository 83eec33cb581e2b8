//! Line charts with the spread around the lines.

use std::fmt::Write;

use super::place::{Place, text};
use super::strokes::stroke;
use crate::plot::push;
use crate::plot::scale::Scale;

/// Height of the plotted area, as a share of a cell's width.
const HEIGHT: f64 = 0.6;
/// Room for the labels of the vertical axis.
const LEFT: f64 = 48.0;
/// Room for the labels of the horizontal axis.
const BOTTOM: f64 = 36.0;
/// Least distance of labels; closer ones would touch, so every second one is left out.
const LABELS_APART: f64 = 16.0;

/// Line of a chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Structure, which determines colour and dashes.
    pub structure: usize,
    /// Points, from the left.
    pub points: Vec<(f64, f64)>,
    /// Spread of the values to either side at each point; empty for none.
    pub spread: Vec<f64>,
}

/// Line chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// Caption.
    pub caption: String,
    /// Label of the horizontal axis, with its unit.
    pub across: String,
    /// Label of the vertical axis, with its unit.
    pub up: String,
    /// Range that the vertical axis covers at least.
    pub covered: [f64; 2],
    /// The lines.
    pub series: Vec<Series>,
}

impl Chart {
    pub(super) fn height(width: f64) -> f64 {
        HEIGHT * width + BOTTOM
    }

    pub(super) fn draw(&self, svg: &mut String, place: Place) {
        let area = Area::of(self, place);
        area.draw_axes(svg, self);
        for series in &self.series {
            area.draw_series(svg, series);
        }
    }
}

/// The plotted area and its axes.
struct Area {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
    across: Scale,
    up: Scale,
}

impl Area {
    fn of(chart: &Chart, place: Place) -> Self {
        let bounds = |values: &mut dyn Iterator<Item = f64>| {
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)))
        };
        let points = || chart.series.iter().flat_map(|series| &series.points);
        let across = bounds(&mut points().map(|p| p.0));
        let spread = chart.series.iter().flat_map(|series| {
            let beside = |(p, s): (&(f64, f64), &f64)| [p.1 - s, p.1 + s];
            series.points.iter().zip(&series.spread).flat_map(beside)
        });
        let up = bounds(&mut points().map(|p| p.1).chain(spread).chain(chart.covered));
        Self {
            left: place.x + LEFT,
            top: place.y + 4.0,
            width: place.width - LEFT - 8.0,
            height: HEIGHT * place.width - 4.0,
            across: Scale::around(across.0, across.1),
            up: Scale::around(up.0, up.1),
        }
    }

    fn at(&self, (across, up): (f64, f64)) -> (f64, f64) {
        (
            self.left + self.width * self.across.share(across),
            self.top + self.height * (1.0 - self.up.share(up)),
        )
    }

    fn draw_axes(&self, svg: &mut String, chart: &Chart) {
        let right = self.left + self.width;
        let bottom = self.top + self.height;
        let across: Vec<f64> = self.across.ticks().collect();
        let up: Vec<f64> = self.up.ticks().collect();
        let widest = across.iter().map(|&tick| self.across.label(tick).len()).max().unwrap_or(1);
        let room = self.width / across.len() as f64;
        let every = if room < 7.0 * widest as f64 + 6.0 { 2 } else { 1 };
        for (index, &tick) in across.iter().enumerate() {
            let x = self.at((tick, 0.0)).0;
            let strong = if tick == 0.0 { "0.45" } else { "0.12" };
            push(
                svg,
                format_args!(
                    "<path d=\"M{x:.1} {:.1}V{bottom:.1}\" stroke=\"#000\" \
                     stroke-opacity=\"{strong}\"/>",
                    self.top
                ),
            );
            if is_labelled(&across, index, every) {
                text(svg, (x, bottom + 14.0), "middle", 11.0, &self.across.label(tick));
            }
        }
        let every = if self.height / up.len() as f64 > LABELS_APART { 1 } else { 2 };
        for (index, &tick) in up.iter().enumerate() {
            let y = self.at((0.0, tick)).1;
            let strong = if tick == 0.0 { "0.45" } else { "0.12" };
            push(
                svg,
                format_args!(
                    "<path d=\"M{:.1} {y:.1}H{right:.1}\" stroke=\"#000\" \
                     stroke-opacity=\"{strong}\"/>",
                    self.left
                ),
            );
            if is_labelled(&up, index, every) {
                text(svg, (self.left - 5.0, y + 4.0), "end", 11.0, &self.up.label(tick));
            }
        }
        text(svg, (self.left + self.width / 2.0, bottom + 29.0), "middle", 11.0, &chart.across);
        let x = self.left - 36.0;
        let y = self.top + self.height / 2.0;
        push(svg, format_args!("<g transform=\"translate({x:.1} {y:.1}) rotate(-90)\">"));
        text(svg, (0.0, 0.0), "middle", 11.0, &chart.up);
        svg.push_str("</g>");
    }

    fn draw_series(&self, svg: &mut String, series: &Series) {
        let (colour, dashes) = stroke(series.structure);
        let points = series.points.iter();
        if !series.spread.is_empty() {
            let above = points.clone().zip(&series.spread).map(|(p, s)| (p.0, p.1 + s));
            let below = points.clone().zip(&series.spread).map(|(p, s)| (p.0, p.1 - s)).rev();
            let path = self.path(above.chain(below));
            push(svg, format_args!("<path d=\"{path}z\" fill=\"{colour}\" fill-opacity=\"0.2\"/>"));
        }
        let path = self.path(points.copied());
        push(
            svg,
            format_args!(
                "<path d=\"{path}\" stroke=\"{colour}\" stroke-dasharray=\"{dashes}\" \
                 stroke-width=\"1.8\"/>"
            ),
        );
        for &point in &series.points {
            let (x, y) = self.at(point);
            push(
                svg,
                format_args!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2\" fill=\"{colour}\"/>"),
            );
        }
    }

    fn path(&self, points: impl Iterator<Item = (f64, f64)>) -> String {
        let mut path = String::new();
        for point in points {
            let command = if path.is_empty() { 'M' } else { 'L' };
            let (x, y) = self.at(point);
            write!(path, "{command}{x:.1} {y:.1}").expect("writing to a string does not fail");
        }
        path
    }
}

/// True when a tick has a label: one of every `every`, and always 0.
fn is_labelled(ticks: &[f64], index: usize, every: usize) -> bool {
    let zero = ticks.iter().position(|&tick| tick == 0.0).unwrap_or(0);
    zero.abs_diff(index).is_multiple_of(every)
}
