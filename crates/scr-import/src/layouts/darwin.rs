//! V7 Darwin JSON, versions 1 and 2: a document an image.
//!
//! Polygons of several paths are filled by the even-odd rule, so that a path within another is
//! a hole. Raster layers are values with lengths along the rows. Points have their origin at
//! the corner of the first pixel.

use std::collections::HashMap;

use scr_data::{Problem, Problems};
use scr_image::{Outline, Point, Size};
use serde::Deserialize;

use super::layout::{Layout, Sources, read_each};
use crate::annotations::{AnnotatedImage, Annotations, bad_shape};
use crate::documents::{JsonKind, read_json};
use crate::drawing::{Part, rectangle};
use crate::listing::FoundFile;
use crate::runs::{Order, Runs};

pub(super) struct Darwin;

#[derive(Deserialize)]
struct Document {
    /// Version 2.
    item: Option<Item>,
    /// Version 1.
    image: Option<Image>,
    annotations: Vec<Annotation>,
}

#[derive(Deserialize)]
struct Item {
    name: String,
    path: Option<String>,
    #[serde(default)]
    slots: Vec<Slot>,
}

#[derive(Deserialize)]
struct Slot {
    width: Option<usize>,
    height: Option<usize>,
}

#[derive(Deserialize)]
struct Image {
    filename: String,
    original_filename: Option<String>,
    path: Option<String>,
    width: Option<usize>,
    height: Option<usize>,
}

#[derive(Deserialize)]
struct Annotation {
    id: Option<String>,
    name: String,
    polygon: Option<Polygon>,
    complex_polygon: Option<ComplexPolygon>,
    ellipse: Option<Ellipse>,
    bounding_box: Option<BoundingBox>,
    raster_layer: Option<RasterLayer>,
    /// Pixels of this annotation are in the raster layer.
    mask: Option<serde::de::IgnoredAny>,
    /// Of the whole image, without a place in it.
    tag: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize, Clone, Copy)]
struct Xy {
    x: f64,
    y: f64,
}

#[derive(Deserialize)]
struct Polygon {
    path: Option<Vec<Xy>>,
    paths: Option<Vec<Vec<Xy>>>,
    additional_paths: Option<Vec<Vec<Xy>>>,
}

#[derive(Deserialize)]
struct ComplexPolygon {
    path: Vec<Vec<Xy>>,
}

#[derive(Deserialize)]
struct Ellipse {
    center: Xy,
    radius: Xy,
    #[serde(default)]
    angle: f64,
}

#[derive(Deserialize)]
struct BoundingBox {
    x: f64,
    y: f64,
    w: f64,
    h: f64,
}

#[derive(Deserialize)]
struct RasterLayer {
    dense_rle: Vec<u64>,
    mask_annotation_ids_mapping: HashMap<String, u64>,
}

impl Layout for Darwin {
    fn name(&self) -> &'static str {
        "V7 Darwin JSON"
    }

    fn documents<'a>(&self, sources: &Sources<'a>) -> Vec<&'a FoundFile> {
        sources.json_of(JsonKind::Darwin)
    }

    fn read(&self, documents: &[&FoundFile], _: &Sources<'_>) -> Result<Annotations, Problems> {
        Ok(Annotations::new(read_each(documents, read)?, &[]))
    }
}

