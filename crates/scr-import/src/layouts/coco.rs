//! COCO instances: one JSON document with images, categories and annotations.
//!
//! A segmentation is a list of polygons, which are united, or run lengths down the columns,
//! compressed or not. Annotations of one category in an image are united. Polygons have
//! their origin at the corner of the first pixel.

use std::collections::HashMap;

use scr_data::{Problem, Problems};
use scr_image::{Outline, Point, Size};
use serde::Deserialize;
use serde_json::Value;

use super::layout::{Layout, Sources, read_each};
use crate::annotations::{AnnotatedImage, Annotations, bad_shape};
use crate::documents::{JsonKind, read_json};
use crate::drawing::Part;
use crate::listing::FoundFile;
use crate::runs::{Order, Runs};

pub(super) struct Coco;

#[derive(Deserialize)]
struct Document {
    images: Vec<Image>,
    categories: Vec<Category>,
    annotations: Vec<Annotation>,
}

/// Identifiers are numbers in most documents and texts in some.
type Id = Value;

#[derive(Deserialize)]
struct Image {
    id: Id,
    file_name: String,
    width: Option<usize>,
    height: Option<usize>,
}

#[derive(Deserialize)]
struct Category {
    id: Id,
    name: String,
}

#[derive(Deserialize)]
struct Annotation {
    #[serde(default)]
    id: Id,
    image_id: Id,
    category_id: Id,
    #[serde(default)]
    segmentation: Segmentation,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "a list of polygons, or run lengths with size and counts")]
enum Segmentation {
    Polygons(Vec<Vec<f64>>),
    Polygon(Vec<f64>),
    Runs { size: [usize; 2], counts: Counts },
    Nothing(()),
}

impl Default for Segmentation {
    fn default() -> Self {
        Self::Nothing(())
    }
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "a list of counts, or their compressed text")]
enum Counts {
    Numbers(Vec<u64>),
    Text(String),
}

impl Layout for Coco {
    fn name(&self) -> &'static str {
        "COCO instances"
    }

    fn documents<'a>(&self, sources: &Sources<'a>) -> Vec<&'a FoundFile> {
        sources.json_of(JsonKind::Coco)
    }

    fn read(&self, documents: &[&FoundFile], _: &Sources<'_>) -> Result<Annotations, Problems> {
        let parts = read_each(documents, read)?;
        let labels: Vec<String> = parts.iter().flat_map(|(_, labels)| labels.clone()).collect();
        let images = parts.into_iter().flat_map(|(images, _)| images).collect();
        Ok(Annotations::new(images, &labels))
    }
}

/// Images of a document, and the names of its categories.
fn read(file: &FoundFile) -> Result<(Vec<AnnotatedImage>, Vec<String>), Vec<Problem>> {
    let document: Document = read_json(file, "COCO instances").map_err(|problem| vec![problem])?;
    let mut images: Vec<AnnotatedImage> = document
        .images
        .iter()
        .map(|image| AnnotatedImage {
            place: file.place(),
            name: file.beside(&image.file_name),
            size: image.width.zip(image.height).map(|(width, height)| Size::new(width, height)),
            ..AnnotatedImage::default()
        })
        .collect();
    let key = |id: &Id| id.to_string();
    let by_id: HashMap<String, usize> =
        document.images.iter().enumerate().map(|(at, image)| (key(&image.id), at)).collect();
    let categories: HashMap<String, &str> = document
        .categories
        .iter()
        .map(|category| (key(&category.id), category.name.as_str()))
        .collect();
    let mut problems = Vec::new();
    for annotation in &document.annotations {
        let mut missing = |what: &str, id: &Id| {
            let place = format!("{}, annotation {}", file.place(), annotation.id);
            let found = format!("{what} {id}, which the document does not list");
            problems.push(Problem::new(place, "ids of images and categories", found, ""));
        };
        let Some(&at) = by_id.get(&key(&annotation.image_id)) else {
            missing("image", &annotation.image_id);
            continue;
        };
        let Some(&label) = categories.get(&key(&annotation.category_id)) else {
            missing("category", &annotation.category_id);
            continue;
        };
        match parts(&annotation.segmentation) {
            Ok(parts) => images[at].add(label, parts),
            Err(found) => {
                problems.push(bad_shape(&file.place(), &images[at].name, label, &found));
            }
        }
    }
    let labels = document.categories.into_iter().map(|category| category.name).collect();
    if problems.is_empty() { Ok((images, labels)) } else { Err(problems) }
}

fn parts(segmentation: &Segmentation) -> Result<Vec<Part>, String> {
    match segmentation {
        Segmentation::Polygons(polygons) if !polygons.is_empty() => {
            polygons.iter().map(|polygon| self::polygon(polygon)).collect()
        }
        Segmentation::Polygon(polygon) if !polygon.is_empty() => Ok(vec![self::polygon(polygon)?]),
        Segmentation::Runs { size: [height, width], counts } => {
            let runs = match counts {
                Counts::Numbers(counts) => Runs::of_counts(Order::Columns, counts.iter().copied()),
                Counts::Text(text) => Runs::of_coco_text(text),
            }?;
            Ok(vec![Part::Runs { runs, size: Some(Size::new(*width, *height)) }])
        }
        _ => Err("a box without a segmentation".to_owned()),
    }
}

fn polygon(numbers: &[f64]) -> Result<Part, String> {
    let (pairs, []) = numbers.as_chunks::<2>() else {
        return Err("a polygon with an odd count of numbers".to_owned());
    };
    if pairs.len() < 3 {
        return Err(format!("a polygon of {} points", pairs.len()));
    }
    let points = pairs.iter().map(|&[x, y]| Point::new(x, y)).collect();
    Ok(Part::Polygons(vec![Outline::new(points)]))
}
