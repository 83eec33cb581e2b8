//! Gathering of masks: files and annotations matched to images, read and sorted into
//! structures.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rayon::prelude::*;
use scr_data::{DataError, Problem};
use scr_image::Size;

use crate::annotations::Annotations;
use crate::doubts::Doubt;
use crate::drawing::Drawing;
use crate::faults::Faults;
use crate::hints;
use crate::images::PlannedImage;
use crate::inspection::{self, InspectedImage, Shape};
use crate::layouts::Recognised;
use crate::listing::FoundFile;
use crate::matching::{Match, Matcher};
use crate::progress::Progress;
use crate::sources::SourceFiles;
use crate::structures::{MaskSource, MatchedMask, Naming, PlannedStructure, Structures};

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

/// Sources of masks.
pub(crate) struct MaskSources<'a> {
    /// Files.
    pub(crate) found: &'a SourceFiles,
    /// Annotations of documents, where there are any.
    pub(crate) recognised: Option<Recognised>,
    /// Folder or document of the user, for messages.
    pub(crate) place: &'a Path,
    /// True to leave out masks of other images.
    pub(crate) is_subset: bool,
}

/// Structures and the sources of their masks.
#[derive(Default)]
pub(crate) struct Gathered {
    /// Structures.
    pub(crate) structures: Vec<PlannedStructure>,
    /// Files of masks, which sources name by index.
    pub(crate) files: Vec<FoundFile>,
    /// Layout in words.
    pub(crate) layout: String,
    /// Open doubts.
    pub(crate) doubts: Vec<Doubt>,
    /// Images with masks that cannot be read.
    pub(crate) faulty: BTreeSet<usize>,
}

/// Matches masks to images and sorts them into structures.
///
/// # Errors
/// [`DataError::Problems`] when there are no masks; all other faults are added to `faults`.
pub(crate) fn gather(
    sources: MaskSources<'_>,
    images: &Images<'_>,
    naming: &Naming<'_>,
    progress: Progress<'_>,
    notes: &mut Vec<String>,
    faults: &mut Faults,
) -> Result<Gathered, DataError> {
    let MaskSources { found, recognised, place, is_subset } = sources;
    let mut structures = Structures::default();
    let mut gathered = Gathered::default();
    match recognised {
        Some(recognised) => {
            if let Some(first) = found.masks.first() {
                let list = format!("{} and {}", recognised.documents[0], first.place());
                let found = format!("{} and pictures of masks: {list}", recognised.layout);
                let hint = "name the folder of masks or the document alone";
                faults.push("layouts", Problem::new("masks", "one source of masks", found, hint));
            }
            gathered.layout = match recognised.documents.as_slice() {
                [one] => format!("{} ({one})", recognised.layout),
                several => format!("{}, {} documents", recognised.layout, several.len()),
            };
            notes.extend(recognised.annotations.notes.clone());
            gathered.doubts.extend(recognised.annotations.doubts.clone());
            let of_documents = recognised.annotations;
            annotations(of_documents, images, is_subset, naming, &mut structures, faults);
        }
        None if found.masks.is_empty() => {
            let place = place.display().to_string();
            let expected =
                "masks: pictures, COCO, LabelMe, CVAT, V7, VGG, YOLO, or run lengths in a CSV";
            let hint = "name the folder or document with the masks: of `scr init` with --masks";
            return Err(Problem::new(place, expected, "none", hint).into());
        }
        None => {
            let masks = files(&found.masks, images, is_subset, progress, faults);
            structures.add_files(&masks, naming, notes, faults);
            gathered.layout = layout_of(&masks, naming, &structures);
            let is_faulty = |mask: &&MatchedMask| mask.contents.is_none();
            gathered.faulty = masks.iter().filter(is_faulty).map(|mask| mask.image).collect();
            gathered.files = masks.into_iter().map(|mask| mask.file).collect();
        }
    }
    structures.complete_sides(notes);
    gathered.structures = structures.list;
    Ok(gathered)
}

/// Layout of pictures in words.
fn layout_of(masks: &[MatchedMask], naming: &Naming<'_>, structures: &Structures) -> String {
    let are_maps = structures.list.iter().any(|structure| {
        structure.masks.values().any(|source| matches!(source, MaskSource::Layers(..)))
    });
    let extensions: BTreeSet<&str> =
        masks.iter().map(|mask| mask.file.extension.as_str()).collect();
    let formats = extensions.into_iter().collect::<Vec<_>>().join(", ");
    match (are_maps, naming.table) {
        (true, Some(table)) => {
            format!("a label map an image ({formats}), labels of {}", table.place)
        }
        (true, None) => format!("a label map an image ({formats})"),
        (false, _) => format!("a mask a structure and image ({formats})"),
    }
}

/// Matches files of masks to images and reads them.
fn files(
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
fn annotations(
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