fn read(file: &FoundFile) -> Result<AnnotatedImage, Vec<Problem>> {
    let document: Document = read_json(file, "V7 Darwin JSON").map_err(|problem| vec![problem])?;
    let mut image = image(file, &document).map_err(|problem| vec![problem])?;
    let names: HashMap<&str, &str> = document
        .annotations
        .iter()
        .filter_map(|annotation| Some((annotation.id.as_deref()?, annotation.name.as_str())))
        .collect();
    let mut problems = Vec::new();
    for annotation in &document.annotations {
        let mut bad = |label: &str, found: &str| {
            problems.push(bad_shape(&file.place(), &image.name, label, found));
        };
        if let Some(layer) = &annotation.raster_layer {
            match layers(layer, &names, image.size) {
                Ok(parts) => parts.into_iter().for_each(|(label, part)| image.add(label, [part])),
                Err(found) => bad(&annotation.name, &found),
            }
            continue;
        }
        if annotation.mask.is_some() || annotation.tag.is_some() {
            continue;
        }
        match part(annotation) {
            Some(part) => image.add(&annotation.name, [part]),
            None => bad(&annotation.name, "a shape without pixels, such as a line"),
        }
    }
    if problems.is_empty() { Ok(image) } else { Err(problems) }
}

fn image(file: &FoundFile, document: &Document) -> Result<AnnotatedImage, Problem> {
    let inside = |path: &Option<String>, name: &str| match path.as_deref() {
        Some(path) if path != "/" => format!("{path}/{name}"),
        _ => name.to_owned(),
    };
    let (name, width, height) = match (&document.item, &document.image) {
        (Some(item), _) => {
            let slot = item.slots.first();
            let side = |side: fn(&Slot) -> Option<usize>| slot.and_then(side);
            (inside(&item.path, &item.name), side(|slot| slot.width), side(|slot| slot.height))
        }
        (None, Some(image)) => {
            let name = image.original_filename.as_ref().unwrap_or(&image.filename);
            (inside(&image.path, name), image.width, image.height)
        }
        (None, None) => {
            return Err(Problem::new(file.place(), "an item or an image", "neither", ""));
        }
    };
    let size = width.zip(height).map(|(width, height)| Size::new(width, height));
    let name = file.beside(&name);
    Ok(AnnotatedImage { place: file.place(), name, size, ..AnnotatedImage::default() })
}

fn part(annotation: &Annotation) -> Option<Part> {
    let outline = |path: &Vec<Xy>| {
        Outline::new(path.iter().map(|point| Point::new(point.x, point.y)).collect())
    };
    if let Some(polygon) = &annotation.polygon {
        let paths = polygon.path.iter();
        let paths = paths.chain(polygon.paths.iter().flatten());
        let paths = paths.chain(polygon.additional_paths.iter().flatten());
        Some(Part::Polygons(paths.map(outline).collect()))
    } else if let Some(polygon) = &annotation.complex_polygon {
        Some(Part::Polygons(polygon.path.iter().map(outline).collect()))
    } else if let Some(ellipse) = &annotation.ellipse {
        Some(Part::Ellipse {
            centre: Point::new(ellipse.center.x, ellipse.center.y),
            radii: (ellipse.radius.x, ellipse.radius.y),
            angle: ellipse.angle,
        })
    } else {
        let BoundingBox { x, y, w, h } = *annotation.bounding_box.as_ref()?;
        Some(rectangle(Point::new(x, y), Point::new(x + w, y + h)))
    }
}

/// Parts of a raster layer by the name of their annotation.
fn layers<'a>(
    layer: &RasterLayer,
    names: &HashMap<&str, &'a str>,
    size: Option<Size>,
) -> Result<Vec<(&'a str, Part)>, String> {
    let (pairs, []) = layer.dense_rle.as_chunks::<2>() else {
        return Err("a raster layer with an odd count of numbers".to_owned());
    };
    let mut parts = Vec::new();
    for (id, value) in &layer.mask_annotation_ids_mapping {
        let name = names.get(id.as_str()).ok_or(format!("a raster layer of `{id}`"))?;
        // Each run of another value lengthens the gap; each of this one follows a gap of 0.
        let counts = pairs.iter().flat_map(
            |&[found, length]| {
                if found == *value { [0, length] } else { [length, 0] }
            },
        );
        parts.push((*name, Part::Runs { runs: Runs::of_counts(Order::Rows, counts)?, size }));
    }
    parts.sort_by_key(|(name, _)| *name);
    Ok(parts)
}
