//! Gathering of masks: files and annotations matched to images, read and sorted into
//! structures.

use std::collections::BTreeMap;

use rayon::prelude::*;
use scr_data::Problem;
use scr_image::Size;

use crate::annotations::Annotations;
use crate::drawing::Drawing;
use crate::faults::Faults;
use crate::hints;
use crate::images::PlannedImage;
use crate::inspection::{self, InspectedImage, Shape};
use crate::listing::FoundFile;
use crate::matching::{Match, Matcher};
use crate::progress::Progress;
use crate::structures::{MatchedMask, Naming, Structures};

/// Images, their contents and the index of their names.
pub(crate) struct Images<'a> {
    /// Images.
    pub(crate) list: &'a [PlannedImage],
    /// Contents; none for unreadable ones.
    pub(crate) contents: &'a [Option<InspectedImage>],
    /// Index of names.
    pub(crate) matcher: &'a Matcher,
}

impl Images<'_> {
    fn size(&self, image: usize) -> Option<Size> {
        self.contents[image].as_ref().map(|contents| contents.size)
    }

    fn other_size(&self, image: usize, place: String, found: Size) -> Option<Problem> {
        let size = self.size(image).filter(|&size| size != found)?;
        let expected = format!("{size} pixels, as the radiograph `{}` has", self.list[image].id);
        let hint = "masks are never resampled: bring both to one size yourself";
        Some(Problem::new(place, expected, format!("{found} pixels"), hint))
    }
}

/// Matches files of masks to images and reads them.
pub(crate) fn files(
    found: &[FoundFile],
    images: &Images<'_>,
    is_subset: bool,
    progress: Progress<'_>,
    faults: &mut Faults,
) -> Vec<MatchedMask> {
    let mut matched: Vec<MatchedMask> = Vec::new();
    for file in found {
        match images.matcher.of_file(&file.folders, &file.stem) {
            Match::One { image, rest } => {
                let hint = hints::hint(&rest);
                matched.push(MatchedMask { image, file: file.clone(), hint, contents: None });
            }
            Match::None if is_subset => {}
            Match::None => {
                faults.push("masks without an image", without_image(file.place(), images));
            }
            Match::Several(several) => {
                let names: Vec<&str> =
                    several.iter().take(4).map(|&image| images.list[image].id.as_str()).collect();
                let found = format!("several: {}", names.join(", "));
                let hint = "name it after one image, or put it beside";
                faults.push(
                    "ambiguous masks",
                    Problem::new(file.place(), "a mask of one image", found, hint),
                );
            }
        }
    }
    let list: Vec<FoundFile> = matched.iter().map(|mask| mask.file.clone()).collect();
    let (contents, problems) = inspection::masks(&list, progress);
    faults.extend("unreadable masks", &problems);
    for (mask, contents) in matched.iter_mut().zip(contents) {
        let other = contents
            .as_ref()
            .and_then(|contents| images.other_size(mask.image, mask.file.place(), contents.size));
        match other {
            Some(problem) => faults.push("masks of other sizes", problem),
            None => mask.contents = contents,
        }
    }
    matched
}

/// Matches annotations to images, draws them once to check them, and adds them to the
/// structures.
pub(crate) fn annotations(
    annotations: Annotations,
    images: &Images<'_>,
    is_subset: bool,
    naming: &Naming<'_>,
    structures: &mut Structures,
    faults: &mut Faults,
) {
    let labels = annotations.labels;
    let mut drawings: Vec<(usize, String, String, Drawing)> = Vec::new();
    for annotated in annotations.images {
        let place = format!("{}, image `{}`", annotated.place, annotated.name);
        let image = match images.matcher.of_name(&annotated.name) {
            Match::One { image, .. } => image,
            Match::None if is_subset => continue,
            Match::None => {
                faults.push("masks without an image", without_image(place, images));
                continue;
            }
            Match::Several(_) => {
                let found = "several of this name";
                let hint = "names with folders, such as train/1.png, tell them apart";
                faults.push("ambiguous masks", Problem::new(place, "one image", found, hint));
                continue;
            }
        };
        let other = annotated.size.and_then(|size| images.other_size(image, place.clone(), size));
        if let Some(problem) = other {
            faults.push("masks of other sizes", problem);
            continue;
        }
        // An image with annotations has all of them: a label that is not there is empty.
        let mut by_label: BTreeMap<String, Drawing> = annotated.drawings;
        if !by_label.is_empty() {
            for label in &labels {
                by_label.entry(label.clone()).or_default();
            }
        }
        let by_label = by_label.into_iter();
        drawings.extend(by_label.map(|(label, drawing)| (image, place.clone(), label, drawing)));
    }
    let draw = |(image, place, label, drawing): &(usize, String, String, Drawing)| {
        let Some(size) = images.size(*image) else { return Ok(None) };
        drawing.draw(size).map(|mask| Some(Shape::of(&mask))).map_err(|found| {
            let place = format!("{place}, label `{label}`");
            Problem::new(place, format!("shapes in {size} pixels"), found, "")
        })
    };
    let shapes: Vec<Result<Option<Shape>, Problem>> = drawings.par_iter().map(draw).collect();
    let place = |label: &String| labels.iter().position(|other| other == label);
    let mut checked: Vec<_> = drawings.into_iter().zip(shapes).collect();
    // Structures keep the order of the document's labels.
    checked.sort_by_key(|((image, _, label, _), _)| (place(label), *image));
    for ((image, at, label, drawing), shape) in checked {
        match shape {
            Err(problem) => faults.push("shapes", problem),
            Ok(shape) => {
                structures.add_drawing(&label, (image, drawing), shape, &at, naming, faults);
            }
        }
    }
}

fn without_image(place: String, images: &Images<'_>) -> Problem {
    let example = images.list.first().map_or(String::new(), |image| {
        format!(", as `{}` is for {}", image.id, image.file.place())
    });
    let expected = format!("the name of a radiograph{example}");
    let hint = "add the radiograph, remove the mask, or leave such masks out with --subset";
    Problem::new(place, expected, "none of this name", hint)
}
