//! VGG Image Annotator: a JSON project with regions of all images.
//!
//! The label of a region is the value of its first attribute. Points have their origin at the
//! corner of the first pixel.

use std::collections::BTreeMap;

use scr_data::{Problem, Problems};
use scr_image::{Outline, Point};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::layout::{Layout, Sources, read_each};
use crate::annotations::{AnnotatedImage, Annotations, bad_shape};
use crate::documents::{JsonKind, read_json};
use crate::drawing::{Part, rectangle};
use crate::listing::FoundFile;

pub(super) struct Via;

#[derive(Deserialize)]
struct Document {
    #[serde(rename = "_via_img_metadata")]
    images: BTreeMap<String, Image>,
}

#[derive(Deserialize)]
struct Image {
    filename: String,
    #[serde(default)]
    regions: Vec<Region>,
}

#[derive(Deserialize)]
struct Region {
    shape_attributes: Shape,
    #[serde(default)]
    region_attributes: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(tag = "name", rename_all = "lowercase")]
enum Shape {
    Polygon {
        all_points_x: Vec<f64>,
        all_points_y: Vec<f64>,
    },
    Rect {
        x: f64,
        y: f64,
        width: f64,
        height: f64,
    },
    Circle {
        cx: f64,
        cy: f64,
        r: f64,
    },
    Ellipse {
        cx: f64,
        cy: f64,
        rx: f64,
        ry: f64,
        #[serde(default)]
        theta: f64,
    },
    #[serde(other)]
    Other,
}

impl Layout for Via {
    fn name(&self) -> &'static str {
        "VGG Image Annotator"
    }

    fn documents<'a>(&self, sources: &Sources<'a>) -> Vec<&'a FoundFile> {
        sources.json_of(JsonKind::Via)
    }

    fn read(&self, documents: &[&FoundFile], _: &Sources<'_>) -> Result<Annotations, Problems> {
        let images = read_each(documents, read)?.into_iter().flatten().collect();
        Ok(Annotations::new(images, &[]))
    }
}

fn read(file: &FoundFile) -> Result<Vec<AnnotatedImage>, Vec<Problem>> {
    let document: Document =
        read_json(file, "a project of VGG Image Annotator").map_err(|problem| vec![problem])?;
    let mut problems = Vec::new();
    let mut images = Vec::new();
    for Image { filename, regions } in document.images.into_values() {
        let mut image = AnnotatedImage {
            place: file.place(),
            name: file.beside(&filename),
            ..AnnotatedImage::default()
        };
        for region in regions {
            let label = label(&region.region_attributes);
            match part(region.shape_attributes) {
                Ok(part) => image.add(&label, [part]),
                Err(found) => problems.push(bad_shape(&file.place(), &image.name, &label, &found)),
            }
        }
        images.push(image);
    }
    if problems.is_empty() { Ok(images) } else { Err(problems) }
}

/// Value of the first attribute; of a list of choices, the first that is chosen.
fn label(attributes: &Map<String, Value>) -> String {
    match attributes.values().next() {
        Some(Value::String(label)) => label.trim().to_owned(),
        Some(Value::Object(choices)) => choices.keys().next().cloned().unwrap_or_default(),
        _ => String::new(),
    }
}

fn part(shape: Shape) -> Result<Part, String> {
    match shape {
        Shape::Polygon { all_points_x, all_points_y } => {
            let count = all_points_x.len();
            if count < 3 || count != all_points_y.len() {
                return Err(format!("a polygon of {count} points"));
            }
            let points = all_points_x.into_iter().zip(all_points_y);
            let points = points.map(|(x, y)| Point::new(x, y)).collect();
            Ok(Part::Polygons(vec![Outline::new(points)]))
        }
        Shape::Rect { x, y, width, height } => {
            Ok(rectangle(Point::new(x, y), Point::new(x + width, y + height)))
        }
        Shape::Circle { cx, cy, r } => {
            Ok(Part::Ellipse { centre: Point::new(cx, cy), radii: (r, r), angle: 0.0 })
        }
        Shape::Ellipse { cx, cy, rx, ry, theta } => {
            Ok(Part::Ellipse { centre: Point::new(cx, cy), radii: (rx, ry), angle: theta })
        }
        Shape::Other => Err("a point or line, which has no pixels".to_owned()),
    }
}
