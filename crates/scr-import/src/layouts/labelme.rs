//! LabelMe: a JSON document an image, with shapes.
//!
//! Polygons, rectangles, circles and masks are read; points and lines have no pixels and are
//! refused. Points have their origin at the corner of the first pixel.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use scr_data::{Problem, Problems, formats};
use scr_image::{Outline, Point, Size};
use serde::Deserialize;

use super::layout::{Layout, Sources, read_each};
use crate::annotations::{AnnotatedImage, Annotations, bad_shape};
use crate::documents::{JsonKind, read_json};
use crate::drawing::{Part, rectangle};
use crate::listing::FoundFile;

pub(super) struct LabelMe;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    shapes: Vec<Shape>,
    image_path: String,
    image_height: Option<usize>,
    image_width: Option<usize>,
}

#[derive(Deserialize)]
struct Shape {
    label: String,
    points: Vec<[f64; 2]>,
    shape_type: Option<String>,
    mask: Option<String>,
}

impl Layout for LabelMe {
    fn name(&self) -> &'static str {
        "LabelMe JSON"
    }

    fn documents<'a>(&self, sources: &Sources<'a>) -> Vec<&'a FoundFile> {
        sources.json_of(JsonKind::LabelMe)
    }

    fn read(
        &self,
        documents: &[&FoundFile],
        sources: &Sources<'_>,
    ) -> Result<Annotations, Problems> {
        Ok(Annotations::new(read_each(documents, |file| read(file, sources))?, &[]))
    }
}

fn read(file: &FoundFile, sources: &Sources<'_>) -> Result<AnnotatedImage, Vec<Problem>> {
    let document: Document = read_json(file, "LabelMe JSON").map_err(|problem| vec![problem])?;
    // LabelMe keeps the path of the moment of drawing; the document has the image's name.
    let relative = file.relative();
    let own_name = relative.strip_suffix(".json").unwrap_or(&relative).to_owned();
    let name = if sources.images.has(&own_name) { own_name } else { document.image_path };
    let size = document.image_width.zip(document.image_height);
    let size = size.map(|(width, height)| Size::new(width, height));
    let mut image = AnnotatedImage { place: file.place(), name, size, ..AnnotatedImage::default() };
    let mut problems = Vec::new();
    for shape in &document.shapes {
        match part(shape) {
            Ok(part) => image.add(&shape.label, [part]),
            Err(found) => {
                problems.push(bad_shape(&file.place(), &image.name, &shape.label, &found));
            }
        }
    }
    if problems.is_empty() { Ok(image) } else { Err(problems) }
}

fn part(shape: &Shape) -> Result<Part, String> {
    let points: Vec<Point> = shape.points.iter().map(|&[x, y]| Point::new(x, y)).collect();
    match (shape.shape_type.as_deref().unwrap_or("polygon"), points.as_slice()) {
        ("polygon", [_, _, _, ..]) => Ok(Part::Polygons(vec![Outline::new(points)])),
        ("rectangle", &[from, to]) => Ok(rectangle(from, to)),
        ("rectangle", [_, _, _, _]) => Ok(Part::Polygons(vec![Outline::new(points)])),
        ("circle", &[centre, edge]) => {
            let radius = centre.distance_px(edge);
            Ok(Part::Ellipse { centre, radii: (radius, radius), angle: 0.0 })
        }
        ("mask", &[from, _]) => mask(shape, from),
        (kind, points) => Err(format!("{kind} of {} points", points.len())),
    }
}

/// Mask of a rectangle of pixels, whose first corner is `from`.
fn mask(shape: &Shape, from: Point) -> Result<Part, String> {
    let text = shape.mask.as_ref().ok_or("a mask without pixels")?;
    let bytes = BASE64_STANDARD.decode(text).map_err(|error| error.to_string())?;
    let mask = formats::read_mask("mask.png", &bytes).map_err(|error| error.to_string())?;
    let place = |value: f64| (value >= 0.0 && value.fract() == 0.0).then_some(value as usize);
    let corner = place(from.x).zip(place(from.y));
    let (left, top) = corner.ok_or("a mask that does not begin at a pixel")?;
    Ok(Part::Window { left, top, mask })
}
