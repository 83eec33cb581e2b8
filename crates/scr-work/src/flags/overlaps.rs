//! Overlaps (intersection over union) of objects, image by image, which every result has.

use scr_documents::{ImageDocument, ResultDocument};
use std::collections::HashMap;

/// Measure by which results are compared.
pub(super) const MEASURE: &str = "overlap";

/// Overlaps of an object in the images that both results have.
pub(super) fn columns(
    one: &ResultDocument,
    two: &ResultDocument,
    object: &str,
) -> [Vec<Option<f64>>; 2] {
    let others: HashMap<&str, &ImageDocument> =
        two.images.iter().flatten().map(|image| (image.image.as_str(), image)).collect();
    let mut columns = [Vec::new(), Vec::new()];
    for image in one.images.iter().flatten() {
        if let Some(other) = others.get(image.image.as_str()) {
            columns[0].push(value(image, object));
            columns[1].push(value(other, object));
        }
    }
    columns
}

/// Overlap of an object in an image.
pub(super) fn value(image: &ImageDocument, object: &str) -> Option<f64> {
    image.objects.get(object)?.get(MEASURE).copied().flatten()
}
