//! Panels: outlines on white or over a picture.

use std::fmt::Write;

use scr_image::{Mask, Outline, Point};

use super::place::Place;
use super::strokes::stroke;
use crate::html::overlay::smaller;
use crate::plot::{escaped, push};

/// Longest side for tracing masks, in pixels: finer steps would not be visible.
const TRACED_SIDE: usize = 320;

/// View: the visible part of the plane, in the pixels of the outlines.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    /// Left edge.
    pub left: f64,
    /// Upper edge.
    pub top: f64,
    /// Width, above 0.
    pub width: f64,
    /// Height, above 0.
    pub height: f64,
}

/// Line of a panel.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Structure, which determines colour and dashes; none for a thin grey line for comparison.
    pub structure: Option<usize>,
    /// Shape of the line.
    pub shape: LineShape,
}

/// Shape of a line.
#[derive(Debug, Clone, PartialEq)]
pub enum LineShape {
    /// Polygon in the pixels of the view.
    Outline(Outline),
    /// Outlines of a mask, scaled to the view.
    Mask(Mask),
}

/// Panel: outlines in a view.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// Caption.
    pub caption: String,
    /// Visible part of the plane.
    pub view: View,
    /// Index of the picture that fills the view.
    pub picture: Option<usize>,
    /// Lines from the lowest to the uppermost.
    pub lines: Vec<Line>,
    /// Marked points, each with its structure.
    pub marks: Vec<(usize, Point)>,
    /// True when lines of structures have a pale edge, to be visible on any grey.
    pub is_edged: bool,
    /// Length in pixels of a ruler in the lower left corner.
    pub ruler_px: Option<f64>,
}

impl View {
    /// The view of a whole image.
    #[must_use]
    pub fn of(size: scr_image::Size) -> Self {
        Self { left: 0.0, top: 0.0, width: size.width as f64, height: size.height as f64 }
    }

    /// The view around all outlines, with a margin of a twentieth; of side 1 without outlines.
    #[must_use]
    pub fn around<'a>(outlines: impl IntoIterator<Item = &'a Outline>) -> Self {
        let points = outlines.into_iter().flat_map(Outline::points);
        let nothing = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        let [left, top, right, bottom] = points
            .fold(nothing, |[l, t, r, b], p| [p.x.min(l), p.y.min(t), p.x.max(r), p.y.max(b)]);
        if left > right {
            return Self { left: 0.0, top: 0.0, width: 1.0, height: 1.0 };
        }
        let width = (right - left).max(1.0);
        let height = (bottom - top).max(1.0);
        let margin = width.max(height) / 20.0;
        Self {
            left: left - margin,
            top: top - margin,
            width: width + 2.0 * margin,
            height: height + 2.0 * margin,
        }
    }

    /// Round length for [`Panel::ruler_px`]: 1, 2 or 5 times a power of ten, about a quarter of
    /// the view's width.
    #[must_use]
    pub fn round_length_px(&self) -> f64 {
        let quarter = self.width / 4.0;
        let power = 10f64.powf(quarter.log10().floor());
        let factor = [5.0, 2.0, 1.0].into_iter().find(|factor| factor * power <= quarter);
        factor.unwrap_or(1.0) * power
    }
}

impl Panel {
    pub(super) fn height(&self, width: f64) -> f64 {
        width * self.view.height / self.view.width
    }

    pub(super) fn draw(&self, svg: &mut String, place: Place) {
        let Place { x, y, width } = place;
        let height = self.height(width);
        let scale = width / self.view.width;
        let at = |p: Point| (x + (p.x - self.view.left) * scale, y + (p.y - self.view.top) * scale);
        if let Some(picture) = self.picture {
            push(
                svg,
                format_args!(
                    "<use href=\"#picture-{picture}\" \
                     transform=\"translate({x:.2} {y:.2}) scale({width:.2} {height:.2})\"/>"
                ),
            );
        }
        push(
            svg,
            format_args!(
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" \
                 stroke=\"#bbb\"/>"
            ),
        );
        for line in &self.lines {
            let path = match &line.shape {
                LineShape::Outline(outline) => polygon(outline.points().iter().map(|&p| at(p))),
                LineShape::Mask(mask) => traced(mask, place, height),
            };
            self.draw_line(svg, line.structure, &path);
        }
        for &(structure, point) in &self.marks {
            let ((cx, cy), (colour, _)) = (at(point), stroke(structure));
            push(
                svg,
                format_args!(
                    "<circle cx=\"{cx:.1}\" cy=\"{cy:.1}\" r=\"4.5\" fill=\"{colour}\" \
                     stroke=\"#000\"/>"
                ),
            );
        }
        if let Some(ruler_px) = self.ruler_px {
            let left = x + 8.0;
            let low = y + height - 8.0;
            push(
                svg,
                format_args!(
                    "<path d=\"M{left:.1} {:.1}v5h{:.1}v-5\" stroke=\"#222\"/>\
                     <text fill=\"#222\" x=\"{:.1}\" y=\"{low:.1}\" font-size=\"11\">{} px</text>",
                    low - 5.0,
                    ruler_px * scale,
                    left + ruler_px * scale + 5.0,
                    escaped(&ruler_px.to_string()),
                ),
            );
        }
    }

    fn draw_line(&self, svg: &mut String, structure: Option<usize>, path: &str) {
        if path.is_empty() {
            return;
        }
        let Some(structure) = structure else {
            push(svg, format_args!("<path d=\"{path}\" stroke=\"#999\" stroke-width=\"1\"/>"));
            return;
        };
        let (colour, dashes) = stroke(structure);
        if self.is_edged {
            push(
                svg,
                format_args!(
                    "<path d=\"{path}\" stroke=\"#fff\" stroke-opacity=\"0.6\" \
                     stroke-width=\"3.2\"/>"
                ),
            );
        }
        push(
            svg,
            format_args!(
                "<path d=\"{path}\" stroke=\"{colour}\" stroke-dasharray=\"{dashes}\" \
                 stroke-width=\"1.8\"/>"
            ),
        );
    }
}

/// Closed path through points; empty without points. Horizontal and vertical sides, as in
/// outlines of masks, use the short commands, which halve the bytes.
fn polygon(points: impl Iterator<Item = (f64, f64)>) -> String {
    let mut path = String::new();
    let mut before: Option<(f64, f64)> = None;
    for (x, y) in points {
        match before {
            None => write!(path, "M{x:.1} {y:.1}"),
            Some((_, same)) if same == y => write!(path, "H{x:.1}"),
            Some((same, _)) if same == x => write!(path, "V{y:.1}"),
            Some(_) => write!(path, "L{x:.1} {y:.1}"),
        }
        .expect("writing to a string does not fail");
        before = Some((x, y));
    }
    if !path.is_empty() {
        path.push('z');
    }
    path
}

/// Path of a mask's outlines, scaled to a place.
fn traced(mask: &Mask, place: Place, height: f64) -> String {
    let small = smaller(mask, TRACED_SIDE);
    let across = place.width / small.size().width as f64;
    let down = height / small.size().height as f64;
    let outlines = small.outlines();
    let at = |p: &Point| (place.x + p.x * across, place.y + p.y * down);
    outlines.iter().map(|outline| polygon(outline.points().iter().map(at))).collect()
}
