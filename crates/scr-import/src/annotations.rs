//! Annotations of a layout, before they are matched to images.

use std::collections::BTreeMap;

use scr_data::Problem;
use scr_image::Size;

use crate::doubts::Doubt;
use crate::drawing::{Drawing, Part};

/// Annotations of documents: drawings by image and label.
#[derive(Debug, Clone, Default)]
pub(crate) struct Annotations {
    /// Annotated images.
    pub(crate) images: Vec<AnnotatedImage>,
    /// Labels in the order of the document, without those that no drawing uses.
    pub(crate) labels: Vec<String>,
    /// Statements about the documents, for the report.
    pub(crate) notes: Vec<String>,
    /// Doubts about the documents.
    pub(crate) doubts: Vec<Doubt>,
}

/// Image of a document with its drawings.
#[derive(Debug, Clone, Default)]
pub(crate) struct AnnotatedImage {
    /// Document, for messages.
    pub(crate) place: String,
    /// Name of the image, as the document states it.
    pub(crate) name: String,
    /// Size of the image, where the document states it.
    pub(crate) size: Option<Size>,
    /// Drawings by label.
    pub(crate) drawings: BTreeMap<String, Drawing>,
}

impl AnnotatedImage {
    /// Adds parts to the drawing of a label.
    pub(crate) fn add(&mut self, label: &str, parts: impl IntoIterator<Item = Part>) {
        self.drawings.entry(label.to_owned()).or_default().parts.extend(parts);
    }
}

impl Annotations {
    /// Annotations of images, with the labels that occur, in the order of `labels` and then
    /// of the alphabet.
    pub(crate) fn new(images: Vec<AnnotatedImage>, labels: &[String]) -> Self {
        let mut used: Vec<String> =
            images.iter().flat_map(|image| image.drawings.keys().cloned()).collect();
        used.sort();
        used.dedup();
        let place = |label: &String| labels.iter().position(|other| other == label);
        used.sort_by_key(|label| place(label).unwrap_or(usize::MAX));
        let is_unused = |label: &&String| !used.contains(label);
        let unused: Vec<&str> = labels.iter().filter(is_unused).map(String::as_str).collect();
        let mut notes = Vec::new();
        if !unused.is_empty() {
            notes
                .push(format!("labels without any annotation are left out: {}", unused.join(", ")));
        }
        Self { images, labels: used, notes, doubts: Vec::new() }
    }
}

/// Problem of a shape in a document.
pub(crate) fn bad_shape(place: &str, image: &str, label: &str, found: &str) -> Problem {
    let place = format!("{place}, image `{image}`, label `{label}`");
    let expected = "polygons, rectangles, ellipses or masks";
    Problem::new(place, expected, found, "remove the shape, or draw it as a polygon")
}
