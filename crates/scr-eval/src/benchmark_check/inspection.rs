//! Inspection of one image of a benchmark: its facts and all problems of its files.

use scr_data::digest::Manifest;
use scr_data::{Benchmark, Image, Problem};
use scr_image::{Mask, Radiograph, Size};

use super::anatomy::Sketch;
use super::facts::{ImageFacts, MaskFacts, RadiographFacts};

/// Inspection of one image.
pub(super) struct Inspection {
    pub(super) facts: ImageFacts,
    /// Files of the reference's masks.
    pub(super) reference_files: Manifest,
    pub(super) problems: Vec<Problem>,
}

/// Reads all files of the image with this index. Makes a sketch when `is_compared`.
pub(super) fn inspect(benchmark: &Benchmark, index: usize, is_compared: bool) -> Inspection {
    let image = &benchmark.images[index];
    let mut problems = Vec::new();
    let mut reference_files = Manifest::default();
    let mut size = None;
    let mut masks = Vec::new();
    let mut reference: Option<Vec<Mask>> = None;
    for (observer_index, observer) in benchmark.observers.iter().enumerate() {
        let mut files = Manifest::default();
        let found = benchmark.read_masks(observer, image, &mut files);
        if observer_index == 0 {
            reference_files = files;
        }
        let found = found.map_err(|list| problems.extend(list)).ok();
        let found = found.filter(|masks| {
            let found = masks[0].size();
            let expected = *size.get_or_insert(found);
            let path = benchmark.mask_path(observer, &benchmark.structures[0], image);
            expect_size(&path.display().to_string(), expected, found, &mut problems)
        });
        masks.push(found.as_ref().map(|masks| masks.iter().map(MaskFacts::of).collect()));
        if observer_index == 0 {
            reference = found;
        }
        if let Err(problem) = benchmark.read_landmarks(observer, image) {
            problems.push(problem);
        }
    }
    let (radiograph, state) = radiograph(benchmark, image, size, &mut problems);
    let sketch = radiograph
        .filter(|_| is_compared)
        .zip(reference)
        .and_then(|(radiograph, masks)| Sketch::of(&radiograph, &masks));
    let facts = ImageFacts { image: index, radiograph: state, masks, sketch };
    Inspection { facts, reference_files, problems }
}

/// Radiograph of the size of its masks, if any, and the state of its file.
fn radiograph(
    benchmark: &Benchmark,
    image: &Image,
    size: Option<Size>,
    problems: &mut Vec<Problem>,
) -> (Option<Radiograph>, RadiographFacts) {
    let path = benchmark.radiograph_path(image);
    if !path.exists() {
        return (None, RadiographFacts::Missing);
    }
    match benchmark.read_radiograph(image) {
        Ok(radiograph) => {
            let found = radiograph.size();
            let place = path.display().to_string();
            let fits = expect_size(&place, size.unwrap_or(found), found, problems);
            let state = RadiographFacts::of(&radiograph);
            (Some(radiograph).filter(|_| fits), state)
        }
        Err(problem) => {
            problems.push(problem);
            (None, RadiographFacts::Unreadable)
        }
    }
}

/// Notes a size that differs from that of the image's other files.
fn expect_size(place: &str, expected: Size, found: Size, problems: &mut Vec<Problem>) -> bool {
    if expected == found {
        return true;
    }
    let expected = format!("{expected} pixels as the masks of this image");
    let hint = "radiograph and masks of an image have one size; nothing is resized";
    problems.push(Problem::new(place, expected, found.to_string(), hint));
    false
}
